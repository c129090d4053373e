import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.errors import AnswerError
from syncengine.model.calling import Cursor, Link, Offset, PageNumber
from syncengine.model.exchange import Request
from syncengine.model.vendor import Operation
from syncengine.remote.listing import Listing, ListingEnd, read_records
from tests.remote.dialing import BASE, Script, client, reading

Handler = Callable[[httpx.Request], Any]


def paged(pagination: Any = None, records: str = "rows") -> Operation:
    def render(scope: Any) -> Request:
        page = scope["page"]
        return Request(
            "GET", "/things", tuple((name, str(page[name])) for name in ("number", "offset", "limit", "cursor"))
        )

    more = {} if pagination is None else {"pagination": pagination}
    return reading(render=render, records=records, **more)


def walk(handler: Handler, operation: Operation) -> tuple[list[object], ListingEnd]:
    async def run() -> tuple[list[object], ListingEnd]:
        listing = Listing(client(handler), operation, {})
        assert not listing.end.complete
        return [record async for page in listing.pages() for record in page], listing.end

    return asyncio.run(run())


class Table:
    """A dialer with records that are served by page."""

    def __init__(self, count: int, *, cap: int = 10, **oddities: Any) -> None:
        self.records = [{"id": number} for number in range(count)]
        self.cap = cap
        self.odd = oddities
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        asked = request.url.params
        size = min(self.cap, int(asked["limit"] or self.cap))
        start = int(asked["offset"]) if self.odd.get("offset") else (int(asked["number"]) - 1) * size
        total = self.odd.get("total", len(self.records))
        pages = self.odd.get("pages", -(-len(self.records) // size))
        rows = self.records[start : start + size]
        return httpx.Response(200, json={"rows": rows, "totalCount": str(total), "totalPages": pages})


PAGINATIONS = [
    (PageNumber(kind="page", limit=10, total="totalCount"), {}),
    (PageNumber(kind="page", limit=10, pages="totalPages"), {}),
    (PageNumber(kind="page", limit=10, total="totalCount", pages="totalPages"), {}),
    (PageNumber(kind="page", limit=10), {}),
    (Offset(kind="offset", limit=10, total="totalCount"), {"offset": True}),
    (Offset(kind="offset", limit=10), {"offset": True}),
]


@pytest.mark.parametrize(("pagination", "oddities"), PAGINATIONS)
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 30, 35])
def test_every_record_is_read_once_and_the_end_is_proven(pagination: Any, oddities: Any, count: int) -> None:
    table = Table(count, **oddities)
    records, end = walk(table, paged(pagination))
    assert records == table.records
    assert end == ListingEnd(complete=True, records=count)


@pytest.mark.parametrize(("pagination", "oddities"), [PAGINATIONS[4], PAGINATIONS[5], PAGINATIONS[1]])
def test_a_dialer_with_a_lower_limit_of_its_own_is_read_whole(pagination: Any, oddities: Any) -> None:
    table = Table(35, cap=4, **oddities)
    records, end = walk(table, paged(pagination))
    assert records == table.records
    assert end.complete


@pytest.mark.parametrize(
    ("pagination", "oddities", "problem"),
    [
        (PAGINATIONS[0][0], {"total": 36}, "35 records were read and the dialer says it has 36"),
        (PAGINATIONS[0][0], {"total": 34}, "35 records were read and the dialer says it has 34"),
        (PAGINATIONS[0][0], {"total": ""}, "total number"),
        (PAGINATIONS[1][0], {"pages": 6}, "page 5 of 6 is empty"),
        (PAGINATIONS[1][0], {"pages": None}, "number of pages"),
        (PAGINATIONS[2][0], {"pages": 3}, "30 records were read"),
        (PAGINATIONS[4][0], {"offset": True, "total": 99}, "35 records"),
    ],
)
def test_a_listing_that_disagrees_with_itself_is_not_complete(pagination: Any, oddities: Any, problem: str) -> None:
    records, end = walk(Table(35, **oddities), paged(pagination))
    assert not end.complete
    assert problem in end.problem
    assert end.records == len(records)


@pytest.mark.parametrize("pagination", [PAGINATIONS[1][0], PAGINATIONS[3][0]])
def test_a_page_in_the_middle_that_holds_fewer_than_another_was_cut(pagination: Any) -> None:
    table = Table(35)

    def handler(request: httpx.Request) -> httpx.Response:
        answer = table(request)
        if request.url.params["number"] == "2":
            return httpx.Response(200, json={**answer.json(), "rows": answer.json()["rows"][:4]})
        return answer

    records, end = walk(handler, paged(pagination))
    assert len(records) == 29
    assert not end.complete
    assert end.problem == "page 2 holds fewer records than another one, and is not the last"


def test_a_total_that_changes_while_reading_is_a_doubt() -> None:
    table = Table(35)

    def handler(request: httpx.Request) -> httpx.Response:
        if len(table.requests) == 2:
            table.records = table.records[1:]
        return table(request)

    end = walk(handler, paged(PAGINATIONS[0][0]))[1]
    assert not end.complete
    assert "changed" in end.problem


def test_the_same_page_again_ends_a_listing_without_proof() -> None:
    records, end = walk(Script({"rows": [{"id": 1}]}), paged(PageNumber(kind="page", limit=1)))
    assert records == [{"id": 1}]
    assert not end.complete
    assert "twice" in end.problem


def test_an_endless_listing_ends_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncengine.remote.listing.MAX_PAGES", 50)
    asked = iter(range(1000))
    end = walk(
        lambda _: httpx.Response(200, json={"rows": [{"id": next(asked)}]}),
        paged(PageNumber(kind="page", limit=1)),
    )[1]
    assert (end.complete, end.records) == (False, 50)


CURSOR = Cursor(kind="cursor", next="next")


@pytest.mark.parametrize("last", [{}, {"next": None}, {"next": ""}, {"next": "  "}])
def test_cursors_are_followed_to_a_blank_one(last: dict[str, object]) -> None:
    script = Script({"rows": [1], "next": "a b"}, {"rows": [2], "next": 7}, {"rows": [3], **last})
    records, end = walk(script, paged(CURSOR))
    assert (records, end.complete) == ([1, 2, 3], True)
    assert [request.url.params["cursor"] for request in script.requests] == ["", "a b", "7"]
    assert script.requests[0].url.params["limit"] == "100"


def test_a_repeated_cursor_is_not_complete() -> None:
    script = Script({"rows": [1], "next": "a"}, {"rows": [2], "next": "b"}, {"rows": [3], "next": "a"})
    records, end = walk(script, paged(CURSOR))
    assert (records, end.complete) == ([1, 2, 3], False)
    assert "cursor" in end.problem


def test_links_in_the_body_are_followed_at_home() -> None:
    script = Script(
        {"rows": [1], "next": f"{BASE}/things?page=2&x=%2F"}, {"rows": [2], "next": "?page=3"}, {"rows": [3]}
    )
    records, end = walk(script, paged(Link(kind="link", next="next")))
    assert (records, end.complete) == ([1, 2, 3], True)
    assert [str(request.url) for request in script.requests[1:]] == [
        f"{BASE}/things?page=2&x=%2F",
        f"{BASE}/things?page=3",
    ]


@pytest.mark.parametrize(
    ("header", "followed"),
    [
        ('<https://dialer.example/api/things?page=2>; rel="next"', True),
        ('</api/things?page=1>; rel="prev", </api/things?page=2>; rel="next last"', True),
        ("</api/things?page=2>;rel=next", True),
        ('</api/things?page=2>; rel="last"', False),
        ("", False),
        ("garbage, <broken", False),
    ],
)
def test_links_in_the_header_are_followed(header: str, followed) -> None:
    script = Script((200, {"rows": [1]}, {"link": header}), {"rows": [2]})
    records, end = walk(script, paged(Link(kind="link")))
    assert (records, end.complete) == ([1, 2] if followed else [1], True)


@pytest.mark.parametrize(
    "link", ["https://evil.example/api/things", "//evil.example/x", "https://dialer.example/other"]
)
def test_a_link_elsewhere_is_not_followed_and_carries_no_credential_away(link: str) -> None:
    script = Script({"rows": [1], "next": link})
    records, end = walk(script, paged(Link(kind="link", next="next")))
    assert (records, end.complete, len(script.requests)) == ([1], False, 1)
    assert "address" in end.problem


def test_a_repeated_link_is_not_complete() -> None:
    script = Script({"rows": [1], "next": "?page=2"}, {"rows": [2], "next": "?page=2"})
    assert not walk(script, paged(Link(kind="link", next="next")))[1].complete


@pytest.mark.parametrize(
    ("body", "records"),
    [
        ({"rows": [1, 2]}, [1, 2]),
        ({"rows": {"0": 1, "1": 2}}, [1, 2]),
        ({"rows": []}, []),
        ({"rows": [1], "nextPage": None, "has_more": False, "totalPages": 1}, [1]),
    ],
)
def test_a_listing_without_pages_is_complete_at_once(body: object, records: list[object]) -> None:
    assert walk(Script(body), paged()) == (records, ListingEnd(complete=True, records=len(records)))


@pytest.mark.parametrize(
    "body", [{}, {"rows": None}, {"rows": {}}, {"rows": {"441": 1}}, {"rows": "none"}, {"rows": 3}, [], "x", None]
)
def test_a_list_that_is_not_where_it_should_be_is_never_an_empty_list(body: object) -> None:
    records, end = walk(Script(body), paged())
    assert (records, end.complete) == ([], False)
    assert "rows" in end.problem


@pytest.mark.parametrize("more", [{"next": "abc"}, {"has_more": True}, {"totalPages": "2"}, {"nextCursor": 5}])
def test_an_envelope_that_speaks_of_pages_the_vendor_file_does_not_know_is_a_doubt(more: dict[str, object]) -> None:
    records, end = walk(Script({"rows": [1], **more}), paged())
    assert (records, end.complete) == ([1], False)


@pytest.mark.parametrize("failing", [500, 404, 403, (200, b""), httpx.ReadTimeout("lost"), httpx.ConnectError("down")])
def test_a_page_that_fails_ends_the_listing_without_proof(failing: object) -> None:
    pages = [{"rows": [1], "next": "a"}, failing]
    records, end = walk(Script(*pages) if not isinstance(failing, tuple) else Script(pages[0], 204), paged(CURSOR))
    assert (records, end.complete) == ([1], False)
    assert end.problem


def test_alternatives_name_the_list() -> None:
    operation = paged(records="data.rows | answer.data.rows")
    assert walk(Script({"answer": {"data": {"rows": [1]}}}), operation)[0] == [1]


def test_short_listings_are_read_at_once_or_not_at_all() -> None:
    assert asyncio.run(read_records(client(Script({"rows": [1]})), paged(), {})) == [1]
    with pytest.raises(AnswerError, match="no list of records at rows"):
        asyncio.run(read_records(client(Script({})), paged(), {}))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_complete_listing_holds_every_record_that_was_there_throughout(data: st.DataObject) -> None:
    """Pages are served from a table that loses and gains records between them."""
    table = Table(data.draw(st.integers(0, 40), label="count"), cap=5, offset=True)
    throughout = {record["id"] for record in table.records}

    def handler(request: httpx.Request) -> httpx.Response:
        response = table(request)
        edit = data.draw(st.sampled_from(["none", "none", "none", "remove", "add", "double page"]), label="edit")
        if edit == "remove" and table.records:
            gone = table.records.pop(data.draw(st.integers(0, len(table.records) - 1), label="which"))
            throughout.discard(gone["id"])
        if edit == "add":
            table.records.append({"id": 1000 + len(table.requests)})
        return response

    records, end = walk(handler, paged(Offset(kind="offset", limit=5, total="totalCount")))
    if end.complete:
        assert throughout <= {record["id"] for record in records}  # type: ignore[index]
