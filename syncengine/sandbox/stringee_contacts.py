"""Stringee's campaign contacts: added by list, filter, file or phone; found, thinned out, removed (document 003).

A campaign knows a contact once, but two contacts with one phone do coexist: that is what `duplicate` is for. Rows are
removed by their number and not by the contact's id. Numbers are Vietnamese and are kept as 84….
"""

import io
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import orjson
from python_calamine import CalamineError, CalamineWorkbook
from starlette.responses import Response

from syncengine.sandbox.call import Call, Upload
from syncengine.sandbox.dialer import Clock
from syncengine.sandbox.stringee_answers import INVALID, MISSING, NOT_FOUND, Answers

# Accepted with 0, 84, +84 or bare; landlines are a digit longer than mobiles.
PHONE = re.compile(r"(?:\+?84|0)?([1-9][0-9]{8,9})")
FROM_CONTACTS, FROM_FILTERS, FROM_FILE = 1, 2, 3
DO_NOT_CALL = 8
FIRST_ROW = 133
SOURCES = frozenset(("listcontacts", "listfilters", "file"))


@dataclass(slots=True)
class Contact:
    """A contact of the portal's directory."""

    id: str
    name: str
    phones: list[str]


@dataclass(slots=True)
class Row:
    """A contact in a campaign."""

    id: int
    contact: Contact
    campaign_id: str
    type: int
    insert_time: int
    status: int = 0
    do_not_call: int = 0

    def as_json(self, campaign_name: str) -> dict[str, Any]:
        """Return the row as the list shows it."""
        named = {"id": self.id, "crm_id": self.contact.id, "campaign_id": self.campaign_id}
        named |= {"campaignname": campaign_name, "name": self.contact.name, "phones": self.contact.phones}
        told = {"status": self.status, "do_not_call": self.do_not_call, "insert_time": self.insert_time}
        never = {"callback_time": 0, "last_time_make_call": 0, "number_call_out": 0, "stringee_user_id_callback": None}
        return named | told | never | {"type": self.type}


@dataclass(slots=True)
class Members:
    """The rows of one campaign, with what is inside at hand: campaigns grow by the hundred thousand."""

    rows: dict[int, Row] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    phones: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row) -> None:
        """Take a row in."""
        self.rows[row.id] = row
        self.ids.add(row.contact.id)
        self.phones.update(set(row.contact.phones))

    def remove(self, row: Row) -> None:
        """Let a row go."""
        del self.rows[row.id]
        self.ids.discard(row.contact.id)
        self.phones.subtract(set(row.contact.phones))


class Refusal(Exception):  # noqa: N818
    """Why the contacts of a request cannot be taken; raised before anything is applied."""


class Contacts:
    """The directory, the filters over it, and the rows of every campaign."""

    def __init__(self, answers: Answers, clock: Clock) -> None:
        self.directory: dict[str, Contact] = {}
        self.filters: dict[str, list[str]] = {}
        self.rows: dict[int, Row] = {}
        self.members: dict[str, Members] = defaultdict(Members)
        # The console's outbound block list; no API reaches it.
        self.blocked: set[str] = set()
        self._answers = answers
        self._clock = clock
        self._next_row = FIRST_ROW
        self._made = 0

    def clear(self) -> None:
        """Forget everything."""
        for held in (self.directory, self.filters, self.rows, self.members, self.blocked):
            held.clear()
        self._next_row, self._made = FIRST_ROW, 0

    def of(self, campaign_id: str) -> list[Row]:
        """Return the rows of a campaign, oldest first."""
        return list(self.members[campaign_id].rows.values()) if campaign_id in self.members else []

    def drop(self, row: Row) -> None:
        """Remove a row."""
        del self.rows[row.id]
        self.members[row.campaign_id].remove(row)

    def read(self, parts: dict[str, str | Upload]) -> list[tuple[Contact, int]]:
        """Return the contacts that a multipart body names, each with the type of its source."""
        listed = [(_contact(one), FROM_CONTACTS) for one in _json_list(parts, "listcontacts")]
        filtered = [(one, FROM_FILTERS) for item in _json_list(parts, "listfilters") for one in self._filtered(item)]
        file = parts.get("file")
        if file is None:
            return listed + filtered
        if not isinstance(file, Upload) or not file.filename.endswith(".xlsx"):
            raise Refusal("file must be an .xlsx file")
        return listed + filtered + [(Contact("", name, [phone]), FROM_FILE) for name, phone in _sheet(file)]

    def put(self, campaign_id: str, wanted: list[tuple[Contact, int]]) -> list[str]:
        """Add the contacts to a campaign; return the ids that were in it before."""
        existing: list[str] = []
        for contact, kind in wanted:
            if contact.id in self.members[campaign_id].ids:
                existing.append(contact.id)
            else:
                self._add_row(campaign_id, self._known(contact), kind)
        return existing

    def put_phones(self, campaign_id: str, phones: list[str]) -> dict[str, Any]:
        """Add bare numbers to a campaign; return what became of each."""
        inside = self.members[campaign_id].phones
        skipped: list[str] = []
        invalid: list[str] = []
        for phone in phones:
            number = normalise(phone)
            if not number:
                invalid.append(phone)
            elif inside[number] > 0:
                skipped.append(phone)
            else:
                self._add_row(campaign_id, self._known(Contact("", number, [number])), FROM_FILE)
        told = {"total": len(phones), "added": len(phones) - len(skipped) - len(invalid)}
        told |= {"skipped": len(skipped), "invalid": len(invalid)}
        return told | {"skipped_phones": skipped, "invalid_phones": invalid}

    def remove(self, call: Call) -> Response:
        """DELETE one row by its number; the body, when there is one, must name the same."""
        row_id = call.params["id"]
        body = call.json_object()
        if call.kind != "empty" and (body is None or str(body.get("id")) != row_id):
            return self._answers.refuse(MISSING, "id of the body differs from id of the path")
        # A crm_id is no row id.
        row = self.rows.get(int(row_id)) if row_id.isdecimal() else None
        if row is None:
            return self._answers.refuse(NOT_FOUND, "Customer not found")
        self.drop(row)
        call.applied()
        return self._answers.success()

    def duplicates(self, campaign_id: str) -> dict[str, list[Row]]:
        """Return the phones that more than one row of the campaign has."""
        twice = {phone for phone, times in self.members[campaign_id].phones.items() if times > 1}
        holders: dict[str, list[Row]] = defaultdict(list)
        for row in self.of(campaign_id) if twice else ():
            for phone in twice.intersection(row.contact.phones):
                holders[phone].append(row)
        return dict(holders)

    def keep(self, call: Call, campaign_id: str, kept: Any) -> Response:
        """Delete every row that shares a phone with the row to keep."""
        if not isinstance(kept, dict) or not kept:
            return self._answers.refuse(MISSING, "listKeepCustomer must be an object of phone and id")
        holders = self.duplicates(campaign_id)
        for phone, row_id in kept.items():
            if row_id not in [row.id for row in holders.get(phone, ())]:
                return self._answers.refuse(INVALID, f"{phone} is not a duplicate that {row_id} has")
        for phone, row_id in kept.items():
            for row in holders[phone]:
                if row.id != row_id and row.id in self.rows:
                    self.drop(row)
        call.applied()
        return self._answers.success()

    def _filtered(self, item: Any) -> list[Contact]:
        filter_id = item.get("id") if isinstance(item, dict) else None
        if not isinstance(filter_id, str) or filter_id not in self.filters:
            raise Refusal(f"Filter {filter_id} not found")
        return [self.directory[contact_id] for contact_id in self.filters[filter_id]]

    def _known(self, contact: Contact) -> Contact:
        if not contact.id:
            self._made += 1
            contact.id = f"CTM{self._made:07d}"
        return self.directory.setdefault(contact.id, contact)

    def _add_row(self, campaign_id: str, contact: Contact, kind: int) -> None:
        row = Row(self._next_row, contact, campaign_id, kind, int(self._clock.now()))
        self._next_row += 1
        self.rows[row.id] = row
        self.members[campaign_id].add(row)


def normalise(phone: Any) -> str:
    """Return a number as 84…, or an empty text for what is no Vietnamese number."""
    found = PHONE.fullmatch(phone.strip()) if isinstance(phone, str) else None
    return f"84{found[1]}" if found else ""


def _contact(item: Any) -> Contact:
    if not isinstance(item, dict) or set(item) != {"id", "name", "phones"} or not isinstance(item["phones"], list):
        raise Refusal("each of listcontacts has id, name and phones")
    phones = [normalise(phone) for phone in item["phones"]]
    if not item["id"] or not phones or not all(phones):
        raise Refusal(f"contact {item['id']} has no valid phones")
    return Contact(str(item["id"]), str(item["name"]), phones)


def _json_list(parts: dict[str, str | Upload], name: str) -> list[Any]:
    part = parts.get(name)
    if part is None:
        return []
    try:
        items = orjson.loads(part) if isinstance(part, str) else None
    except orjson.JSONDecodeError:
        items = None
    if not isinstance(items, list):
        raise Refusal(f"{name} must be a JSON list in a text part")
    return items


def _sheet(file: Upload) -> list[tuple[str, str]]:
    try:
        lines = CalamineWorkbook.from_filelike(io.BytesIO(file.content)).get_sheet_by_index(0).to_python()
    except CalamineError as error:
        raise Refusal(f"file cannot be read: {error}") from error
    heads = [str(cell).strip().lower() for cell in lines[0]] if lines else []
    if "name" not in heads or "phone" not in heads:
        raise Refusal("file needs a header row with name and phone")
    named = [(str(line[heads.index("name")]), _cell(line[heads.index("phone")])) for line in lines[1:]]
    wrong = [phone for _, phone in named if not normalise(phone)]
    if wrong:
        raise Refusal(f"file has an invalid phone: {wrong[0]}")
    return [(name, normalise(phone)) for name, phone in named]


def _cell(value: Any) -> str:
    # A sheet keeps a number without its leading zero, and as a float.
    return str(int(value)) if isinstance(value, float) else str(value)
