"""Campaigns as last applied, with their open calls laid over them: what was lost on its way may have happened."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from syncengine.ledger import rows
from syncengine.ledger.store import Session
from syncengine.model.address import Address
from syncengine.model.desired import FieldValue
from syncengine.model.findings import KnownCampaign


def known(connection: Session, project: str, dialer: str) -> dict[str, KnownCampaign]:
    """Return key -> campaign for one dialer."""
    found = connection.execute(
        "SELECT c.key, c.remote_id, c.name, c.status, c.fields, c.adopted, c.state, coalesce(s.failures, 0),"
        " c.updated_at FROM campaign c"
        " LEFT JOIN suppression s ON s.project = c.project AND s.dialer = c.dialer AND s.campaign = c.key"
        " WHERE c.project = ? AND c.dialer = ? ORDER BY c.key",
        (project, dialer),
    )
    campaigns = {
        key: KnownCampaign(
            key=key,
            remote_id=remote_id,
            name=name,
            status=status,
            fields=cast("Mapping[str, FieldValue]", _frozen(json.loads(fields))),
            adopted=bool(adopted),
            state=state,
            failed_suppressions=failures,
            updated_at=updated_at,
        )
        for key, remote_id, name, status, fields, adopted, state, failures, updated_at in found
    }
    open_calls = connection.execute(
        "SELECT address, action, started_at FROM open_call WHERE project = ? AND dialer = ? AND rows = 0"
        " ORDER BY call_id",
        (project, dialer),
    )
    for address, action, started_at in open_calls:
        key = Address.parse(address).name
        after = _overlaid(key, campaigns.get(key), action, started_at)
        if after is not None:
            campaigns[key] = after
    return campaigns


def _overlaid(key: str, before: KnownCampaign | None, action: str, started_at: float) -> KnownCampaign | None:
    if action == "create" and (before is None or before.updated_at < started_at):
        # The last that was written is older than the create: whatever it says, a new campaign may exist.
        blank = KnownCampaign(key=key, remote_id="", name="", status="unknown", fields={}, updated_at=started_at)
        return replace(before or blank, state="unknown", status="unknown")
    if action in {"start", "stop"} and before is not None:
        return replace(before, status="unknown", updated_at=max(before.updated_at, started_at))
    return before


def save(connection: Session, project: str, address: Address, campaign: KnownCampaign, now: float) -> None:
    """Remember a campaign as it now is; its count of failed suppressions has a function of its own."""
    connection.execute(
        "INSERT INTO campaign (project, dialer, key, remote_id, name, status, fields, adopted, state, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (project, dialer, key) DO UPDATE SET"
        " remote_id = excluded.remote_id, name = excluded.name, status = excluded.status, fields = excluded.fields,"
        " adopted = excluded.adopted, state = excluded.state, updated_at = excluded.updated_at",
        (
            project,
            address.dialer,
            address.name,
            campaign.remote_id,
            campaign.name,
            campaign.status,
            json.dumps(dict(campaign.fields), ensure_ascii=False, sort_keys=True, default=_plain),
            int(campaign.adopted),
            campaign.state,
            now,
        ),
    )


def forget(connection: Session, project: str, address: Address) -> None:
    """Forget a campaign that is gone, its rows, and what is open about them: there is nothing left to settle."""
    connection.execute(
        "DELETE FROM campaign WHERE project = ? AND dialer = ? AND key = ?", (project, address.dialer, address.name)
    )
    count_suppression(connection, project, address, failed=False)
    for kind in ("contacts", "dnd"):
        collection = replace(address, kind=kind)
        rows.forget(connection, project, collection, None)
        which = (project, str(collection))
        connection.execute(
            "DELETE FROM call_row WHERE call_id IN (SELECT call_id FROM open_call WHERE project = ? AND address = ?)",
            which,
        )
        connection.execute(
            "UPDATE call SET state = 'done', message = 'its campaign is gone'"
            " WHERE call_id IN (SELECT call_id FROM open_call WHERE project = ? AND address = ?)",
            which,
        )


def count_suppression(connection: Session, project: str, address: Address, *, failed: bool) -> None:
    """Count one more apply in which listed numbers of a campaign resisted, or clear the count."""
    which = (project, address.dialer, address.name)
    if failed:
        connection.execute(
            "INSERT INTO suppression (project, dialer, campaign, failures) VALUES (?, ?, ?, 1)"
            " ON CONFLICT (project, dialer, campaign) DO UPDATE SET failures = suppression.failures + 1",
            which,
        )
        return
    connection.execute("DELETE FROM suppression WHERE project = ? AND dialer = ? AND campaign = ?", which)


def failed_suppressions(connection: Session, project: str, address: Address) -> int:
    """Return how many applies in a row listed numbers of a campaign have resisted."""
    found = connection.execute(
        "SELECT failures FROM suppression WHERE project = ? AND dialer = ? AND campaign = ?",
        (project, address.dialer, address.name),
    ).fetchone()
    return int(found[0]) if found else 0


def _plain(value: object) -> object:
    """Return a mapping of another type as a dict; tuples are written as lists by themselves."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a campaign field of type {type(value).__name__} cannot be kept")


def _frozen(value: object) -> object:
    """Return decoded JSON with tuples for lists, as the model has them."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return {name: _frozen(item) for name, item in value.items()}
    return value
