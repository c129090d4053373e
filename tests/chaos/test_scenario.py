"""Scenarios read as they are written."""

import pytest

from tests.chaos.job import PHASES
from tests.chaos.scenario import Scenario, Signal

LINE = (
    "wolkvox-predictive+comunik8 build.0=kill@0.1312/unlock build.1=spoil@0.05@77"
    " build.1=int@3w0.0021/lease change.0=ledger.before_commit:3:full"
)


def test_what_happens_to_one_phase_can_be_taken_alone() -> None:
    scenario = Scenario.parse("comunik8 build.0=plan.made:1:kill build.1=plan.made:2:raise change.0=plan.made:1:kill")
    assert str(scenario.alone("build")) == "comunik8 build.0=plan.made:1:kill build.1=plan.made:2:raise"


def test_a_scenario_reads_as_it_is_written() -> None:
    scenario = Scenario.parse(LINE)
    assert str(scenario) == LINE
    assert scenario.ways == ("wolkvox-predictive", "comunik8")
    first, *_ = scenario.of("build", 0)
    assert (first.signal, first.gap) == (Signal("kill", 0, 0.1312), "unlock")
    spoilt, interrupted = scenario.of("build", 1)
    assert spoilt.spoilt == (0.05, "77")
    assert (interrupted.signal, interrupted.gap) == (Signal("int", 3, 0.0021), "lease")
    (failing,) = scenario.of("change", 0)
    assert (failing.failpoint, failing.gap) == ("ledger.before_commit:3:full", "settled")
    assert (scenario.treated("build"), scenario.treated("change"), scenario.treated("end")) == (2, 1, 0)


def test_a_scenario_goes_as_far_as_it_disturbs() -> None:
    assert Scenario.parse("comunik8 change.1=plan.made:1:kill build.0=kill@1").phases == ("build", "change")
    assert Scenario.parse("comunik8").phases == PHASES


def test_a_scenario_without_one_treatment_is_smaller() -> None:
    assert str(Scenario.parse(LINE).without({1})) == LINE.replace(" build.1=spoil@0.05@77", "")


@pytest.mark.parametrize(
    "line", ["nobody", "comunik8 build=kill@1", "comunik8 never.0=kill@1", "comunik8 build.0=kill@1/x"]
)
def test_what_is_not_a_scenario_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        Scenario.parse(line)
