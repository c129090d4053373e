"""What other people put into a dialer: a campaign of theirs, a row of theirs in a campaign of ours.

Nothing of this is in the manifest or the ledger, so no run may touch it, unless its number is listed.
"""

from typing import Any

from syncengine.sandbox.comunik8_leads import Lead
from syncengine.sandbox.lynn_campaigns import DEFAULTS, FIELDS
from syncengine.sandbox.lynn_campaigns import Campaign as LynnCampaign
from syncengine.sandbox.server import Sandbox
from syncengine.sandbox.stringee_campaigns import Campaign as StringeeCampaign
from syncengine.sandbox.thulium_outbounds import DICTIONARY_OFFSET, SYSTEM_STATUSES, Outbound, Status
from syncengine.sandbox.thulium_rows import Row
from syncengine.sandbox.wolkvox_campaigns import Campaign as WolkvoxCampaign

# A campaign of theirs at each vendor.
THEIRS = {"lynn": "900", "wolkvox": "90001", "comunik8": "renewals", "stringee": "CATHEIRS", "thulium": "09000"}


def put_campaign(sandbox: Sandbox, vendor: str, phone: str) -> str:
    """Put a campaign with one row into a dialer and return its id; ``phone`` is E.164 without the plus."""
    campaign_id = THEIRS[vendor]
    match vendor:
        case "lynn":
            fields = dict.fromkeys(FIELDS, "") | DEFAULTS | {"name": "Theirs"}
            sandbox.lynn.campaigns.held[campaign_id] = LynnCampaign(campaign_id, fields)
        case "wolkvox":
            settings = {"campaign_name": "Theirs"}
            sandbox.wolkvox.campaigns.held[campaign_id] = WolkvoxCampaign(campaign_id, "predictive", settings)
        case "stringee":
            sandbox.stringee.campaigns.held[campaign_id] = StringeeCampaign(campaign_id, {"name": "Theirs"})
        case "thulium":
            settings = {"name": "Theirs", "dialer": "preview", "active": False}
            sandbox.thulium.outbounds.held[campaign_id] = Outbound(campaign_id, _statuses(), settings)
    put_row(sandbox, vendor, campaign_id, phone)
    return campaign_id


def put_row(sandbox: Sandbox, vendor: str, campaign_id: str, phone: str) -> None:
    """Put a row into a campaign; ``phone`` is E.164 without the plus."""
    match vendor:
        case "lynn":
            row = {"templateId": "theirs", "taskId": "theirs", "data": {"Name": "Theirs", "Phone": phone}}
            sandbox.lynn.loads.held.setdefault(campaign_id, []).append(row)
        case "wolkvox":
            sandbox.wolkvox.campaigns.held[campaign_id].records.append({"customer_id": "theirs", "tel1": phone})
        case "comunik8":
            body = {"type": campaign_id, "mobile": "0" + phone.removeprefix("44"), "first_name": "Theirs"}
            sandbox.comunik8.leads[campaign_id, phone] = Lead(body, phone, 0.0)
        case "stringee":
            sandbox.stringee.contacts.put_phones(campaign_id, [phone])
        case "thulium":
            outbound = sandbox.thulium.outbounds.held[campaign_id]
            row = thulium_row("csv", phone, outbound, identifier="theirs")
            outbound.csv[phone] = outbound.by_identifier["theirs"] = row


def block(sandbox: Sandbox, vendor: str, phone: str) -> None:
    """Put a number on whatever the vendor has for numbers that must not be called."""
    match vendor:
        case "wolkvox":
            sandbox.wolkvox.do_not_call.account["outbound", phone] = "2026-01-01 00:00:00"
            sandbox.wolkvox.do_not_call.account["inbound", phone] = "2026-01-01 00:00:00"
        case "lynn":
            sandbox.lynn.contacts.blacklisted[THEIRS[vendor]] = {"theirs"}
        case "stringee":
            sandbox.stringee.block(phone)


def blocked(sandbox: Sandbox, vendor: str) -> list[str]:
    """Return what :func:`block` has put there and that is there still."""
    match vendor:
        case "wolkvox":
            added = sandbox.wolkvox.do_not_call.account.items()
            return [f"{side} {phone}" for (side, phone), date in added if date == "2026-01-01 00:00:00"]
        case "lynn":
            return sorted(sandbox.lynn.contacts.blacklisted[THEIRS[vendor]])
        case "stringee":
            return sorted(sandbox.stringee.contacts.blocked)
    return []


def seen(sandbox: Sandbox, vendor: str, campaign_id: str) -> list[dict[str, Any]]:
    """Return what a campaign holds."""
    return sandbox.dialers[vendor].records(campaign_id)


def thulium_row(feed: str, phone: str, outbound: Outbound, **more: Any) -> Row:
    """Return a record that is to be called."""
    first = outbound.statuses[0]
    return Row(0, feed, [phone], first.system_status, first.name, first.status_id, "2026-01-01 00:00", **more)


def _statuses() -> tuple[Status, ...]:
    return tuple(Status(name, 900 + n, DICTIONARY_OFFSET + n + 1) for n, name in enumerate(SYSTEM_STATUSES))
