import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.errors import LedgerError, LockedError, StalePlanError
from syncengine.ledger.ledger import Ledger
from tests.ledger.conftest import Home
from tests.ledger.writing import NOW

A, B = "+573001112233", "+573001112244"


def read(ledger: Ledger, *numbers: str, now: float = 1.0, complete: bool = True) -> object:
    return ledger.record_statements("opt-outs", numbers, source_digest="d", now=now, complete=complete)


def test_a_number_keeps_the_time_of_its_first_reading(ledger: Ledger) -> None:
    assert read(ledger, A, now=1.0).new == 1
    assert read(ledger, A, B, now=2.0).new == 1
    assert ledger.statements("opt-outs").to_pylist() == [
        {"number": A, "first_read_at": 1.0},
        {"number": B, "first_read_at": 2.0},
    ]


def test_only_numbers_that_were_first_read_before_a_time_are_returned_when_that_is_asked(ledger: Ledger) -> None:
    read(ledger, A, now=1.0)
    read(ledger, A, B, now=2.0)
    assert ledger.statements("opt-outs", read_before=2.0).to_pylist() == [{"number": A, "first_read_at": 1.0}]
    assert ledger.statements("opt-outs", read_before=1.0).num_rows == 0


def test_a_line_that_is_gone_releases_nobody(ledger: Ledger) -> None:
    read(ledger, A, B)
    read(ledger)
    assert ledger.all_numbers(["opt-outs"]) == {A, B}


def test_a_release_names_its_number_and_needs_the_lock(locked: Ledger) -> None:
    read(locked, A, B)
    assert locked.release("opt-outs", [A, "+573009999999"], basis="plan 7", now=2.0) == 1
    assert locked.all_numbers(["opt-outs"]) == {B}
    assert locked.release("opt-outs", [A], basis="plan 8", now=3.0) == 0


def test_a_release_without_the_lock_is_refused(ledger: Ledger) -> None:
    read(ledger, A)
    with pytest.raises(LockedError):
        ledger.release("opt-outs", [A], basis="plan", now=2.0)
    assert ledger.all_numbers(["opt-outs"]) == {A}


def test_a_source_that_goes_on_stating_a_released_number_is_a_contradiction(locked: Ledger) -> None:
    read(locked, A)
    locked.release("opt-outs", [A], basis="plan", now=2.0)
    again = read(locked, A, now=3.0)
    assert (again.contradictions, again.again, again.new) == ((A,), 0, 0)
    assert locked.all_numbers(["opt-outs"]) == set()


def test_a_new_statement_beats_an_earlier_release(locked: Ledger) -> None:
    read(locked, A)
    locked.release("opt-outs", [A], basis="plan", now=2.0)
    read(locked, now=3.0)
    assert read(locked, A, now=4.0).again == 1
    assert locked.statements("opt-outs").to_pylist() == [{"number": A, "first_read_at": 4.0}]


def test_a_number_that_was_gone_before_its_release_is_in_force_when_stated_again(locked: Ledger) -> None:
    read(locked, A)
    read(locked, now=2.0)
    locked.release("opt-outs", [A], basis="plan", now=3.0)
    assert read(locked, A, now=4.0).again == 1
    assert locked.all_numbers(["opt-outs"]) == {A}


def test_an_incomplete_reading_proves_no_absence(locked: Ledger) -> None:
    read(locked, A)
    locked.release("opt-outs", [A], basis="plan", now=2.0)
    read(locked, B, now=3.0, complete=False)
    assert read(locked, A, now=4.0).contradictions == (A,)


def test_a_release_of_a_plan_that_did_not_know_all_statements_releases_nothing(locked: Ledger) -> None:
    read(locked, A, B)
    known_at = locked.dnd_serial()
    read(locked, B)
    assert locked.dnd_serial() == known_at
    # A line that comes back is a new statement, whoever has read it.
    assert read(locked, A, B).back == 1
    with pytest.raises(StalePlanError, match="another run has read a do-not-call list"):
        locked.release("opt-outs", [A], basis="plan", now=2.0, known_at=known_at)
    assert locked.all_numbers(["opt-outs"]) == {A, B}
    assert locked.dnd_serial() == known_at + 1
    assert locked.release("opt-outs", [A], basis="plan", now=2.0, known_at=known_at + 1) == 1


def test_lists_do_not_mix(ledger: Ledger) -> None:
    read(ledger, A)
    ledger.record_statements("registry", [B], source_digest="d", now=1.0)
    assert ledger.all_numbers(["opt-outs"]) == {A}
    assert ledger.all_numbers(["opt-outs", "registry"]) == {A, B}


def test_lists_with_numbers_in_force_are_known_by_name(locked: Ledger) -> None:
    read(locked, A)
    locked.record_statements("registry", [B], source_digest="d", now=1.0)
    assert list(locked.dnd_lists()) == ["opt-outs", "registry"]
    locked.release("registry", [B], basis="plan", now=2.0)
    assert list(locked.dnd_lists()) == ["opt-outs"]


def test_a_number_that_is_not_e164_is_refused_whole_and_not_shown(ledger: Ledger) -> None:
    with pytest.raises(LedgerError) as refused:
        read(ledger, A, "3001112244")
    assert "1 number is not in E.164" in str(refused.value)
    assert "3001112244" not in str(refused.value)
    assert ledger.all_numbers(["opt-outs"]) == set()


def test_columns_are_read_like_texts(ledger: Ledger) -> None:
    table = pa.table({"number": pa.chunked_array([[B], [A, B]])})
    assert ledger.record_statements("opt-outs", table, source_digest="d", now=1.0).new == 2


def test_an_unknown_list_is_empty_and_typed(ledger: Ledger) -> None:
    found = ledger.statements("none")
    assert (found.num_rows, found.schema.names) == (0, ["number", "first_read_at"])
    assert found.schema.types == [pa.string(), pa.float64()]


def test_the_last_reading_of_a_source_is_remembered(ledger: Ledger) -> None:
    assert ledger.last_reading("opt-outs") is None
    ledger.remember_source("opt-outs", digest="one", rows=10, now=1.0)
    ledger.remember_source("opt-outs", digest="two", rows=4, now=2.0)
    found = ledger.last_reading("opt-outs")
    assert found is not None
    assert (found.digest, found.rows, found.read_at) == ("two", 4, 2.0)


def test_lists_of_another_project_are_not_ours(ledger: Ledger, home: Home) -> None:
    read(ledger, A)
    with home.open("other") as other:
        assert other.dnd_lists() == ()
        assert other.all_numbers(["opt-outs"]) == set()


def test_the_serial_of_the_numbers_in_force_moves_when_they_do_whoever_moves_them(ledger: Ledger, home: Home) -> None:
    before = ledger.dnd_serial()
    read(ledger, A)
    after = ledger.dnd_serial()
    assert after > before
    read(ledger, A)
    ledger.remember_source("opt-outs", digest="d", rows=1, now=NOW)
    assert ledger.dnd_serial() == after
    with home.open() as other:
        read(other, A, B)
    assert ledger.dnd_serial() > after
    assert ledger.all_numbers(["opt-outs"]) == {A, B}
    after = ledger.dnd_serial()
    with ledger.lock("apply", now=NOW):
        ledger.release("opt-outs", [A], basis="plan", now=NOW)
    assert ledger.dnd_serial() > after


def test_a_hundred_thousand_numbers_take_no_more_than_moments(ledger: Ledger, path: Path) -> None:
    numbers = [f"+57{number:010d}" for number in range(100_000)]
    began = time.perf_counter()
    assert read(ledger, *numbers).new == 100_000
    # About 0.3 s when nothing else runs.
    assert time.perf_counter() - began < 5
    assert ledger.statements("opt-outs").num_rows == 100_000


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(st.one_of(st.sets(st.sampled_from([A, B])), st.sampled_from([A, B])), max_size=8))
def test_in_force_is_what_the_rule_says_for_every_history(
    steps: list[set[str] | str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A plain model: stated numbers stay until released; a release falls to a statement after an absence."""
    in_force: set[str] = set()
    known: set[str] = set()
    absent: set[str] = set()
    with (
        Ledger.open(tmp_path_factory.mktemp("history") / "ledger.db", "acme") as ledger,
        ledger.lock("apply", now=0.0),
    ):
        for now, step in enumerate(steps, 1):
            if isinstance(step, str):
                ledger.release("opt-outs", [step], basis="plan", now=float(now))
                in_force.discard(step)
            else:
                read(ledger, *step, now=float(now))
                in_force |= {number for number in step if number not in known or number in absent}
                known |= step
                absent = known - step
            assert ledger.all_numbers(["opt-outs"]) == in_force
