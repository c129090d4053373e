"""What another run reads between a plan and its calls, at every vendor: that number is not rung by them.

Some requests name a person by the vendor's id alone, and a start names nobody.
"""

from pathlib import Path

import pytest

from syncengine import sync
from syncengine.ledger.opening import open_ledger
from syncengine.sandbox.server import Sandbox
from tests.conformance.variants import VARIANTS, Variant
from tests.conformance.walk import Walk


def _running(variant: Variant, sandbox: Sandbox, root: Path) -> Walk:
    """Return a campaign that rings two people."""
    walk = Walk(root, sandbox, variant)
    walk.add(1, 2)
    if walk.status:
        walk.status = "started"
    walk.step()
    return walk


def _apply_while_another_run_reads(
    walk: Walk, number: int, *, expect: str = "", **allowances: object
) -> tuple[str, ...]:
    """Return the alarms of the apply."""
    walk.state()
    project = walk.project
    loaded = project.load()

    def read(_: sync.Planned) -> None:
        with open_ledger(loaded.desired.ledger, loaded.desired.project) as other:
            stated = ("+" + walk.variant.phone(number),)
            other.record_statements("opt-outs", stated, source_digest="late", now=project.now(), complete=False)

    _, report = sync.apply(loaded, project.options(**allowances), sync.Applying(expect=expect, on_planned=read))
    assert report is not None
    return report.alarms


def _rung(walk: Walk) -> set[str]:
    return walk.project.dialer.callable_numbers(walk.campaign_id)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_somebody_new_whom_another_run_reads_as_listed_is_not_rung(
    variant: Variant, sandbox: Sandbox, tmp_path: Path
) -> None:
    walk = _running(variant, sandbox, tmp_path)
    walk.add(3, 4)
    _apply_while_another_run_reads(walk, 3)
    assert _rung(walk) == {variant.phone(number) for number in (1, 2, 4)}
    walk.list_number(3)
    if variant.blocks_numbers:
        walk.step()
    else:
        walk.quiet_step()


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v.releases], ids=lambda variant: variant.name)
def test_somebody_who_is_released_and_whom_another_run_reads_as_listed_again_is_not_rung(
    variant: Variant, sandbox: Sandbox, tmp_path: Path
) -> None:
    walk = _running(variant, sandbox, tmp_path)
    walk.list_number(2)
    walk.step()

    walk.lines.remove(2)
    walk.release.append(2)
    walk.state()
    allowed = walk.project.plan(dnd_remove=1)
    alarms = _apply_while_another_run_reads(walk, 2, expect=allowed.plan_id, dnd_remove=1)
    assert _rung(walk) == {variant.phone(1)}
    assert any("numbers that the plan releases stay in force" in alarm for alarm in alarms)


@pytest.mark.parametrize("variant", [v for v in VARIANTS if not v.reference], ids=lambda variant: variant.name)
def test_no_campaign_is_started_over_what_another_run_reads(variant: Variant, sandbox: Sandbox, tmp_path: Path) -> None:
    walk = _running(variant, sandbox, tmp_path)
    walk.status = "stopped"
    walk.step()

    walk.status = "started"
    _apply_while_another_run_reads(walk, 3)
    assert walk.project.dialer.dialling() == {}
    walk.list_number(3)
    walk.step()
