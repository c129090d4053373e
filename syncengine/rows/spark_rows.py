"""Which rows of a source are not as they were, found by Spark where the data lies.

Every row has a digest over all its cells. Spark joins the digests of the source with those that are remembered of the
last run and hands out what differs alone: the rows that are new or stand there more than once, as Arrow columns, and
the digests that are gone. Of the rows that are as they were only the number crosses over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from syncengine.errors import SourceError
from syncengine.model.desired import Source
from syncengine.rows.spark_session import is_local, spark_errors, spark_session

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame, SparkSession

# Columns of ours beside the source's, which are called c0, c1, ... here: headings may be anything.
PLACES = ("digest", "file", "row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """How a source differs from what is remembered of it."""

    # Rows that are new, or of which there are several: c0..., digest, file (as a URL; null for a table), row (from 1).
    rows: "pa.Table"
    # One column ``digest``: remembered rows that are not there any more, or more than once.
    gone: "pa.Table"
    unchanged: int


@dataclass(frozen=True, slots=True)
class SparkRows:
    """The rows of one source in a session."""

    session: "SparkSession"
    frame: "DataFrame"
    # As written there.
    headings: tuple[str, ...]
    # Of the columns, as Spark calls them.
    types: tuple[str, ...]
    label: str
    # Whether the session sees the files of this machine.
    local: bool

    def apart(self, remembered: Path | None, digests: "pa.Table | None") -> Apart:
        """Compare with what is remembered: a Parquet file with a column ``digest``, and the same column of it.

        Raises:
            SourceError: Spark cannot read the source, or it was changed while it was read.
        """
        with spark_errors(self.label):
            if remembered is None or digests is None:
                rows = self.frame.toArrow()
                return Apart(rows=rows, gone=rows.select(["digest"]).slice(0, 0), unchanged=0)
            known = (
                self.session.read.parquet(str(remembered)).select("digest")
                if self.local
                else self.session.createDataFrame(digests)
            )
            states = _states(self.frame, known).persist()
            try:
                return self._told_apart(states)
            finally:
                states.unpersist()

    def _told_apart(self, states: "DataFrame") -> Apart:
        from pyspark.sql import functions as f

        groups = states.groupBy("state").agg(f.sum("copies")).toArrow()
        copies = dict(zip(groups.column(0).to_pylist(), groups.column(1).to_pylist(), strict=True))

        def digests(*wanted: str) -> "DataFrame":
            # What is known to be empty costs no job.
            there = [state for state in wanted if state in copies]
            return states.where(f.col("state").isin(*there)).select("digest") if there else states.limit(0)

        rows = self._rows_of(digests("new", "several"))
        if rows.num_rows != copies.get("new", 0) + copies.get("several", 0):
            raise SourceError(f"{self.label}: it was changed while it was read; plan again")
        return Apart(
            rows=rows, gone=digests("gone", "several").select("digest").toArrow(), unchanged=copies.get("same", 0)
        )

    def with_digests(self, digests: "pa.Table") -> "pa.Table":
        """Return the rows that have one of some digests (one column ``digest``), as :class:`Apart` has them."""
        with spark_errors(self.label):
            return self._rows_of(self.session.createDataFrame(digests))

    def _rows_of(self, digests: "DataFrame") -> "pa.Table":
        return self.frame.join(digests, "digest", "left_semi").toArrow()


def _states(frame: "DataFrame", known: "DataFrame") -> "DataFrame":
    """Return digest, copies in the source, and what became of it: same, new, gone, or several where one was known."""
    from pyspark.sql import functions as f

    counted = frame.groupBy("digest").agg(f.count(f.lit(1)).alias("copies"))
    both = counted.join(known.withColumn("known", f.lit(True)), "digest", "full")
    state = (
        f.when(f.col("copies").isNull(), "gone")
        .when(f.col("known").isNull(), "new")
        .when(f.col("copies") == 1, "same")
        .otherwise("several")
    )
    return both.select("digest", "copies", state.alias("state"))


def spark_rows(where: str, source: Source, paths: Sequence[str]) -> SparkRows:
    """Open a source in a session.

    Args:
        where: the session.
        source: what to read.
        paths: its files, where it has some.

    Raises:
        SourceError: Spark cannot read it.
        SyncEngineError: there is no session.
    """
    from pyspark.sql import functions as f

    session, label = spark_session(where), source.label
    if source.format == "parquet" and not is_local(where):
        raise SourceError(f"{label}: a Spark server does not see the files of this machine; make it a table there")
    with spark_errors(label):
        data = session.read.parquet(*paths) if source.format == "parquet" else session.table(source.table)
        headings = tuple(data.columns)
        cells = [f.col(f"`{name.replace('`', '``')}`") for name in headings]
        places = (
            [f.col("_metadata.file_path").alias("file"), (f.col("_metadata.row_index") + 1).alias("row")]
            if source.format == "parquet"
            else [f.lit(None).cast("string").alias("file"), f.lit(None).cast("bigint").alias("row")]
        )
        frame = data.select(
            *(cell.alias(f"c{n}") for n, cell in enumerate(cells)), _digest(cells).alias("digest"), *places
        )
        types = tuple(kind for _, kind in data.dtypes)
    return SparkRows(session, frame, headings, types, label, is_local(where))


def _digest(cells: Sequence["Column"]) -> "Column":
    """Lengths go in before the values, so that no two different rows make the same text."""
    from pyspark.sql import functions as f

    parts: list[Column] = []
    for cell in cells:
        text = f.coalesce(cell.cast("string"), f.lit(""))
        parts += [f.length(text).cast("string"), f.lit(":"), text]
    return f.substring(f.sha2(f.concat(*parts), 256), 1, 32)
