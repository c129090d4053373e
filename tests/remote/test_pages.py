from syncengine.model.calling import Cursor, Offset, PageNumber
from syncengine.remote.pages import page_scope


def test_the_first_page_has_the_number_that_the_vendor_counts_from() -> None:
    assert page_scope(PageNumber(kind="page", limit=100, first=0))["number"] == 0
    assert page_scope(PageNumber(kind="page", limit=100))["number"] == 1


def test_later_pages_go_by_number_offset_or_cursor() -> None:
    assert page_scope(PageNumber(kind="page", limit=50, first=1), index=2) == {
        "number": 3,
        "limit": 50,
        "offset": 0,
        "cursor": "",
    }
    assert page_scope(Offset(kind="offset", limit=50), offset=150)["offset"] == 150
    assert page_scope(Cursor(kind="cursor", next="next", limit=7), cursor="abc") == {
        "number": 1,
        "limit": 7,
        "offset": 0,
        "cursor": "abc",
    }
