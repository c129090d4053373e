"""``syncengine vendors``: what the vendors that come with the tool can do."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from syncengine.cli.options import view_options

if TYPE_CHECKING:
    from syncengine.config.vendor_files import LoadedVendor


@click.command("vendors")
@click.argument("name", required=False)
@view_options
def command(name: str | None, view: str, *, as_json: bool, no_color: bool) -> None:
    """Show what each vendor can do; with NAME, every call of one."""
    from syncengine.config.vendor_files import shipped_vendors

    view, color = "json" if as_json else view, False if no_color else None
    if name is None:
        _all([_load(each) for each in shipped_vendors()], view, color=color)
    else:
        _one(_load(name), view, color=color)


def _all(vendors: "list[LoadedVendor]", view: str, *, color: bool | None) -> None:
    from syncengine.cli.output import print_json, print_text
    from syncengine.model.plan import FORMAT_VERSION
    from syncengine.views.abilities import vendor_row
    from syncengine.views.as_json import jsonable
    from syncengine.views.vendors import vendors_markdown, vendors_text

    rows = [vendor_row(loaded.vendor) for loaded in vendors]
    if view == "json":
        print_json({"format_version": FORMAT_VERSION, "vendors": jsonable(rows)})
    elif view == "markdown":
        click.echo(vendors_markdown(rows), nl=False)
    else:
        print_text(vendors_text(rows), color=color)


def _one(loaded: "LoadedVendor", view: str, *, color: bool | None) -> None:
    from syncengine.cli.output import print_json, print_text
    from syncengine.model.plan import FORMAT_VERSION
    from syncengine.views.abilities import operation_rows, vendor_row
    from syncengine.views.as_json import jsonable
    from syncengine.views.vendors import operations_markdown, operations_text

    row, operations = vendor_row(loaded.vendor), operation_rows(loaded.vendor, _written(loaded))
    if view == "json":
        print_json({"format_version": FORMAT_VERSION, "vendor": jsonable(row), "operations": jsonable(operations)})
    elif view == "markdown":
        click.echo(operations_markdown(row, operations), nl=False)
    else:
        print_text(operations_text(row, operations), color=color)


def _load(name: str) -> "LoadedVendor":
    from syncengine.config.vendor_files import load_vendor
    from syncengine.diagnostics import Diagnostics
    from syncengine.errors import ConfigError

    diagnostics = Diagnostics()
    loaded = load_vendor(name, diagnostics)
    if loaded is None:
        raise ConfigError(diagnostics)
    return loaded


def _written(loaded: "LoadedVendor") -> dict[str, Mapping[str, object]]:
    """Return each operation as it stands in the vendor file: its verb and source are for people only."""
    data = loaded.document.data
    found = {f"campaigns.{role}": spec for role, spec in data.get("campaigns", {}).get("operations", {}).items()}
    for name, collection in data.get("collections", {}).items():
        found |= {f"{name}.{role}": spec for role, spec in collection.get("operations", {}).items()}
    return found | {f"calls.{name}": spec for name, spec in data.get("calls", {}).items()}
