"""Load: every file of a project into checked values, or every mistake of every file at once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from syncengine.config.desired import load_desired
from syncengine.config.project import Project, folders, load_project, needed_vendors
from syncengine.config.sources import beneath
from syncengine.config.vendor_files import LoadedVendor, known_vendors, load_vendor
from syncengine.config.watching import WatchFile
from syncengine.diagnostics import Diagnostics
from syncengine.errors import ConfigError
from syncengine.model.desired import Desired, Dialer, Source
from syncengine.model.vendor import Vendor

_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A project, checked."""

    desired: Desired
    # Vendor name -> compiled vendor file with its examples.
    vendors: Mapping[str, LoadedVendor]
    project: Project
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

    @property
    def kept(self) -> Path:
        """Return the folder for what a run keeps besides the ledger: beside that, since the project may be read-only.

        A ledger at a server has no folder; then it is the usual one below the project.
        """
        url = self.desired.ledger
        return Path(url.removeprefix(_SQLITE)).parent if url.startswith(_SQLITE) else self.root / ".syncengine"

    def files(self) -> tuple[Path, ...]:
        """Return every file that a plan depends on, for watching."""
        ignored = Diagnostics()
        manifests = [path for pattern in self.project.file.manifests for path in beneath(self.root, pattern).paths]
        own = [*folders(self.project, "vendors", ignored), *folders(self.project, "mappings", ignored)]
        contacts = [found.source for found in self.desired.contacts.values()]
        sources = [*contacts, *(found.source for found in self.desired.dnd.values())]
        return tuple(
            dict.fromkeys(
                [
                    self.project.path,
                    *manifests,
                    *(path for folder in own for path in sorted(folder.rglob("*.yaml"))),
                    *(path for source in sources for path in self._files_of(source)),
                ]
            )
        )

    def _files_of(self, source: Source) -> list[Path]:
        """Return the files that a source was read from, and those that its pattern has matched since."""
        if source.format == "inline":
            return []
        matched = (path for pattern in source.patterns for path in beneath(self.root, pattern).paths)
        return [*map(Path, source.paths), *matched]

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
    own = folders(project, "vendors", diagnostics)
    known = known_vendors(own)
    vendors = _load_vendors(project, own, known, diagnostics)
    compiled = {name: loaded.vendor for name, loaded in vendors.items()}
    desired = load_desired(project, compiled, diagnostics, known_vendors=known)
    if desired is None or diagnostics.failed:
        raise ConfigError(diagnostics)
    return Loaded(
        desired=desired,
        vendors=vendors,
        project=project,
        root=project.root,
        watch=project.file.watch or WatchFile.model_construct(),
        diagnostics=diagnostics,
    )


def _load_vendors(
    project: Project, own: Sequence[Path], known: Sequence[str], diagnostics: Diagnostics
) -> dict[str, LoadedVendor]:
    """Load the vendors that have a file; one that has none is told where the project names it."""
    mappings = folders(project, "mappings", diagnostics)
    found = {}
    for name in sorted(needed_vendors(project) & set(known)):
        loaded = load_vendor(name, diagnostics, vendors=own, mappings=mappings)
        if loaded is not None:
            found[name] = loaded
    return found
