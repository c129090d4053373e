import pytest

from syncengine.errors import SourceError
from syncengine.rows.source_table import checked_header, require_columns
from syncengine.rows.sources import read_source
from tests.rows.conftest import cells


def test_headings_are_trimmed(workspace, file_of):
    assert cells(workspace, file_of(" phone , name\n1,x\n"), "phone", "name") == [(2, "1", "x")]


def test_headings_that_differ_by_case_alone_stay_apart(workspace, file_of):
    assert cells(workspace, file_of("phone,Phone\n1,2\n"), "phone", "Phone") == [(2, "1", "2")]


def test_a_missing_column_is_named_with_those_there_are(workspace, file_of):
    with pytest.raises(
        SourceError, match=r'no column "Telefono"; there are: "Telefno", "x"\. Did you mean "Telefno"\?'
    ):
        read_source(workspace, file_of("Telefno,x\n1,2\n"), required=["Telefono"])


def test_empty_headings_at_the_end_are_dropped():
    assert checked_header(["\ufeffphone", " name ", "", " "], "x") == ("phone", "name")


def test_a_heading_with_digits_in_it_is_no_phone():
    assert checked_header(["line 2026-11-20 b", "phone2"], "x") == ("line 2026-11-20 b", "phone2")
    with pytest.raises(SourceError, match="looks like a phone"):
        checked_header(["(300) 123-4567"], "x")


def test_columns_that_are_there_are_enough():
    require_columns(["a", "b"], ["b"], "x")
