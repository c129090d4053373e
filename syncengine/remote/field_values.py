"""Settings of a campaign between our spelling and the vendor's, both ways.

Our spelling: text; whole numbers; numbers; true and false; moments as ISO text (UTC with a "Z" where the vendor keeps
epoch time, else without a zone, as the vendor means it); structures of dicts and tuples. What we write and read back is
equal to what we wrote, or every plan would show a change.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import cast

import orjson

from syncengine.model.desired import FieldValue
from syncengine.model.vendor import CampaignField, FieldKind, Vendor
from syncengine.remote.paths import MISSING, Missing, as_list, as_text, find, is_blank

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YES = frozenset({"yes", "true", "1"})
_NO = frozenset({"no", "false", "0"})
# Of thousands of campaigns, most begin at the same times of day.
_REMEMBERED = 1_024


def write_fields(vendor: Vendor, fields: Mapping[str, object]) -> dict[str, object]:
    """Return the vendor's fields for our fields.

    Raises:
        ValueError: a field is not in the mapping, or its value cannot be said to this vendor; the text names the field.
    """
    written: dict[str, object] = {}
    for name, value in fields.items():
        known = vendor.campaigns.fields.get(name)
        if known is None:
            raise ValueError(f"campaign field {name!r}: the mapping does not have it")
        if value is not None:
            written[known.to] = write_field(known, value)
    return written


def read_fields(vendor: Vendor, record: object) -> dict[str, FieldValue]:
    """Return our fields from one listed record; what is absent or unreadable is left out."""
    read: dict[str, FieldValue] = {}
    for name, known in vendor.campaigns.fields.items():
        if not known.read:
            continue
        value = read_field(known, find(record, known.read))
        if value is not MISSING:
            read[name] = value
    return read


def canonical_fields(vendor: Vendor, fields: Mapping[str, object]) -> dict[str, FieldValue]:
    """Return our fields in the one spelling in which they would be read back, for comparing.

    Raises:
        ValueError: as :func:`write_fields`.
    """
    written = write_fields(vendor, fields)
    canonical: dict[str, FieldValue] = {}
    for name in fields:
        known = vendor.campaigns.fields[name]
        value = read_field(known, written.get(known.to, MISSING))
        if value is not MISSING:
            canonical[name] = value
    return canonical


# ------------------------------------------------------------------------------------------------------- to them


def write_field(known: CampaignField, value: object) -> object:
    """Return one value as the vendor wants it.

    Raises:
        ValueError: the value cannot be said; the text names the field and what was expected.
    """
    try:
        if known.values and known.kind != "list":
            return _encode(known, _word_to_them(known, value))
        return _encode(known, value)
    except (ValueError, TypeError, OverflowError) as problem:
        raise ValueError(f"campaign field {known.name!r}: {problem}") from None


def _word_to_them(known: CampaignField, value: object) -> str:
    word = as_text(value)
    if word not in known.values:
        raise ValueError(f"expected one of {', '.join(known.values)}")
    return known.values[word]


def _encode(known: CampaignField, value: object) -> object:
    match known.kind:
        case "text":
            return as_text(value)
        case "integer":
            return _integer(value)
        case "number":
            return _number(value)
        case "yes_no":
            return "yes" if _truth(value) else "no"
        case "boolean":
            return _truth(value)
        case "epoch_ms":
            return _epoch_ms(value)
        case "datetime":
            return _moment(as_text(value), known.form).strftime(known.form)
        case "json":
            return _thawed(value)
        case "list":
            return _listed_for_them(known, value)


def _integer(value: object) -> int:
    text = as_text(value).strip()
    if not re.fullmatch(r"-?[0-9]{1,18}(?:\.0+)?", text):
        raise ValueError("expected a whole number")
    return int(text.partition(".")[0])


def _number(value: object) -> int | float:
    text = as_text(value).strip()
    if not re.fullmatch(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?", text):
        raise ValueError("expected a number")
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _truth(value: object) -> bool:
    word = as_text(value).strip().lower()
    if word not in _YES | _NO:
        raise ValueError("expected true or false")
    return word in _YES


def _epoch_ms(value: object) -> int:
    try:
        moment = datetime.fromisoformat(as_text(value).strip())
    except ValueError:
        raise ValueError("expected a moment such as 2026-03-01T08:00:00Z") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(milliseconds=1)


@lru_cache(_REMEMBERED)
def _moment(text: str, form: str) -> date | time:
    """Return what the vendor's form can hold of an ISO text: a date, a time of day, or both."""
    has_date, has_time = _parts(form)
    try:
        if has_date and has_time:
            moment: date | time = datetime.fromisoformat(text)
        elif has_time:
            moment = time.fromisoformat(text)
        else:
            moment = date.fromisoformat(text)
    except ValueError:
        shape = "2026-03-01T08:00:00" if has_date and has_time else "08:00:00" if has_time else "2026-03-01"
        raise ValueError(f"expected {shape}") from None
    if isinstance(moment, datetime | time) and moment.tzinfo is not None:
        raise ValueError("the vendor keeps no time zone; write the moment without one, in the vendor's own zone")
    return moment


@lru_cache(_REMEMBERED)
def _parts(form: str) -> tuple[bool, bool]:
    directives = set(re.findall(r"%-?([A-Za-z])", form))
    return bool(directives & set("YymdjbB")), bool(directives & set("HIMS"))


def _thawed(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _thawed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_thawed(inner) for inner in value]
    return value


def _listed_for_them(known: CampaignField, value: object) -> list[str]:
    elements = value if isinstance(value, list | tuple) else [value]
    return [_word_to_them(known, element) if known.values else as_text(element) for element in elements]


# --------------------------------------------------------------------------------------------------------- to us


def read_field(known: CampaignField, value: object) -> FieldValue | Missing:
    """Return one of the vendor's values in our spelling, or MISSING when it cannot be read as its kind."""
    if value is MISSING or (is_blank(value) and known.kind != "text"):
        return MISSING
    try:
        if known.values and known.kind != "list":
            return _word_to_us(known, value)
        return _decode(known.kind, known, value)
    except (ValueError, TypeError, OverflowError):
        return MISSING


def _word_to_us(known: CampaignField, value: object) -> FieldValue | Missing:
    theirs = as_text(value).strip()
    for ours, word in known.values.items():
        if theirs in {word, as_text(_encode(known, word))}:
            return ours == "true" if ours in {"true", "false"} else ours
    return MISSING


def _decode(kind: FieldKind, known: CampaignField, value: object) -> FieldValue | Missing:
    match kind:
        case "text":
            return MISSING if isinstance(value, list | Mapping) else as_text(value)
        case "integer":
            return _integer(value)
        case "number":
            return _number(value)
        case "yes_no" | "boolean":
            return _truth(value)
        case "epoch_ms":
            return _iso_utc(_integer(value))
        case "datetime":
            return _iso(as_text(value).strip(), known.form)
        case "json":
            return _structure(value)
        case "list":
            return _listed_for_us(known, value)


def _iso_utc(milliseconds: int) -> str:
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    precision = "milliseconds" if milliseconds % 1000 else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


@lru_cache(_REMEMBERED)
def _iso(text: str, form: str) -> str:
    moment = datetime.strptime(text, form)  # noqa: DTZ007 - the vendor's form has no zone, and none is invented
    has_date, has_time = _parts(form)
    if has_date and has_time:
        return moment.isoformat()
    return moment.time().isoformat() if has_time else moment.date().isoformat()


def _structure(value: object) -> FieldValue:
    # A structure may come as JSON inside a text.
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        value = orjson.loads(value)
    return cast("FieldValue", _frozen(value))


def _frozen(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _frozen(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(inner) for inner in value)
    return value


def _listed_for_us(known: CampaignField, value: object) -> tuple[object, ...] | Missing:
    elements = as_list(value)
    if elements is None:
        elements = [part.strip() for part in as_text(value).split(",")] if not isinstance(value, Mapping) else None
    if elements is None:
        return MISSING
    words = [as_text(element) for element in elements]
    if not known.values:
        return tuple(words)
    ours = {theirs: word for word, theirs in known.values.items()}
    return tuple(ours[word] for word in words) if all(word in ours for word in words) else MISSING
