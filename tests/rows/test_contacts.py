import pytest

from syncengine.errors import SourceError
from syncengine.rows.contacts import load_contacts
from tests.rows.conftest import NOW, contact_list, contacts_of, table_rows


def test_our_columns_are_taken_by_name_or_as_mapped_and_others_named_are_custom(workspace, book, file_of):
    source = file_of("Telefono;Nombre;email;Saldo;ignored\n 300 123 4567 ; José \u00a0;j@x.co; 12,5 ;z\n")
    found = load_contacts(
        workspace,
        contact_list(source, columns={"phone": "Telefono", "first_name": "Nombre", "balance": "Saldo"}),
        book=book,
        now=NOW,
    )
    assert found.custom == ("balance",)
    assert found.columns == {"phone", "first_name", "email"}
    cells = "row, key_id, phone, phones, c_first_name, c_email, x0"
    assert table_rows(workspace, found.table, cells) == [
        (2, "+573001234567", "+573001234567", "+573001234567", "José", "j@x.co", "12,5")
    ]


def test_a_row_without_a_usable_phone_is_set_aside_and_the_others_go_on(workspace, book):
    found = contacts_of(
        workspace,
        book,
        {"phone": "3001234567"},
        {"phone": "n/a"},
        {"phone": ""},
        {"phone": "3.00E+09"},
        {"phone": "3007654321"},
    )
    summary = found.summary
    assert (summary.rows, summary.accepted, summary.rejected, summary.duplicates) == (5, 2, 3, 0)
    assert summary.reasons == {
        "looks like 4.42E+11: the spreadsheet has lost digits": 1,
        "no phone": 1,
        "not a phone number": 1,
    }


def test_an_unusable_secondary_phone_is_left_out_and_counted(workspace, book):
    found = contacts_of(
        workspace,
        book,
        {"phone": "3001234567", "phone2": "x", "phone3": "3007654321", "callback_phone": "300 123 4567"},
    )
    assert found.summary.reasons == {"secondary phone left out": 1}
    assert found.summary.rejected == 0
    assert table_rows(workspace, found.table, "phones, c_phone2, c_phone3") == [
        ("+573001234567 +573007654321", "", "+573007654321")
    ]


def test_the_same_phone_twice_keeps_the_first_row(workspace, book):
    found = contacts_of(
        workspace,
        book,
        {"phone": "3001234567", "first_name": "a"},
        {"phone": "+57 300 123 4567", "first_name": "b"},
        {"phone": "57 3001234567", "first_name": "c"},
    )
    assert table_rows(workspace, found.table, "row, c_first_name") == [(10, "a")]
    assert table_rows(workspace, found.rejects, "row, reason") == [
        (11, "same phone as row 10"),
        (12, "same phone as row 10"),
    ]
    assert (found.summary.duplicates, found.summary.rejected) == (2, 0)


def test_the_same_id_with_another_phone_is_set_aside(workspace, book):
    found = contacts_of(
        workspace,
        book,
        {"id": "7", "phone": "3001234567"},
        {"id": "7", "phone": "3007654321"},
        {"id": "", "phone": "3009999999"},
    )
    assert table_rows(workspace, found.table, "key_id") == [("+573009999999",), ("7",)]
    assert table_rows(workspace, found.rejects, "row, reason, own_id") == [(11, "same id as row 10", "7")]


def test_a_list_without_rows_is_no_error(workspace, book, file_of):
    found = load_contacts(workspace, contact_list(file_of("phone\n")), book=book, now=NOW)
    assert (found.summary.rows, found.summary.accepted) == (0, 0)
    assert table_rows(workspace, found.table, "phone") == []


def test_a_list_that_lacks_a_mapped_column_is_refused(workspace, book, file_of):
    with pytest.raises(SourceError, match='no column "Telefono"'):
        load_contacts(workspace, contact_list(file_of("tel\n1\n"), columns={"phone": "Telefono"}), book=book, now=NOW)


def test_a_list_without_a_phone_column_sets_every_row_aside(workspace, book, file_of):
    found = load_contacts(workspace, contact_list(file_of("tel\n3001234567\n")), book=book, now=NOW)
    assert found.summary.rejected == 1


def test_rows_that_stand_for_people_whom_only_the_vendor_knows_need_an_id_and_no_phone(workspace, book, file_of):
    source = file_of("id,query\nFT1,a\nFT2,b\n,c\nFT1,d\n")
    found = load_contacts(workspace, contact_list(source, columns={"query": "query"}), book=book, now=NOW, people=False)
    assert table_rows(workspace, found.table, "key_id, phone, phones, x0") == [
        ("FT1", "", "", "a"),
        ("FT2", "", "", "b"),
    ]
    assert table_rows(workspace, found.rejects, "row, reason") == [(4, "no id"), (5, "same id as row 2")]
