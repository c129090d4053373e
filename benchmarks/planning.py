"""Plans of many contacts: nothing known, nothing changed, one in a hundred changed.

The yardstick is the one of ``hundred_thousand``: a bare DuckDB that reads the same file, hashes its rows and compares
them with the hashes of the time before, as a whole process, in turn with the plan. No dialer is asked and no apply is
waited for: the ledger is filled as an apply of the first plan would have left it.
"""

import csv
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.hundred_thousand import LISTED, YARDSTICK, project_files
from benchmarks.measuring import Measured, run, syncengine
from benchmarks.people import SEED, write_listed, write_people
from benchmarks.table import Figure

SIZES = (10_000, 100_000, 1_000_000)
TIMES = 3
# Of the sandbox's dialer; nothing is sent to it here.
_NOWHERE = "http://127.0.0.1:9"
_ENV = {"WOLKVOX_TOKEN": "unused"}


def measure(*, sizes: tuple[int, ...] = SIZES, times: int = TIMES) -> list[Figure]:
    """Measure each size, smallest first."""
    found: list[Figure] = []
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found += _size(Path(folder), rows, times)
    return found


def _size(project: Path, rows: int, times: int) -> list[Figure]:
    project_files(project, url=_NOWHERE, rows=rows)
    write_people(project / "people.csv", rows)
    write_listed(project / "opt-outs.csv", LISTED)
    first = _plan(project)
    bare_first = _bare(project, before="")
    fill_ledger(project)
    (project / "hashes-again.parquet").replace(project / "hashes.parquet")
    _plan(project)
    unchanged = [_pair(project) for _ in range(times)]
    change_some(project / "people.csv", share=0.01)
    changed = [_pair(project) for _ in range(times)]
    return [
        _figure(f"{rows:,} contacts, first plan", [(first, bare_first)], rows),
        _figure(f"{rows:,} contacts, nothing changed", unchanged, rows),
        _figure(f"{rows:,} contacts, 1 % changed, 0.5 % gone, 0.5 % new", changed, rows),
    ]


def _plan(project: Path) -> Measured:
    plan = project / "plan.bin"
    plan.unlink(missing_ok=True)
    return run(syncengine("plan", "--refresh", "none", "--out", str(plan)), cwd=project, env=_ENV)


def _bare(project: Path, *, before: str) -> Measured:
    after = str(project / "hashes-again.parquet")
    return run([sys.executable, "-c", YARDSTICK, str(project / "people.csv"), before, after])


def _pair(project: Path) -> tuple[Measured, Measured]:
    return _plan(project), _bare(project, before=str(project / "hashes.parquet"))


def _figure(what: str, pairs: list[tuple[Measured, Measured]], rows: int) -> Figure:
    plan = sorted((plan for plan, _ in pairs), key=lambda found: found.wall)[len(pairs) // 2]
    walls = median(plan.wall / bare.wall for plan, bare in pairs)
    cpus = median(plan.cpu / bare.cpu for plan, bare in pairs)
    note = f"{rows / plan.wall:,.0f} rows/s; {walls:.1f} x bare (CPU {cpus:.1f} x)"
    return Figure(what=what, wall=plan.wall, cpu=plan.cpu, peak=plan.peak, note=note)


def fill_ledger(project: Path) -> None:
    """Make the ledger what an apply of the present plan would leave: campaign and rows there, settled."""
    from syncengine import sync
    from syncengine.model.address import Address
    from syncengine.model.change import RowChange
    from syncengine.model.findings import KnownCampaign
    from syncengine.rows.store import PlanRows

    os.environ.update(_ENV)
    options = sync.Options(refresh="none")
    with sync.planned(sync.load(project), options) as made:
        ledger, now = made.run.ledger, options.clock()
        store = PlanRows(made.run.workspace, made.differences.sets)
        with ledger.lock("apply", now=now, lease=3600.0):
            campaign = KnownCampaign(key="recovery", remote_id="1", name="recovery", status="started", fields={})
            ledger.save_campaign(Address("wolkvox-co", "campaign", "recovery"), campaign, now=now)
            for change in made.plan.changes:
                if isinstance(change, RowChange):
                    for batch in store.batches(change.rows, 50_000):
                        ledger.save_rows(change.address, batch, now=now)


def change_some(path: Path, *, share: float) -> None:
    """Change a share of the rows, drop half as many and add as many as were dropped."""
    path.with_suffix(".new").write_text("")
    with path.open(encoding="utf-8", newline="") as old, path.with_suffix(".new").open("w", encoding="utf-8") as new:
        csv.writer(new).writerows(_changed(csv.reader(old), random.Random(SEED), share))
    path.with_suffix(".new").replace(path)


def _changed(rows: Iterator[list[str]], dice: random.Random, share: float) -> Iterator[list[str]]:
    yield next(rows)
    gone = 0
    for row in rows:
        luck = dice.random()
        if luck < share / 2:
            gone += 1
        elif luck < share * 1.5:
            yield [*row[:5], "Pasto", *row[6:]]
        else:
            yield row
    for number in range(gone):
        yield [f"NEW{number:08d}", f"+5731{number:08d}", "New", "Person", "", "Cali", "1.00", "contract"]
