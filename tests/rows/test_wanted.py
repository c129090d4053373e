import hashlib

import pytest

from syncengine.model.vendor import Collection, Column
from syncengine.rows.wanted import wanted_contacts
from tests.rows.conftest import contacts_of

ROW = {"phone": "+447840258823", "first_name": "Ana", "age": "42", "callback_at": "2026-11-20T14:30", "gender": "f"}
KEYED = Collection(name="c", holds="contacts", scope="campaign")


def mapped(workspace, book, row, *columns, collection=KEYED, **more):
    contacts = contacts_of(workspace, book, row, **more)
    wanted = wanted_contacts(workspace, [contacts], collection=collection, columns=columns, book=book)
    values = workspace.run(f"SELECT * EXCLUDE (src, place, key) FROM {wanted.records}").fetchall()
    return wanted, values[0]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Column(to="x", source="phone"), "+447840258823"),
        (Column(to="x", source="phone", form="e164"), "+447840258823"),
        (Column(to="x", source="phone", form="digits"), "447840258823"),
        (Column(to="x", source="phone", form="national"), "07840258823"),
        (Column(to="x", source="phone2", form="national"), ""),
        (Column(to="x", source="first_name"), "Ana"),
        (Column(to="x", source="last_name"), ""),
        (Column(to="x", source="age", form="integer"), "42"),
        (Column(to="x", source="age", form="number"), "42"),
        (Column(to="x", source="callback_at", form="datetime", pattern="%d/%m/%Y %H:%M"), "20/11/2026 14:30"),
        (Column(to="x", source="callback_at", form="datetime"), "2026-11-20T14:30:00"),
        (Column(to="x", source="gender", values={"f": "Female", "m": "Male"}), "Female"),
        (Column(to="x", source="=it's"), "it's"),
        (Column(to="x", source="remote_id"), ""),
    ],
)
def test_a_column_is_written_in_its_form(workspace, book, column, value):
    wanted, values = mapped(workspace, book, ROW, column)
    assert values == (value,)
    assert wanted.rejected == {}


@pytest.mark.parametrize(
    ("column", "row", "reason"),
    [
        (Column(to="x", source="last_name", required=True), {}, "last_name is missing"),
        (Column(to="x", source="age", form="integer"), {"age": "4.5"}, "age is not a whole number"),
        (Column(to="x", source="age", form="integer"), {"age": "1e5"}, "age is not a whole number"),
        (Column(to="x", source="age", form="number"), {"age": "4,5"}, "age is not a number"),
        (
            Column(to="x", source="callback_at", form="datetime"),
            {"callback_at": "tomorrow"},
            "callback_at is no date and time as 2026-11-20 14:30",
        ),
        (
            Column(to="x", source="callback_at", form="datetime"),
            {"callback_at": "2026-02-30"},
            "callback_at is no date and time as 2026-11-20 14:30",
        ),
        (Column(to="x", source="gender", values={"f": "1", "m": "2"}), {"gender": "x"}, "gender is none of f, m"),
    ],
)
def test_a_row_that_cannot_be_mapped_is_set_aside_with_its_reason(workspace, book, column, row, reason):
    wanted, _ = mapped(workspace, book, {**ROW, **row}, column)
    assert wanted.rejected == {reason: 1}
    assert workspace.count(wanted.table) == 0


def content_hash(workspace, book, row, *columns, **more):
    wanted, _ = mapped(workspace, book, row, *columns, **more)
    return workspace.run(f"SELECT content_hash FROM {wanted.table}").fetchall()[0][0]


def test_the_hash_is_that_of_the_record_as_it_is_sent(workspace, book):
    columns = (Column(to="tel", source="phone", form="digits"), Column(to="name", source="first_name"))
    expected = hashlib.md5(b"name=Ana\x1ftel=447840258823").hexdigest()
    assert content_hash(workspace, book, ROW, *columns) == expected
    assert content_hash(workspace, book, ROW, *reversed(columns)) == expected
    blank = (Column(to="last", source="last_name"), Column(to="id", source="remote_id"))
    assert content_hash(workspace, book, ROW, *columns, *blank) == expected


def test_the_hash_moves_with_content_and_mapping(workspace, book):
    name = Column(to="name", source="first_name")
    hashes = [
        content_hash(workspace, book, ROW, name),
        content_hash(workspace, book, {**ROW, "first_name": "Eva"}, name),
        content_hash(workspace, book, ROW, Column(to="nombre", source="first_name")),
        content_hash(workspace, book, ROW, name, Column(to="kind", source="=1")),
        content_hash(workspace, book, ROW, name, Column(to="kind", source="=2")),
    ]
    assert len(set(hashes)) == len(hashes)


def test_custom_columns_are_content(workspace, book):
    spread = Column(to="*", source="*", form="custom")
    options = {"columns": {"Saldo": "saldo", "Tag s": "tags"}}
    row = {**ROW, "saldo": '7 "x"', "tags": ""}
    _, values = mapped(workspace, book, row, spread, **options)
    assert values == ('{"Saldo":"7 \\"x\\"","Tag s":""}',)
    one = content_hash(workspace, book, row, spread, **options)
    assert one != content_hash(workspace, book, {**row, "tags": "a"}, spread, **options)
    assert one == content_hash(workspace, book, row, spread, columns={"Saldo": "saldo"})


def test_a_row_without_an_id_is_identified_by_its_phone(workspace, book):
    by_id = Collection(name="c", holds="directory", scope="account", key="id")
    wanted, values = mapped(workspace, book, ROW, Column(to="ref", source="id"), collection=by_id)
    assert values == ("+447840258823",)
    assert workspace.run(f"SELECT key FROM {wanted.table}").fetchall() == [("+447840258823",)]
