from dataclasses import replace

from markdown_it import MarkdownIt

from syncengine.views.abilities import operation_rows, vendor_row
from syncengine.views.vendors import operations_markdown, operations_text, vendors_markdown, vendors_text
from syncengine.views.wording import rearranges
from tests.building import operation, vendor
from tests.views.plans import HOSTILE

ROW = vendor_row(vendor())
CALLS = operation_rows(vendor(calls={"ask": operation("calls.ask", writes=False, ability="unverified", check="c")}), {})


def test_a_vendor_is_a_block_on_the_terminal():
    assert vendors_text([ROW]).plain.split("\n") == [
        "Acme  (vendor: acme)",
        "  campaigns    list, create, update (name, speed), delete, start, stop",
        "  contacts     add, remove; 100 rows a call",
        "  do-not-call  native list: the account's own list holds every entry",
        "  credentials  token in a header",
        "",
        "* documented by name only: not called unless --allow-unverified is given",
    ]


def test_doubt_is_counted():
    assert "  unverified   3 of 11 calls" in vendors_text([replace(ROW, unverified=3, enforcement="")]).plain
    assert "| 3 of 11 |" in vendors_markdown([replace(ROW, unverified=3, enforcement="")])


def test_every_call_tells_what_it_does_to_who_is_rung_and_what_settles_a_lost_answer():
    shown = operations_text(ROW, CALLS).plain
    assert "\nrecords\n  add                       documented dialable    100 rows a call," in shown
    assert "settled by: repeat" in shown
    assert "      warns: erases history" in shown
    assert "unverified neutral      only reads\n      check: c" in shown


def test_markdown_is_a_table_of_as_many_rows():
    table = MarkdownIt("commonmark").enable("table")
    assert table.render(vendors_markdown([ROW, ROW])).count("<tr>") == 3
    html = table.render(operations_markdown(ROW, CALLS))
    assert html.count("<tr>") == 1 + len(CALLS)
    assert "warns: erases history" in html


def test_words_of_a_vendor_file_are_only_text():
    row = replace(ROW, title=HOSTILE, enforcement=HOSTILE, campaigns=HOSTILE, unverified=1)
    calls = [replace(CALLS[0], role=HOSTILE, warns=HOSTILE, check=HOSTILE, source=HOSTILE)]
    for text in (
        vendors_text([row]).plain,
        operations_text(row, calls).plain,
        vendors_markdown([row]),
        operations_markdown(row, calls),
    ):
        assert not any(rearranges(c) for c in text if c != "\n")
    html = MarkdownIt("commonmark").enable("table").render(operations_markdown(row, calls))
    assert "href" not in html
    assert "<script" not in html
