"""A small project in a folder of its own, planned and applied for real against a sandbox dialer.

A test changes what the files say, applies, and looks at what the dialer then holds. Nothing is replaced but the pace at
which tasks are asked about, and the clock, which can be moved forward for the engine and the dialers together.
"""

import csv
import json
import os
import time
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

DIALER = "here"
# The paths below which a sandbox dialer serves, where the vendor's base URL has one.
_BASE_PATHS = {"lynn": "/api/LynnService"}
_QUICK = {"interval": 0.01, "deadline": 0.5}
# Settings of the sandbox's credentials that are no secrets.
_NO_SECRETS = {"tenant", "server", "token"}
DAY = 86_400.0

Row = dict[str, str]


@dataclass(kw_only=True)
class Project:
    """The files of a project with one dialer, and the sandbox that it runs against."""

    root: Path
    sandbox: Sandbox
    vendor: str
    settings: Mapping[str, str] = field(default_factory=dict)
    guards: Mapping[str, object] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    # File below data/ -> its rows.
    tables: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def dialer(self) -> Dialer:
        """The sandbox's dialer."""
        return self.sandbox.dialers[self.vendor]

    # ------------------------------------------------------------------------------------------------- the files

    def campaign(self, key: str, **lines: Any) -> None:
        """State a campaign of the dialer; a line that is None is left out."""
        stated = {"dialer": DIALER, **lines}
        self.manifest.setdefault("campaigns", {})[key] = {k: v for k, v in stated.items() if v is not None}

    def contacts(self, name: str, rows: Sequence[Row], **lines: Any) -> None:
        """State a contact list with its file."""
        self.tables[f"{name}.csv"] = [dict(row) for row in rows]
        self.manifest.setdefault("contacts", {})[name] = {"source": f"data/{name}.csv", **lines}

    def dnd(self, name: str, numbers: Sequence[str], **lines: Any) -> None:
        """State a do-not-call list with its file."""
        self.tables[f"{name}.csv"] = [{"phone": number} for number in numbers]
        self.manifest.setdefault("dnd", {})[name] = {"source": f"data/{name}.csv", **lines}

    def write(self) -> None:
        """Write all files, as of the clock of the sandbox."""
        for folder in ("manifests", "data"):
            (self.root / folder).mkdir(exist_ok=True)
        for name, rows in self.tables.items():
            path = self.root / "data" / name
            with path.open("w", encoding="utf-8", newline="") as file:
                columns = list(dict.fromkeys(column for row in rows for column in row)) or ["phone"]
                table = csv.DictWriter(file, columns)
                table.writeheader()
                table.writerows(rows)
            os.utime(path, (self.now(), self.now()))
        # JSON is YAML.
        (self.root / "manifests" / "all.yaml").write_text(json.dumps(self.manifest), encoding="utf-8")
        (self.root / "syncengine.yaml").write_text(json.dumps(self._project_file()), encoding="utf-8")

    def _project_file(self) -> dict[str, object]:
        known = self.sandbox.credentials(self.vendor)
        secrets = {name for name in known if self.vendor != "lynn" or name not in _NO_SECRETS} - {"server"}
        for name in secrets:
            os.environ[f"TEST_{self.vendor}_{name}".upper()] = known[name]
        return {
            "version": 1,
            "project": "conformance",
            "guards": dict(self.guards),
            "dialers": {
                DIALER: {
                    "vendor": self.vendor,
                    "base_url": self.sandbox.url(self.vendor) + _BASE_PATHS.get(self.vendor, ""),
                    "settings": dict(self.settings),
                    "secrets": {name: f"env:TEST_{self.vendor}_{name}".upper().replace("ENV:", "env:") for name in secrets},
                    "limits": {"calls": 10_000, "per": "1s"},
                }
            },
        }

    # --------------------------------------------------------------------------------------------- planning, applying

    def now(self) -> float:
        """Seconds since 1970, as the dialers see it."""
        return self.sandbox.clock.now()

    def options(self, **allowances: Any) -> sync.Options:
        """Options of a run; the calls that no vendor documents are allowed."""
        refresh = allowances.pop("refresh", "full")
        return sync.Options(
            allowances=Allowances(**{"unverified": True, **allowances}), refresh=refresh, clock=self.now
        )

    def load(self) -> sync.Loaded:
        """Load the files as they are now."""
        self.write()
        loaded = sync.load(self.root)
        quick = {
            name: replace(found, vendor=with_quick_tasks(found.vendor)) for name, found in loaded.vendors.items()
        }
        return replace(loaded, vendors=quick)

    def plan(self, **allowances: Any) -> Plan:
        """Make a plan."""
        with self.planned(**allowances) as made:
            return made.plan

    @contextmanager
    def planned(self, **allowances: Any) -> Iterator[sync.Planned]:
        """Make a plan and keep its rows at hand."""
        with sync.planned(self.load(), self.options(**allowances)) as made:
            yield made

    def apply(self, *, expect: str = "", **allowances: Any) -> tuple[Plan, ApplyReport | None]:
        """Apply what the files say."""
        return sync.apply(self.load(), self.options(**allowances), sync.Applying(expect=expect))

    def settled(self, **allowances: Any) -> ApplyReport | None:
        """Apply, and see that everything was done and nothing is left to do."""
        plan, report = self.apply(**allowances)
        assert report is None or report.complete, shown(plan, report)
        allowances.pop("expect", None)
        allowances.pop("dnd_remove", None)
        again = self.plan(**allowances)
        assert again.empty and again.applicable, "the second plan is not empty:\n" + shown(again)
        return report


def with_quick_tasks(vendor: Vendor) -> Vendor:
    """Return a vendor whose tasks are asked about without a pause."""

    def quick(operation: Operation) -> Operation:
        if operation.task is None:
            return operation
        return replace(operation, task=replace(operation.task, **_QUICK))

    collections = tuple(
        replace(found, operations={role: quick(each) for role, each in found.operations.items()})
        for found in vendor.collections
    )
    return replace(vendor, collections=collections)


def shown(plan: Plan, report: ApplyReport | None = None) -> str:
    """Return a plan and its report as people see them."""
    from rich.console import Console

    console = Console(width=160, record=True, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    console.print(plan_text(plan))
    if report is not None:
        console.print(report_text(report))
    return console.export_text()


def advance(sandbox: Sandbox, seconds: float) -> None:
    """Move the time of the dialers and of the engine forward."""
    sandbox.clock.advance(seconds)


def elapsed(since: float) -> float:
    """Seconds that a walk has taken."""
    return time.perf_counter() - since
