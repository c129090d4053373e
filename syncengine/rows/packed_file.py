"""Text that is packed with gzip or zstd, written out inside the workspace, and never more of it than a list can be.

A few kilobytes can hold terabytes, so what comes out is counted while it comes: an end is put to a file that grows
beyond any list, or that grows as only repetition does. A file that was cut off is refused, as its last rows are gone.
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from syncengine.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK: Final = 4 << 20
_MAX_BYTES: Final = 4_000_000_000
# Lists of people shrink to a fifth or a tenth; mere repetition to a thousandth.
_MAX_RATIO: Final = 100
# Up to so many bytes no ratio is a bomb.
_HARMLESS: Final = 64 << 20
_MAGIC: Final = {".gz": (b"\x1f\x8b", "gzip"), ".zst": (b"\x28\xb5\x2f\xfd", "zstd")}
_numbers = count(1)


def unpacked(path: Path, label: str, *, name: str, folder: Path) -> Path:
    """Return the file itself, or what is packed in it where its name ends in .gz or .zst.

    Args:
        path: the file.
        label: how people call it, for messages.
        name: its own name, of which the ending counts.
        folder: where the text is put.

    Raises:
        SourceError: it is not what its ending says, is damaged, or holds too much.
    """
    ending = next((ending for ending in _MAGIC if name.lower().endswith(ending)), "")
    size = path.stat().st_size
    if not ending or not size:
        return path
    target = folder / f"unpacked-{next(_numbers)}.txt"
    limit, written = min(_MAX_BYTES, max(_HARMLESS, size * _MAX_RATIO)), 0
    with target.open("wb") as out:
        for piece in _pieces(path, label, *_MAGIC[ending]):
            written += len(piece)
            if written > limit:
                raise SourceError(
                    f"{label}: more than {limit // 1_000_000:,} MB come out of it, as out of a bomb; split a list that"
                    " is truly so long into several files"
                )
            out.write(piece)
    return target


def _pieces(path: Path, label: str, magic: bytes, packing: str) -> Iterator[bytes]:
    try:
        with path.open("rb") as packed:
            if packed.read(len(magic)) != magic:
                raise SourceError(f"{label}: this is not {packing}, as its ending says; pack it anew or rename it")
            packed.seek(0)
            with _reading(packed, packing) as stream:
                while piece := stream.read(_CHUNK):
                    yield piece
    except (EOFError, zlib.error, OSError) as error:
        raise SourceError(f"{label}: the {packing} file is damaged or cut off: fetch or pack it anew") from error


@contextmanager
def _reading(packed: BinaryIO, packing: str) -> Iterator["gzip.GzipFile | pa.CompressedInputStream"]:
    if packing == "gzip":
        with gzip.open(packed) as stream:
            yield stream
        return
    import pyarrow as pa

    with pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), packing) as stream:
        yield stream
