"""``syncengine validate``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncengine.cli.options import project_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncengine.config.vendor_files import LoadedVendor
    from syncengine.diagnostics import Diagnostics


@click.command("validate")
@project_option
@click.option("--vendor", metavar="NAME", help="Check one vendor file and its mapping; no project is needed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(project: Path, vendor: str | None, *, as_json: bool) -> None:
    """Check every file, and execute the examples of the vendor files in use. No dialer and no secret is needed.

    Every mistake of every file is shown, with its place and what to do.
    """
    if vendor is None:
        _project(project, as_json=as_json)
    else:
        _vendor(vendor, project, as_json=as_json)


def _project(project: Path, *, as_json: bool) -> None:
    from syncengine.checking import load

    loaded = load(project)
    desired = loaded.desired
    examples = _examples(list(loaded.vendors.values()), loaded.diagnostics)
    counts = {
        "files": len(set(loaded.files())),
        "dialers": len(desired.dialers),
        "campaigns": len(desired.campaigns),
        "contact_lists": len(desired.contacts),
        "do_not_call_lists": len(desired.dnd),
        "vendors": len(loaded.vendors),
        "examples": examples,
    }
    _say(counts, loaded.diagnostics, as_json=as_json)


def _vendor(name: str, project: Path, *, as_json: bool) -> None:
    from syncengine.config.vendor_files import load_vendor
    from syncengine.diagnostics import Diagnostics
    from syncengine.errors import ConfigError

    diagnostics = Diagnostics()
    vendors, mappings = _own_folders(project)
    loaded = load_vendor(name, diagnostics, vendors=vendors, mappings=mappings)
    if loaded is None:
        raise ConfigError(diagnostics)
    counts = {"files": 2, "vendors": 1, "examples": _examples([loaded], diagnostics)}
    _say(counts, diagnostics, as_json=as_json)


def _own_folders(project: Path) -> "tuple[Sequence[Path], Sequence[Path]]":
    """Return the project's folders of vendor and mapping files; the usual ones where no sound project file is."""
    from syncengine.config.project import folders, load_project
    from syncengine.diagnostics import Diagnostics

    ignored = Diagnostics()
    found = load_project(project, ignored)
    if found is not None:
        return folders(found, "vendors", ignored), folders(found, "mappings", ignored)
    root = project if project.is_dir() else project.parent
    return [root / "vendors"], [root / "mappings"]


def _examples(vendors: "list[LoadedVendor]", diagnostics: "Diagnostics") -> int:
    """Execute all examples and return how many there were."""
    from syncengine.checking import check_examples
    from syncengine.errors import ConfigError

    count = sum(check_examples(loaded, diagnostics) for loaded in vendors)
    if diagnostics.failed:
        raise ConfigError(diagnostics)
    return count


def _say(counts: dict[str, int], diagnostics: "Diagnostics", *, as_json: bool) -> None:
    from syncengine.cli.output import print_json, show_warnings
    from syncengine.model.counted import plural
    from syncengine.model.plan import FORMAT_VERSION
    from syncengine.views.as_json import diagnostics_json

    show_warnings(diagnostics)
    if as_json:
        print_json({"format_version": FORMAT_VERSION, **counts, "diagnostics": diagnostics_json(diagnostics)})
        return
    shown = [
        plural(count, name.replace("_", "-").removesuffix("s").replace("-list", " list"))
        for name, count in counts.items()
    ]
    click.echo(f"Valid: {', '.join(shown)}")
