import os
from pathlib import Path

import pytest

from syncengine.ledger.ledger import Ledger
from syncengine.model.policy import Attempt
from syncengine.steps import watch_notes
from syncengine.steps.processes import this_process

NOW = 1_800_000_000.0


@pytest.fixture
def ledger(tmp_path: Path):
    with Ledger.open(tmp_path / "ledger.db", "acme") as opened:
        yield opened


def test_an_attempt_is_kept_until_it_ended_well(ledger) -> None:
    assert watch_notes.last_attempt(ledger) is None
    attempt = Attempt(content="c", plan_id="p", tries=3, not_before=NOW + 60)
    watch_notes.keep_attempt(ledger, attempt, now=NOW)
    assert watch_notes.last_attempt(ledger) == attempt
    watch_notes.keep_attempt(ledger, None, now=NOW)
    assert watch_notes.last_attempt(ledger) is None


def test_whoever_suspends_is_remembered_and_resuming_tries_what_failed_again(ledger) -> None:
    watch_notes.suspend(ledger, "ann", now=NOW)
    watch_notes.keep_attempt(ledger, Attempt(content="c", plan_id="p", tries=3, not_before=NOW + 60), now=NOW)
    assert watch_notes.suspended(ledger) == "ann"
    assert watch_notes.resume(ledger, now=NOW) == "ann"
    assert (watch_notes.suspended(ledger), watch_notes.last_attempt(ledger)) == ("", None)


@pytest.mark.parametrize(("later", "doubted"), [(0, False), (3600, False), (-59, False), (-61, True), (-86400, True)])
def test_a_clock_that_shows_a_time_that_is_over_is_not_believed(ledger, later, doubted) -> None:
    assert watch_notes.clock_doubt(ledger, now=NOW) == ""
    assert bool(watch_notes.clock_doubt(ledger, now=NOW + later)) is doubted


def test_the_clock_is_believed_again_once_it_has_caught_up(ledger) -> None:
    watch_notes.clock_doubt(ledger, now=NOW)
    assert watch_notes.clock_doubt(ledger, now=NOW - 500)
    assert watch_notes.clock_doubt(ledger, now=NOW + 1) == ""


def test_a_watcher_that_is_silent_for_a_lease_has_lost_its_seat(ledger) -> None:
    assert watch_notes.lead(ledger, "one", now=NOW) == "one"
    assert watch_notes.lead(ledger, "two", now=NOW + watch_notes.LEASE_SECONDS - 1) == "one"
    assert watch_notes.lead(ledger, "two", now=NOW + watch_notes.LEASE_SECONDS) == "two"


DEAD = this_process().rpartition(":")[0] + ":1"


def test_whoever_has_died_on_this_machine_is_not_waited_for(ledger) -> None:
    assert watch_notes.lead(ledger, f"one [{DEAD}]", now=NOW) == f"one [{DEAD}]"
    assert watch_notes.lead(ledger, "two", now=NOW) == "two"


def test_the_lock_of_a_dead_watcher_is_free_and_that_of_a_living_one_is_not(ledger, tmp_path) -> None:
    with ledger.lock("watch", now=NOW) as fence:
        watch_notes.sign_lock(ledger, fence, now=NOW)
        watch_notes.free_lock_of_the_dead(ledger)
        assert ledger.lock_holders()
        ledger.notes.write("watch/lock", f"{fence - 1} {DEAD}", now=NOW)
        watch_notes.free_lock_of_the_dead(ledger)
        assert ledger.lock_holders()
        ledger.notes.write("watch/lock", f"{fence} {DEAD}", now=NOW)
        watch_notes.free_lock_of_the_dead(ledger)
        assert not ledger.lock_holders()


def test_a_watcher_has_a_name_for_people() -> None:
    assert watch_notes.shown(watch_notes.watcher_name()).endswith(f" pid {os.getpid()}")
    assert "@" in watch_notes.person()
