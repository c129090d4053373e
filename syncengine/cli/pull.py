"""``syncengine pull``: a manifest from what dialers hold."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncengine.cli.options import project_option
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.sync import Pulled


@click.command("pull")
@project_option
@click.option("--dialer", "dialers", multiple=True, metavar="NAME", help="Only this dialer; may be repeated.")
@click.option("--allow-unverified", is_flag=True, help="Make calls that the vendor documents by name only.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="A new file for the manifest; else stdout."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(
    project: Path, dialers: tuple[str, ...], output: Path | None, *, allow_unverified: bool, as_json: bool
) -> None:
    """Write a manifest that adopts the campaigns of dialers, with every field that can be read back.

    Campaigns that the manifests or the ledger know already are left out. Contacts are never read: who is to be called
    is for your own sources to say. Exits with 1 when a dialer could not be read to the end.
    """
    from syncengine import sync
    from syncengine.cli.exits import Exit
    from syncengine.cli.output import print_json, show_warnings
    from syncengine.diagnostics import did_you_mean
    from syncengine.model.plan import Allowances

    if output is not None and output.exists():
        raise UsageError(f"{output} exists already; name a new file")
    loaded = sync.load(project)
    show_warnings(loaded.diagnostics)
    known = tuple(loaded.desired.dialers)
    for name in dialers:
        if name not in known:
            raise UsageError(f'there is no dialer "{name}" in this project. {did_you_mean(name, known)}'.rstrip())
    options = sync.Options(dialers=dialers, allowances=Allowances(unverified=allow_unverified))
    pulled = sync.pull(loaded, options)
    _put(pulled, output)
    if as_json:
        print_json(_json(pulled))
    elif output is None:
        click.echo(pulled.manifest, nl=False)
    _tell(pulled)
    if any(found.problem for found in pulled.dialers):
        raise Exit(1)


def _put(pulled: "Pulled", output: Path | None) -> None:
    from syncengine.cli.replacing import USUAL, replace_file

    if output is not None:
        replace_file(output, pulled.manifest.encode(), mode=USUAL)


def _tell(pulled: "Pulled") -> None:
    from syncengine.model.counted import plural
    from syncengine.views.wording import clean

    for found in pulled.dialers:
        known = f", {found.known:,} known already" if found.known else ""
        problem = f"; not read to the end: {found.problem}" if found.problem else ""
        click.echo(
            clean(f"{found.dialer}: {plural(len(found.campaigns), 'campaign')} to adopt{known}{problem}"), err=True
        )


def _json(pulled: "Pulled") -> dict[str, object]:
    from syncengine.model.plan import FORMAT_VERSION
    from syncengine.views.as_json import jsonable

    dialers = [
        {
            "dialer": found.dialer,
            "known": found.known,
            "problem": found.problem,
            "campaigns": [
                {
                    "key": each.key,
                    "id": each.campaign.id,
                    "status": each.status or None,
                    "fields": jsonable(each.fields),
                    "left_out": list(each.left_out),
                }
                for each in found.campaigns
            ],
        }
        for found in pulled.dialers
    ]
    return {"format_version": FORMAT_VERSION, "dialers": dialers, "manifest": pulled.manifest}
