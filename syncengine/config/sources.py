"""Paths that files of the project name: always beneath the project's folder, never anywhere else.

A branch may change every path, so a path is followed to its end before it is believed: a symbolic link or a ``..``
must not make the tool read, and send away, a file that the project does not hold.
"""

import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal

FileFormat = Literal["csv", "jsonl", "parquet", "xlsx"]

FORMATS: dict[str, FileFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}

# Endings of databases that are a file.
DATABASE_FILES = (".duckdb", ".sqlite", ".db")

# Endings of a compressed file; the ending before it tells what is in it.
_PACKED = (".gz", ".zst")

_PATTERN_CHARACTERS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Found:
    """What a path or a pattern leads to: files in the order in which they are read, or a problem."""

    paths: tuple[Path, ...] = ()
    problem: str = ""
    hint: str = ""


def beneath(root: Path, pattern: str) -> Found:
    """Follow a path or a pattern beneath ``root``, which must be free of symbolic links.

    No file at all is not a problem here: ``paths`` is then empty. Only regular files are taken, by the path at the end
    of all links, so that whoever opens one can refuse links altogether.
    """
    problem = _written_wrongly(pattern)
    if problem:
        return Found(problem=problem, hint="Name a file by its path below the project file, with / between folders.")
    candidates = sorted(root.glob(pattern)) if is_pattern(pattern) else [root / pattern]
    paths: list[Path] = []
    for candidate in candidates:
        found = _regular_file(root, candidate)
        if found.problem and not (is_pattern(pattern) and candidate.is_dir()):
            return found
        paths += found.paths
    return Found(tuple(dict.fromkeys(paths)))


def is_pattern(text: str) -> bool:
    """Whether a path has wildcards."""
    return not _PATTERN_CHARACTERS.isdisjoint(text)


def format_of(pattern: str) -> FileFormat | None:
    """Return the format that the ending of a path tells, or None; ``.csv.gz`` is a csv file, packed."""
    path = PurePosixPath(pattern.lower())
    return FORMATS.get(PurePosixPath(path.stem).suffix if path.suffix in _PACKED else path.suffix)


def is_packed(pattern: str) -> bool:
    """Whether the ending of a path says that the file is compressed."""
    return pattern.lower().endswith(_PACKED)


def _written_wrongly(pattern: str) -> str:
    if not pattern.strip() or "\0" in pattern:
        return "this is not a path"
    windows = PureWindowsPath(pattern)
    if pattern.startswith(("/", "~")) or windows.drive or windows.root:
        return f'"{pattern}" does not begin at the project\'s folder'
    if ".." in PurePosixPath(pattern).parts or ".." in windows.parts:
        return f'"{pattern}" climbs with ".."'
    if "\\" in pattern:
        return f'"{pattern}" has a backslash'
    return ""


def _regular_file(root: Path, path: Path) -> Found:
    name = path.relative_to(root).as_posix()
    try:
        real = path.resolve()
        if not real.is_relative_to(root):
            return Found(problem=f'"{name}" is a link that leads out of the project', hint="Copy the file instead.")
        found = real.stat()
    except FileNotFoundError:
        return Found()
    except (OSError, RuntimeError):
        return Found(problem=f'"{name}" cannot be reached', hint="Check its permissions, and its links if it is one.")
    if not stat.S_ISREG(found.st_mode):
        return Found(problem=f'"{name}" is not a regular file', hint="Name a file, or a pattern such as folder/*.csv.")
    if found.st_nlink > 1:
        return Found(problem=f'"{name}" has a second name (a hard link), so it may belong elsewhere', hint="Copy it.")
    return Found((real,))
