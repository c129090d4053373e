"""Onto the terminal: styled text, JSON documents, progress. stdout holds the result, stderr everything else."""

import os
import sys
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.text import Text

    from syncengine.diagnostics import Diagnostic


def console(*, color: bool | None = None, err: bool = False) -> "Console":
    """Return a console that styles only for a terminal; NO_COLOR and --no-color are honoured."""
    from rich.console import Console

    stream: IO[str] = sys.stderr if err else sys.stdout
    plain = color is False or bool(os.environ.get("NO_COLOR"))
    return Console(file=stream, no_color=plain, highlight=False, soft_wrap=True, emoji=False)


def print_text(text: "Text | str", *, color: bool | None = None, err: bool = False) -> None:
    """Print styled text."""
    console(color=color, err=err).print(text, markup=False)


def print_json(document: object) -> None:
    """Print one JSON document."""
    from syncengine.views.as_json import as_text

    click.echo(as_text(document))


def show_warnings(diagnostics: "Iterable[Diagnostic]") -> None:
    """Print what is doubtful in people's files but stops nothing."""
    for diagnostic in diagnostics:
        click.echo(diagnostic.render(), err=True)


def on_a_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()
