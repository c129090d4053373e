"""A small project in a folder of its own, planned and applied for real against a sandbox dialer.

A test changes what the files say, applies, and looks at what the dialer then holds. Nothing is replaced but the pace at
which tasks are asked about, and the clock, which moves for the engine and the dialers together.
"""

import csv
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from syncengine import sync
from syncengine.model.plan import Allowances, Plan
from syncengine.model.report import ApplyReport
from syncengine.model.vendor import Operation, Vendor
from syncengine.sandbox.dialer import Dialer
from syncengine.sandbox.server import Sandbox
from syncengine.views.plan_text import plan_text
from syncengine.views.report_text import report_text

HERE = "here"
DAY = 86_400.0
# The path below which a sandbox dialer serves, where the vendor's base URL has one.
_BASE_PATHS = {"lynn": "/api/LynnService"}
# What a sandbox dialer names as its credentials and the vendor file as its settings; Lynn's ready token would never
# expire, so that it is not used.
_NOT_SECRET = {"tenant", "server"}
_LEFT_OUT = {("lynn", "token")}

Row = dict[str, str]


@dataclass(kw_only=True)
class Project:
    """The files of a project with one dialer, and the sandbox that it runs against."""

    root: Path
    sandbox: Sandbox
    vendor: str
    settings: Mapping[str, str] = field(default_factory=dict)
    guards: Mapping[str, object] = field(default_factory=dict)
    manifest: dict[str, dict[str, Any]] = field(default_factory=lambda: {"campaigns": {}, "contacts": {}, "dnd": {}})
    # File below data/ -> its rows.
    tables: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def dialer(self) -> Dialer:
        """The dialer at the other end."""
        return self.sandbox.dialers[self.vendor]

    def now(self) -> float:
        """Seconds since 1970, as everybody here sees them."""
        return self.sandbox.clock.now()

    # ------------------------------------------------------------------------------------------------- the files

    def campaign(self, key: str, **lines: Any) -> None:
        """State a campaign; a line that is None is left out."""
        self.manifest["campaigns"][key] = {k: v for k, v in {"dialer": HERE, **lines}.items() if v is not None}

    def contacts(self, name: str, rows: Sequence[Row], **lines: Any) -> None:
        """State a contact list with its file."""
        self.tables[f"{name}.csv"] = [dict(row) for row in rows]
        self.manifest["contacts"][name] = {"source": f"data/{name}.csv", **lines}

    def dnd(self, name: str, numbers: Sequence[str], **lines: Any) -> None:
        """State a do-not-call list with its file; a line that is None is left out."""
        self.tables[f"{name}.csv"] = [{"phone": number} for number in numbers]
        stated = {"source": f"data/{name}.csv", **lines}
        self.manifest["dnd"][name] = {k: v for k, v in stated.items() if v is not None}

    def write(self) -> None:
        """Write all files, as new as can be."""
        for folder in ("manifests", "data", "secrets"):
            (self.root / folder).mkdir(exist_ok=True)
        for name, rows in self.tables.items():
            self._write_table(self.root / "data" / name, rows)
        for name in self._secrets():
            (self.root / "secrets" / name).write_text(self.dialer.credentials()[name], encoding="utf-8")
        # JSON is YAML.
        (self.root / "manifests" / "all.yaml").write_text(json.dumps(self.manifest), encoding="utf-8")
        (self.root / "syncengine.yaml").write_text(json.dumps(self._project_file()), encoding="utf-8")

    def _write_table(self, path: Path, rows: list[Row]) -> None:
        columns = list(dict.fromkeys(column for row in rows for column in row)) or ["phone"]
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, columns)
            table.writeheader()
            table.writerows(rows)
        os.utime(path, (self.now(), self.now()))

    def _secrets(self) -> list[str]:
        known = self.dialer.credentials()
        return [name for name in known if name not in _NOT_SECRET and (self.vendor, name) not in _LEFT_OUT]

    def _project_file(self) -> dict[str, object]:
        dialer = {
            "vendor": self.vendor,
            "base_url": self.sandbox.url(self.vendor) + _BASE_PATHS.get(self.vendor, ""),
            "settings": dict(self.settings),
            "secrets": {name: f"file:secrets/{name}" for name in self._secrets()},
            # The pace of the vendor file would make the tests slow.
            "limits": {"calls": 10_000, "per": "1s"},
        }
        return {"version": 1, "project": "tests", "guards": dict(self.guards), "dialers": {HERE: dialer}}

    # --------------------------------------------------------------------------------------------- planning, applying

    def load(self) -> sync.Loaded:
        """Write the files and load them."""
        self.write()
        loaded = sync.load(self.root)
        quick = {name: replace(found, vendor=with_quick_tasks(found.vendor)) for name, found in loaded.vendors.items()}
        return replace(loaded, vendors=quick)

    def options(self, **allowances: Any) -> sync.Options:
        """Return the options of a run; calls that no vendor documents are allowed."""
        refresh = allowances.pop("refresh", "full")
        given = Allowances(**{"unverified": True, **allowances})
        return sync.Options(allowances=given, refresh=refresh, clock=self.now)

    @contextmanager
    def planned(self, **allowances: Any) -> Iterator[sync.Planned]:
        """Make a plan and keep its rows at hand."""
        with sync.planned(self.load(), self.options(**allowances)) as made:
            yield made

    def plan(self, **allowances: Any) -> Plan:
        """Make a plan."""
        with self.planned(**allowances) as made:
            return made.plan

    def apply(self, *, expect: str = "", **allowances: Any) -> tuple[Plan, ApplyReport | None]:
        """Apply what the files say."""
        return sync.apply(self.load(), self.options(**allowances), sync.Applying(expect=expect))

    def carry_out(self, **allowances: Any) -> Plan:
        """Apply what the files say, and see that all of it was done."""
        plan, report = self.apply(**allowances)
        assert report is not None, f"there was nothing to apply:\n{shown(plan)}"
        assert report.complete, shown(plan, report)
        return plan

    def nothing_left(self, **allowances: Any) -> Plan:
        """See that a plan has nothing to do."""
        plan = self.plan(**allowances)
        assert plan.empty, f"the plan is not empty:\n{shown(plan)}"
        assert plan.applicable, f"the plan cannot be applied:\n{shown(plan)}"
        return plan


def with_quick_tasks(vendor: Vendor) -> Vendor:
    """Return a vendor whose tasks are asked about without a pause."""

    def quick(operation: Operation) -> Operation:
        if operation.task is None:
            return operation
        return replace(operation, task=replace(operation.task, interval=0.01, deadline=0.3))

    collections = tuple(
        replace(found, operations={role: quick(each) for role, each in found.operations.items()})
        for found in vendor.collections
    )
    return replace(vendor, collections=collections)


def shown(plan: Plan, report: ApplyReport | None = None) -> str:
    """Return a plan, and its report, as people see them."""
    texts = [plan_text(plan).plain, *([report_text(report).plain] if report else [])]
    return "\n\n".join(texts)
