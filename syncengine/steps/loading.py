"""Load: every file of a project into checked values, or every mistake of every file at once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from syncengine.config.desired import load_desired
from syncengine.config.project import Project, WatchFile, load_project, needed_vendors
from syncengine.config.vendor_files import LoadedVendor, load_vendor
from syncengine.diagnostics import Diagnostics
from syncengine.errors import ConfigError
from syncengine.model.desired import Desired, Dialer
from syncengine.model.vendor import Vendor


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A project, checked."""

    desired: Desired
    # Vendor name -> compiled vendor file with its examples.
    vendors: Mapping[str, LoadedVendor]
    root: Path
    watch: WatchFile
    # Warnings; no errors.
    diagnostics: Diagnostics

    def vendor_of(self, dialer: Dialer) -> Vendor:
        """Return the vendor of a dialer, with the limits of this account."""
        vendor = self.vendors[dialer.vendor].vendor
        if not dialer.limits:
            return vendor
        # Validated by config/ under the names of model.calling.Limits.
        stated: dict[str, Any] = dict(dialer.limits)
        return replace(vendor, limits=replace(vendor.limits, **stated))

    def files(self) -> tuple[Path, ...]:
        """Return every file that a plan depends on, for watching."""
        contacts = [path for found in self.desired.contacts.values() for path in found.source.paths]
        dnd = [path for found in self.desired.dnd.values() for path in found.source.paths]
        project = self.root / "syncengine.yaml"
        folders_here = [self.root / name for name in ("manifests", "vendors", "mappings")]
        return (
            project,
            *(p for folder in folders_here for p in sorted(folder.rglob("*.yaml"))),
            *map(Path, (*contacts, *dnd)),
        )

    def vendors_digest(self) -> str:
        """Return the digest of all vendor and mapping files in use."""
        parts = [f"{name}:{loaded.vendor.digest}" for name, loaded in sorted(self.vendors.items())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def load(path: Path) -> Loaded:
    """Read and check a project.

    Raises:
        ConfigError: with every mistake of every file.
    """
    diagnostics = Diagnostics()
    project = load_project(path, diagnostics)
    if project is None:
        raise ConfigError(diagnostics)
    vendors = _load_vendors(project, diagnostics)
    compiled = {name: loaded.vendor for name, loaded in vendors.items()}
    desired = load_desired(project, compiled, diagnostics, known_vendors=needed_vendors(project) - set(compiled))
    if desired is None or diagnostics.failed:
        raise ConfigError(diagnostics)
    return Loaded(
        desired=desired,
        vendors=vendors,
        root=project.root,
        watch=project.file.watch or WatchFile(),
        diagnostics=diagnostics,
    )


def _load_vendors(project: Project, diagnostics: Diagnostics) -> dict[str, LoadedVendor]:
    found = {}
    for name in sorted(needed_vendors(project)):
        loaded = load_vendor(name, [project.root], diagnostics)
        if loaded is not None:
            found[name] = loaded
    return found
