# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in as parameters
"""What every spelling met so far means, so that a number is parsed once in its life and not once a run.

Plain spellings of contacts' numbers need no book: ``phone_columns.py`` reads those.

Kept in a Parquet file beside the ledger (0600: it holds phones), for one version of the numbering plans. It is a cache:
when it is damaged or gone, all is parsed anew.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from syncengine.errors import SyncEngineError
from syncengine.failpoints import failpoint
from syncengine.rows.phones import canonical, library_version, national_form, plausible
from syncengine.rows.workspace import Workspace, quoted

_BATCH: Final = 50_000
# Stands where a region would, for the national form of a number that is already canonical.
_NATIONAL: Final = "=national"
_UNFINISHED: Final = ".new"
# Seconds after which an unfinished file is surely one that a killed run has left behind.
_ABANDONED: Final = 3600.0


class PhoneBook:
    """A table ``(raw, region, number, problem)`` in the workspace."""

    def __init__(self, workspace: Workspace, cache_path: Path | None = None) -> None:
        """Open the book, with what the file remembers.

        Args:
            workspace: where the table lives.
            cache_path: the file; None: nothing is remembered.
        """
        self._workspace = workspace
        self._cache_path = cache_path
        self._learned = 0
        self._regions: set[str] = set()
        self.table = workspace.table(
            "phone_book", "SELECT '' AS raw, '' AS region, '' AS number, '' AS problem WHERE false"
        )
        if cache_path is not None and cache_path.is_file():
            self._load(cache_path)

    def holds(self, region: str) -> bool:
        """Whether any text stands in the book under a region."""
        return region in self._regions

    def learn(self, texts: str, region: str) -> None:
        """Look up every text of a query of one column, as a contact's number; see :func:`phones.canonical`."""

        def entry(raw: str) -> tuple[str, str]:
            found = canonical(raw, region)
            return found.number or "", found.problem

        self._learn(texts, region, entry)

    def learn_plausible(self, texts: str, regions: Iterable[str]) -> str:
        """Look up every text of a query of one column, as a listed number; see :func:`phones.plausible`.

        Returns the region under which they stand in the book; ``number`` holds all of them, parted by blanks.
        """
        chosen = sorted(set(regions))

        def entry(raw: str) -> tuple[str, str]:
            numbers = plausible(raw, chosen)
            problem = "" if numbers else next(p for r in [*chosen, ""] if (p := canonical(raw, r).problem))
            return " ".join(sorted(numbers)), problem

        kind = "=any of " + ",".join(chosen)
        self._learn(texts, kind, entry)
        return kind

    def learn_listed(self, texts: str, regions: Sequence[str], *, form: str) -> str:
        """Look up every text of a query of one column, as a vendor's listing writes numbers.

        Returns the region under which they stand in the book; ``number`` holds the likeliest reading first.
        """

        def entry(raw: str) -> tuple[str, str]:
            likely = [canonical(raw, region).number for region in regions]
            if form != "national":
                likely.insert(0, canonical(raw if raw.startswith("+") else f"+{raw}", "").number)
            first = next((number for number in likely if number), "")
            others = plausible(raw, regions) - {first} if form == "national" or not first else frozenset()
            return " ".join(filter(None, [first, *sorted(others)])), ""

        kind = f"={form} of " + ",".join(regions)
        self._learn(texts, kind, entry)
        return kind

    def learn_national(self, numbers: str) -> str:
        """Look up the national form of every number of a query of one column; return the region they stand under."""
        self._learn(numbers, _NATIONAL, lambda number: (national_form(number), ""))
        return _NATIONAL

    def save(self) -> None:
        """Write the file, if there is one and anything was learned."""
        if self._cache_path is None or not self._learned:
            return
        # Only a cache: a full disk there is no reason to leave a suppression undone.
        with contextlib.suppress(OSError, SyncEngineError):
            self._write(self._cache_path)
        self._learned = 0

    def _write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(path)
        # A file of its own: a plan needs no lock, so that two runs may write at once, and a mixture of both could make
        # a number mean another. Made before DuckDB writes into it, so that it is never readable by others.
        descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=_UNFINISHED, dir=path.parent)
        os.close(descriptor)
        beside = Path(name)
        try:
            self._workspace.run(
                f"COPY (SELECT *, {quoted(library_version())} AS version FROM {self.table} ORDER BY region, raw)"
                f" TO {quoted(name)} (FORMAT parquet, COMPRESSION zstd)"
            )
            beside.chmod(0o600)
            failpoint("phones.before_replace")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def _load(self, path: Path) -> None:
        import duckdb

        with contextlib.suppress(duckdb.Error):
            self._workspace.connection.execute(
                f"INSERT INTO {self.table} SELECT raw, region, number, problem"
                f" FROM read_parquet({quoted(str(path))}) WHERE version = ?",
                [library_version()],
            )
            found = self._workspace.run(f"SELECT DISTINCT region FROM {self.table}").fetchall()
            self._regions.update(region for (region,) in found)

    def _learn(self, texts: str, region: str, entry: Callable[[str], tuple[str, str]]) -> None:
        import pyarrow as pa

        unknown = self._workspace.arrow(
            f"SELECT DISTINCT t.raw FROM ({texts}) t(raw) ANTI JOIN {self.table} b ON b.raw = t.raw AND b.region = ?"
            " WHERE t.raw <> ''",
            [region],
        )
        for batch in unknown.to_batches(max_chunksize=_BATCH):
            raws = batch.column(0)
            entries = [entry(raw) for raw in raws.to_pylist()]
            learned = pa.table(
                {
                    "raw": raws,
                    # Not pa.repeat of a pa.scalar: that looks for a package that is not installed, on every call.
                    "region": pa.array([region] * len(entries), pa.string()),
                    "number": pa.array([number for number, _ in entries], pa.string()),
                    "problem": pa.array([problem for _, problem in entries], pa.string()),
                }
            )
            with self._workspace.registered(learned) as view:
                self._workspace.run(f"INSERT INTO {self.table} SELECT raw, region, number, problem FROM {view}")
            self._learned += len(entries)
            self._regions.add(region)


def _remove_leftovers(path: Path) -> None:
    """Remove what killed runs have left unfinished: it holds phones."""
    for leftover in path.parent.glob(f"{path.name}.*{_UNFINISHED}"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - leftover.stat().st_mtime > _ABANDONED:
                leftover.unlink()
