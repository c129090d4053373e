"""The options that several commands share, so that each means the same everywhere."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]


def project_option(command: Command) -> Command:
    """Add --project."""
    return click.option(
        "--project",
        "-p",
        type=click.Path(path_type=Path),
        default=Path("syncengine.yaml"),
        show_default=True,
        help="Project file, or the folder it is in.",
    )(command)


def view_options(command: Command) -> Command:
    """Add --json, --format and --no-color."""
    return _views(command, ["text", "json", "markdown"])


def page_options(command: Command) -> Command:
    """Add --json, --format with a page among its views, --output, --whole-plan and --no-color."""
    command = click.option(
        "--whole-plan", default="", metavar="WHERE", help="Where every change can be read; said in Markdown."
    )(command)
    command = click.option(
        "--output",
        "-o",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write the view into this file, as: --format html -o plan.html",
    )(command)
    return _views(command, ["text", "json", "markdown", "html"])


def _views(command: Command, views: list[str]) -> Command:
    command = click.option("--no-color", is_flag=True, help="No colour, also on a terminal.")(command)
    command = click.option(
        "--json", "as_json", is_flag=True, help="One JSON document on stdout; same as --format json."
    )(command)
    return click.option(
        "--format", "view", type=click.Choice(views), default="text", show_default=True, help="How to show the result."
    )(command)


def planning_options(command: Command) -> Command:
    """Add what decides which plan is made."""
    for add in reversed(_PLANNING):
        command = add(command)
    return command


_SIZE = re.compile(r"([0-9]{1,6})(MB|GB)", re.IGNORECASE)
# With less, DuckDB cannot hold the rows that it works on at one moment.
_LEAST_MEMORY = 64


def size_of_memory(_context: click.Context, _option: click.Parameter, text: str) -> str:
    """Check a size of memory as DuckDB takes it.

    Raises:
        click.BadParameter: it is none, or too little to work with.
    """
    found = _SIZE.fullmatch(text)
    if text and found is None:
        raise click.BadParameter(f"{text!r} is not a size of memory; write 500MB or 2GB")
    if found is not None and int(found[1]) * (1 if found[2].upper() == "MB" else 1000) < _LEAST_MEMORY:
        raise click.BadParameter(f"{text} is too little to work with; at least {_LEAST_MEMORY}MB")
    return text.upper()


_PLANNING = [
    click.option("--dialer", "dialers", multiple=True, metavar="NAME", help="Only this dialer; may be repeated."),
    click.option("--target", "targets", multiple=True, metavar="CAMPAIGN", help="Only this campaign; may be repeated."),
    click.option(
        "--refresh",
        type=click.Choice(["full", "changed", "none"]),
        default="full",
        show_default=True,
        help="full: read campaigns and rows; changed: campaigns only; none: ask no dialer, trust the ledger.",
    ),
    click.option("--prune", is_flag=True, help="Delete campaigns of ours that the manifest no longer has."),
    click.option(
        "--allow-remove", metavar="N|P%", help="Rows that one collection may lose because its source dropped them."
    ),
    click.option(
        "--allow-dnd-remove",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="Do-not-call entries that may be released; needs --expect or a saved plan.",
    ),
    click.option("--allow-unverified", is_flag=True, help="Make calls that the vendor documents by name only."),
    click.option("--vendor-check", is_flag=True, help="Let vendors that can check new rows do so, at plan time."),
    click.option(
        "--option",
        "extra",
        multiple=True,
        metavar="NAME=VALUE",
        help="An apply option of a vendor file, as delays=600.",
    ),
    click.option("--parallelism", type=click.IntRange(min=1), help="At most this many calls at once to one dialer."),
    click.option(
        "--memory-limit",
        default="",
        metavar="SIZE",
        callback=size_of_memory,
        help="What rows may take of memory, as 1GB; more of them go to a private folder on disk.",
    ),
]


_ROWS_OR_SHARE = re.compile(r"([0-9]{1,9})(%?)")


def allowed_share(text: str | None) -> int | float | None:
    """Return ``--allow-remove`` as a number of rows, or as a share of 0 to 1.

    Raises:
        click.BadParameter: the text is neither.
    """
    if text is None:
        return None
    found = _ROWS_OR_SHARE.fullmatch(text)
    if found is None or (found[2] and float(found[1]) > 100):
        raise click.BadParameter(f"{text!r} is neither a number of rows nor a share; write 120 or 35%")
    return float(found[1]) / 100 if found[2] else int(found[1])


_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SPAN = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smhd])")


def span_of_time(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    """Return a span as in the project file (2s, 15m, 1h; parts of a unit may be given) in seconds.

    Raises:
        click.BadParameter: the text is none.
    """
    if text is None:
        return None
    found = _SPAN.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is not a span of time; write a number and s, m, h or d, as 15m")
    return float(found[1]) * _UNITS[found[2]]


def named_values(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return ``--option name=value`` as a dict.

    Raises:
        click.BadParameter: an option has no equals sign.
    """
    found = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise click.BadParameter(f"{pair!r} has no value; write NAME=VALUE")
        found[name] = value
    return found
