"""What of a plan is carried out, end to end; the rules are in ``engine/test_policy``, more of it in ``cli/test_watch``."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine import landing, sync
from syncengine.errors import LockedError
from syncengine.sandbox.server import Sandbox
from tests.steps.acme import serving
from tests.steps.at_the_sandbox import ledger_of, project_at
from tests.steps.projects import Made, tels


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def test_what_is_tried_is_written_down_before_the_first_call_and_forgotten_when_it_ended_well(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    project = project_at("comunik8", tmp_path, sandbox)
    project.write()
    file = project.root / "syncengine.yaml"
    file.write_text(json.dumps({**json.loads(file.read_text()), "watch": {"may_land": ["audience"]}}))
    loaded = sync.load(project.root)
    seen: list[str] = []

    def approve(looked: landing.Landed) -> bool:
        assert looked.decision.lands is not None
        return True

    def interrupted() -> bool:
        with ledger_of(project) as ledger:
            seen.append(ledger.notes.read("watch/attempt"))
        return False

    how = landing.Landing(applies=True, approve=approve, interrupted=interrupted)
    landed = landing.land(loaded, sync.Options(), how)
    assert landed.report is not None
    assert landed.report.complete
    assert all(looked for looked in seen)
    with ledger_of(project) as ledger:
        assert ledger.notes.read("watch/attempt") == ""
        assert not ledger.lock_holders()


def test_while_somebody_applies_to_one_dialer_opt_outs_land_at_the_others_and_the_rest_waits(tmp_path: Path) -> None:
    how = landing.Landing(applies=True)
    with serving() as acme:
        made = Made(tmp_path, acme)
        made.dialers["second"] = made.dialer()
        made.project["watch"] = {"may_land": ["audience", "cosmetic"]}
        with made.ledger() as other, other.lock("apply", now=made.now, dialers=["second"]):
            landed = landing.land(made.load(), made.options(), how)
            assert landed.report is not None
            assert acme.writes() == ["POST /blocked"]
            assert [held.rule for held in landed.decision.held] == ["locked"]
            assert landed.retry_at == made.now + 5.0
            with pytest.raises(LockedError, match=r"second is locked: .* runs apply since"):
                landing.land(made.load(), made.options(), how)
        made.wait()
        assert landing.land(made.load(), made.options(), how).report is not None
        assert set(made.states()) == set(tels(1, 2, 3))


def test_a_window_stays_shut_while_the_clock_is_minutes_off_that_of_every_dialer(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    project = project_at("wolkvox-predictive", tmp_path, sandbox)
    project.write()
    file = project.root / "syncengine.yaml"

    def rules(windows: list[dict[str, str]], hours: float) -> list[str]:
        watch = {"may_land": ["audience"], "windows": windows}
        file.write_text(json.dumps({**json.loads(file.read_text()), "watch": watch}))
        options = sync.Options(clock=lambda: time.time() + hours * 3600)
        how = landing.Landing(applies=True, approve=lambda _: False)
        return [held.rule for held in landing.land(sync.load(project.root), options, how).decision.held]

    always = [{"kind": "allow", "schedule": "* * * * *", "duration": "5m", "zone": "UTC"}]
    assert rules(always, 0.0) == []
    assert rules(always, 0.2) == ["window"]
    assert rules([], 0.2) == []
