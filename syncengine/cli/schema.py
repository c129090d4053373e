"""``syncengine schema``: JSON Schemas from the models that check the files."""

from pathlib import Path
from typing import Literal, get_args

import click

Kind = Literal["project", "manifest", "vendor", "mapping"]
KINDS = get_args(Kind)


@click.command("schema")
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.option("--write", type=click.Path(file_okay=False, path_type=Path), help="Write all four into this folder.")
def command(kind: Kind | None, write: Path | None) -> None:
    """Print the JSON Schema of a kind of file; editors complete and check with it."""
    from syncengine.cli.output import print_json
    from syncengine.config.schema import json_schema
    from syncengine.views.as_json import as_text

    if write is not None:
        write.mkdir(parents=True, exist_ok=True)
        for each in KINDS:
            (write / f"{each}.json").write_text(as_text(json_schema(each)) + "\n", encoding="utf-8")
        return
    if kind is None:
        raise click.UsageError(f"name a kind ({', '.join(KINDS)}), or --write FOLDER")
    print_json(json_schema(kind))
