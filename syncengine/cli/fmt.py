"""``syncengine fmt``: the project's YAML files in one layout, comments kept."""

import difflib
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncengine.cli.options import project_option
from syncengine.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from syncengine.config.formatting import Formatted
    from syncengine.diagnostics import Diagnostics

_STDIN = "-"


@click.command("fmt")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@project_option
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 and show what would change.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(files: tuple[str, ...], project: Path, *, check: bool, as_json: bool) -> None:
    """Lay out the project file and its manifests, or the FILEs that are named; - is stdin to stdout.

    Values, their quotes and all comments stay. A file with a mistake is left alone, and what is wrong with it is told.
    """
    from syncengine.diagnostics import Diagnostics

    if _STDIN in files and (len(files) > 1 or as_json):
        raise UsageError("- stands alone: stdin to stdout")
    diagnostics = Diagnostics()
    if files == (_STDIN,):
        _stdin(diagnostics, check=check)
        return
    found = {path: _formatted(path, diagnostics) for path in map(Path, files or _of_project(project))}
    changed = [path for path, laid_out in found.items() if laid_out is not None and laid_out.changed]
    for path in changed:
        laid_out = found[path]
        assert laid_out is not None
        if not check:
            _write(path, laid_out)
        elif not as_json:
            click.echo("\n".join(_difference(str(path), laid_out)))
    _tell(len(found), changed, diagnostics, check=check, as_json=as_json)


def _of_project(path: Path) -> list[str]:
    """Return the project file and its manifests.

    Raises:
        ConfigError: the project file holds a mistake.
    """
    from syncengine.config.project import load_project
    from syncengine.config.sources import beneath
    from syncengine.diagnostics import Diagnostics

    diagnostics = Diagnostics()
    project = load_project(path, diagnostics)
    if project is None:
        raise ConfigError(diagnostics)
    shown = project.path.parent
    manifests = [found for pattern in project.file.manifests for found in beneath(project.root, pattern).paths]
    names = [str(shown / found.relative_to(project.root)) for found in manifests]
    return list(dict.fromkeys([str(project.path), *names]))


def _formatted(path: Path, diagnostics: "Diagnostics") -> "Formatted | None":
    from syncengine.config.document import read_bytes
    from syncengine.config.formatting import formatted
    from syncengine.diagnostics import Location

    if path.is_symlink():
        # Written in its place, the link would be gone.
        diagnostics.error("this is a link", Location(str(path)), hint="Name the file that it leads to.")
        return None
    # The way to the folder may lead over links, as on machines where a temporary folder is one; the file is none.
    raw = read_bytes(path.parent.resolve() / path.name, str(path), diagnostics)
    return formatted(raw, label=str(path), diagnostics=diagnostics) if raw is not None else None


def _write(path: Path, laid_out: "Formatted") -> None:
    from syncengine.cli.replacing import replace_file

    replace_file(path, laid_out.data, mode=stat.S_IMODE(path.stat().st_mode), exactly=True)


def _stdin(diagnostics: "Diagnostics", *, check: bool) -> None:
    from syncengine.cli.exits import Exit
    from syncengine.config.document import MAX_BYTES
    from syncengine.config.formatting import formatted

    raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise UsageError(f"more than {MAX_BYTES // 1_000_000} MB on stdin")
    laid_out = formatted(raw, label="<stdin>", diagnostics=diagnostics)
    if laid_out is None:
        raise ConfigError(diagnostics)
    if not check:
        sys.stdout.buffer.write(laid_out.data)
    elif laid_out.changed:
        click.echo("\n".join(_difference("<stdin>", laid_out)))
        raise Exit(1)


def _difference(name: str, laid_out: "Formatted") -> Iterator[str]:
    """Walk a unified diff in which no credential and no person can be read."""
    before, after = _visible(laid_out.before), _visible(laid_out.after)
    lines = list(difflib.unified_diff(before, after, name, f"{name} (fmt)", lineterm=""))
    yield from lines or [f"{name}: line ends, blanks at their ends, or what must not be shown would change"]


def _visible(lines: Sequence[str]) -> list[str]:
    from syncengine.views.wording import clean

    return [clean(line) for line in lines]


def _tell(count: int, changed: Sequence[Path], diagnostics: "Diagnostics", *, check: bool, as_json: bool) -> None:
    from syncengine.cli.exits import Exit
    from syncengine.cli.output import print_json
    from syncengine.model.counted import plural
    from syncengine.model.plan import FORMAT_VERSION

    if diagnostics.failed:
        raise ConfigError(diagnostics)
    if as_json:
        names = [str(path) for path in changed]
        print_json({"format_version": FORMAT_VERSION, "files": count, "changed": names, "written": not check})
    else:
        verb = "would be laid out anew" if check else "laid out anew"
        click.echo(f"{plural(count, 'file')}, {len(changed):,} {verb}", err=check)
    if check and changed:
        raise Exit(1)
