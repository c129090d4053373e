"""Listings that lie, and others who edit meanwhile: whatever is concluded is judged by the dialer's own record.

Each stream is one dialer with some of our people, some of others and a way of paging. While it is read, records come
and go, and pages are doubled, skipped, mixed, cut, repeated for ever or counted wrongly, each time otherwise: a lie that
is told twice in the same words is the truth for any reader. What the difference then makes of the reading is carried out
on the dialer's record; nobody may be there twice who was not before, nobody may be gone who is wanted or is not ours, and
nobody may be forgotten who is still there.
"""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
import pyarrow as pa

from syncengine.model.address import Address
from syncengine.model.calling import Cursor, Link, Offset, PageNumber, Pagination
from syncengine.model.exchange import Request
from syncengine.model.vendor import Collection, Column, Listed
from syncengine.rows.batches import batches
from syncengine.rows.difference import Actual, difference_of_contacts
from syncengine.rows.known_rows import from_ledger
from syncengine.rows.listing import lacks_ours, load_listing
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.wanted import wanted_contacts
from syncengine.rows.workspace import Workspace
from syncengine.steps.second_look import Look, look, look_again
from tests.remote.dialing import client, reading, writing
from tests.remote.proof.figures import Figures, expect
from tests.rows.conftest import contacts_of

_SIZE = 5
# Streams that share their tables.
_TOGETHER = 200
_PAGING: tuple[Pagination, ...] = (
    PageNumber(kind="page", limit=_SIZE, total="total"),
    PageNumber(kind="page", limit=_SIZE, pages="pages"),
    PageNumber(kind="page", limit=_SIZE),
    Offset(kind="offset", limit=_SIZE, total="total"),
    Offset(kind="offset", limit=_SIZE),
    Cursor(kind="cursor", next="next", limit=_SIZE),
    Link(kind="link", next="next"),
)
_LIES = ("", "", "doubled", "skipped", "mixed", "cut", "endless", "same cursor", "total", "failed", "short")


@dataclass(frozen=True)
class _Record:
    id: str
    tel: str


@dataclass
class _Dialer:
    """What a dialer holds, and how it shows it."""

    random: Random
    paging: Pagination
    lie: str
    records: list[_Record] = field(default_factory=list)
    # Everything that was there from the first question to the last.
    throughout: set[str] = field(default_factory=set)
    edits: int = 0
    next_id: int = 1000
    pages_asked: int = 0
    # (place, ids) of false pages: none is told twice.
    told: set[tuple[int, tuple[str, ...]]] = field(default_factory=set)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.pages_asked += 1
        shown = self._page(request.url.params)
        self._edit()
        if self.lie == "failed" and self.random.random() < 0.3:
            return httpx.Response(self.random.choice((400, 404)), json={})
        return httpx.Response(200, json=shown)

    def _page(self, asked: Any) -> dict[str, Any]:
        # A limit of the dialer's own.
        size = 3 if self.lie == "short" else _SIZE
        place = at = self._place(asked, size)
        total = len(self.records)
        lie = self.lie if self.random.random() < 0.4 else ""
        if lie == "doubled":
            at = max(0, at - size)
        if lie == "skipped":
            at += size
        rows = self.records[at : at + size]
        if lie == "mixed":
            rows = self.random.sample(self.records, min(_SIZE, total))
        if lie == "cut":
            rows = rows[: len(rows) // 2]
        if self.lie == "endless" and at >= total:
            rows = self.random.sample(self.records, min(_SIZE, total))
        false = (place, tuple(row.id for row in rows))
        if false in self.told:
            at, rows = place, self.records[place : place + size]
        elif rows != self.records[place : place + size]:
            self.told.add(false)
        if lie == "total":
            total += self.random.choice((-2, -1, 1, 2))
        page: dict[str, Any] = {"rows": [{"id": row.id, "tel": row.tel} for row in rows], "total": total}
        page["pages"] = -(-total // size)
        following = at + len(rows)
        if following < len(self.records) or self.lie == "endless":
            page["next"] = "0" if lie == "same cursor" else self._following(following)
        return page

    def _place(self, asked: Any, size: int) -> int:
        match self.paging:
            case PageNumber():
                return (int(asked["number"]) - 1) * size
            case Offset():
                return int(asked["offset"])
            case Cursor():
                return int(asked["cursor"] or 0)
            case _:
                return int(asked.get("at", 0))

    def _following(self, at: int) -> str:
        return f"?at={at}" if isinstance(self.paging, Link) else str(at)

    def _edit(self) -> None:
        """Others add and delete, now and then both at once, so that the total stays."""
        for _ in range(self.edits if self.random.random() < 0.5 else 0):
            if self.records and self.random.random() < 0.5:
                gone = self.records.pop(self.random.randrange(len(self.records)))
                self.throughout.discard(gone.id)
            if self.random.random() < 0.5:
                self.next_id += 1
                new = _Record(str(self.next_id), _tel(self.next_id))
                self.records.insert(self.random.randrange(len(self.records) + 1), new)


def _tel(number: int) -> str:
    return f"573001{number:06d}"


@dataclass
class _Verdict:
    readded: int = 0
    removed: int = 0
    forgotten: int = 0
    complete: int = 0
    looks: int = 0
    acted: int = 0
    ambiguous: int = 0


def run(count: int, seed: int) -> Figures:
    """Read ``count`` streams of pages."""
    found = _Verdict()
    for first in range(0, count, _TOGETHER):
        # Opening one takes longer than a stream; its tables are kept for its life.
        with Workspace() as workspace:
            for number in range(first, min(count, first + _TOGETHER)):
                case = f"{seed}/{number}"
                _one(Random(case), workspace, found)
                wrong = found.readded + found.removed + found.forgotten
                expect(not wrong, f"stream {case}: {found}")
    return Figures(
        {
            "streams": count,
            "wrong removals": found.removed + found.forgotten,
            "re-adds": found.readded,
            "read whole": found.complete,
            "looked at again": found.looks,
            "rows acted on": found.acted,
            "ambiguous rows left alone": found.ambiguous,
        }
    )


def _one(random: Random, workspace: Workspace, found: _Verdict) -> None:
    paging, lie = random.choice(_PAGING), random.choice(_LIES)
    dialer = _Dialer(random, paging, lie, edits=random.choice((0, 0, 1, 2)))
    people = random.randrange(4, 28)
    ours = random.sample(range(people), random.randrange(1, people))
    dialer.records = [_Record(str(n), _tel(n)) for n in range(people)]
    twice = random.sample(ours, 1) if random.random() < 0.2 else []
    dialer.records += [_Record(str(500 + n), _tel(n)) for n in twice]
    # Some of ours were taken out by others before anybody asked.
    gone = set(random.sample(ours, min(len(ours) - 1, random.randrange(3))))
    dialer.records = [row for row in dialer.records if int(row.tel[-6:]) not in gone]
    wanted = set(random.sample(ours, random.randrange(1, len(ours) + 1)))
    new = [200 + n for n in range(random.randrange(3))]
    dialer.throughout = {row.id for row in dialer.records}

    collection = _collection(paging)
    ledger = _ledger(ours)
    sets, complete, looks = asyncio.run(_read(workspace, dialer, collection, ledger, sorted(wanted) + new))
    found.complete += complete
    found.looks += looks
    _carry_out(dialer, sets, wanted={_tel(n) for n in wanted}, ours={_tel(n) for n in ours}, found=found)


def _collection(paging: Pagination) -> Collection:
    def render(scope: Any) -> Request:
        page = scope["page"]
        return Request("GET", "/rows", tuple((name, str(page[name])) for name in ("number", "offset", "cursor")))

    listing = reading(render=render, records="rows", pagination=paging)
    operations = {"list": listing, "add": writing(), "remove": writing()}
    return Collection(
        name="rows",
        holds="contacts",
        scope="campaign",
        operations=operations,
        listed=Listed(phones=("tel",), remote_id="id", phone_form="digits"),
    )


def _ledger(ours: list[int]) -> pa.Table:
    rows = [
        {
            "key": f"+{_tel(n)}",
            "phones": f"+{_tel(n)}",
            "content_hash": "h",
            "remote_id": str(n),
            "state": "present",
            "refused_hash": "",
            "updated_at": 0.0,
            "expires_at": None,
        }
        for n in ours
    ]
    texts = [(n, pa.string()) for n in ("key", "phones", "content_hash", "remote_id", "state", "refused_hash")]
    return pa.Table.from_pylist(
        rows, schema=pa.schema([*texts, ("updated_at", pa.float64()), ("expires_at", pa.float64())])
    )


async def _read(
    workspace: Workspace, dialer: _Dialer, collection: Collection, ledger: pa.Table, wanted: list[int]
) -> tuple[dict[str, list[Any]], bool, bool]:
    book = PhoneBook(workspace)
    reader = client(dialer)
    known = from_ledger(workspace, ledger)

    def load(seen: Look) -> Any:
        return load_listing(
            workspace, seen.rows, collection=collection, regions=("CO",), complete=seen.complete, book=book
        )

    first = await look(reader, collection, {})
    listing = load(first)
    again = listing.complete and lacks_ours(workspace, listing, known, until=1.0, present=True)
    if again:
        listing = load(await look_again(reader, collection, {}, first))
    rows = [{"phone": f"+{_tel(n)}", "first_name": "x"} for n in wanted]
    lists = [contacts_of(workspace, book, *rows, on_absent="remove", on_vanish="add")]
    columns = (Column(to="tel", source="phone", form="digits", required=True),)
    made = difference_of_contacts(
        workspace,
        address=Address("d", "contacts", "spring"),
        collection=collection,
        lists=lists,
        wanted=wanted_contacts(workspace, lists, collection=collection, columns=columns, book=book),
        actual=Actual(ledger=known, listing=listing, listed_until=1.0),
        listed=workspace.table("listed", "SELECT '' AS number WHERE false"),
        released=workspace.table("released", "SELECT '' AS number WHERE false"),
        book=book,
    )
    sets: dict[str, list[Any]] = {}
    for found in made.row_sets:
        sets.setdefault(found.set.action, []).extend(item for batch in batches(workspace, found, 50) for item in batch)
    sets["ambiguous"] = [None] * made.notes.get("several records there match one of ours", 0)
    return sets, listing.complete, bool(again)


def _carry_out(
    dialer: _Dialer, sets: dict[str, list[Any]], *, wanted: set[str], ours: set[str], found: _Verdict
) -> None:
    """Do at the dialer what the difference says, and judge it by what was there throughout."""
    there = {row.tel for row in dialer.records if row.id in dialer.throughout}
    found.ambiguous += len(sets.pop("ambiguous"))
    for action, items in sets.items():
        found.acted += len(items) if action != "adopt" else 0
        for item in items:
            tel = item.key.removeprefix("+")
            if action == "add":
                found.readded += tel in there
            if action == "forget":
                found.forgotten += tel in there
            if action in {"remove", "update"}:
                # By its id: whatever stands under it goes.
                hit = [row.tel for row in dialer.records if row.id == item.remote_id] or [tel]
                found.removed += any(one in wanted or one not in ours for one in hit)
