"""The judge finds each kind of crime where a defence is taken out, and none in the engine as it is."""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

import syncengine
from syncengine.sandbox.call import Call
from syncengine.sandbox.record import Entry
from tests.chaos.mutants import MUTANTS
from tests.chaos.scenario import Scenario
from tests.chaos.singles import _carried_out
from tests.chaos.trial import Trial
from tests.chaos.witness import Witness
from tests.chaos.workers import shrunk
from tests.chaos.world import World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as opened:
        yield opened


# The mutant -> a scenario, and how the crime is named.
_CRIMES = {
    "blind resend": ("wolkvox-predictive build.0=batch.booked:1:stall build.0=remote.before_outcome:3:kill", "doubled"),
    "retry every write": ("stringee-phones build.0=spoil@0.5@3", "doubled"),
    "no intent": ("comunik8", "sent without an intent"),
    "booked before sent": ("stringee-phones build.0=remote.after_intent:2:kill", "lost"),
    "unknown kept quiet": ("wolkvox-predictive build.0=remote.before_outcome:3:kill", "unknown not shown"),
    "lock kept": ("comunik8", "left its lock"),
    "lists forgotten": ("comunik8", "listed callable"),
}


@pytest.mark.parametrize("mutant", sorted(MUTANTS))
def test_an_engine_without_one_defence_is_caught(world: World, mutant: str) -> None:
    line, crime = _CRIMES[mutant]
    figures = Trial(world, Scenario.parse(line), phases=("build",), mutant=mutant).run()
    assert [found for found in figures.crimes if crime in found], (figures.crimes, figures.counts)


@pytest.mark.parametrize("mutant", ["blind resend", "booked before sent", "unknown kept quiet", "retry every write"])
def test_the_engine_as_it_is_commits_no_crime_there(world: World, mutant: str) -> None:
    figures = Trial(world, Scenario.parse(_CRIMES[mutant][0]), phases=("build",)).run()
    assert figures.crimes == []


def test_a_request_that_is_looked_at_after_its_sender_has_given_up_was_written_down(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = Witness.arrived

    def late(witness: Witness, entry: Entry, call: Call) -> None:
        time.sleep(0.05)
        arrived(witness, entry, call)

    monkeypatch.setattr(Witness, "arrived", late)
    figures = Trial(world, Scenario.parse("stringee-phones build.0=remote.after_body:4:raise"), phases=("build",)).run()
    assert (figures.crimes, figures.counts["faults"]) == ([], 1)


def test_a_case_that_its_run_does_not_come_to_is_tried_again_alone_and_counted_once(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "comunik8 change.0=plan.made:1:kill build.0=plan.made:99:kill"
    counts, failures = _carried_out(world, [Scenario.parse(line)])
    assert (counts["faults"], counts["not reached"], counts["tried again alone"], failures) == (1, 1, 1, [])
    assert "  comunik8 build.0=plan.made:99:kill\n" in capsys.readouterr().out


def test_every_failpoint_of_the_source_is_passed_by_the_reference_job(world: World) -> None:
    """The way with tasks, its first answers lost; together its runs pass every place that has a name."""
    line = "lynn-data build.0=remote.before_outcome:2:kill release.0=remote.before_outcome:2:kill"
    trial = Trial(world, Scenario.parse(line), saved=True)
    figures = trial.run()
    assert figures.crimes == []
    passed = sum(chain.from_iterable(trial.passed.values()), Counter[str]())
    named = names_in_the_source()
    assert len(named) >= 25
    assert named - set(passed) == set()
    assert set(passed) - named == set()


def names_in_the_source() -> set[str]:
    import ast

    names = set()
    for path in Path(syncengine.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failpoint":
                names |= {each.value for each in node.args if isinstance(each, ast.Constant)}
            if isinstance(node, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == "_FAILPOINTS" for t in node.targets
            ):
                names |= {each.value for each in node.value.values}  # type: ignore[attr-defined]  # a dict of texts
    return {str(name) for name in names}


def test_a_failing_scenario_is_made_smaller(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    guilty = "comunik8 change.0=plan.made:1:kill"
    line = guilty + " build.0=plan.made:1:raise change.1=lock.acquired:1:kill"

    class Guilty(Trial):
        def run(self):  # type: ignore[no-untyped-def]
            self.figures.crimes = ["guilty"] if "change.0=plan.made:1:kill" in str(self.scenario) else []
            return self.figures

    monkeypatch.setattr("tests.chaos.workers.Trial", Guilty)
    assert str(shrunk(world, Scenario.parse(line), saved=False)) == guilty
