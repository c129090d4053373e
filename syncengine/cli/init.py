"""``syncengine init``: a project to start from, which loads, plans and rings nobody."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncengine.errors import ConfigError, SyncEngineError, UsageError
from syncengine.matching import fits

if TYPE_CHECKING:
    from syncengine.cli.project_template import NewDialer
    from syncengine.model.vendor import Setting, Vendor


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--vendor", "vendors", multiple=True, metavar="NAME", help="A kind of dialer; may be repeated.")
@click.option("--name", default="", metavar="PROJECT", help="Name of the project; the folder's name when left out.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing: take examples, to be changed afterwards.")
def command(folder: Path, vendors: tuple[str, ...], name: str, *, yes: bool) -> None:
    """Write a commented project into FOLDER (here when left out).

    On a terminal it asks for what it needs. A file that exists is never overwritten.
    """
    from syncengine.cli.output import on_a_terminal

    ask = on_a_terminal() and not yes
    _refuse_existing(folder)
    known = _vendors(vendors, ask=ask)
    project = _project_name(folder, name, ask=ask)
    dialers = [_new_dialer(vendor, ask=ask) for vendor in known]
    _write(folder, project, dialers)
    _say_next(folder, dialers)


def _vendors(names: Sequence[str], *, ask: bool) -> "list[Vendor]":
    from syncengine.config.vendor_files import shipped_vendors

    known = shipped_vendors()
    if not names and not ask:
        raise UsageError(f"which kind of dialer? Add --vendor NAME, with one of: {', '.join(known)}")
    if not names:
        answer = click.prompt(f"Which kinds of dialers ({', '.join(known)})? Several with commas")
        names = [part.strip() for part in answer.split(",") if part.strip()]
    return [_vendor(name) for name in dict.fromkeys(names)]


def _vendor(name: str) -> "Vendor":
    from syncengine.config.vendor_files import load_vendor
    from syncengine.diagnostics import Diagnostics

    diagnostics = Diagnostics()
    loaded = load_vendor(name, diagnostics)
    if loaded is None:
        raise ConfigError(diagnostics)
    return loaded.vendor


def _project_name(folder: Path, name: str, *, ask: bool) -> str:
    from syncengine.config.names import fits_name

    suggested = re.sub(r"[^A-Za-z0-9_.-]+", "-", folder.resolve().name).strip("-._")[:63]
    suggested = suggested if fits_name(suggested) else "project"
    name = name or (click.prompt("Name of the project", default=suggested) if ask else suggested)
    if not fits_name(name):
        raise UsageError(f'"{name}" cannot name a project; use letters, digits and . _ - (at most 63, not "all")')
    return name


def _new_dialer(vendor: "Vendor", *, ask: bool) -> "NewDialer":
    from syncengine.cli.project_template import NewDialer

    if ask:
        click.echo(f"\n{vendor.title} ({vendor.docs})")
    settings = {
        name: _setting(vendor, name, setting, ask=ask)
        for name, setting in vendor.settings.items()
        if setting.default is None
    }
    return NewDialer(name=vendor.name, vendor=vendor, settings=settings)


def _setting(vendor: "Vendor", name: str, setting: "Setting", *, ask: bool) -> str:
    if not ask:
        if not setting.example:
            raise UsageError(f"{vendor.title} needs the setting {name}, which has no example: run this on a terminal")
        return setting.example

    def checked(text: str) -> str:
        if setting.pattern and not fits(setting.pattern, text):
            example = f', as "{setting.example}"' if setting.example else ""
            raise click.BadParameter(f"it must match {setting.pattern} as a whole{example}")
        return text

    return str(click.prompt(f"{setting.describe}\n{name}", default=setting.example or None, value_proc=checked))


def _paths() -> list[str]:
    """Return the files that ``init`` writes; an existing .gitignore is left alone and no obstacle."""
    from syncengine.cli.project_template import PROJECT_FILE, SCHEMAS
    from syncengine.cli.schema import KINDS

    files = [PROJECT_FILE, "manifests/example.yaml", "data/contacts.csv", "data/opt-outs.csv"]
    return files + [f"{SCHEMAS}/{kind}.json" for kind in KINDS]


def _refuse_existing(folder: Path) -> None:
    there = [path for path in _paths() if (folder / path).exists() or (folder / path).is_symlink()]
    if there:
        raise SyncEngineError(f"nothing was written, since {folder} has already: {', '.join(there)}")


def _write(folder: Path, project: str, dialers: "Sequence[NewDialer]") -> None:
    from syncengine.cli.project_template import project_files

    for name, text in (_schemas() | dict(project_files(project, dialers))).items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # "x": a file that came into being meanwhile is not overwritten either.
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError as problem:
            if name == ".gitignore":
                continue
            raise SyncEngineError(f"{path} came into being meanwhile and was left alone") from problem
        except OSError as problem:
            raise SyncEngineError(f"{path} cannot be written: {problem.strerror}") from problem


def _schemas() -> dict[str, str]:
    from syncengine.cli.project_template import SCHEMAS
    from syncengine.cli.schema import KINDS
    from syncengine.config.schema import json_schema
    from syncengine.views.as_json import as_text

    return {f"{SCHEMAS}/{kind}.json": f"{as_text(json_schema(kind))}\n" for kind in KINDS}


def _say_next(folder: Path, dialers: "Sequence[NewDialer]") -> None:
    variables = {dialer.variable(name): dialer.vendor.secrets[name] for dialer in dialers for name in dialer.secrets}
    click.echo(f"Wrote a project into {folder.resolve()}")
    click.echo("\nSet these variables, in the environment and in no file of the project:\n")
    for variable, describe in variables.items():
        click.echo(f"  {variable:<32} {describe}")
    origins = _private_origins(dialers)
    if origins:
        click.echo("\nAllow these hosts, which only you can vouch for:\n")
        click.echo(f"  export SYNCENGINE_ALLOW_ORIGINS={','.join(origins)}")
    gaps = _not_ignored(folder)
    if gaps:
        click.echo(f"\nAdd to .gitignore: {', '.join(gaps)}")
    click.echo("\nThen:\n")
    if folder.resolve() != Path.cwd():
        click.echo(f"  cd {folder}")
    click.echo("  syncengine validate\n  syncengine plan")


def _private_origins(dialers: "Sequence[NewDialer]") -> list[str]:
    from syncengine.config.origins import origin_of

    private = [dialer for dialer in dialers if not dialer.vendor.shipped]
    return list(dict.fromkeys(origin_of(dialer.vendor.base_url(_all_settings(dialer))) for dialer in private))


def _all_settings(dialer: "NewDialer") -> Mapping[str, str]:
    defaults = {name: s.default for name, s in dialer.vendor.settings.items() if s.default is not None}
    return defaults | dict(dialer.settings)


def _not_ignored(folder: Path) -> list[str]:
    from syncengine.cli.project_template import IGNORED

    present = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines()
    return [pattern for pattern in IGNORED if pattern not in present]
