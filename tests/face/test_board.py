import pytest

from syncengine.face.board import Board, why_not_ready
from tests.face.states import state


def test_the_newest_state_has_a_new_number():
    board = Board()
    _, before = board.read()
    board.post(state())
    found, number = board.read()
    assert (found.project, number) == ("acme <b>", before + 1)


def test_a_watcher_without_a_sign_of_life_is_not_healthy(monkeypatch):
    board = Board()
    assert board.healthy()
    monkeypatch.setattr("syncengine.face.board.STUCK_AFTER", 0.0)
    assert not board.healthy()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, ""),
        ({"broken": ("x",)}, "broken"),
        ({"waiting": "x"}, "files are not at rest"),
        ({"plan": None}, "the first plan is not made yet"),
        ({"leader": "bob", "plan": None}, ""),
    ],
)
def test_readiness_has_a_reason(more, why):
    assert why_not_ready(state(**more)) == why
