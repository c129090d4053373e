import pytest

from syncengine.model.snapshot import ListedRow
from syncengine.model.vendor import Collection, Listed
from syncengine.rows.listing import load_listing
from tests.rows.conftest import table_rows

A, B = "+573001234567", "+573007654321"


def read(workspace, book, *rows, key="phone", form="digits", regions=("CO",)):
    collection = Collection(name="c", holds="contacts", scope="campaign", key=key, listed=Listed(phone_form=form))
    listing = load_listing(workspace, rows, collection=collection, regions=regions, complete=True, book=book)
    return listing, table_rows(workspace, listing.table, "key, phones, remote_id, blocked")


@pytest.mark.parametrize(
    ("form", "raw"), [("digits", "573001234567"), ("e164", A), ("national", "3001234567"), ("digits", "3001234567")]
)
def test_a_number_is_ours_however_the_vendor_writes_it(workspace, book, form, raw):
    for row in (ListedRow(raw, (), "7", False), ListedRow("", (raw,), "7", False)):
        _, rows = read(workspace, book, row, form=form)
        (key, phones, remote_id, blocked) = rows[0]
        assert (key, remote_id, blocked) == (A, "7", False)
        assert A in phones.split()


def test_a_national_number_counts_in_every_region(workspace, book):
    _, rows = read(workspace, book, ListedRow("", ("07840258823",), "1", False), form="national", regions=("GB", "VN"))
    assert rows == [("+447840258823", "+447840258823 +847840258823", "1", False)]


def test_all_numbers_of_a_row_are_kept_in_their_order(workspace, book):
    _, rows = read(workspace, book, ListedRow("id9", (B[1:], A[1:], "nonsense"), "9", True), key="id")
    assert rows == [("id9", f"{B} {A}", "9", True)]


def test_a_row_without_an_id_is_known_by_its_phone(workspace, book):
    _, rows = read(workspace, book, ListedRow("", (A[1:],), "9", False), key="id")
    assert rows == [(A, A, "9", False)]


def test_two_records_under_one_key_are_counted_and_blocked_only_if_both_are(workspace, book):
    listing, rows = read(workspace, book, ListedRow(A, (A,), "1", True), ListedRow(A[1:], (A,), "2", False))
    assert (listing.rows, listing.doubled) == (2, 1)
    assert [(key, remote_id, blocked) for key, _, remote_id, blocked in rows] == [(A, "1", False)]


def test_an_empty_listing_is_an_empty_table(workspace, book):
    listing, rows = read(workspace, book)
    assert (listing.rows, listing.doubled, rows) == (0, 0, [])
