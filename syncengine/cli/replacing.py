"""Files that commands write: whole or not at all, and never through a link that somebody has put in their place."""

import os
import secrets
from pathlib import Path

from syncengine.errors import SyncEngineError

# As the system's usual for new files allows, and for the owner alone.
USUAL, PRIVATE = 0o666, 0o600


def replace_file(path: Path, data: bytes, *, mode: int, exactly: bool = False) -> None:
    """Put a file in its place in one step; what stood there before stands there still when that fails.

    Args:
        path: the file.
        data: what it shall hold.
        mode: its permissions, less what the process takes away from new files.
        exactly: nothing is taken away.

    Raises:
        SyncEngineError: it cannot be written there.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
            if exactly:
                os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as problem:
        raise SyncEngineError(f"{path} cannot be written: {problem.strerror}") from problem
    finally:
        beside.unlink(missing_ok=True)
