"""A saved plan in which one thing was changed, applied for real: it is refused, and the dialer hears nothing.

Twelve are of the fields that say what was decided, for whom and from what; the others are of the file around them.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from syncengine import sync
from syncengine.errors import StalePlanError, UsageError
from syncengine.planfile import load_sealed
from tests.chaos.registry import Failure, Outcome, Size
from tests.steps.acme import Acme, serving
from tests.steps.projects import Made

Parts = dict[str, bytes]
Change = Callable[[dict[str, Any], Parts], object]

FIELDS: Mapping[str, Change] = {
    "when it was made": lambda d, _: d.update(created_at=d["created_at"] + 3_600),
    "its id": lambda d, _: d.update(plan_id="0123456789abcdef"),
    "a change taken out": lambda d, _: d["levels"][-1]["changes"].pop(),
    "what was allowed": lambda d, _: d["allowances"].update(dnd_remove=1_000),
    "what is released": lambda d, _: d["releases"].update({"opt-outs": 1_000}),
    "the ledger": lambda d, _: d["basis"].update(lineage="x"),
    "the state of the ledger": lambda d, _: d["basis"].update(serial=d["basis"]["serial"] + 1),
    "the manifests": lambda d, _: d["basis"].update(manifests="x"),
    "the vendor files": lambda d, _: d["basis"].update(vendors="x"),
    "the contact sources": lambda d, _: d["basis"].update(sources="x"),
    "the do-not-call sources": lambda d, _: d["basis"].update(dnd="x"),
    "the dialers": lambda d, _: d["basis"].update(dialers={}),
}
FILE: Mapping[str, Change] = {
    "how dialers were read": lambda d, _: d.update(refresh="none"),
    "which dialers it is for": lambda d, _: d["scope"].update(dialers=["another"]),
    "a file of rows emptied": lambda _, parts: parts.update({next(iter(_rows(parts))): b""}),
    "a file of rows taken out": lambda _, parts: parts.pop(next(iter(_rows(parts)))),
    "its seal emptied": lambda _, parts: parts.update(seal=b""),
    "its seal taken out": lambda _, parts: parts.pop("seal"),
}


def run(size: Size) -> Outcome:
    """Try them all, and then apply the plan as it was written."""
    del size
    failures: list[Failure] = []
    with tempfile.TemporaryDirectory() as folder, serving() as acme:
        made, plan = saved(Path(folder), acme)
        for what, change in {**FIELDS, **FILE}.items():
            if problem := why_not_refused(made, plan, change):
                failures.append(Failure(line=f"plan tampering: {what}", reason=problem))
        if not apply(made, plan):
            failures.append(Failure(line="plan tampering: none", reason="the plan as it was written was not applied"))
        writes = len(acme.writes())
    refused = len(FIELDS) + len(FILE) - len(failures)
    figures = {"fields changed": len(FIELDS), "other changes": len(FILE), "refused": refused}
    return Outcome(figures={**figures, "calls of the unchanged plan": writes}, failures=failures)


def saved(folder: Path, acme: Acme) -> tuple[Made, Path]:
    """Return a project and a plan of it that was saved."""
    made = Made(folder, acme)
    path = folder / "spring.plan"
    made.plan()
    with made.planned() as planned:
        planned.save(path)
    return made, path


def why_not_refused(made: Made, plan: Path, change: Change) -> str:
    """Apply a changed copy of a plan; empty: it was refused before any call."""
    copy = plan.with_name("changed.plan")
    with zipfile.ZipFile(plan) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    document = json.loads(parts["plan.json"])
    change(document, parts)
    parts["plan.json"] = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    with zipfile.ZipFile(copy, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    asked = len(made.acme.asked)
    try:
        apply(made, copy)
    except (StalePlanError, UsageError):
        # The second where it is about what is not there: which dialers to hold is asked before the seal is looked at.
        return "" if len(made.acme.asked) == asked else "the dialer was asked before it was refused"
    return "it was applied"


def apply(made: Made, path: Path) -> bool:
    """Apply a saved plan as the command line does; whether all of it was done."""
    plan, seal = load_sealed(path)
    _, report = sync.apply(made.load(), made.options(), sync.Applying(saved=plan, seal=seal))
    return report is not None and report.complete


def _rows(parts: Parts) -> list[str]:
    return [name for name in parts if name.endswith(".parquet")]
