"""The whole of what people want, from all files, or every reason why it cannot be told."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping

from syncengine.config.campaigns import campaign, check_adopted_once
from syncengine.config.dialers import load_dialers
from syncengine.config.document import Document
from syncengine.config.lists import contact_list, dnd_list
from syncengine.config.manifest import Manifest, Manifests, Section, load_manifests
from syncengine.config.places import Complaints
from syncengine.config.project import Project
from syncengine.config.yaml_places import Path
from syncengine.diagnostics import Diagnostics, Location, did_you_mean
from syncengine.model.desired import Campaign, ContactList, Desired, Dialer, DndList, Guards
from syncengine.model.vendor import Vendor


def load_desired(
    project: Project, vendors: Mapping[str, Vendor], diagnostics: Diagnostics, *, known_vendors: Collection[str] = ()
) -> Desired | None:
    """Read the manifests of a project and check them, or return None after every mistake went to ``diagnostics``.

    Args:
        project: From ``load_project``.
        vendors: The compiled vendors by name, at least those of ``needed_vendors`` whose files have no mistake.
        diagnostics: Takes the mistakes.
        known_vendors: Vendors whose files exist but hold mistakes, which were reported when they were compiled.
    """
    found = Diagnostics()
    dialers = load_dialers(project, vendors, known_vendors, found)
    manifests = load_manifests(project, found)
    sections: tuple[Section, ...] = ("campaigns", "contacts", "dnd")
    owners = {section: _owners(manifests, section, found) for section in sections}
    campaigns = {
        key: campaign(manifest, key, vendors[dialers[dialer].vendor], found)
        for key, manifest in owners["campaigns"].items()
        if (dialer := manifest.file.campaigns[key].dialer) in dialers and dialers[dialer].vendor in vendors
    }
    check_adopted_once(
        campaigns.values(), {key: Complaints(owners["campaigns"][key].document, found) for key in campaigns}
    )
    contacts = {name: contact_list(project, owner, name, found) for name, owner in owners["contacts"].items()}
    dnd = {name: dnd_list(project, owner, name, found) for name, owner in owners["dnd"].items()}
    _check_names(manifests, dialers, found)
    _check_directories(owners["contacts"], dialers, vendors, found)
    _check_used(owners, contacts, dnd, manifests, found)
    diagnostics.items.extend(found.items)
    # A project file with a duplicate key or a number for a text was bound all the same, to find more mistakes.
    if found.failed or project.document.reported:
        return None
    return _desired(project, manifests, dialers=dialers, campaigns=campaigns, contacts=contacts, dnd=dnd)


def _desired(
    project: Project,
    manifests: Manifests,
    *,
    dialers: Mapping[str, Dialer],
    campaigns: Mapping[str, Campaign],
    contacts: Mapping[str, ContactList],
    dnd: Mapping[str, DndList],
) -> Desired:
    guards = project.file.guards
    directories = {
        name: entry.directory
        for manifest in manifests.items
        for name, entry in manifest.file.contacts.items()
        if entry.directory
    }
    return Desired(
        project=project.file.project,
        root=str(project.root),
        ledger=project.ledger_url(),
        dialers=dialers,
        campaigns=dict(sorted(campaigns.items())),
        contacts=dict(sorted(contacts.items())),
        dnd=dict(sorted(dnd.items())),
        directories=dict(sorted(directories.items())),
        guards=Guards(
            max_remove=guards.max_remove,
            min_rows=guards.min_rows,
            max_newly_callable=guards.max_newly_callable,
            max_starts=guards.max_starts,
        ),
        stop_after_failed_suppressions=project.file.stop_after_failed_suppressions,
        spark=project.file.spark if project.file.engine == "spark" else "",
        digest=_digest(project.document, (manifest.document for manifest in manifests.items)),
    )


def _digest(project: Document, manifests: Iterable[Document]) -> str:
    parts = [f"{document.label}\0{document.digest}" for document in (project, *manifests)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _owners(manifests: Manifests, section: Section, diagnostics: Diagnostics) -> dict[str, Manifest]:
    """Return the manifest of each sound entry; the same name in two files is a mistake."""
    owners: dict[str, Manifest] = {}
    first: dict[str, Location] = {}
    for manifest in manifests.items:
        data = manifest.document.data
        entries = data.get(section) if isinstance(data, dict) else None
        for name in entries if isinstance(entries, dict) else ():
            place = manifest.document.locate((section, name), key=True)[0]
            if name in first:
                Complaints(manifest.document, diagnostics).error(
                    (section, name),
                    f'"{name}" stands in {first[name]} already',
                    key=True,
                    expected=f"each name once under {section}, over all manifests",
                    hint="Remove one of the two, or rename it.",
                )
                continue
            first[name] = place
            if name in getattr(manifest.file, section):
                owners[name] = manifest
    return owners


def _check_names(manifests: Manifests, dialers: Mapping[str, Dialer], diagnostics: Diagnostics) -> None:
    """Every dialer, list and campaign that is named must be there."""
    known: dict[str, set[str]] = {
        "dialer": set(dialers),
        "contacts": manifests.declared("contacts"),
        "dnd": manifests.declared("dnd"),
        "scope": {"all", *dialers, *manifests.declared("campaigns")},
    }
    for manifest in manifests.items:
        for path, name, kind in _references(manifest):
            choices = known[kind]
            if name not in choices and (kind == "dialer" or manifests.complete):
                Complaints(manifest.document, diagnostics).error(
                    path,
                    _unknown(name, kind),
                    expected=_one_of(choices),
                    hint=did_you_mean(name, sorted(choices)),
                )


def _references(manifest: Manifest) -> Iterator[tuple[Path, str, str]]:
    """Walk the names that a manifest uses: where, which, and of what kind."""
    for key, entry in manifest.file.campaigns.items():
        yield ("campaigns", key, "dialer"), entry.dialer, "dialer"
        for section, names in (("contacts", entry.contacts), ("dnd", entry.dnd)):
            for index, name in enumerate(names):
                yield ("campaigns", key, section, index), name, section
    for key, contacts in manifest.file.contacts.items():
        for index, name in enumerate(contacts.directory):
            yield ("contacts", key, "directory", index), name, "dialer"
    for key, dnd in manifest.file.dnd.items():
        for index, name in enumerate(() if dnd.scope == "all" else dnd.scope):
            yield ("dnd", key, "scope", index), name, "scope"


def _unknown(name: str, kind: str) -> str:
    words = {
        "dialer": f'the project has no dialer "{name}"',
        "contacts": f'no manifest has a contact list "{name}"',
        "dnd": f'no manifest has a do-not-call list "{name}"',
        "scope": f'"{name}" is neither a dialer nor a campaign',
    }
    return words[kind]


def _one_of(choices: set[str]) -> str:
    shown = sorted(choices)[:20]
    more = f" and {len(choices) - len(shown)} more" if len(choices) > len(shown) else ""
    return f"one of: {', '.join(shown)}{more}" if shown else "none are declared"


def _check_directories(
    owners: Mapping[str, Manifest],
    dialers: Mapping[str, Dialer],
    vendors: Mapping[str, Vendor],
    diagnostics: Diagnostics,
) -> None:
    for name, manifest in owners.items():
        for index, dialer in enumerate(manifest.file.contacts[name].directory):
            vendor = vendors.get(dialers[dialer].vendor) if dialer in dialers else None
            if vendor is not None and not any(collection.holds == "directory" for collection in vendor.collections):
                Complaints(manifest.document, diagnostics).error(
                    ("contacts", name, "directory", index),
                    f"{vendor.title} keeps no directory of people",
                    hint="Remove it.",
                )


def _check_used(
    owners: Mapping[Section, Mapping[str, Manifest]],
    contacts: Mapping[str, ContactList],
    dnd: Mapping[str, DndList],
    manifests: Manifests,
    diagnostics: Diagnostics,
) -> None:
    """A contact list that nobody uses is odd; a do-not-call list that covers nobody is a mistake."""
    used = {(kind, name) for manifest in manifests.items for _, name, kind in _references(manifest)}
    # Campaigns with mistakes of their own may be the ones that use a list.
    if not manifests.complete or manifests.declared("campaigns") != set(owners["campaigns"]):
        return
    for name, listed in contacts.items():
        if ("contacts", name) not in used and not owners["contacts"][name].file.contacts[name].directory:
            diagnostics.warning(f'no campaign uses the contact list "{name}"', listed.location)
    for name, list_ in dnd.items():
        if not list_.scope and ("dnd", name) not in used:
            Complaints(owners["dnd"][name].document, diagnostics).error(
                ("dnd", name),
                f'"{name}" protects nobody: its scope is empty and no campaign names it',
                key=True,
                expected="scope: all, or names of dialers and campaigns",
            )
