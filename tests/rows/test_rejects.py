import csv
import stat

from syncengine.model.vendor import Collection, Column
from syncengine.rows.contacts import load_contacts
from syncengine.rows.rejects import write_rejects
from syncengine.rows.wanted import wanted_contacts
from tests.rows.conftest import NOW, contact_list, contacts_of


def test_the_rejects_file_is_private_and_holds_no_formula(workspace, book, file_of, tmp_path):
    source = file_of(
        "phone,name,phone2\n"
        '+12,"=HYPERLINK(""http://x"")",+57 300\n'
        "=1+1,@sum,-3\n"
        '123,"\t=x",+573001234567\n'
        "n/a,+plus,\n"
        "3001234567,ok,\n"
    )
    found = load_contacts(workspace, contact_list(source), book=book, now=NOW)
    path = tmp_path / "out" / "leads.rejects.csv"
    assert write_rejects(workspace, path, found) == 4
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == ["row", "file", "reason", "phone", "name", "phone2"]
    assert [row[0] for row in rows] == ["2", "3", "4", "5"]
    assert rows[0][3:] == ["+12", '\'=HYPERLINK("http://x")', "+57 300"]
    assert rows[1][3:] == ["'=1+1", "'@sum", "'-3"]
    assert rows[2][3:] == ["123", "'\t=x", "+573001234567"]
    assert rows[3][3:] == ["n/a", "'+plus", ""]


def test_no_rejects_file_is_written_when_nothing_was_set_aside(workspace, book, tmp_path):
    found = contacts_of(workspace, book, {"phone": "3001234567"})
    assert write_rejects(workspace, tmp_path / "x.csv", found) == 0
    assert not (tmp_path / "x.csv").exists()


def test_rows_that_the_mapping_set_aside_are_written_too(workspace, book, tmp_path):
    found = contacts_of(
        workspace, book, {"phone": "3001234567", "age": "x", "note": "n"}, {"phone": "3007654321", "age": "5"}
    )
    wanted = wanted_contacts(
        workspace,
        [found],
        collection=Collection(name="c", holds="contacts", scope="campaign"),
        columns=[Column(to="age", source="age", form="integer")],
        book=book,
    )
    path = tmp_path / "x.csv"
    assert write_rejects(workspace, path, found, mapped=[(wanted, 0), (wanted, 0)]) == 1
    with path.open(newline="") as stream:
        assert list(csv.reader(stream))[1] == ["10", "m.yaml", "age is not a whole number", "+573001234567", "x", ""]
