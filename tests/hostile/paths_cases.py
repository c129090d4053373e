"""Paths that lead out of the project, and files that are none: not a byte of them is read."""

import os
import socket
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from syncengine.config.secrets import resolve_secrets
from syncengine.config.sources import beneath
from syncengine.config.vendor_files import load_vendor
from syncengine.diagnostics import Diagnostics
from syncengine.errors import ConfigError, SourceError
from syncengine.model.desired import Source
from syncengine.opening import NotOpenedError, opened, read_whole
from syncengine.rows.sources import read_source
from syncengine.rows.workspace import Workspace
from tests.building import dialer
from tests.config.samples import MANIFEST, PROJECT, load, write
from tests.hostile.case import Case, Verdict, demand

FAMILY = "paths"

_SECRET = "+573009998877"
_OUTSIDE = f"phone\n{_SECRET}\n"


def cases() -> list[Case]:
    found = [
        Case(FAMILY, f"as a source: {name}", verdict, partial(_as_source, text, prepare))
        for name, (verdict, text, prepare) in _SOURCES.items()
    ]
    found += [
        Case(FAMILY, f"as a manifest: {name}", verdict, partial(_as_manifest, text, prepare))
        for name, (verdict, text, prepare) in _MANIFESTS.items()
    ]
    found += [
        Case(FAMILY, f"as a secret: {name}", verdict, partial(_as_secret, text, prepare))
        for name, (verdict, text, prepare) in _SECRETS.items()
    ]
    found += [Case(FAMILY, name, verdict, attempt) for name, (verdict, attempt) in _OTHERS.items()]
    return found


def _project(folder: Path, prepare: Callable[[Path, Path], None]) -> Path:
    """Return the root of a project; beside it lies a file that is not its own."""
    folder = folder.resolve()
    root, outside = folder / "project", folder / "outside"
    for each in (root / "data", outside):
        each.mkdir(parents=True)
    (outside / "people.csv").write_text(_OUTSIDE)
    (outside / "token").write_text(_SECRET)
    (outside / "manifest.yaml").write_text(MANIFEST.replace("+573007654321", _SECRET))
    (root / "data" / "own.csv").write_text("phone\n+573001234567\n")
    prepare(root, outside)
    return root


def _nothing(root: Path, outside: Path) -> None:
    """The path alone is the attack."""


def _as_source(text: str, prepare: Callable[[Path, Path], None], folder: Path) -> str:
    root = _project(folder, prepare)
    found = beneath(root, text)
    if found.problem or not found.paths:
        demand(_SECRET not in found.problem + found.hint, "what lies outside is shown")
        return "refused"
    with Workspace() as workspace:
        source = Source(paths=tuple(map(str, found.paths)), label=text, format="csv")
        try:
            table = read_source(workspace, source)
        except SourceError as error:
            demand(_SECRET not in str(error), "what lies outside is shown")
            return "refused"
        cells = workspace.run(f"SELECT s0 FROM {table.table}").fetchall()
        demand((_SECRET,) not in cells, "what lies outside was read")
        return "harmless"


def _as_manifest(text: str, prepare: Callable[[Path, Path], None], folder: Path) -> str:
    root = _project(folder, prepare)
    write(root, f"{PROJECT}manifests: [{text!r}]\n", own="")
    desired, shown, _ = load(root)
    demand(_SECRET not in "\n".join(shown), "what lies outside is shown")
    demand(desired is None or "opt-outs" not in desired.dnd, "what lies outside was read")
    return "refused" if desired is None else "harmless"


def _as_secret(text: str, prepare: Callable[[Path, Path], None], folder: Path) -> str:
    root = _project(folder, prepare)
    try:
        found = resolve_secrets(dialer(secrets={"token": f"file:{text.replace('{root}', str(root))}"}), root)
    except ConfigError as error:
        demand(all(_SECRET not in item.render() for item in error.diagnostics), "what lies outside is shown")
        return "refused"
    demand(found["token"].reveal() != _SECRET, "what lies outside was read")
    return "harmless"


def _link(name: str, target: str) -> Callable[[Path, Path], None]:
    def prepare(root: Path, outside: Path) -> None:
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).symlink_to(target.replace("{outside}", str(outside)).replace("{root}", str(root)))

    return prepare


def _pipe(root: Path, outside: Path) -> None:
    os.mkfifo(root / "data" / "x.csv")


def _socket(root: Path, outside: Path) -> None:
    place = socket.socket(socket.AF_UNIX)
    os.chdir(root / "data")
    place.bind("x.csv")


def _folder(root: Path, outside: Path) -> None:
    (root / "data" / "x.csv").mkdir()


def _hard_link(root: Path, outside: Path) -> None:
    os.link(outside / "people.csv", root / "data" / "x.csv")


def _chain(root: Path, outside: Path) -> None:
    for n in range(50):
        (root / f"l{n}").symlink_to(root / f"l{n + 1}")
    (root / "l50").symlink_to(outside / "people.csv")


def _named_like_a_pattern(root: Path, outside: Path) -> None:
    (root / "data" / "own.csv").rename(root / "data" / "[x]*.csv")
    (root / "data" / "x1.csv").write_text(_OUTSIDE)


def _hive(root: Path, outside: Path) -> None:
    (root / f"phone={_SECRET}").mkdir()
    (root / f"phone={_SECRET}" / "x.csv").write_text("first_name\nAna\n")


def _two_cases(root: Path, outside: Path) -> None:
    (root / "DATA").symlink_to(outside)


Made = tuple[Verdict, str, Callable[[Path, Path], None]]

_SOURCES: dict[str, Made] = {
    "its own file": ("harmless", "data/own.csv", _nothing),
    "a path that climbs": ("refused", "../outside/people.csv", _nothing),
    "a path that goes down and climbs": ("refused", "data/../../outside/people.csv", _nothing),
    "a path that climbs to its own file": ("refused", "data/../data/own.csv", _nothing),
    "a path of the whole machine": ("refused", "/etc/passwd", _nothing),
    "two slashes": ("refused", "//etc/passwd", _nothing),
    "the home of the user": ("refused", "~/.ssh/id_rsa", _nothing),
    "the home of another user": ("refused", "~root/.ssh/id_rsa", _nothing),
    "the environment of the process": ("refused", "/proc/self/environ", _nothing),
    "a drive of Windows": ("refused", "C:\\Windows\\win.ini", _nothing),
    "a drive of Windows without a slash": ("refused", "C:win.ini", _nothing),
    "a share of Windows": ("refused", "\\\\host\\share\\x.csv", _nothing),
    "a device name of Windows": ("refused", "CON", _nothing),
    "a backslash that climbs": ("refused", "..\\outside\\people.csv", _nothing),
    "an address": ("refused", "http://evil.example/x.csv", _nothing),
    "a bucket": ("refused", "s3://bucket/x.csv", _nothing),
    "an address of a file": ("refused", "file:///etc/passwd", _nothing),
    "a NUL": ("refused", "data/own.csv\0.txt", _nothing),
    "nothing": ("refused", "", _nothing),
    "blanks": ("refused", "  ", _nothing),
    "encoded dots": ("refused", "%2e%2e/outside/people.csv", _nothing),
    "full-width dots": ("refused", "\uff0e\uff0e/outside/people.csv", _nothing),
    "a variable": ("refused", "$HOME/x.csv", _nothing),
    "a pattern that climbs": ("refused", "../*/people.csv", _nothing),
    "a pattern over everything": ("refused", "**/people.csv", _nothing),
    "a link to a file outside": ("refused", "data/x.csv", _link("data/x.csv", "{outside}/people.csv")),
    "a link that climbs to a file outside": ("refused", "data/x.csv", _link("data/x.csv", "../../outside/people.csv")),
    "a link to a folder outside": ("refused", "far/people.csv", _link("far", "{outside}")),
    "a pattern through a link to a folder outside": ("refused", "far/*.csv", _link("far", "{outside}")),
    "a pattern that finds a link to a file outside": (
        "refused",
        "data/x*.csv",
        _link("data/x.csv", "{outside}/people.csv"),
    ),
    "a link to the environment of the process": ("refused", "data/x.csv", _link("data/x.csv", "/proc/self/environ")),
    "a link to the root of the process": ("refused", "up/etc/passwd", _link("up", "/proc/self/root")),
    "a link to itself": ("refused", "data/x.csv", _link("data/x.csv", "{root}/data/x.csv")),
    "a link to nothing": ("refused", "data/x.csv", _link("data/x.csv", "{outside}/none.csv")),
    "a chain of fifty links": ("refused", "l0", _chain),
    "a link to its own file": ("harmless", "near.csv", _link("near.csv", "{root}/data/own.csv")),
    "a hard link to a file outside": ("refused", "data/x.csv", _hard_link),
    "a named pipe": ("refused", "data/x.csv", _pipe),
    "a socket": ("refused", "data/x.csv", _socket),
    "a folder": ("refused", "data/x.csv", _folder),
    "an endless device by a link": ("refused", "data/x.csv", _link("data/x.csv", "/dev/zero")),
    "a terminal by a link": ("refused", "data/x.csv", _link("data/x.csv", "/dev/tty")),
    "a file that is named like a pattern": ("harmless", "data/[[]x[]]*.csv", _named_like_a_pattern),
    "a folder that states a column": ("harmless", "phone=*/x.csv", _hive),
    "a folder that differs by case": ("refused", "DATA/people.csv", _two_cases),
}

_MANIFESTS: dict[str, Made] = {
    "a path that climbs": ("refused", "../outside/manifest.yaml", _nothing),
    "a link to a file outside": ("refused", "manifests/x.yaml", _link("manifests/x.yaml", "{outside}/manifest.yaml")),
    "a link to the accounts of the machine": ("refused", "manifests/x.yaml", _link("manifests/x.yaml", "/etc/passwd")),
}

_SECRETS: dict[str, Made] = {
    "a path that climbs": ("refused", "../outside/token", _nothing),
    "a path of the whole machine": ("refused", "/etc/passwd", _nothing),
    "a link to a file outside": ("refused", "token", _link("token", "{outside}/token")),
    "the process's own memory": ("refused", "/proc/self/environ", _nothing),
    "a named pipe": ("refused", "data/x.csv", _pipe),
    "a path that only begins like a folder for secrets": ("refused", "/run/secrets/../../etc/passwd", _nothing),
}


# ------------------------------------------------------------------------------------- between the check and the use


def _exchanged_file(folder: Path) -> str:
    """A file that becomes a link after it was checked."""
    root = _project(folder, _nothing)
    (path,) = beneath(root, "data/own.csv").paths
    path.unlink()
    path.symlink_to(folder.resolve() / "outside" / "people.csv")
    return _opened(path)


def _exchanged_folder(folder: Path) -> str:
    """A folder that becomes a link after it was checked."""
    root = _project(folder, _nothing)
    (path,) = beneath(root, "data/own.csv").paths
    (root / "data").rename(root / "old")
    outside = folder.resolve() / "outside"
    (outside / "own.csv").write_text(_OUTSIDE)
    (root / "data").symlink_to(outside)
    return _opened(path)


def _opened(path: Path) -> str:
    try:
        raw = read_whole(path, limit=1_000)
    except NotOpenedError:
        return "refused"
    demand(_SECRET.encode() not in raw, "what lies outside was read")
    return "harmless"


def _race(folder: Path) -> str:
    """A file that changes between itself and a link thousands of times while it is read."""
    root = _project(folder, _nothing)
    path, other = root / "data" / "own.csv", root / "data" / "other.csv"
    stop = threading.Event()

    def exchange() -> None:
        own, link = path.read_bytes(), folder.resolve() / "outside" / "people.csv"
        while not stop.is_set():
            other.symlink_to(link)
            other.replace(path)
            other.write_bytes(own)
            other.replace(path)

    racing = threading.Thread(target=exchange)
    racing.start()
    try:
        for _ in range(2_000):
            try:
                with opened(path, limit=1_000) as found:
                    demand(_SECRET.encode() not in found.path.read_bytes(), "what lies outside was read")
            except (NotOpenedError, FileNotFoundError):
                continue
    finally:
        stop.set()
        racing.join()
    return "harmless"


def _vendor_link(folder: Path) -> str:
    root = _project(folder, _link("vendors/acme.yaml", "{outside}/manifest.yaml"))
    diagnostics = Diagnostics()
    found = load_vendor("acme", diagnostics, vendors=[root / "vendors"], mappings=[root / "vendors"])
    demand(all(_SECRET not in item.render() for item in diagnostics), "what lies outside is shown")
    return "refused" if found is None else "harmless"


def _vendor_name(folder: Path) -> str:
    root = _project(folder, _nothing)
    diagnostics = Diagnostics()
    name = "../../outside/manifest"
    found = load_vendor(name, diagnostics, vendors=[root / "data"], mappings=[root / "data"])
    return "refused" if found is None else "harmless"


def _growing(folder: Path) -> str:
    """A file beyond the limit, of nothing but holes."""
    path = folder.resolve() / "list.csv"
    with path.open("wb") as file:
        file.truncate(5_000_000_000)
    with Workspace() as workspace:
        try:
            read_source(workspace, Source(paths=(str(path),), label="list.csv", format="csv"))
        except SourceError:
            return "refused"
    return "harmless"


_OTHERS: dict[str, tuple[Verdict, Callable[[Path], str]]] = {
    "a file that becomes a link after the check": ("refused", _exchanged_file),
    "a folder that becomes a link after the check": ("refused", _exchanged_folder),
    "a file that becomes a link and itself again, without end": ("harmless", _race),
    "a vendor file that is a link to a file outside": ("refused", _vendor_link),
    "a vendor whose name is a path": ("refused", _vendor_name),
    "five gigabytes of nothing": ("refused", _growing),
}
