"""Golden cases: what people wrote and what the dialer held -> the plan, and every writing request in order.

A case is a folder with ``case.yaml`` (``vendor``, ``settings``, ``guards``; ``theirs``: a number that stands in a
campaign of somebody else's; ``before``: the manifest that was applied earlier; ``by_hand``: what somebody changed at the
dialer, a ``call`` or what was ``set`` at a place; ``now``: the manifest that is planned; ``gone``: data files that vanish
before; ``allow``), its data files, and the two files expected. SYNCENGINE_REWRITE=1 writes those anew.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

from syncengine.model.plan import LevelName, Plan
from syncengine.sandbox.record import Entry
from syncengine.sandbox.server import Sandbox
from syncengine.views.as_json import plan_json
from tests.conformance.by_hand import put_campaign
from tests.conformance.project import Project

CASES = sorted(path.parent for path in (Path(__file__).parent / "cases").glob("*/case.yaml"))
# Calls that write nothing in spite of their verb.
_ASKS_ONLY = ("/duplicate", "/CreateToken")
REWRITE = bool(os.environ.get("SYNCENGINE_REWRITE"))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_case_gives_this_plan_and_these_requests(folder: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.reset()
    case = YAML(typ="safe").load(folder / "case.yaml")
    project = _project(case, folder, sandbox, tmp_path)
    if "theirs" in case:
        put_campaign(sandbox, case["vendor"], case["theirs"])
    if "before" in case:
        project.manifest = case["before"]
        _, report = project.apply()
        assert report is not None
        assert report.complete
    for deed in case.get("by_hand", ()):
        _by_hand(project, deed)
    project.manifest = case["now"]
    for name in case.get("gone", ()):
        (tmp_path / "data" / name).unlink()
    seen = len(project.dialer.record.entries())
    plan = project.plan(**case.get("allow", {}))
    assert _writes(project.dialer.record.entries()[seen:]) == [], "a plan wrote to a dialer"
    if plan.applicable:
        project.apply(expect=plan.plan_id, **case.get("allow", {}))
    _compare(folder / "plan.json", _lasting(plan))
    _compare(folder / "requests.json", _writes(project.dialer.record.entries()[seen:]))


def _by_hand(project: Project, deed: dict[str, Any]) -> None:
    if "call" in deed:
        getattr(project.dialer, deed["call"])(**deed.get("with", {}))
        return
    place: Any = project.dialer
    for part in deed["at"].split("/"):
        place = place[part] if isinstance(place, dict) else getattr(place, part)
    for name, value in deed["set"].items():
        setattr(place, name, value)


def _project(case: dict[str, Any], folder: Path, sandbox: Sandbox, root: Path) -> Project:
    (root / "data").mkdir()
    for path in folder.glob("*.csv"):
        # A copy is as new as a file that was just fetched.
        shutil.copyfile(path, root / "data" / path.name)
    return Project(
        root=root,
        sandbox=sandbox,
        vendor=case["vendor"],
        settings=case.get("settings", {}),
        guards=case.get("guards", {}),
    )


def _lasting(plan: Plan) -> dict[str, object]:
    """The plan without what differs from run to run: when, against which port, and digests that follow from those."""
    shown = plan_json(plan)
    for source in shown["sources"]:  # type: ignore[attr-defined]  # plain JSON
        del source["age"]
    return {name: value for name, value in shown.items() if name not in {"plan_id", "created_at", "basis"}}


def _writes(entries: list[Entry]) -> list[dict[str, object]]:
    return [
        {"method": entry.method, "path": entry.path, "query": dict(entry.query), "body": entry.body}
        for entry in entries
        if entry.method != "GET" and not entry.path.endswith(_ASKS_ONLY)
    ]


def _compare(path: Path, found: object) -> None:
    text = json.dumps(found, indent=1, ensure_ascii=False, default=str) + "\n"
    if REWRITE:
        path.write_text(text, encoding="utf-8")
    assert json.loads(text) == json.loads(path.read_text(encoding="utf-8"))


def test_the_cases_show_every_level_of_a_plan() -> None:
    plans = [json.loads((folder / "plan.json").read_text(encoding="utf-8")) for folder in CASES]
    assert {level["name"] for plan in plans for level in plan["levels"]} == set(get_args(LevelName))
