"""Sources that are no list of files: a query of a database, and a table of a Spark session.

A branch may change every word here, so it never gets further than its owner lets it: the URL of a database stands in
the owner's environment and its host is checked when it is used (``servers.py``), a database file and a file with a
query are beneath the project, and the ledger is no source at all.
"""

from pathlib import Path

from syncengine.config.manifest import StoreFile
from syncengine.config.places import Complaints
from syncengine.config.project import LEDGER_AS_SOURCE, Project
from syncengine.config.sources import beneath
from syncengine.model.desired import Query, Source
from syncengine.opening import read_whole

_MAX_QUERY = 1_000_000


def store_source(project: Project, stated: StoreFile, complaints: Complaints, path: tuple[str, str]) -> Source:
    """Return such a source; mistakes go to ``complaints``."""
    location = complaints.document.locate((*path, "source"), key=True)[0]
    if stated.table is not None:
        if path[0] == "dnd":
            complaints.error(
                (*path, "source", "table"),
                "a do-not-call list cannot be a table of Spark",
                expected="a file, a pattern, rows, or a query",
            )
        elif project.file.engine != "spark":
            complaints.error(
                (*path, "source", "table"),
                "only a Spark session knows tables",
                expected="engine: spark in the project file, or another source",
            )
        return Source(format="table", table=stated.table, label=stated.table, location=location)
    query, paths = _query(project, stated, complaints, path)
    return Source(
        format="query",
        # Watched, never read as rows.
        paths=paths,
        query=query,
        label=f"query of {stated.database}",
        location=location,
    )


def _query(
    project: Project, stated: StoreFile, complaints: Complaints, path: tuple[str, str]
) -> tuple[Query, tuple[str, ...]]:
    assert stated.sql is not None
    assert stated.database is not None
    sql, database, paths = stated.sql, stated.database, []
    if sql.strip().lower().endswith(".sql") and len(sql.split()) == 1:
        file = _file(project, sql.strip(), complaints, (*path, "source", "sql"))
        sql = _text(file, complaints, (*path, "source", "sql")) if file else ""
        paths += [file] if file else []
    if not database.startswith("env:"):
        file = _file(project, database, complaints, (*path, "source", "database"))
        database = str(file or project.root / database)
        paths += [file] if file else []
    return Query(sql=sql, database=database, timeout=stated.timeout), tuple(map(str, paths))


def _file(project: Project, name: str, complaints: Complaints, place: tuple[str | int, ...]) -> Path | None:
    found = beneath(project.root, name)
    problem, hint = found.problem, found.hint
    if not problem and not found.paths and place[-1] == "database":
        # As with a file of rows: whoever reads it must notice, and hold what depends on it.
        hint = "A plan stops, or holds what could ring somebody, until it is there."
        complaints.diagnostics.warning(f'there is no file "{name}"', complaints.document.locate(place)[0], hint=hint)
        return None
    if not problem and len(found.paths) != 1:
        problem = f'there is no file "{name}"'
    if not problem and project.is_ledger(found.paths[0]):
        problem, hint = LEDGER_AS_SOURCE
    if problem:
        complaints.error(place, problem, expected="one file in the project's folder", hint=hint)
        return None
    return found.paths[0]


def _text(path: Path, complaints: Complaints, place: tuple[str | int, ...]) -> str:
    try:
        return read_whole(path, limit=_MAX_QUERY).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        complaints.error(place, f'"{path.name}" cannot be read', expected="UTF-8 text of at most 1 MB")
        return ""
