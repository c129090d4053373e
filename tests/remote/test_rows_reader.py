import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.model.calling import Offset, PageNumber
from syncengine.model.exchange import Request
from syncengine.model.snapshot import ListedRow, RowsReading
from syncengine.model.vendor import Collection, Listed
from syncengine.remote.rows_reader import RowListing, listed_row, read_rows, row_reader
from tests.remote.dialing import Script, client, reading

BY_PHONE = Listed(
    phones=("phone_number", "others"), remote_id="record_id", state="system_status", blocked=("NO_CALL", "8")
)
BY_ID = Listed(key="crm_id", phones=("phones",), remote_id="id")


def read(*answers: Any, listed: Listed = BY_PHONE, **more: Any) -> tuple[list[ListedRow], RowsReading, Script]:
    operation = reading(
        records="result",
        render=lambda scope: Request(
            "GET", f"/{scope['campaign']['id']}/records", (("offset", str(scope["page"]["offset"])),)
        ),
        **more,
    )
    collection = Collection(name="x", holds="contacts", scope="campaign", operations={"list": operation}, listed=listed)
    script = Script(*answers)

    async def run() -> tuple[list[ListedRow], RowsReading]:
        listing = read_rows(client(script), collection, campaign={"id": "7"})
        assert not listing.reading.complete
        return [row async for page in listing.pages() for row in page], listing.reading

    rows, reading_ = asyncio.run(run())
    return rows, reading_, script


def test_records_become_rows_with_numbers_as_the_vendor_writes_them() -> None:
    record = {"phone_number": "5555", "others": ["+48 1", " "], "record_id": 228, "system_status": "NO_CALL"}
    rows, reading_, script = read({"result": [record, {"phone_number": 5556, "system_status": "TO_CALL"}]})
    assert rows == [
        ListedRow("5555", ("5555", "+48 1"), "228", blocked=True),
        ListedRow("5556", ("5556",), "", blocked=False),
    ]
    assert reading_ == RowsReading(complete=True, rows=2)
    assert script.requests[0].url.path == "/api/7/records"


@pytest.mark.parametrize(
    ("phones", "expected"),
    [
        (["84386142833"], ("84386142833",)),
        ({"0": "84386142833", "1": "0654521598"}, ("84386142833", "0654521598")),
        ("84386142833, 0654521598", ("84386142833", "0654521598")),
        ("84386142833;0654521598", ("84386142833", "0654521598")),
        (84386142833, ("84386142833",)),
        (None, ()),
        ("", ()),
        ({"a": "1"}, ()),
    ],
)
def test_numbers_come_as_one_several_or_a_list(phones: object, expected: tuple[str, ...]) -> None:
    row = listed_row(BY_ID, {"crm_id": "CT1", "phones": phones, "id": 133})
    assert row == ListedRow("CT1", expected, "133", blocked=False)


@pytest.mark.parametrize("record", [{}, {"phone_number": " "}, None, "text", 5, []])
def test_a_record_without_key_and_number_makes_the_reading_incomplete(record: object) -> None:
    rows, reading_, _ = read({"result": [record, {"phone_number": "1"}]})
    assert [row.key for row in rows] == ["1"]
    assert not reading_.complete
    assert reading_.rows == 1


def test_rows_that_come_twice_over_pages_are_a_doubt() -> None:
    offset = Offset(kind="offset", limit=2, total="count")
    first = {"count": 4, "result": [{"phone_number": "1"}, {"phone_number": "2"}]}
    shifted = {"count": 4, "result": [{"phone_number": "2", "x": 1}, {"phone_number": "3"}]}
    assert not read(first, shifted, pagination=offset)[1].complete
    whole = {"count": 4, "result": [{"phone_number": "3"}, {"phone_number": "4"}]}
    assert read(first, whole, pagination=offset)[1] == RowsReading(complete=True, rows=4)


def test_two_rows_with_one_number_and_ids_of_their_own_are_no_doubt() -> None:
    offset = Offset(kind="offset", limit=2, total="count")
    both = {"count": 2, "result": [{"phone_number": "1", "record_id": 1}, {"phone_number": "1", "record_id": 2}]}
    assert read(both, pagination=offset)[1].complete


@pytest.mark.parametrize("answer", [500, 403, {}, {"result": None}])
def test_trouble_makes_the_reading_incomplete_and_never_raises(answer: object) -> None:
    rows, reading_, _ = read(answer)
    assert (rows, reading_.complete) == ([], False)
    assert reading_.problem


def test_an_endless_listing_of_the_same_people_ends_when_a_page_brings_nobody_new() -> None:
    asked = 0

    def handler(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        # Never the same page twice.
        rows = [{"tel": f"57300{n % 7:07d}", "place": asked} for n in range(asked, asked + 3)]
        return httpx.Response(200, json={"rows": rows})

    operation = reading(records="rows", pagination=PageNumber(kind="page", limit=3))
    listing = RowListing(client(handler), operation, Listed(phones=("tel",)), {})

    async def walk() -> None:
        async for _ in listing.pages():
            pass

    asyncio.run(walk())
    assert asked < 20
    assert not listing.reading.complete


VALUES = st.one_of(
    st.none(),
    st.sampled_from(["", " ", "57300", " 57300 ", "57300,57301", "+57300", "x"]),
    st.integers(0, 9),
    st.just([]),
)
RECORDS = st.one_of(st.dictionaries(st.sampled_from(["tel", "id", "own", "state"]), VALUES), VALUES)
KINDS = [
    Listed(phones=("tel",), remote_id="id"),
    Listed(phones=("tel",)),
    Listed(phones=("tel",), key="own", remote_id="id"),
    Listed(phones=("tel",), state="state", blocked=("x",)),
    Listed(phones=("tel", "own"), remote_id="id"),
    Listed(phones=("a.tel",)),
]


@given(st.sampled_from(KINDS), RECORDS)
def test_the_quick_reading_of_plain_records_is_the_same_reading(listed: Listed, record: object) -> None:
    assert row_reader(listed)(record) == listed_row(listed, record)
