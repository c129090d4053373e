"""A project in a folder, loaded, planned and applied against the dialer of ``acme.py``."""

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from syncengine import sync
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.opening import open_ledger
from syncengine.model.address import Address
from syncengine.model.plan import Allowances, Plan
from syncengine.model.report import ApplyReport
from syncengine.rows.workspace import Workspace
from syncengine.steps.loading import Loaded, load
from syncengine.steps.options import Options
from syncengine.steps.run import Run
from syncengine.steps.sources import Sources, read_sources
from tests.steps.acme import MAPPING, VENDOR, Acme

NOW = 1_800_000_000.0
LEADS = Address("main", "contacts", "spring")
BLOCKED = Address("main", "dnd", "account")


def tel(number: int) -> str:
    """Return a number of a person."""
    return f"+5730012{number:05d}"


def tels(*numbers: int) -> list[str]:
    return [tel(number) for number in numbers]


@dataclass
class Made:
    """The files of a project; ``write`` puts them into its folder."""

    root: Path
    acme: Acme
    vendor: str = VENDOR
    mapping: str = MAPPING
    now: float = NOW
    dialers: dict[str, dict[str, Any]] = field(default_factory=dict)
    project: dict[str, Any] = field(default_factory=dict)
    campaigns: dict[str, dict[str, Any]] = field(default_factory=dict)
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    dnd: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dialers["main"] = self.dialer()
        self.campaigns["spring"] = {
            "dialer": "main",
            "id": "17",
            "name": "Spring",
            "contacts": ["leads"],
            "dnd": ["opt-outs"],
        }
        self.people("leads", 1, 2, 3)
        self.opt_outs("opt-outs", 900, 901, 902)
        self.acme.campaign()

    def dialer(self, **more: Any) -> dict[str, Any]:
        return {"vendor": "acme", "base_url": self.acme.base_url, "secrets": {"token": "file:token"}, **more}

    def people(self, name: str, *numbers: int, **more: Any) -> None:
        """State a contact list with its file."""
        self._list(self.contacts, name, [{"phone": tel(n), "first_name": f"P{n}"} for n in numbers], more)

    def opt_outs(self, name: str, *numbers: int, **more: Any) -> None:
        """State a do-not-call list with its file."""
        self._list(self.dnd, name, [{"phone": tel(n)} for n in numbers], more)

    def _list(self, section: dict[str, dict[str, Any]], name: str, rows: list[dict[str, str]], more: Any) -> None:
        section[name] = {"source": f"data/{name}.csv", **section.get(name, {}), **more}
        self.data(f"{name}.csv", rows)

    def data(self, name: str, rows: list[dict[str, str]]) -> None:
        path = self.root / "data" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]) if rows else ["phone"])
            table.writeheader()
            table.writerows(rows)
        os.utime(path, (self.now, self.now))

    def write(self) -> Path:
        """Write everything but the data, which is there already."""
        manifest = {"campaigns": self.campaigns, "contacts": self.contacts, "dnd": self.dnd}
        project = {"version": 1, "project": "tests", "dialers": self.dialers, **self.project}
        self._file("token", "s3cret-of-acme")
        self._file("vendors/acme.yaml", self.vendor)
        self._file("mappings/acme.yaml", self.mapping)
        # JSON is YAML.
        self._file("manifests/all.yaml", orjson.dumps(manifest, option=orjson.OPT_INDENT_2).decode())
        self._file("syncengine.yaml", orjson.dumps(project, option=orjson.OPT_INDENT_2).decode())
        return self.root

    def _file(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    # ------------------------------------------------------------------------------------------------ using it

    def load(self) -> Loaded:
        return load(self.write())

    def options(self, **more: Any) -> Options:
        allowances = {name: more.pop(name) for name in list(more) if name in Allowances.__dataclass_fields__}
        return Options(**{"clock": lambda: self.now, "allowances": Allowances(**allowances), **more})

    @contextmanager
    def ledger(self, *, locked: bool = False) -> Iterator[Ledger]:
        loaded = self.load()
        with open_ledger(loaded.desired.ledger, loaded.desired.project) as ledger:
            if not locked:
                yield ledger
                return
            with ledger.lock("tests", now=self.now):
                yield ledger

    @contextmanager
    def run(self, *, locked: bool = False, **more: Any) -> Iterator[Run]:
        loaded = self.load()
        with self.ledger(locked=locked) as ledger, Workspace() as workspace:
            yield Run(loaded=loaded, ledger=ledger, workspace=workspace, options=self.options(**more))

    @contextmanager
    def sources(self, **more: Any) -> Iterator[tuple[Run, Sources]]:
        with self.run(**more) as run:
            yield run, read_sources(run)

    @contextmanager
    def planned(self, **more: Any) -> Iterator[sync.Planned]:
        with sync.planned(self.load(), self.options(**more)) as made:
            yield made

    def plan(self, **more: Any) -> Plan:
        with self.planned(**more) as made:
            return made.plan

    def apply(self, *, expect: str = "", **more: Any) -> tuple[Plan, ApplyReport | None]:
        return sync.apply(self.load(), self.options(**more), sync.Applying(expect=expect))

    def carry_out(self, **more: Any) -> ApplyReport:
        """Apply, and see that all of it was done; then let the settle time pass."""
        plan, report = self.apply(**more)
        assert report is not None, plan.notes
        assert report.complete, report
        self.wait()
        return report

    def wait(self, seconds: float = 600.0) -> None:
        """Let time pass; the data stays as young as it was."""
        self.now += seconds
        for path in (self.root / "data").iterdir():
            os.utime(path, (path.stat().st_mtime + seconds,) * 2)

    def states(self, address: Address = LEADS) -> dict[str, str]:
        with self.ledger() as ledger:
            table = ledger.rows_table(address)
        return dict(zip(table.column("key").to_pylist(), table.column("state").to_pylist(), strict=True))


def done(plan: Plan) -> list[str]:
    """Return what a plan does, in short."""
    campaigns = [f"{change.action} {change.address.name}" for change in plan.campaign_changes]
    rows = [f"{change.action} {change.count} {change.address.kind} {change.reason}" for change in plan.row_changes]
    return [*campaigns, *rows]


def notes(plan: Plan, word: str) -> list[str]:
    return [note for note in plan.notes if word in note]


def in_force(made: Made, *lists: str) -> Sequence[str]:
    with made.ledger() as ledger:
        return sorted(ledger.all_numbers(lists or ("opt-outs",)))


__all__ = ["BLOCKED", "LEADS", "NOW", "Made", "done", "in_force", "notes", "replace", "tel", "tels"]
