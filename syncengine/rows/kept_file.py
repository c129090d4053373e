"""A file that is kept beside the ledger: whole or not there at all, and readable by its owner alone.

It is made before anything is written into it, so that it is at no moment readable by others, whoever writes: DuckDB and
Arrow open a path, not a descriptor. Two runs that write the same file do not share a half of it: the later one counts.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def kept_file(path: Path) -> Iterator[Path]:
    """Yield the file to write into; it takes the place of ``path`` when the block ends, and goes when it fails.

    Raises:
        OSError: it cannot be made or put in its place.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    # Left by a process of the same number that was killed.
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield beside
        # Whoever wrote may have made it anew.
        beside.chmod(0o600)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
