"""The example project with five dialers: where it lies, a copy of it for the sandbox, and the secrets it refers to."""

import shutil
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from syncengine.diagnostics import Diagnostics
from syncengine.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from syncengine.config.project import Project
    from syncengine.sandbox.server import Sandbox

NAME = "five-dialers"
# The ports in the example's base URLs, in the order of the sandbox's vendors, begin here.
FIRST_PORT = 8701


def example_folder() -> Path:
    """Return the example: inside the package where it was installed, beside it in a checkout."""
    package = Path(str(resources.files("syncengine")))
    installed = package / "shipped" / "examples" / NAME
    return installed if installed.is_dir() else package.parent / "examples" / NAME


def ports_from(first: int) -> dict[str, int]:
    """Return vendor -> port, five in a row."""
    from syncengine.sandbox.server import VENDORS

    return {vendor: first + place for place, vendor in enumerate(VENDORS)}


def copy_example(folder: Path, sandbox: "Sandbox") -> None:
    """Copy the example into an empty folder, its dialers at the sandbox's ports.

    The files' times are of now: a do-not-call source that is too old would hold every campaign.

    Raises:
        UsageError: the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; name a new folder")
    shutil.copytree(
        example_folder(),
        folder,
        copy_function=shutil.copyfile,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns(".syncengine", "__pycache__"),
    )
    file = folder / "syncengine.yaml"
    text = file.read_text(encoding="utf-8")
    for vendor, port in ports_from(FIRST_PORT).items():
        text = text.replace(f"http://127.0.0.1:{port}", sandbox.url(vendor))
    file.write_text(text, encoding="utf-8")


def secrets_of(sandbox: "Sandbox") -> Mapping[str, dict[str, str]]:
    """Return vendor -> environment variable that the example refers to -> the sandbox's credential."""
    found: dict[str, dict[str, str]] = {}
    for dialer in _example().file.dialers.values():
        credentials = sandbox.credentials(dialer.vendor)
        variables = {reference.removeprefix("env:"): credentials[name] for name, reference in dialer.secrets.items()}
        found.setdefault(dialer.vendor, {}).update(variables)
    return found


def _example() -> "Project":
    from syncengine.config.project import load_project

    diagnostics = Diagnostics()
    project = load_project(example_folder(), diagnostics)
    if project is None:
        raise ConfigError(diagnostics)
    return project
