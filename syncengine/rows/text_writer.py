"""The answer to a query as delimited text in a file of the workspace, never more of it than a list can be.

So a query is read as a file is, by the same code and with the same rules. The delimiter is one that nobody types, so
that no cell can look like a line of the file.
"""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from syncengine.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa

DELIMITER: Final = "\x1f"
_MAX_BYTES: Final = 4_000_000_000
_MAX_ROWS: Final = 200_000_000


class TextWriter:
    """A file that an answer is written to; a context manager."""

    def __init__(self, path: Path, label: str) -> None:
        self._path, self._label = path, label
        self._out: BinaryIO = path.open("wb")
        self._bytes = self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._out.close()

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Write text as it is.

        Raises:
            SourceError: it has become too much.
        """
        self._bytes += len(piece)
        self._rows += bytes(piece).count(b"\n")
        if self._bytes > _MAX_BYTES or self._rows > _MAX_ROWS:
            raise SourceError(
                f"{self._label}: the answer is longer than {_MAX_ROWS:,} rows or {_MAX_BYTES // 1_000_000:,} MB"
            )
        self._out.write(piece)

    def write_rows(self, rows: "pa.Table", *, header: bool) -> None:
        """Write columns of text; null is written as nothing."""
        import pyarrow as pa
        from pyarrow import csv

        sink = pa.BufferOutputStream()
        csv.write_csv(rows, sink, csv.WriteOptions(include_header=header, delimiter=DELIMITER, quoting_style="needed"))
        self.write(memoryview(sink.getvalue()))
