"""``syncengine rejects``: the rows that the last plan set aside, where they stand and why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncengine.cli.options import project_option

if TYPE_CHECKING:
    from syncengine.model.set_aside import SetAside
    from syncengine.sync import ListRejects


@click.command("rejects")
@project_option
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="Rows to show of each list.")
@click.option("--show-personal-data", "whole", is_flag=True, help="With the cells of each row.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document with all rows on stdout.")
def command(project: Path, *, limit: int, whole: bool, as_json: bool) -> None:
    """List the rows of contact files that the last plan could not use, by list: where each stands, and why.

    The rows themselves are kept in the file that is named, for its owner alone; mend them in the source and plan again.
    """
    from syncengine import sync
    from syncengine.cli.output import print_json, show_warnings
    from syncengine.model.plan import FORMAT_VERSION

    loaded = sync.load(project)
    show_warnings(loaded.diagnostics)
    found = sync.rejects(loaded)
    if as_json:
        print_json({"format_version": FORMAT_VERSION, "lists": [_list_json(each, whole=whole) for each in found]})
    else:
        click.echo("\n".join(_text(found, limit, whole=whole)))


def _text(found: Sequence["ListRejects"], limit: int, *, whole: bool) -> Iterator[str]:
    from syncengine.model.counted import plural
    from syncengine.model.phone import mask_numbers_in
    from syncengine.views.wording import clean

    if not found:
        yield "No row is set aside. (syncengine plan looks.)"
    for each in found:
        when = datetime.fromtimestamp(each.written_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        yield clean(f"{each.name}: {plural(len(each.rows), 'row')} set aside, kept in {each.file}, of {when}")
        reasons = Counter(mask_numbers_in(row.reason) for row in each.rows)
        yield from (clean(f"  {count:>7,} x {reason}") for reason, count in reasons.most_common())
        for row in each.rows[:limit]:
            cells = f"   {_cells(row)}" if whole else ""
            yield clean(f"  {row.file}, row {row.row}: {mask_numbers_in(row.reason)}{cells}")
        if len(each.rows) > limit:
            yield f"  and {plural(len(each.rows) - limit, 'more row')}"


def _cells(row: "SetAside") -> str:
    return ", ".join(f"{name}={text}" for name, text in row.cells.items() if text)


def _list_json(each: "ListRejects", *, whole: bool) -> dict[str, object]:
    from syncengine.model.phone import mask_numbers_in

    rows = [
        {"row": row.row, "file": row.file, "reason": mask_numbers_in(row.reason)}
        | ({"cells": dict(row.cells)} if whole else {})
        for row in each.rows
    ]
    return {"list": each.name, "file": each.file, "written_at": each.written_at, "rows": rows}
