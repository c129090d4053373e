import pytest

from syncengine.errors import LedgerError
from syncengine.ledger.ledger import Ledger
from tests.ledger.writing import NOW, intent, item


def test_runs_are_listed_newest_first_with_how_they_ended(ledger: Ledger) -> None:
    first = ledger.begin_run("apply", "p1", now=1.0)
    ledger.end_run(first, "complete", '{"rows": 3}', now=2.0)
    second = ledger.begin_run("plan", "p2", now=3.0)
    newest, oldest = ledger.history(10)
    assert (newest.run_id, newest.kind, newest.ended_at, newest.outcome) == (second, "plan", None, "")
    assert (oldest.plan_id, oldest.ended_at, oldest.summary) == ("p1", 2.0, '{"rows": 3}')
    assert [run.run_id for run in ledger.history(1)] == [second]


def test_the_last_good_run_is_found(ledger: Ledger) -> None:
    assert ledger.last_run("apply", "complete") is None
    good = ledger.begin_run("apply", "p", now=1.0)
    ledger.end_run(good, "complete", "{}", now=2.0)
    bad = ledger.begin_run("apply", "p", now=3.0)
    ledger.end_run(bad, "failed", "{}", now=4.0)
    found = ledger.last_run("apply", "complete")
    assert found is not None
    assert found.run_id == good


def test_ending_a_run_that_is_not_there_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="no run 7"):
        ledger.end_run(7, "complete", "{}", now=1.0)


def test_each_call_of_a_run_keeps_its_evidence(locked: Ledger) -> None:
    run = locked.begin_run("apply", "p", now=NOW)
    evidence = '{"lists": [{"name": "opt-outs", "digest": "d", "age": 5}], "decision": "clear"}'
    call = locked.begin_call(intent("add", [item("1")]), run_id=run, evidence=evidence, now=NOW)
    locked.finish_call(call, "applied", "", {}, now=NOW + 1)
    (line,) = locked.calls_of_run(run)
    assert (line.call_id, line.evidence, line.rows, line.effect) == (call, evidence, 1, "dialable")
    assert (line.state, line.outcome, line.started_at, line.finished_at) == ("done", "applied", NOW, NOW + 1)
    assert line.request_digest == "digest"
