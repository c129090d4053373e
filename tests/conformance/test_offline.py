"""A plan without ledger, credential and network is the plan of the job that has all three, at every vendor."""

import json
import re
from pathlib import Path

import pytest

from syncengine import sync
from syncengine.model.plan import Plan
from syncengine.sandbox.server import Sandbox
from tests.conformance.test_walk import Walk
from tests.conformance.variants import VARIANTS, Variant

# The ids that these two give their rows are known only from a reading, and what is removed or blocked is named by them.
_NAMED_BY_A_LISTING = {"stringee", "thulium"}


def export(walk: Walk, file: Path) -> None:
    facts = sync.export_facts(walk.project.load(), walk.project.options(), salt="5a" * 16)
    file.write_text(json.dumps(facts), encoding="utf-8")


def offline(walk: Walk, file: Path) -> Plan:
    with sync.planned_offline(walk.project.load(), walk.project.options(), file, None) as made:
        return made.plan


def same_as_trusted(walk: Walk, file: Path, *, full: bool = True) -> Plan:
    walk.state()
    plan = offline(walk, file)
    assert not [note for note in plan.notes if "not certain" in note], plan.notes
    assert plan.plan_id == walk.project.plan(refresh="none").plan_id
    if full:
        assert plan.plan_id == walk.project.plan().plan_id
    return plan


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_an_untrusted_job_makes_the_plan_of_the_trusted_one(variant: Variant, sandbox: Sandbox, tmp_path: Path) -> None:
    for name, value in variant.switches.items():
        setattr(sandbox.dialers[variant.vendor].switches, name, value)
    walk, file = Walk(tmp_path, sandbox, variant), tmp_path / "facts.json"
    walk.add(1, 2, 3, 4, 5)
    walk.state()
    export(walk, file)
    assert not same_as_trusted(walk, file).empty
    walk.step()
    export(walk, file)
    assert same_as_trusted(walk, file).empty
    # As a branch changes them: people and opt-outs more at the end of their files, and the campaign started.
    walk.add(6, 7)
    walk.list_number(2)
    if not variant.reference:
        walk.status = "started"
    plan = same_as_trusted(walk, file, full=variant.vendor not in _NAMED_BY_A_LISTING)
    assert plan.headline.newly_callable or plan.headline.rows_updated
    _no_person_in(file, variant)


def _no_person_in(file: Path, variant: Variant) -> None:
    """No number of seven digits or more but ids of campaigns, times and checksums."""
    facts = json.loads(file.read_text(encoding="utf-8"))
    rows = json.dumps([facts["collections"], facts["lists"], facts["elsewhere"]])
    national = [variant.phone(number)[-9:] for number in range(1, 1000)]
    assert [number for number in national if number in file.read_text(encoding="utf-8")] == []
    assert not re.search(r"First|Last|CT00|@example", rows)
