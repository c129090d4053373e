"""A sample of ``two_writers.py``."""

from tests.ledger.conftest import Home
from tests.ledger.two_writers import race, stall


def test_two_writers_never_send_at_once(home: Home) -> None:
    seen = race(12, home.url)
    if not seen.beside:
        # On a busy machine a dozen turns can all miss each other; what was seen of them must hold all the same.
        assert seen.overlaps == []
        seen = race(60, home.url)
    assert seen.turns >= 12
    assert {(writer, dialer) for writer, _, dialer in seen.requests} == {
        (w, d) for w in "ab" for d in ("here", "there")
    }
    assert seen.overlaps == []
    assert seen.beside > 0, "the dialers have waited for each other"


def test_a_writer_that_was_stopped_beyond_its_lease_sends_nothing_more(home: Home) -> None:
    seen = stall(5, home.url)
    assert seen.noticed + seen.ended > 0, "no stall has hit a holder of the lock"
    assert seen.overlaps == []
