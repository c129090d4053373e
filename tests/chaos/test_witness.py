"""Which call a request is taken for: one that was written down before it, and an unknown one only once."""

from typing import cast

import pytest

from syncengine.sandbox.call import Call, Headers
from syncengine.sandbox.dialer import Dialer
from tests.chaos.intents import Intents
from tests.chaos.witness import Witness


class _Written:
    """A ledger in which calls with this request's digest stand: number and whether it is under way, newest first."""

    def __init__(self, *calls: tuple[int, bool]) -> None:
        self.calls = list(calls)

    def open_calls(self, project: str, digest: str) -> list[tuple[int, bool]]:
        assert (project, len(digest)) == ("acme", 64)
        return self.calls


class _Dialer:
    name = "lynn"


def _taken_for(written: _Written, times: int) -> list[int]:
    dialer, intents = cast("Dialer", _Dialer()), cast("Intents", written)
    witness = Witness(dialer=dialer, project="acme", intents=lambda: intents, campaigns=list)
    calls = [
        Call(method="PUT", path="/a", query_string="", headers=Headers({}), raw=b"", kind="empty", body=None)
        for _ in range(times)
    ]
    for call in calls:
        witness.arrived(None, call)  # type: ignore[arg-type]  # the entry is not looked at
    return [witness._calls[id(call)] for call in calls]


@pytest.mark.parametrize(
    ("calls", "taken"),
    [
        ([], [0, 0]),
        # It may come again: a refused credential is renewed within the same call.
        ([(7, True)], [7, 7]),
        # Its sender has given up since; a second request would be one that nobody has written down.
        ([(7, False)], [7, 0]),
        ([(9, True), (7, False)], [9, 9]),
        ([(9, False), (7, False)], [9, 7]),
    ],
)
def test_a_request_is_taken_for_a_call_that_was_written_down(calls: list[tuple[int, bool]], taken: list[int]) -> None:
    assert _taken_for(_Written(*calls), 2) == taken
