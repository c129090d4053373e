from syncengine.rows.normal_rows import normal_rows, reading_of
from syncengine.rows.sources import read_source
from tests.rows.conftest import contact_list, inline, table_rows

ROWS = ({"Tel": " 300 123 4567 ", "phone2": "n/a", "first_name": "Ana\u00a0"}, {"Tel": "n/a", "first_name": "Luz"})


def read(workspace, book, **more):
    source = inline(*ROWS)
    listed = contact_list(source, columns={"phone": "Tel"}, **more)
    reading = reading_of(listed, ["Tel", "phone2", "first_name"], people=True)
    return reading, normal_rows(workspace, read_source(workspace, source), reading, book)


def test_texts_are_trimmed_and_numbers_written_in_one_way(workspace, book):
    _, (table, look) = read(workspace, book)
    assert table_rows(workspace, table, "phone, c_phone2, c_first_name, reason, dropped") == [
        ("", "", "Luz", "not a phone number", 0),
        ("+573001234567", "", "Ana", "", 1),
    ]
    assert (look.unusable, look.dropped, look.unread) == (1, 1, 0)


def test_whatever_decides_what_a_row_comes_to_is_in_the_version(workspace, book):
    reading, _ = read(workspace, book)
    other, _ = read(workspace, book, region="PE")
    headings = ["Tel", "phone2", "first_name"]
    filters = reading_of(contact_list(inline(*ROWS), columns={"phone": "Tel"}), headings, people=False)
    fewer = reading_of(contact_list(inline(*ROWS), columns={"phone": "Tel"}), headings[:2], people=True)
    assert len({reading.version, other.version, filters.version, fewer.version}) == 4
