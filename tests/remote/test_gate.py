"""What the last gate looks at: every byte in which a number could be read."""

import pytest

from syncengine.config.generated_files import file_bytes
from syncengine.model.exchange import Request, RowItem
from syncengine.remote.gate import means_everybody, rows_bytes, searchable_bytes
from syncengine.rows.gate import ListedIndex

NUMBER = "+573001234567"
LISTED = ListedIndex([NUMBER])
ROW = RowItem("k1", ("+573009999999",), {"tel": "+573009999999"})


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", f"/call/{NUMBER}"),
        Request("POST", "/call/%2B57300%31234567"),
        Request("POST", "/call", (("to", NUMBER),)),
        Request("POST", "/call", (("573001234567", "name"),)),
        Request("POST", "/call", headers=(("X-To", NUMBER),)),
        Request("POST", "/call", body=b'{"to": "\\u002b573001234567"}'),
        Request("POST", "/call", body=b"a;b\r\n300 123 45 67;c\r\n"),
    ],
)
def test_a_number_is_found_wherever_it_stands(request_: Request) -> None:
    assert LISTED.hits(searchable_bytes(request_, [ROW])) == {NUMBER}


def packed(*cells: str) -> bytes:
    return file_bytes(form="xlsx", delimiter="", headings=["Phone"], rows=[{"Phone": cell} for cell in cells])


@pytest.mark.parametrize("around", [(b"", b""), (b"--x\r\nContent-Type: a/b\r\n\r\n", b"\r\n--x--\r\n")])
def test_a_packed_file_is_opened(around: tuple[bytes, bytes]) -> None:
    body = around[0] + packed("x", NUMBER) + around[1]
    assert NUMBER.encode() not in body
    # The rows do not hold it: a template has put it there.
    assert LISTED.hits(searchable_bytes(Request("POST", "/load", body=body), [ROW])) == {NUMBER}


def test_of_a_packed_file_that_does_not_open_the_rows_are_looked_at() -> None:
    body = packed("x")[:-40]
    listed = RowItem("k1", (), {"custom": {"other": NUMBER}})
    assert LISTED.hits(searchable_bytes(Request("POST", "/load", body=body), [listed])) == {NUMBER}


def test_everything_that_rows_hold_is_in_their_bytes() -> None:
    row = RowItem(NUMBER, (NUMBER, "+4411"), {"a": {"b": [1, True, None]}, "when": object})
    data = rows_bytes([row, ROW])
    assert LISTED.hits(data) == {NUMBER}
    assert b"+4411" in data
    assert b"+573009999999" in data


@pytest.mark.parametrize(
    ("request_", "everybody"),
    [
        (Request("POST", "/dnc", body=b'{"numbers": "All"}'), True),
        (Request("POST", "/dnc", body=b'{"list": [{"tel": "+573001234567"}, {"tel": " * "}]}'), True),
        (Request("POST", "/dnc", (("phone", "ALL"),)), True),
        (Request("DELETE", "/dnc/all"), True),
        (
            Request("POST", "/dnc", body=b'{"numbers": ["+573001234567", "+573001234568"], "who": {"name": "todas"}}'),
            True,
        ),
        (Request("POST", "/dnc", body=b"phone=\xff&who=all"), True),
        (Request("POST", "/dnc", body=b'{"a": "all", "b": ["x"]}'), True),
        (Request("POST", "/dnc", body=b'[7, null, true, ["everybody", 1.5, "all"]]'), True),
        (Request("POST", "/dnc", body=b'[7, null, true, ["+573001234567", 1.5]]'), False),
        (Request("POST", "/dnc", body=b"phone=todos"), True),
        (Request("POST", "/dnc", body=b'{"numbers": ["+573001234567"], "name": "Allan"}'), False),
        (Request("DELETE", f"/dnc/{NUMBER}", (("type", "outbound"),)), False),
        (Request("POST", "/allow", body=b"phone=3001234567&count=1"), False),
    ],
)
def test_a_word_for_everybody_is_found(request_: Request, everybody: bool) -> None:
    assert means_everybody(request_) is everybody


def test_parts_that_are_looked_through_together_do_not_run_into_each_other() -> None:
    # Between path, query, headers and body is a line end, which no number can stand on both sides of.
    request = Request("POST", "/call/30012", (("34567", ""),), headers=(("x", "1"),), body=b"2")
    data = searchable_bytes(request, [])
    assert data == b"/call/30012\n34567=\nx=1\n2"
    assert LISTED.hits(data) == set()


def test_a_packed_file_is_looked_at_beside_the_request_that_carries_it() -> None:
    data = searchable_bytes(Request("POST", f"/load/{NUMBER}", body=packed("x")), [ROW])
    assert LISTED.hits(data) == {NUMBER}
    assert b"573009999999" in data
