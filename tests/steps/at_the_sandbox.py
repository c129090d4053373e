"""A small project at one sandbox dialer, and one run on it, open, so that a test can take a single step of it."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from syncengine import sync
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.opening import open_ledger
from syncengine.rows.workspace import Workspace
from syncengine.sandbox.server import Sandbox
from syncengine.steps.reading import Readings, read_dialers
from syncengine.steps.run import Run
from syncengine.steps.sources import Sources, read_sources
from tests.conformance.project import HERE, Project
from tests.conformance.variants import VARIANTS, Variant

__all__ = ["HERE", "Project", "ledger_of", "opened", "project_at", "read", "variant"]


def variant(name: str) -> Variant:
    return next(found for found in VARIANTS if found.name == name)


def project_at(
    name: str, root: Path, sandbox: Sandbox, *, people: Iterable[int] = (1, 2, 3), listed: Sequence[int] = (900,)
) -> Project:
    """Return a project with a campaign "spring", a list "leads" that feeds it, and a do-not-call list "opt-outs"."""
    way = variant(name)
    project = Project(root=root, sandbox=sandbox, vendor=way.vendor, settings=way.dialer_settings)
    project.campaign(
        "spring",
        id=way.reference or None,
        name=None if way.reference else "Spring",
        contacts=["leads"],
        settings=dict(way.campaign_settings) or None,
        **way.campaign,
    )
    rows = [way.row(number) for number in people]
    project.contacts("leads", rows, region=way.region, on_absent="remove", columns=dict(way.columns))
    project.dnd("opt-outs", ["+" + way.phone(number) for number in listed], lasts_days=way.lasts_days)
    return project


@contextmanager
def ledger_of(project: Project) -> Iterator[Ledger]:
    """Open the project's ledger; its lock is free."""
    path = project.root / ".syncengine" / "ledger.db"
    path.parent.mkdir(exist_ok=True)
    with open_ledger(f"sqlite:///{path}", "tests") as ledger:
        yield ledger


@contextmanager
def opened(project: Project, **options: Any) -> Iterator[Run]:
    """Load the project as its vendor file says, tasks at their own pace, and open a run on it."""
    project.write()
    loaded = sync.load(project.root)
    asked = {
        name: options.pop(name) for name in ("vendor_check", "extra", "campaigns", "parallelism") if name in options
    }
    made = project.options(**options)
    with open_ledger(loaded.desired.ledger, "tests") as ledger, Workspace() as workspace:
        settings = sync.Options(allowances=made.allowances, refresh=made.refresh, clock=project.now, **asked)
        yield Run(loaded=loaded, ledger=ledger, workspace=workspace, options=settings)


def read(run: Run) -> tuple[Sources, Readings]:
    """Take the first two steps: sources, dialers."""
    sources = read_sources(run)
    return sources, asyncio.run(read_dialers(run, sources))
