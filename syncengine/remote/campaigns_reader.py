"""Campaigns as a dialer lists them, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass

from syncengine.errors import AnswerError, RefusedError
from syncengine.matching import fits
from syncengine.model.exchange import Answer
from syncengine.model.snapshot import ActualCampaign, ActualStatus, CampaignSnapshot
from syncengine.model.vendor import Campaigns, Vendor
from syncengine.remote.client import DialerClient
from syncengine.remote.field_values import read_fields
from syncengine.remote.listing import Listing
from syncengine.remote.paths import MISSING, as_list, as_text, find, is_blank


async def read_campaigns(client: DialerClient, vendor: Vendor) -> CampaignSnapshot:
    """Return all campaigns of a dialer; ``source`` is "none" where the vendor has no listing.

    Raises nothing that a dialer can cause: trouble makes the snapshot incomplete and is told in its ``problem``.
    """
    operation = vendor.campaigns.operations.get("list")
    if operation is None or operation.ability == "absent":
        return CampaignSnapshot(dialer=client.dialer, campaigns=(), complete=False, source="none")
    listing = Listing(client, operation, {})
    campaigns: dict[str, ActualCampaign] = {}
    unreadable = doubled = 0
    async for page in listing.pages():
        for record in page:
            campaign = actual_campaign(vendor, record)
            if campaign is None:
                unreadable += 1
                continue
            doubled += campaign.id in campaigns
            campaigns[campaign.id] = campaign
    problem = listing.end.problem
    if not problem and unreadable:
        problem = f"{unreadable} campaigns have no usable id at {vendor.campaigns.id}"
    if not problem and doubled:
        # Pages that shift while they are read repeat some records and leave out others.
        problem = f"{doubled} campaigns came twice; others may be missing"
    return CampaignSnapshot(
        dialer=client.dialer,
        campaigns=tuple(campaigns[key] for key in sorted(campaigns)),
        complete=not problem,
        source="read",
        problem=problem,
    )


async def read_one(client: DialerClient, vendor: Vendor, campaign_id: str) -> ActualCampaign | None:
    """Return one campaign by its id, or None when the dialer says that it does not have it.

    Only for vendors with a ``read`` operation.

    Raises:
        RefusedError: the dialer did not answer the question.
        AnswerError: it answered with something that is not this campaign.
    """
    operation = vendor.campaigns.operations["read"]
    scope = {"campaign": {"id": campaign_id, "key": "", "name": "", "status": "unknown"}}
    result = await client.call(operation, scope)
    if result.judgement.outcome == "already_absent":
        return None
    if result.judgement.outcome != "applied" or result.answer is None:
        raise RefusedError(client.dialer, operation.name, result.judgement.message or result.judgement.name)
    campaign = actual_campaign(vendor, _only_record(result.answer, operation.records))
    if campaign is None or campaign.id != campaign_id:
        raise AnswerError(client.dialer, operation.name, "the answer is not about the campaign that was asked for")
    return campaign


def _only_record(answer: Answer, path: str) -> object:
    found = find(answer.body, path)
    listed = as_list(found)
    if listed is None:
        return found
    return listed[0] if len(listed) == 1 else MISSING


def actual_campaign(vendor: Vendor, record: object) -> ActualCampaign | None:
    """Return one listed record in our words, or None when it has no id of the form that the vendor file states."""
    campaigns = vendor.campaigns
    # The id goes into the path of later calls, so it must look like one.
    campaign_id = as_text(find(record, campaigns.id)).strip() if campaigns.id else ""
    if not isinstance(record, Mapping) or not fits(campaigns.id_pattern, campaign_id):
        return None
    return ActualCampaign(
        id=campaign_id,
        name=as_text(find(record, campaigns.name)) if campaigns.name else "",
        status=_status(campaigns, record),
        fields=read_fields(vendor, record),
        raw=_raw(campaigns, record),
        ending=bool(campaigns.ending) and _speaks(find(record, campaigns.ending)),
    )


def _status(campaigns: Campaigns, record: object) -> ActualStatus:
    word = as_text(find(record, campaigns.status)).strip() if campaigns.status else ""
    if not word:
        return "unknown"
    if word in campaigns.started:
        return "started"
    return "stopped" if word in campaigns.stopped else "unknown"


def _raw(campaigns: Campaigns, record: object) -> dict[str, object]:
    found = {known.to: find(record, known.read) for known in campaigns.fields.values() if known.read}
    return {name: value for name, value in found.items() if value is not MISSING}


def _speaks(value: object) -> bool:
    return not is_blank(value) and value is not False


# ------------------------------------------------------------------------------------------------------ duplicates


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Rows of one campaign that share a number."""

    # As the vendor writes it.
    phone: str
    # The vendor's ids of the rows as it wrote them, in its order: what is sent back must be the same number or text.
    ids: tuple[str | int, ...]


async def read_duplicates(
    client: DialerClient, vendor: Vendor, campaign: Mapping[str, object]
) -> tuple[DuplicateGroup, ...]:
    """Return what the vendor takes for duplicates in a campaign; ``campaign`` is its template scope.

    The answer holds, at ``records``, an object of phone -> list of rows; a row's id is at the operation's ``id``.

    Raises:
        RefusedError: the dialer did not answer the question.
        AnswerError: the answer does not have that shape.
    """
    operation = vendor.campaigns.operations["find_duplicates"]
    result = await client.call(operation, {"campaign": campaign})
    if result.judgement.outcome != "applied" or result.answer is None:
        raise RefusedError(client.dialer, operation.name, result.judgement.message or result.judgement.name)
    found = find(result.answer.body, operation.records)
    if found == [] or found is None:
        return ()
    groups = [_group(phone, rows, operation.id or "id") for phone, rows in _items(found)]
    if not isinstance(found, Mapping) or any(group is None for group in groups):
        raise AnswerError(client.dialer, operation.name, "expected an object of phone -> list of rows with ids")
    return tuple(group for group in groups if group is not None and len(group.ids) > 1)


def _items(found: object) -> list[tuple[str, object]]:
    return list(found.items()) if isinstance(found, Mapping) else []


def _group(phone: str, rows: object, id_path: str) -> DuplicateGroup | None:
    ids = [_id(find(row, id_path)) for row in as_list(rows) or []]
    usable = tuple(found for found in ids if found is not None)
    return DuplicateGroup(phone, usable) if ids and len(usable) == len(ids) else None


def _id(value: object) -> str | int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return value if isinstance(value, str) and value.strip() else None
