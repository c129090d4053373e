import gc
import stat
import tracemalloc

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncengine.rows import remembered, text_file
from syncengine.rows.contacts import load_contacts
from syncengine.rows.difference import Actual, difference_of_contacts
from syncengine.rows.known_rows import from_ledger
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.remembered import Memory, mark_of, recall
from syncengine.rows.remembering import Mapped, remember_list
from syncengine.rows.wanted import wanted_contacts
from syncengine.rows.workspace import Workspace
from tests.rows.conftest import NOW, contact_list, table_rows
from tests.rows.test_difference import COLUMNS, HERE, collection

HEAD = "id,phone,phone2,first_name"
LINES = ("1,3001234567,,Ana", "2,+57 300 765 4321,x,Luz", '3,3009999999,,"Gil, Ana"', "4,300 555 5555,3005555556,Eva")


@pytest.fixture(autouse=True)
def _worth_it(monkeypatch):
    monkeypatch.setattr(remembered, "_WORTH_REMEMBERING", 1)


class Runs:
    """A list that is planned again and again, each time by a new process."""

    def __init__(self, file_of, tmp_path):
        self._file_of = file_of
        self.memory = Memory(folder=tmp_path / "rows", name="leads")
        self.options = {}
        self.columns = COLUMNS
        self.collection = collection("add", "remove", key="id")
        self.ledger = None

    def plan(self, *lines, remembers=True, listed=(), state="1", head=HEAD, end="\n"):
        """Plan a file, remember what is settled, and return all that a plan shows of it."""
        source = self._file_of(end.join([head, *lines]) + end)
        with Workspace() as workspace:
            book = PhoneBook(workspace)
            memory = self.memory if remembers else None
            found = load_contacts(workspace, contact_list(source, **self.options), book=book, now=NOW, memory=memory)
            self.known = found.known.rows if found.known else 0
            wanted = wanted_contacts(workspace, [found], collection=self.collection, columns=self.columns, book=book)
            rows = table_rows(workspace, wanted.table, "key, phone, phones, content_hash")
            ledger = self.ledger if self.ledger is not None else as_ledger(rows)
            mark = mark_of(repr(ledger.to_pylist()), wanted.lists[0][1])
            self.unmoved = found.known is not None and mark in found.known.marks
            numbers = workspace.table("n", "SELECT unnest(?::VARCHAR[]) AS number", [list(listed)])
            made = difference_of_contacts(
                workspace,
                address=HERE,
                collection=self.collection,
                lists=[found],
                wanted=wanted,
                actual=Actual(ledger=from_ledger(workspace, ledger)),
                listed=numbers,
                released="",
                book=book,
                unmoved=self.unmoved,
            )
            if remembers:
                mapped = [
                    Mapped(
                        wanted=wanted.table,
                        position=0,
                        unsettled=made.unsettled,
                        hash_column=wanted.lists[0][1],
                        mark=mark,
                    )
                ]
                remember_list(workspace, self.memory, found, mapped, state=state)
            bad = table_rows(workspace, found.rejects, "row, file, reason, own_id, s1") if found.rejects else []
            sets = [(s.set.action, s.set.reason, s.set.count, s.set.digest) for s in made.row_sets]
            people = table_rows(workspace, found.people, "phones")
            return found.summary, rows, bad, made.findings, sets, people, dict(made.notes)


def as_ledger(rows):
    names = ("key", "phone", "phones", "content_hash")
    table = {name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(names)}
    texts = {"remote_id": "", "state": "present", "refused_hash": ""}
    table |= {name: pa.array([text] * len(rows), pa.string()) for name, text in texts.items()}
    return pa.table({**table, "expires_at": pa.nulls(len(rows), pa.float64())})


@pytest.fixture
def runs(file_of, tmp_path):
    return Runs(file_of, tmp_path)


def rows_there(runs, *lines):
    """Make the ledger what an apply of these lines would leave, and plan them so that they are remembered."""
    _, rows, *_ = runs.plan(*lines, remembers=False)
    runs.ledger = as_ledger(rows)
    runs.plan(*lines)


def test_rows_that_have_not_moved_are_not_read_again(runs):
    rows_there(runs, *LINES)
    assert runs.plan(*LINES) == runs.plan(*LINES, remembers=False)
    runs.plan(*LINES)
    assert runs.known == 4
    assert runs.unmoved


@pytest.mark.parametrize(
    "lines",
    [
        ("1,3001234567,,Ana B.", *LINES[1:]),
        LINES[1:],
        ("9,3008888888,,New", *LINES),
        (*LINES, LINES[0]),
        ("9,3001234567,,first with his number", *LINES),
        (*LINES, "9,3001234567,,second with his number"),
        ("4,3008888888,,first with his id", *LINES),
        ("4,3001234567,,one's id and another's number", *LINES),
        (*LINES, "9,,,no number"),
        (*LINES, "9,3008888888,,a line too long,x"),
        (*LINES, '9,3008888888,,"two', 'lines"'),
        ('9,3008888888,,"swallows', *LINES, '10,3007777777,,"'),
        ('9,3008888888,b"c,"d', *LINES, '10,3007777777,"e'),
        (*reversed(LINES),),
        (),
        ("", *LINES),
    ],
)
def test_a_changed_file_comes_to_the_same_as_without_a_memory(runs, lines):
    rows_there(runs, *LINES)
    assert outcome(runs, *lines) == outcome(runs, *lines, remembers=False)


def outcome(runs, *lines, **more):
    try:
        return runs.plan(*lines, **more)
    except Exception as error:  # noqa: BLE001 - the same refusal is expected, whichever it is
        return str(error)


ROW = st.tuples(
    st.sampled_from(["", "1", "2", "3"]),
    st.sampled_from(["3001234567", "+573001234567", "3007654321", "300 999 9999", "n/a", ""]),
    st.sampled_from(["", "3001234567", "3005555555"]),
    st.sampled_from(["Ana", "Luz", '"Gil, Ana"', '"', '""""']),
).map(",".join)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(ROW, max_size=8), after=st.lists(ROW, max_size=4), kept=st.integers(0, 8))
def test_any_two_versions_of_a_file_come_to_the_same_as_without_a_memory(runs, before, after, kept):
    runs.ledger = None
    whole = outcome(runs, *before, remembers=False)
    runs.ledger = as_ledger(whole[1]) if isinstance(whole, tuple) else as_ledger([])
    outcome(runs, *before)
    lines = [*before[:kept], *after, *before[kept:]]
    assert outcome(runs, *lines) == outcome(runs, *lines, remembers=False)


def test_a_remembered_row_is_held_once_its_number_is_listed(runs):
    rows_there(runs, *LINES)
    *_, findings, sets, _, _ = runs.plan(*LINES, listed=("+573001234567", "+573005555556"))
    assert runs.known == 4
    assert runs.unmoved
    assert [(action, reason, count) for action, reason, count, _ in sets] == [("remove", "listed", 2)]
    assert findings.suppressed == 2


def test_a_remembered_row_that_the_ledger_no_longer_has_is_sent_whole(runs):
    rows_there(runs, *LINES)
    there = runs.ledger
    runs.ledger = there.slice(1)
    known = runs.plan(*LINES)
    assert runs.known == 4
    assert not runs.unmoved
    assert known == runs.plan(*LINES, remembers=False)
    assert [(action, count) for action, _, count, _ in known[4]] == [("add", 1)]


def test_another_mapping_shows_as_a_change(runs):
    rows_there(runs, *LINES)
    runs.columns = (*COLUMNS, COLUMNS[2].__class__(to="who", source="=us"))
    known = runs.plan(*LINES)
    assert known == runs.plan(*LINES, remembers=False)
    assert [(action, count) for action, _, count, _ in known[4]] == [("update", 4)]


def test_another_region_or_another_column_is_another_list(runs):
    rows_there(runs, *LINES)
    runs.options = {"region": "PE"}
    assert runs.plan(*LINES) == runs.plan(*LINES, remembers=False)
    runs.options = {"columns": {"first_name": "phone2"}}
    assert runs.plan(*LINES) == runs.plan(*LINES, remembers=False)


def test_a_file_with_windows_line_ends_is_remembered_as_well(runs):
    rows_there(runs, *LINES)
    runs.plan(*LINES, end="\r\n")
    lines = ("9,3008888888,,New", *LINES)
    assert runs.plan(*lines, end="\r\n") == runs.plan(*lines, end="\r\n", remembers=False)


def test_the_memory_names_nobody_whom_the_ledger_does_not_name_and_is_its_owners_alone(runs, workspace):
    runs.ledger = None
    runs.plan(*LINES)
    runs.ledger = as_ledger(runs.plan(*LINES, remembers=False)[1]).slice(2)
    runs.plan(*LINES, "9,3008888888,,New", state="2")
    (file,) = runs.memory.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    kept = table_rows(workspace, f"read_parquet('{file}')", "key_id, phones")
    assert kept == [("3", "+573009999999"), ("4", "+573005555555 +573005555556")]


@pytest.mark.parametrize("damage", ["cut short", "other columns", "empty", "gone", "in the middle"])
def test_a_damaged_memory_costs_time_only(runs, workspace, damage):
    rows_there(runs, *LINES)
    (file,) = runs.memory.folder.iterdir()
    whole = file.read_bytes()
    match damage:
        case "cut short":
            file.write_bytes(whole[:-20])
        case "other columns":
            workspace.run(f"COPY (SELECT 1 AS x) TO '{file}' (FORMAT parquet)")
        case "empty":
            file.write_bytes(b"")
        case "gone":
            file.unlink()
        case "in the middle":
            file.write_bytes(whole[:8] + bytes(40) + whole[48:])
    assert runs.plan(*LINES) == runs.plan(*LINES, remembers=False)


def test_nothing_is_recalled_for_another_way_of_reading(runs, workspace):
    rows_there(runs, *LINES)
    assert recall(workspace, runs.memory, "another") is None


def test_rows_that_have_not_moved_create_no_python_objects(runs, file_of, monkeypatch):
    # A file is looked through in pieces, which would hide what is made for each row.
    monkeypatch.setattr(text_file, "_CHUNK", 1 << 16)
    count = 100_000
    rows = [f"{n},30{n:08d},,Person {n}" for n in range(count)]
    rows_there(runs, *rows)
    ledger, source = runs.ledger, file_of("\n".join([HEAD, *rows]) + "\n")
    with Workspace() as workspace:
        book = PhoneBook(workspace)
        known = from_ledger(workspace, ledger)
        del rows, ledger
        gc.collect()
        tracemalloc.start()
        try:
            found = load_contacts(workspace, contact_list(source), book=book, now=NOW, memory=runs.memory)
            wanted = wanted_contacts(workspace, [found], collection=runs.collection, columns=COLUMNS, book=book)
            made = difference_of_contacts(
                workspace,
                address=HERE,
                collection=runs.collection,
                lists=[found],
                wanted=wanted,
                actual=Actual(ledger=known),
                listed="",
                released="",
                book=book,
            )
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert (found.known.rows, made.findings.unchanged, made.row_sets) == (count, count, ())
    # The smallest text has 50 bytes.
    assert peak < 20 * count
