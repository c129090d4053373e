"""Every call that writes loses its answer once, after or before it was carried out, and nothing is doubled or lost.

Each phase changes what the files say and spoils the first request of every call that it takes. Then it is applied again
and again, with the settle times between, until a plan has nothing to do. What nothing can prove is parked and shown;
a person who has looked at the dialer settles it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from syncengine.ledger.ledger import open_ledger
from syncengine.model.plan import Plan
from syncengine.sandbox.server import Sandbox
from tests.conformance.project import HERE, shown
from tests.conformance.test_walk import Walk
from tests.conformance.variants import VARIANTS
from tests.operations.calling import operations_of

Kind = Literal["drop_after", "drop_before"]
# Longer than any settle time of the vendor files.
_SETTLED = 400.0
_MOST_APPLIES = 8


@dataclass(frozen=True)
class Spoilt:
    """A call that loses its answer: its name in the vendor file, its verb, a part of its path or query."""

    operation: str
    method: str
    path: str


def _build(walk: Walk) -> None:
    walk.status = walk.status and "started"
    walk.add(*range(1, 5))


def _change(walk: Walk) -> None:
    if walk.variant.changes:
        name, value = walk.variant.changes
        walk.settings[name] = value
    if walk.variant.vendor == "thulium":
        walk.settings["caller_id"] = "1234"
    walk.people[1] |= {"first_name": "Renamed", "note": "another note", "agent": "j.doe"}
    walk.list_number(2)


def _thin_out(walk: Walk) -> None:
    walk.status = walk.status and "stopped"
    walk.lines.remove(2)
    walk.release.append(2)
    walk.listed.discard(2)
    if walk.variant.releases:
        walk.wanted.add(2)
    del walk.people[3]
    if walk.variant.removes:
        walk.wanted.discard(3)


def _end(walk: Walk) -> None:
    if not walk.variant.reference:
        del walk.project.manifest["campaigns"]["spring"]
        walk.prune = True


_PHASES: tuple[Callable[[Walk], None], ...] = (_build, _change, _thin_out, _end)

_CAMPAIGN = "/api/v2/campaign.php"
_WOLKVOX = (
    (
        Spoilt("campaigns.create", "POST", "api=create_campaign"),
        Spoilt("records.add", "POST", "api=add_record"),
        Spoilt("campaigns.start", "PUT", "api=start"),
    ),
    (Spoilt("campaigns.set_speed", "PUT", "api=speed"), Spoilt("records.remove", "DELETE", "api=remove_record")),
    (Spoilt("campaigns.stop", "PUT", "api=stop"),),
    (Spoilt("campaigns.delete", "DELETE", "api=delete_campaign"),),
)
_DNC = Spoilt("account_dnc.add", "POST", "configuration.php?api=add_dnc")
_UNDNC = Spoilt("account_dnc.remove", "DELETE", "api=remove_dnc")
_STRINGEE_CAMPAIGN = (
    (Spoilt("campaigns.create", "POST", "/v1/campaign"), Spoilt("campaigns.start", "PUT", "/v1/campaign/")),
    (Spoilt("campaigns.update", "PUT", "/v1/campaign/"),),
    (Spoilt("campaigns.stop", "PUT", "/v1/campaign/"),),
    (Spoilt("campaigns.delete", "DELETE", "/v1/campaign/"),),
)
_LYNN = (
    (
        Spoilt("campaigns.create", "POST", "/PostCampaign/"),
        Spoilt("campaign_dnd.add", "POST", "/ManageDnDByCampaign/"),
        Spoilt("campaigns.start", "POST", "/StartCampaignExecution/"),
    ),
    (Spoilt("campaigns.update", "PUT", "/PutCampaign/"),),
    (
        Spoilt("campaigns.stop", "POST", "/StopCampaignExecution/"),
        Spoilt("campaign_dnd.remove", "POST", "/ManageDnDByCampaign/"),
    ),
    (Spoilt("campaigns.delete", "DELETE", "/DeleteCampaign/"),),
)
_OUTBOUND = (
    (
        Spoilt("campaigns.create", "POST", "/api/outbounds"),
        Spoilt("no_call_status.add", "POST", "/api/outbound_status_by_phone_number"),
        Spoilt("campaigns.start", "PUT", "/api/outbounds/00001?"),
    ),
    (Spoilt("campaigns.update", "PUT", "/api/outbounds/00001?"), ),
    (Spoilt("campaigns.stop", "PUT", "/api/outbounds/00001?"),),
    (Spoilt("campaigns.delete", "DELETE", "/api/batch/outbounds?id"),),
)


def _with(base: tuple[tuple[Spoilt, ...], ...], *more: tuple[Spoilt, ...]) -> tuple[tuple[Spoilt, ...], ...]:
    return tuple((*spoilt, *extra) for spoilt, extra in zip(base, more, strict=True))


_REMOVED = Spoilt("records.remove", "DELETE", "api=remove_record")
SPOILT: dict[str, tuple[tuple[Spoilt, ...], ...]] = {
    "wolkvox-predictive": _with(_WOLKVOX, (_DNC,), (), (_UNDNC, _REMOVED), ()),
    "wolkvox-expiring": _with(
        _WOLKVOX, (Spoilt("expiring_dnc.add", "POST", "campaign.php?api=add_dnc"),), (), (), ()
    ),
    "comunik8": (
        (Spoilt("leads.add", "POST", "/lead/add"),),
        (Spoilt("leads.remove", "POST", "/lead/cancel"), Spoilt("leads.add", "POST", "/lead/add")),
        (Spoilt("leads.remove", "POST", "/lead/cancel"),),
        (),
    ),
    "stringee-phones": _with(
        _STRINGEE_CAMPAIGN,
        (Spoilt("phones.add", "POST", "/add-by-phones"),),
        (Spoilt("phones.remove", "DELETE", "/v1/customcampaign/"),),
        (),
        (),
    ),
    "stringee-contacts": _with(
        _STRINGEE_CAMPAIGN,
        (Spoilt("contacts.add", "POST", "/v1/customcampaign"),),
        (Spoilt("contacts.remove", "DELETE", "/v1/customcampaign/"),),
        (),
        (),
    ),
    "stringee-file": _with(
        _STRINGEE_CAMPAIGN,
        (Spoilt("file.add", "POST", "/v1/customcampaign"),),
        (Spoilt("file.remove", "DELETE", "/v1/customcampaign/"),),
        (),
        (),
    ),
    "lynn-data": _with(_LYNN, (Spoilt("campaign_data.add", "POST", "/AddCampaingData/"),), (), (), ()),
    "lynn-file": _with(_LYNN, (Spoilt("campaign_file.add", "POST", "/UploadCampaignDataByTenant/"),), (), (), ()),
    "thulium-crm": _with(
        _OUTBOUND,
        (
            Spoilt("customers.add", "POST", "/api/customers"),
            Spoilt("crm_records.add", "POST", "/api/batch/crm_outbounds/"),
        ),
        (
            Spoilt("customers.update", "PUT", "/api/customers/"),
            Spoilt("crm_records.update", "PUT", "/api/crm_outbounds/"),
        ),
        (
            Spoilt("crm_records.unblock", "PUT", "/api/crm_outbounds/"),
            Spoilt("crm_records.remove", "DELETE", "/api/batch/crm_outbounds/"),
        ),
        (),
    ),
    "thulium-csv": _with(
        _OUTBOUND,
        (Spoilt("csv_records.add", "POST", "/api/batch/outbounds/"),),
        (Spoilt("csv_records.update", "PUT", "/records_by_identifier/"),),
        (
            Spoilt("csv_records.unblock", "PUT", "/records_by_identifier/"),
            Spoilt("csv_records.remove", "DELETE", "/api/batch/outbounds/"),
        ),
        (),
    ),
}
