"""Campaigns of the manifests as values, checked against their vendor's abilities."""

from collections.abc import Iterable, Mapping

from syncengine.config.campaign_fields import check_fields, stated_fields
from syncengine.config.manifest import CampaignFile, Manifest
from syncengine.config.places import Complaints
from syncengine.diagnostics import Diagnostics, Location
from syncengine.matching import fits
from syncengine.model.desired import Campaign, FieldValue
from syncengine.model.vendor import Campaigns, Vendor


def campaign(manifest: Manifest, key: str, vendor: Vendor, diagnostics: Diagnostics) -> Campaign:
    """Return one campaign; mistakes go to ``diagnostics``."""
    written, complaints = manifest.file.campaigns[key], Complaints(manifest.document, diagnostics)
    check_fields(key, written, vendor, complaints)
    fields = stated_fields(key, written, vendor)
    _check_id(key, written, vendor, complaints)
    _check_status(key, written, fields, vendor, complaints)
    _check_rows(key, written, vendor, complaints)
    return Campaign(
        key=key,
        dialer=written.dialer,
        id=written.id or "",
        name=written.name or key,
        status=written.status,
        fields=fields,
        contacts=written.contacts,
        dnd=written.dnd,
        duplicates=written.duplicates or "",
        location=manifest.document.locate(("campaigns", key), key=True)[0],
    )


def check_adopted_once(campaigns: Iterable[Campaign], complaints: Mapping[str, Complaints]) -> None:
    """Complain, at the second, about two campaigns that adopt one at a dialer: each would undo the other."""
    first: dict[tuple[str, str], tuple[str, Location]] = {}
    for item in campaigns:
        if not item.id:
            continue
        other, place = first.setdefault((item.dialer, item.id), (item.key, item.location))
        if other != item.key:
            complaints[item.key].error(
                ("campaigns", item.key, "id"),
                f'"{other}" ({place}) has the same id at {item.dialer}',
                expected="an id that no other campaign of this dialer has",
                hint="Join the two into one campaign.",
            )


def _can(vendor: Campaigns, role: str) -> bool:
    operation = vendor.operations.get(role)
    return operation is not None and operation.ability != "absent"


def _check_id(key: str, written: CampaignFile, vendor: Vendor, complaints: Complaints) -> None:
    path = ("campaigns", key, "id")
    if written.id is not None:
        if not fits(vendor.campaigns.id_pattern, written.id):
            complaints.error(
                path,
                f"{complaints.document.written(path)} cannot be the id of a campaign of {vendor.title}",
                expected=f"text that matches {vendor.campaigns.id_pattern} as a whole",
            )
        return
    if vendor.campaigns.references_only or not _can(vendor.campaigns, "create"):
        complaints.error(
            path,
            f'"id" is missing: {vendor.title} has no call that creates campaigns',
            expected="the id of a campaign that exists at the vendor",
            hint='Write id: "…" with the id that the vendor shows or gave you.',
        )


def _check_status(
    key: str, written: CampaignFile, fields: Mapping[str, FieldValue], vendor: Vendor, complaints: Complaints
) -> None:
    if written.status is None:
        return
    path, role = ("campaigns", key, "status"), "start" if written.status == "started" else "stop"
    if not _can(vendor.campaigns, role):
        complaints.error(
            path,
            f"{vendor.title} has no call that {role}s a campaign",
            hint=f"Remove the status and {role} it at the vendor.",
        )
        return
    for name, allowed in vendor.campaigns.start_only_when.items():
        field = vendor.campaigns.fields.get(name)
        value = fields.get(name, field.default if field and not written.id else None)
        is_known = field is None or not field.values or str(value) in field.values
        if value is not None and is_known and str(value) not in allowed:
            complaints.error(
                path,
                f"{vendor.title} starts and stops campaigns by a call only where {name} is {' or '.join(allowed)}",
                expected=f"no status, since {name} is {value}",
                hint=f"Remove the status, or change {name}.",
            )


def _check_rows(key: str, written: CampaignFile, vendor: Vendor, complaints: Complaints) -> None:
    if written.contacts and not any(collection.holds == "contacts" for collection in vendor.collections):
        complaints.error(
            ("campaigns", key, "contacts"),
            f"{vendor.title} takes no contacts",
            key=True,
            hint="Remove it.",
        )
    if written.duplicates and not _can(vendor.campaigns, "keep_duplicates"):
        complaints.error(
            ("campaigns", key, "duplicates"),
            f"{vendor.title} has no call that settles duplicates",
            key=True,
            hint="Remove it.",
        )
