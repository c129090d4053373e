"""Plans of many contacts: nothing known, nothing changed, one in a hundred changed; each beside the bare difference.

The yardstick is the one of ``hundred_thousand``: a bare DuckDB that reads the same file, hashes its rows and compares
them with the hashes of the time before, as a whole process, in turn with the plan. No dialer is asked and no apply is
waited for: the ledger is filled as an apply of the first plan would have left it.

On a machine that does other work as well, walls say little; the goals are of walls on an idle one, and each line gives
the ratio of processor time, too.
"""

import csv
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.goals import at_least, at_most
from benchmarks.hundred_thousand import LISTED, YARDSTICK, project_files
from benchmarks.measuring import Measured, run, syncengine
from benchmarks.people import SEED, write_listed, write_people
from benchmarks.table import Figure

TIMES = 3
# Of the sandbox's dialer; nothing is sent to it here.
_NOWHERE = "http://127.0.0.1:9"
_ENV = {"WOLKVOX_TOKEN": "unused"}
_FIRST_RATE = 100_000
_GROWTH = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a plan of some rows must reach."""

    rows: int
    # Times the bare difference; 0: no goal.
    ratio: float = 0.0
    # Seconds; 0: no goal.
    wall: float = 0.0
    # MiB; 0: no goal.
    memory: float = 0.0
    # Given to --memory-limit; empty: nothing is.
    limit: str = ""
    limit_ratio: float = 0.0
    # Whether a first plan must reach so many rows a second.
    first: bool = False


GOALS = (
    Goal(rows=1_000, wall=0.5),
    Goal(rows=10_000, wall=0.5),
    Goal(rows=100_000, ratio=3.0, wall=1.0),
    Goal(rows=1_000_000, ratio=2.0, memory=600, limit="300MB", first=True),
    Goal(rows=10_000_000, ratio=1.6, memory=2_500, limit="1GB", limit_ratio=3.0),
)


def measure(*, goals: tuple[Goal, ...] = GOALS, times: int = TIMES) -> list[Figure]:
    """Measure each size, smallest first, and how the time per row grows from the third size to the last."""
    found: list[Figure] = []
    per_row: dict[int, float] = {}
    for goal in goals:
        with tempfile.TemporaryDirectory() as folder:
            figures = _size(Path(folder), goal, times if goal.rows <= 1_000_000 else 1)
        found += figures
        per_row[goal.rows] = _changed_line(figures).cpu / goal.rows
    return [*found, *_growth(per_row)]


def _size(project: Path, goal: Goal, times: int) -> list[Figure]:
    rows = goal.rows
    project_files(project, url=_NOWHERE, rows=rows)
    write_people(project / "people.csv", rows)
    write_listed(project / "opt-outs.csv", LISTED)
    first = _plan(project)
    bare_first = _bare(project, before="")
    fill_ledger(project)
    (project / "hashes-again.parquet").replace(project / "hashes.parquet")
    # What is kept beside the ledger is made once.
    _plan(project)
    unchanged = [_pair(project) for _ in range(times)]
    change_some(project / "people.csv", share=0.01)
    changed = [_pair(project) for _ in range(times)]
    rate = at_least(rows / first.wall, _FIRST_RATE, " rows/s") if goal.first else ""
    figures = [
        _figure(f"{rows:,} contacts, first plan", [(first, bare_first)], rows, rate),
        _figure(f"{rows:,} contacts, nothing changed", unchanged, rows),
        _figure(f"{rows:,} contacts, {_CHANGED}", changed, rows, _reached(goal, changed)),
    ]
    if goal.limit:
        limited = [(_plan(project, "--memory-limit", goal.limit), bare) for _, bare in changed[:1]]
        reached = at_most(_ratio(limited), goal.limit_ratio, " x") if goal.limit_ratio else ""
        figures.append(_figure(f"the same with --memory-limit {goal.limit}", limited, rows, reached))
    return figures


_CHANGED = "1 % changed, 0.5 % gone, 0.5 % new"


def _changed_line(figures: list[Figure]) -> Figure:
    return next(figure for figure in figures if figure.what.endswith(_CHANGED))


def _reached(goal: Goal, pairs: list[tuple[Measured, Measured]]) -> str:
    middle = _middle(pairs)
    said = [
        at_most(_ratio(pairs), goal.ratio, " x") if goal.ratio else "",
        at_most(middle.wall, goal.wall, " s") if goal.wall else "",
        at_most(middle.peak, goal.memory, " MiB") if goal.memory else "",
    ]
    return "; ".join(filter(None, said))


def _growth(per_row: dict[int, float]) -> list[Figure]:
    """How the processor time of a row grows; below 100,000 rows starting the program is most of it."""
    large = sorted(rows for rows in per_row if rows >= 100_000)
    if len(large) < 2:
        return []
    first, last = large[0], large[-1]
    growth = per_row[last] / per_row[first]
    note = f"{growth:.2f} x of {first:,}; {at_most(growth, _GROWTH, ' x')}"
    return [Figure(what=f"time of one row, {last:,} contacts", wall=0, cpu=per_row[last], note=note)]


def _plan(project: Path, *more: str) -> Measured:
    plan = project / "plan.bin"
    plan.unlink(missing_ok=True)
    return run(syncengine("plan", "--refresh", "none", "--out", str(plan), *more), cwd=project, env=_ENV)


def _bare(project: Path, *, before: str) -> Measured:
    after = str(project / "hashes-again.parquet")
    return run([sys.executable, "-c", YARDSTICK, str(project / "people.csv"), before, after])


def _pair(project: Path) -> tuple[Measured, Measured]:
    return _plan(project), _bare(project, before=str(project / "hashes.parquet"))


def _middle(pairs: list[tuple[Measured, Measured]]) -> Measured:
    return sorted((plan for plan, _ in pairs), key=lambda found: found.wall)[len(pairs) // 2]


def _ratio(pairs: list[tuple[Measured, Measured]]) -> float:
    return median(plan.wall / bare.wall for plan, bare in pairs)


def _figure(what: str, pairs: list[tuple[Measured, Measured]], rows: int, reached: str = "") -> Figure:
    plan = _middle(pairs)
    cpus = median(plan.cpu / bare.cpu for plan, bare in pairs)
    note = f"{rows / plan.wall:,.0f} rows/s; {_ratio(pairs):.1f} x bare (CPU {cpus:.1f} x)"
    return Figure(
        what=what, wall=plan.wall, cpu=plan.cpu, peak=plan.peak, note="; ".join(filter(None, [note, reached]))
    )


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
