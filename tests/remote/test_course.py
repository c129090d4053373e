import pytest

from syncengine.model.answers import Match
from syncengine.model.exchange import Request
from syncengine.model.vendor import Operation
from syncengine.remote.course import Course
from syncengine.remote.judge import Judgement


def course(*, writes=True, lost=False):
    operation = Operation(
        name="add", ability="documented", effect="dialable", writes=writes, render=None, success=Match()
    )
    return Course(operation, Request("POST", "/x"), "http://127.0.0.1/x", None, None, lost=lost)


@pytest.mark.parametrize(
    ("writes", "lost", "answered", "ends"),
    [
        (True, False, "rejected", "rejected"),
        # What a repeat is answered says nothing of an attempt before it, unless it says that it is done.
        (True, True, "rejected", "unknown"),
        (True, True, "deferred", "unknown"),
        (True, True, "applied", "applied"),
        (True, True, "already_present", "already_present"),
        (True, True, "already_absent", "already_absent"),
        # What was dealt with on the way is never how a call ends.
        (True, False, "wait", "deferred"),
        (True, False, "renew_auth", "stop_dialer"),
        (False, True, "unknown", "deferred"),
        (False, True, "applied", "applied"),
    ],
)
def test_a_call_ends_as_surely_as_its_least_sure_attempt(writes, lost, answered, ends):
    result = course(writes=writes, lost=lost).end(Judgement(answered, "x", "said"))
    assert result.judgement.outcome == ends
    assert result.lost is lost


def test_what_the_repeat_was_answered_is_told_beside_the_loss():
    result = course(lost=True).end(Judgement("rejected", "x", "unknown campaign"))
    assert result.judgement.message == "an answer was lost; a repeat was answered: unknown campaign"
