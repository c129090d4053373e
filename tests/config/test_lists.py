from pathlib import Path

import pytest

from syncengine.model.desired import ContactList, DndList
from tests.config.samples import load, write


def lists(root: Path, text: str) -> tuple[ContactList | None, DndList | None, str]:
    desired, said, _ = load(write(root, a=text))
    shown = "\n".join(line for line in said if ": error:" in line)
    if desired is None:
        return None, None, shown
    return desired.contacts.get("x"), desired.dnd.get("x"), shown


def test_files_are_absolute_sorted_and_named_as_written(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("b.csv", "a.csv"):
        (tmp_path / "data" / name).write_text("phone\n")
    contacts, _, _ = lists(tmp_path, "contacts:\n  x: {source: data/*.csv, delimiter: ';', encoding: cp1252}\n")
    assert contacts is not None
    root = tmp_path.resolve()
    assert contacts.source.paths == (f"{root}/data/a.csv", f"{root}/data/b.csv")
    assert (contacts.source.label, contacts.source.format) == ("data/*.csv", "csv")
    assert (contacts.source.delimiter, contacts.source.encoding) == (";", "cp1252")


@pytest.mark.parametrize(
    ("name", "kind", "delimiter"),
    [("a.tsv", "csv", "\t"), ("a.csv", "csv", None), ("a.ndjson", "jsonl", None), ("a.xlsx", "xlsx", None)],
)
def test_the_format_follows_the_ending(tmp_path: Path, name: str, kind: str, delimiter: str | None) -> None:
    (tmp_path / name).write_text("x")
    contacts, _, _ = lists(tmp_path, f"contacts:\n  x: {{source: {name}}}\n")
    assert contacts is not None
    assert (contacts.source.format, contacts.source.delimiter) == (kind, delimiter)


def test_a_stated_format_wins_over_the_ending(tmp_path: Path) -> None:
    contacts, _, _ = lists(tmp_path, "contacts:\n  x: {source: export.dat, format: jsonl}\n")
    assert contacts is not None
    assert contacts.source.format == "jsonl"


def test_numbers_written_here_stand_in_the_named_column(tmp_path: Path) -> None:
    _, dnd, _ = lists(tmp_path, 'dnd:\n  x: {rows: ["+573001234567"], column: numero, scope: all}\n')
    assert dnd is not None
    assert dnd.source.rows == ({"numero": "+573001234567"},)
    assert dnd.column == "numero"
    assert dnd.scope == ("all",)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{source: a.csv, sheet: x}", '"sheet" means nothing for csv'),
        ("{source: a.xlsx, delimiter: ','}", '"delimiter" means nothing for xlsx'),
        ("{rows: [], format: csv}", '"format" means nothing for rows written here'),
        ("{source: a.csv, columns: {PHONE: b}}", '"PHONE" is not a column of ours, but looks like one'),
        ("{source: a.csv, columns: {'callback phone': b}}", "looks like one"),
        ("{source: a.csv, columns: {phone: ''}}", '"phone" has too few characters'),
        ("{source: []}", '"source" has too few entries'),
        ("{source: a.csv, delimiter: '||'}", '"delimiter" has too many characters'),
        ("{source: /a.csv}", "does not begin at the project's folder"),
    ],
)
def test_what_would_be_ignored_or_misread_is_refused(tmp_path: Path, entry: str, said: str) -> None:
    contacts, _, shown = lists(tmp_path, f"contacts:\n  x: {entry}\n")
    assert contacts is None
    assert said in shown


def test_columns_of_ones_own_are_fine(tmp_path: Path) -> None:
    contacts, _, shown = lists(tmp_path, "contacts:\n  x: {source: a.csv, columns: {opt1: Saldo, phone2: Celular}}\n")
    assert not shown
    assert contacts is not None
    assert contacts.columns == {"opt1": "Saldo", "phone2": "Celular"}


def test_packed_text_has_the_format_of_what_is_in_it(tmp_path: Path) -> None:
    for name, kind, delimiter in (("a.tsv.gz", "csv", "\t"), ("a.jsonl.zst", "jsonl", None)):
        (tmp_path / name).write_text("x")
        contacts, _, said = lists(tmp_path, f"contacts:\n  x: {{source: {name}}}\n")
        assert contacts is not None, said
        assert (contacts.source.format, contacts.source.delimiter) == (kind, delimiter)
