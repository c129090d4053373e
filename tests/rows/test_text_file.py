import pytest

from syncengine.errors import SourceError
from syncengine.rows.sources import read_source
from tests.rows.conftest import cells

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_encoding_is_found_out_from_the_file(workspace, file_of, encoding):
    text = "phone,name\n" + "".join(f"30012345{n:02},José Núñez Peña de Bogotá\n" for n in range(30))
    found = cells(workspace, file_of(text.encode(encoding)), "phone", "name")
    assert found[0] == (2, "3001234500", "José Núñez Peña de Bogotá")
    assert found[29][0] == 31


def test_polish_text_in_windows_encoding_is_found_out(workspace, file_of):
    text = "phone;imię\n" + "".join(f"51234567{n};Zażółć gęślą jaźń, Łukasz Wiśniewski\n" for n in range(10))
    assert cells(workspace, file_of(text.encode("cp1250")), "imię")[3] == (5, "Zażółć gęślą jaźń, Łukasz Wiśniewski")


def test_a_stated_encoding_is_used(workspace, file_of):
    source = file_of("phone,name\n1,Łódź\n".encode("iso8859_2"), encoding="iso8859_2")
    assert cells(workspace, source, "name") == [(2, "Łódź")]


def test_an_encoding_that_does_not_exist_is_named(workspace, file_of):
    with pytest.raises(SourceError, match='no encoding "utf-9"'):
        read_source(workspace, file_of("phone\n1\n", encoding="utf-9"))


def test_a_byte_that_the_encoding_does_not_know_is_an_error_with_its_line(workspace, file_of):
    with pytest.raises(SourceError, match=r"data\.csv:3: .*UTF-8"):
        read_source(workspace, file_of("phone,name\n1,José\n2,Núñez".encode() + b"\xe9\n"))
    with pytest.raises(SourceError, match=r"data\.csv:2: .*cp1252"):
        read_source(workspace, file_of(b"phone\n1\x81\n", encoding="cp1252"))


def test_line_numbers_hold_for_every_line_end(workspace, file_of):
    for end in ("\n", "\r\n", "\r"):
        assert cells(workspace, file_of(end.join(["phone", "1", "2", ""])), "phone") == [(2, "1"), (3, "2")]
