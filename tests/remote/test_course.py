import pytest

from syncengine.model.answers import Match
from syncengine.model.exchange import Answer, Request
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


@pytest.mark.parametrize(("lost", "answered", "message"), [(False, "rejected", "said"), (True, "unknown", "said")])
def test_the_words_of_a_judgement_are_kept_where_nothing_is_to_be_added(lost, answered, message):
    assert course(lost=lost).end(Judgement(answered, "x", "said")).judgement.message == message


def test_a_repeat_that_was_answered_without_a_word_adds_none():
    assert course(lost=True).end(Judgement("rejected", "x", "")).judgement.message == ""


def test_a_result_knows_what_was_sent_and_what_came():
    ended = course()
    ended.answer, ended.attempts, ended.sent = Answer(200, {}, b"", None, ""), 2, True
    result = ended.end(Judgement("applied", "x"))
    assert (result.answer, result.request) == (ended.answer, ended.request)
    assert (result.attempts, result.sent, result.lost) == (2, True, False)
