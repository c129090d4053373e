"""How watched files look, and whether somebody is still at them.

Files are at rest when names, sizes, times, inodes and digests have stayed the same over the quiet time, when no Git
command is at work on them, and when each file of a drop folder carries its mark. The time that counts is that of the
inode's last change: programs that copy can set the other one as they like.
"""

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

# (size, last change, last writing, inode), or None where there is no such file.
Look = tuple[int, int, int, int] | None
_PIECE = 1024 * 1024
# Seconds between two looks, and between those of a wait that has taken long.
_POLL, _LONG_POLL, _PATIENCE = 0.1, 0.5, 10.0
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Files as they were at rest."""

    looks: Mapping[str, Look]
    digests: Mapping[str, str]

    def covers(self, files: Iterable[Path]) -> bool:
        """Whether each of some files was looked at."""
        return all(str(path) in self.looks for path in files)

    def moved(self, files: Iterable[Path]) -> bool:
        """Whether some of these files look otherwise by now."""
        return any(self.looks.get(str(path)) != look_at(path) for path in files)

    @property
    def content(self) -> Mapping[str, str]:
        """Return name -> digest: what is the same for a file that was written anew with the same bytes."""
        return self.digests


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A folder whose files count only once they are marked."""

    folder: Path
    # As ".done".
    marker: str
    holds: Literal["nothing", "sha256"] = "nothing"

    def mark_of(self, path: Path) -> Path:
        """Return where the mark of a file is."""
        return path.with_name(path.name + self.marker)

    def why_waiting(self, path: Path) -> str:
        """Return what the mark of a file lacks; empty: the file is whole."""
        mark = self.mark_of(path)
        try:
            if self.holds == "sha256":
                stated = _DIGEST.search(mark.read_text(encoding="ascii", errors="replace").lower())
                return "" if stated and stated[0] == digest_of(path) else f"{mark.name} has another digest"
            # Not the time of writing: a copy may keep that of the original.
            older = mark.stat().st_ctime_ns < path.stat().st_ctime_ns
        except FileNotFoundError:
            return f"{mark.name} is not there" if path.exists() else ""
        except OSError as problem:
            return f"{mark.name} cannot be read: {problem.strerror}"
        return f"{mark.name} is older than the file" if older else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What to watch."""

    # The files that a run depends on, asked anew before each look, since a manifest can name new ones.
    named: Callable[[], Iterable[Path]]
    # The project as the person named it: where it leads is a part of how the files look.
    project: Path
    drops: Callable[[], Sequence[Drop]] = lambda: ()

    def names(self) -> tuple[Path, ...]:
        """Return the files to look at, with the marks of dropped ones; following patterns and links takes its time."""
        named = sorted(set(self.named()))
        marks = (drop.mark_of(path) for drop in self.drops() for path in named if path.is_relative_to(drop.folder))
        return (*named, *marks)

    def look(self, names: Sequence[Path] | None = None) -> dict[str, Look]:
        """Look at every file once, from outside; at these, where somebody has asked for the names a moment ago."""
        found: dict[str, Look] = {f"-> {os.path.realpath(self.project)}": None}
        for path in self.names() if names is None else names:
            found[str(path)] = look_at(path)
        return found

    def unmarked(self) -> list[str]:
        """Return the dropped files that are not whole yet, each with the reason."""
        return [
            f"{path.name}: {why}"
            for drop in self.drops()
            for path in sorted(set(self.named()))
            if path.is_relative_to(drop.folder) and (why := drop.why_waiting(path))
        ]

    def git_at_work(self) -> bool:
        """Whether a Git command is changing the work tree that the project is in."""
        here = Path(os.path.realpath(self.project))
        return any((folder / ".git" / "index.lock").exists() for folder in (here, *here.parents))


def look_at(path: Path) -> Look:
    """Look at one file from outside, wherever its links lead now."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_size, stat.st_ctime_ns, stat.st_mtime_ns, stat.st_ino)


def digest_of(path: Path) -> str:
    """Return the digest of a file's bytes; empty where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError:
        return ""
    return digest.hexdigest()


@dataclass(slots=True, kw_only=True)
class Resting:
    """Waits until files are at rest; remembers what it has read, so that only what changed is read again."""

    files: Files
    # Seconds in which nothing may change.
    settle: float
    stop: threading.Event
    # Called at each look.
    alive: Callable[[], None] = lambda: None
    # Told now and then while it waits: for how many seconds by now, and for what.
    waiting: Callable[[float, str], None] = lambda _, __: None
    _known: Snapshot = field(default_factory=lambda: Snapshot({}, {}), init=False)
    # The marks say the same as long as files and marks look the same, and digests take time.
    _marks: tuple[Mapping[str, Look], str] = field(default=({}, ""), init=False)

    def moved(self) -> bool:
        """Whether the files look otherwise than when they last were at rest."""
        return self.files.look() != self._known.looks

    def wait(self) -> Snapshot | None:
        """Return the files at rest; None when asked to stop."""
        began = since = told = time.monotonic()
        names = self.files.names()
        seen, first = self.files.look(names), None
        while not self.stop.is_set():
            self.stop.wait(timeout=min(_POLL, max(self.settle / 4, 0.01)) if since - began < _PATIENCE else _LONG_POLL)
            self.alive()
            now, look = time.monotonic(), self.files.look(names)
            if now - since >= self.settle and (found := self.files.names()) != names:
                # Others belong to them by now.
                names, look = found, self.files.look(found)
            reason = self._why_restless(look, seen)
            if reason:
                seen, since, first = look, now, None
                if now - told > 1.0:
                    told = now
                    self.waiting(now - began, reason)
                continue
            # Read when the quiet time begins and when it ends: bytes can change under a time that stays.
            if first is None:
                first = self._read(seen)
            if now - since < self.settle:
                continue
            if self._read(seen) != first:
                first, since = None, now
                continue
            self._known = Snapshot(seen, first)
            return self._known
        return None

    def _why_restless(self, look: Mapping[str, Look], before: Mapping[str, Look]) -> str:
        if look != before:
            return "files still change"
        if self.files.git_at_work():
            return "a Git command is at work"
        if look != self._marks[0]:
            self._marks = (look, "; ".join(self.files.unmarked()[:3]))
        return self._marks[1]

    def _read(self, looks: Mapping[str, Look]) -> dict[str, str]:
        """Return the digest of every file; what looks as it did at rest is not read again."""
        return {
            name: self._known.digests[name]
            if name in self._known.digests and self._known.looks.get(name) == look
            else digest_of(Path(name))
            for name, look in looks.items()
            if look is not None
        }
