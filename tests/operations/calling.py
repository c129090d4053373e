"""One call of a vendor file to the sandbox: what it is about, what must be there before, what must be seen after."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from syncengine.config.secrets import resolve_secrets
from syncengine.model.exchange import RowItem
from syncengine.model.ports import CampaignState
from syncengine.model.vendor import Operation, Vendor
from syncengine.remote.client import DialerClient
from syncengine.remote.course import CallResult
from syncengine.remote.dialer_run import campaign_scope
from syncengine.remote.field_values import write_fields
from syncengine.sandbox.server import Sandbox
from syncengine.steps.clients import base_url_of
from tests.conformance.by_hand import THEIRS, put_campaign
from tests.conformance.project import HERE, Project
from tests.conformance.variants import VARIANTS, Variant
from tests.remote.dialing import Clockwork

NAMES = ("lynn", "wolkvox", "comunik8", "stringee", "thulium")
# The row that is in the campaign before any call.
THERE = 700


@dataclass(frozen=True, kw_only=True)
class Called:
    """A call to make and what it must come to."""

    # Makes the dialer ready, beyond a stopped campaign with one row.
    prepare: Callable[[Sandbox], object] = lambda _: None
    # Our campaign fields: as the campaign has them, and as they are to be written.
    campaign: Mapping[str, object] = field(default_factory=dict)
    fields: Mapping[str, object] = field(default_factory=dict)
    rows: tuple[RowItem, ...] = ()
    lasts_days: str = ""
    # Further parts of the scope.
    more: Mapping[str, object] = field(default_factory=dict)
    outcome: str = "applied"
    # Row key -> outcome, where the answer tells of each row.
    items: Mapping[str, str] | None = None
    # How many records a reading call must find.
    records: int | None = None
    # Whether the answer must hold an id of the form that the vendor file states.
    new_id: bool = False
    # What must be so at the dialer afterwards.
    then: Callable[[Sandbox], object] = lambda _: True


def row(key: str, phone: str = "", /, *, remote_id: str = "", **record: object) -> RowItem:
    """Return a row as the engine hands it to a call."""
    return RowItem(key, (f"+{phone}",) if phone else (), record, "content", remote_id)


def variant_of(vendor: str) -> Variant:
    """Return the numbers and settings that a vendor is tried with."""
    return next(variant for variant in VARIANTS if variant.vendor == vendor)


def loaded_project(sandbox: Sandbox, root: Path, vendor: str) -> Project:
    """Return a project with nothing but a dialer, beside a campaign of somebody's at that dialer."""
    variant = variant_of(vendor)
    put_campaign(sandbox, vendor, variant.phone(THERE))
    return Project(root=root, sandbox=sandbox, vendor=vendor, settings=variant.dialer_settings)


def operations_of(vendor: Vendor) -> dict[str, Operation]:
    """Return every operation of a vendor file by its name there."""
    found = {f"campaigns.{role}": operation for role, operation in vendor.campaigns.operations.items()}
    for collection in vendor.collections:
        found |= {f"{collection.name}.{role}": operation for role, operation in collection.operations.items()}
    return found | {f"calls.{name}": operation for name, operation in vendor.calls.items()}


def call(project: Project, name: str, wanted: Called, time: Clockwork | None = None) -> tuple[Operation, CallResult]:
    """Make one call; whatever it has to wait for passes at once, on ``time``."""
    time = time or Clockwork()
    loaded = project.load()
    dialer = loaded.desired.dialers[HERE]
    vendor = loaded.vendor_of(dialer)
    operation = operations_of(vendor)[name]
    client = DialerClient(
        HERE,
        vendor,
        base_url_of(dialer, vendor),
        resolve_secrets(dialer, loaded.root),
        settings=dialer.settings,
        clock=time,
        sleep=time.sleep,
        now=project.now,
    )

    async def made() -> CallResult:
        async with client:
            return await client.call(operation, _scope(vendor, operation, wanted))

    return operation, asyncio.run(made())


def _scope(vendor: Vendor, operation: Operation, wanted: Called) -> dict[str, object]:
    state = CampaignState("theirs", THEIRS[vendor.name], "Theirs", "stopped", dict(wanted.campaign))
    scope: dict[str, object] = {
        "campaign": campaign_scope(vendor, state),
        "fields": write_fields(vendor, wanted.fields),
        "page": _first_page(operation),
        "rows": [_row_scope(row) for row in wanted.rows],
        "list": {"name": "opt-outs", "lasts_days": wanted.lasts_days},
    }
    if wanted.rows:
        scope |= _row_scope(wanted.rows[0])
    return scope | dict(wanted.more)


def _first_page(operation: Operation) -> dict[str, object]:
    pagination: Any = operation.pagination
    first = {"number": getattr(pagination, "first", 1), "limit": getattr(pagination, "limit", "")}
    return first | {"offset": 0, "cursor": ""}


def _row_scope(item: RowItem) -> dict[str, object]:
    shown = {"key": item.key, "phone": next(iter(item.phones), ""), "phones": list(item.phones)}
    return {"row": shown | {"remote_id": item.remote_id}, "record": dict(item.record)}
