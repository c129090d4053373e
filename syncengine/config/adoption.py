"""A manifest made from what a dialer holds, for people who begin with campaigns that exist.

Each campaign is named by its id there, so that it is adopted and not created again, and states only what can be read
back and written here; all the rest stays the dialer's own affair. Every text is quoted, so that none is a number.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncengine.config.campaign_fields import choosing, fits_field
from syncengine.config.names import fits_name
from syncengine.config.yaml_builder import CONTROLS
from syncengine.model.snapshot import ActualCampaign
from syncengine.model.vendor import CampaignField, Vendor

# A key that no YAML tool takes for anything but text.
_PLAIN_KEY = re.compile(r"(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][a-z0-9-]*")
# The project template's folder of schemas; where there is none, editors say so and nothing else is lost.
_HEAD = (
    "# yaml-language-server: $schema=../.syncengine/schemas/manifest.json",
    "#",
    "# Campaigns as their dialers held them. Only what is stated here is compared and changed: take out what is to be",
    "# left to the dialer, and plan before you apply.",
    "",
    "campaigns:",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """One campaign of a dialer under the key that it has in the manifest."""

    key: str
    dialer: str
    campaign: ActualCampaign
    status: str
    # Our fields that the manifest states, name and type among them.
    fields: Mapping[str, object]
    # Fields whose value there is none that a manifest can state.
    left_out: Sequence[str]


def adopted(dialer: str, vendor: Vendor, campaigns: Sequence[ActualCampaign], taken: set[str]) -> list[Adopted]:
    """Return campaigns with keys of their own, made of their names; ``taken`` grows by those keys."""
    return [_adopted(dialer, vendor, campaign, taken) for campaign in campaigns]


def _adopted(dialer: str, vendor: Vendor, campaign: ActualCampaign, taken: set[str]) -> Adopted:
    rules = vendor.campaigns.fields
    deciding = {"type", *choosing(vendor)}
    # What no call changes is no wish that could be fulfilled, unless it decides how the campaign is kept.
    read = {
        name: value
        for name, value in campaign.fields.items()
        if value != "" and (rules[name].write != "never" or name in deciding)
    }
    fields = {name: value for name, value in read.items() if _can_be_stated(rules[name], value)}
    key = _key(campaign, taken)
    taken.add(key)
    return Adopted(
        key=key,
        dialer=dialer,
        campaign=campaign,
        status=_status(vendor, campaign, fields),
        fields=fields,
        left_out=sorted(set(read) - set(fields)),
    )


def _key(campaign: ActualCampaign, taken: set[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", campaign.name.lower()).strip("-")[:40].strip("-")
    for key in (slug, f"{slug}-{campaign.id}".strip("-"), f"campaign-{campaign.id}"):
        if fits_name(key) and key not in taken:
            return key
    number = 2
    while f"campaign-{number}" in taken:
        number += 1
    return f"campaign-{number}"


def _status(vendor: Vendor, campaign: ActualCampaign, fields: Mapping[str, object]) -> str:
    """Return the status where a manifest may state it: known, and changeable by a call."""
    role = {"started": "start", "stopped": "stop"}.get(campaign.status)
    operation = vendor.campaigns.operations.get(role or "")
    if operation is None or operation.ability == "absent":
        return ""
    allowed = vendor.campaigns.start_only_when.items()
    return campaign.status if all(str(fields.get(name)) in words for name, words in allowed) else ""


def adoption_manifest(found: Sequence[Adopted]) -> str:
    """Return the manifest."""
    if not found:
        return "\n".join([*_HEAD[:-1], "campaigns: {}"]) + "\n"
    return "\n".join([*_HEAD, *(line for each in found for line in _lines(each))]) + "\n"


def _lines(each: Adopted) -> Iterator[str]:
    beside = {name: each.fields[name] for name in ("name", "type") if name in each.fields}
    settings = {name: value for name, value in each.fields.items() if name not in beside}
    yield f"  {each.key if _PLAIN_KEY.fullmatch(each.key) else _text(each.key)}:"
    yield f"    dialer: {_text(each.dialer)}"
    yield f"    id: {_text(each.campaign.id)}"
    yield from (f"    {name}: {_value(value)}" for name, value in beside.items())
    if each.status:
        yield f"    status: {each.status}"
    if settings:
        yield "    settings:"
        yield from (f"      {name}: {_value(value)}" for name, value in sorted(settings.items()))
    if each.left_out:
        yield f"    # Not stated, since a manifest cannot say it: {', '.join(each.left_out)}"


def _can_be_stated(rule: CampaignField, value: object) -> bool:
    elements = value if rule.kind == "list" and isinstance(value, tuple | list) else [value]
    # A control character is refused in a manifest, written as an escape, too.
    return all(fits_field(rule, element) for element in elements) and CONTROLS.search(_unescaped(value)) is None


def _unescaped(value: object) -> str:
    """Return all texts of a value as they are."""
    if isinstance(value, Mapping):
        return "".join(_unescaped(inner) for pair in value.items() for inner in pair)
    return "".join(map(_unescaped, value)) if isinstance(value, tuple | list) else str(value)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(str(name))}: {_value(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    """Return text in double quotes, with whatever cannot be seen as an escape."""
    return f'"{"".join(map(_character, text))}"'


def _character(character: str) -> str:
    if character in {'"', "\\"}:
        return f"\\{character}"
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if character <= "\uffff" else f"\\U{ord(character):08x}"
