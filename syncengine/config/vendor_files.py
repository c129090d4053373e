"""Finds vendor and mapping files: a project's own first, then those that come with the tool.

A project replaces a shipped file by a file of the same name. Then the vendor counts as the project's own in all that
concerns trust, even where only its mapping was replaced: a mapping decides what is sent as well.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from syncengine.config.binding import bind
from syncengine.config.compile import compile_vendor
from syncengine.config.document import Document, read_document
from syncengine.config.vendor_spec import Example, MappingSpec, VendorSpec
from syncengine.diagnostics import Diagnostics, did_you_mean
from syncengine.model.vendor import Vendor

# As the word vendor: in a vendor file; nothing else becomes a part of a path.
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")

VENDORS = "vendors"
MAPPINGS = "mappings"


@dataclass(frozen=True, slots=True)
class LoadedVendor:
    """A vendor with what only checks and tests need."""

    vendor: Vendor
    examples: tuple[Example, ...]
    document: Document


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    label: str
    shipped: bool


def load_vendor(
    name: str, diagnostics: Diagnostics, *, vendors: Sequence[Path] = (), mappings: Sequence[Path] = ()
) -> LoadedVendor | None:
    """Return a vendor by name, or None after every mistake in its two files went to ``diagnostics``.

    Args:
        name: As ``vendor:`` in the project file.
        diagnostics: Takes the mistakes.
        vendors: Folders of the project's own vendor files, the first one first.
        mappings: Folders of the project's own mapping files, the first one first.
    """
    spec_file = _find(VENDORS, name, vendors)
    mapping_file = _find(MAPPINGS, name, mappings)
    for kind, found, own in ((VENDORS, spec_file, vendors), (MAPPINGS, mapping_file, mappings)):
        if found is None:
            _report_missing(kind, name, own, diagnostics)
    if spec_file is None or mapping_file is None:
        return None
    spec_document = read_document(spec_file.path, label=spec_file.label, diagnostics=diagnostics)
    mapping_document = read_document(mapping_file.path, label=mapping_file.label, diagnostics=diagnostics)
    spec = bind(VendorSpec, spec_document, diagnostics) if spec_document else None
    mapping = bind(MappingSpec, mapping_document, diagnostics) if mapping_document else None
    if spec is None or mapping is None or spec_document is None or mapping_document is None:
        return None
    _check_name(name, spec, spec_document, diagnostics)
    vendor = compile_vendor(
        spec,
        mapping,
        spec_document=spec_document,
        mapping_document=mapping_document,
        digest=hashlib.sha256(f"{spec_document.digest} {mapping_document.digest}".encode()).hexdigest(),
        shipped=spec_file.shipped and mapping_file.shipped,
        diagnostics=diagnostics,
    )
    return LoadedVendor(vendor, spec.examples, spec_document) if vendor and vendor.name == name else None


def shipped_vendors() -> list[str]:
    """Return the names of the vendors that come with the tool."""
    return sorted(path.stem for path in _shipped_folder(VENDORS).glob("*.yaml"))


def known_vendors(vendors: Sequence[Path]) -> list[str]:
    """Return the names of the vendors that have a vendor file, shipped or in one of the project's own folders."""
    return _names(VENDORS, vendors)


def _names(kind: str, folders: Sequence[Path]) -> list[str]:
    own = (path.stem for folder in folders for path in folder.glob("*.yaml"))
    return sorted({*(path.stem for path in _shipped_folder(kind).glob("*.yaml")), *own})


def _shipped_folder(kind: str) -> Path:
    package = Path(str(resources.files("syncengine"))).resolve()
    installed = package / "shipped" / kind
    # A checkout has the folders beside the package; only a wheel has them inside.
    return installed if installed.is_dir() else package.parent / kind


def _find(kind: str, name: str, folders: Sequence[Path]) -> _Found | None:
    if not _NAME.fullmatch(name):
        return None
    for folder in folders:
        path = folder / f"{name}.yaml"
        real = path.resolve()
        # A link that leads out of the folder would let a branch read files of the machine.
        if real.is_file() and real.stat().st_nlink == 1 and real.is_relative_to(folder.resolve()):
            return _Found(real, f"{folder.name}/{name}.yaml", shipped=False)
    path = _shipped_folder(kind) / f"{name}.yaml"
    return _Found(path, f"{kind}/{name}.yaml", shipped=True) if path.is_file() else None


def _report_missing(kind: str, name: str, folders: Sequence[Path], diagnostics: Diagnostics) -> None:
    known = _names(kind, folders)
    diagnostics.error(
        f"there is no file {kind}/{name}.yaml",
        expected=f"one of {', '.join(known)}",
        hint=did_you_mean(name, known)
        or f"A vendor of your own needs the files vendors/{name}.yaml and mappings/{name}.yaml.",
    )


def _check_name(name: str, spec: VendorSpec, document: Document, diagnostics: Diagnostics) -> None:
    if spec.vendor == name:
        return
    location, line, width = document.locate(("vendor",))
    diagnostics.error(
        f"this file describes {spec.vendor}", location, source_line=line, width=width, expected=f"vendor: {name}"
    )
