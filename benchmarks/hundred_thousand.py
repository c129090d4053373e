"""100,000 contacts to one dialer: the first plan, the apply, the empty plan after it.

The yardstick is a bare DuckDB that reads the same file, hashes its rows and compares them with the hashes of the time
before: the work that no plan can do without. It runs beside each plan, so that a slow machine slows both.
"""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.dialers import Dialers, sandbox
from benchmarks.measuring import Measured, run, syncengine
from benchmarks.people import write_listed, write_people
from benchmarks.table import Figure

ROWS = 100_000
LISTED = 1_000

_PROJECT = """\
version: 1
project: hundred-thousand
ledger: sqlite:///.syncengine/ledger.db
dialers:
  wolkvox-co:
    vendor: wolkvox
    base_url: {url}
    settings: {{server: "0016", daily_calls: "25000"}}
    secrets: {{token: "env:WOLKVOX_TOKEN"}}
guards: {{max_newly_callable: {rows}}}
manifests: [manifest.yaml]
"""

_MANIFEST = """\
campaigns:
  recovery:
    dialer: wolkvox-co
    type: predictive
    status: started
    contacts: [people]
contacts:
  people: {source: people.csv, region: CO, on_absent: remove}
dnd:
  opt-outs: {source: opt-outs.csv, column: phone}
"""

YARDSTICK = """
import sys
import duckdb

people, before, after = sys.argv[1:]
columns = "phone, first_name, last_name, email, city, opt1, opt2"
duckdb.execute(
    f"CREATE TABLE new AS SELECT id AS key, md5(concat_ws('|', {columns})) AS hash"
    f" FROM read_csv('{people}', all_varchar = true)"
)
known = f"read_parquet('{before}')" if before else "(SELECT '' AS key, '' AS hash WHERE false)"
print(
    duckdb.sql(
        "SELECT count(*) FILTER (o.key IS NULL), count(*) FILTER (n.key IS NULL), count(*) FILTER (n.hash <> o.hash)"
        f" FROM new n FULL JOIN {known} o ON o.key = n.key"
    ).fetchall()
)
duckdb.execute(f"COPY new TO '{after}' (FORMAT parquet)")
"""


def measure(*, rows: int = ROWS) -> list[Figure]:
    """Measure one run with ``rows`` contacts."""
    with tempfile.TemporaryDirectory() as folder, sandbox() as dialers:
        project = _project(Path(folder), dialers, rows)
        bare_first = _bare(project, before="")
        first = _run(project, dialers, "plan", "--json")
        apply = _run(project, dialers, "apply", "--yes", "--json")
        bare_second = _bare(project, before=str(project / "hashes.parquet"))
        second = _run(project, dialers, "plan", "--json")
        _check(first, apply, second, rows=rows)
    return [
        _figure(f"bare DuckDB difference, {rows:,} rows, nothing before", bare_first),
        _figure("first plan", first, note=_against(first, bare_first, rows)),
        _figure("apply (plans again, then sends)", apply, note=f"{_rate(apply, rows)}; {_growth(apply)}"),
        _figure("bare DuckDB difference, nothing changed", bare_second),
        _figure("plan after it, empty", second, note=_against(second, bare_second, rows)),
    ]


def project_files(folder: Path, *, url: str, rows: int) -> None:
    """Write a project of one predictive campaign at a dialer."""
    (folder / "syncengine.yaml").write_text(_PROJECT.format(url=url, rows=rows), encoding="utf-8")
    (folder / "manifest.yaml").write_text(_MANIFEST, encoding="utf-8")


def _project(folder: Path, dialers: Dialers, rows: int) -> Path:
    project_files(folder, url=dialers.urls["wolkvox"], rows=rows)
    write_people(folder / "people.csv", rows)
    write_listed(folder / "opt-outs.csv", LISTED)
    return folder


def _bare(project: Path, *, before: str) -> Measured:
    after = "hashes-again.parquet" if before else "hashes.parquet"
    return run([sys.executable, "-c", YARDSTICK, str(project / "people.csv"), before, str(project / after)])


def _run(project: Path, dialers: Dialers, *words: str) -> Measured:
    return run(syncengine(*words), cwd=project, env=dialers.env)


def _check(first: Measured, apply: Measured, second: Measured, *, rows: int) -> None:
    """Figures of a run that did not do its work are worth nothing."""
    assert json.loads(first.output)["headline"]["newly_callable"] == rows
    assert json.loads(apply.output)["complete"]
    assert not json.loads(second.output)["levels"]


def _figure(what: str, found: Measured, note: str = "") -> Figure:
    return Figure(what=what, wall=found.wall, cpu=found.cpu, peak=found.peak, note=note)


def _against(found: Measured, bare: Measured, rows: int) -> str:
    return f"{_rate(found, rows)}; {found.wall / bare.wall:.1f} x bare"


def _rate(found: Measured, rows: int) -> str:
    return f"{rows / found.wall:,.0f} rows/s"


def _growth(found: Measured) -> str:
    """Return how memory went over the later part of an apply, in which batch after batch is sent."""
    count = len(found.samples)
    if count < 10:
        return ""
    marks = [found.samples[min(count - 1, count * percent // 100)] for percent in (50, 60, 70, 80, 90)]
    return "MiB at 50, 60, 70, 80, 90 % of the time: " + ", ".join(f"{mark:,.0f}" for mark in marks)
