"""One project, compared here and in Spark: the same plan, to its id, whatever happens to its list between two plans."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from syncengine.errors import ConfigError
from syncengine.model.plan import Plan
from syncengine.rows.spark_rows import SparkRows
from syncengine.rows.spark_session import spark_session
from syncengine.steps.engines import engine_of
from tests.spark_session import MARKS, WHERE
from tests.steps.projects import Made, done, notes

Row = dict[str, Any]


def person(n: int, **more: Any) -> Row:
    # As people write numbers at home; every seventh otherwise.
    phone = f"300 12{n:05d}" if n % 7 else f"(300) 12{n:05d}"
    return {"phone": phone, "first_name": f"P{n}", "last_name": None, "id": f"id-{n}", **more}


pytestmark = MARKS


@dataclass
class Twins:
    """A project whose list is compared here and in Spark."""

    made: Made
    rows: list[Row] = field(default_factory=lambda: [person(n) for n in range(200)])

    def __post_init__(self) -> None:
        self.made.contacts["leads"] |= {"source": "data/leads/*.parquet", "region": "CO", "max_rejected": "90%"}
        self.made.project["guards"] = {"max_newly_callable": 100_000}

    def write(self) -> None:
        folder = self.made.root / "data" / "leads"
        folder.mkdir(parents=True, exist_ok=True)
        schema = pa.schema([(name, pa.string()) for name in ("phone", "first_name", "last_name", "id")])
        half = len(self.rows) // 2
        for name, rows in (("a b", self.rows[:half]), ("c", self.rows[half:])):
            pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")

    def plan(self, engine: str, **more: Any) -> Plan:
        self.made.project |= {"engine": engine, "spark": WHERE}
        return self.made.plan(refresh="none", **more)

    def same(self) -> Plan:
        """Plan both ways, and see that nothing differs but when."""
        self.write()
        here, there = self.plan("duckdb"), self.plan("spark")
        assert there.plan_id == here.plan_id
        assert there.headline == here.headline
        assert there.violations == here.violations
        assert [facts(source) for source in there.sources] == [facts(source) for source in here.sources]
        assert sorted(there.notes) == sorted(here.notes)
        return there


def facts(source: Any) -> tuple[object, ...]:
    return source.name, source.rows, source.accepted, source.rejected, source.duplicates, dict(source.reasons)


@pytest.fixture
def twins(made: Made) -> Twins:
    return Twins(made)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows have come over from Spark, one number a reading."""
    counts: list[int] = []
    real = SparkRows.apart, SparkRows.with_digests

    def apart(self: SparkRows, *args: Any) -> Any:
        found = real[0](self, *args)
        counts.append(found.rows.num_rows)
        return found

    def with_digests(self: SparkRows, *args: Any) -> Any:
        found = real[1](self, *args)
        counts[-1] += found.num_rows
        return found

    monkeypatch.setattr(SparkRows, "apart", apart)
    monkeypatch.setattr(SparkRows, "with_digests", with_digests)
    return counts


def changed(rows: list[Row]) -> None:
    rows[5]["first_name"], rows[150]["phone"] = "Eva", "300 99 99999"
    rows[80:82] = []
    rows.insert(0, person(500))


def doubled(rows: list[Row]) -> None:
    """Numbers and ids that stand twice: within what is new, with what was there, and word for word."""
    rows.insert(0, person(100, id="other"))
    rows.append(person(7, id="id-9"))
    rows.append(person(600, id="id-20"))
    rows += [dict(rows[30]), person(601), person(601)]


def chained(rows: list[Row]) -> None:
    """A new row takes the number of one whose id another, set aside until now, has as well."""
    rows.append(person(700, id="id-44"))
    rows.insert(0, person(44, id="fresh"))


def unreadable(rows: list[Row]) -> None:
    for n, phone in ((3, "123"), (4, ""), (5, "no number"), (120, None), (121, "3.00E+09")):
        rows[n]["phone"] = phone


def renamed(rows: list[Row]) -> None:
    for row in rows:
        row["first_name"] = (row["first_name"] or "").lower()


# How many people each plan adds, and how many rows it fetched.
EXPECTED = {
    "nothing": ([200], 0),
    "some rows": ([199], 3),
    "doubles": ([201], 15),
    "a chain": ([201], 4),
    "unreadable phones": ([195], 6),
    "another order": ([200], 5),
    "every row": ([200], 200),
    "nobody is left": ([], 0),
}
CHANGES: dict[str, Callable[[list[Row]], None]] = {
    "nothing": lambda _: None,
    "some rows": changed,
    "doubles": doubled,
    "a chain": chained,
    "unreadable phones": unreadable,
    "another order": list.reverse,
    "every row": renamed,
    "nobody is left": list.clear,
}


def test_a_list_gives_the_same_plan_from_one_change_to_the_next(twins: Twins, fetched: list[int]) -> None:
    # Nothing is ever applied, so that every plan adds everybody and its id covers every cell.
    before = twins.same().plan_id
    assert fetched == [200]
    for what, change in CHANGES.items():
        twins.rows[:] = [person(n) for n in range(200)]
        change(twins.rows)
        plan = twins.same()
        assert ([c.count for c in plan.row_changes if c.effect == "dialable"], fetched[-1]) == EXPECTED[what], what
        assert (plan.plan_id == before) is (what in {"nothing", "another order"})


def test_what_is_there_already_is_compared_alike_and_do_not_call_comes_before_it(
    twins: Twins, fetched: list[int]
) -> None:
    twins.rows[30:] = []
    twins.made.contacts["leads"]["on_absent"] = "remove"
    twins.write()
    twins.plan("spark")
    assert twins.made.apply(refresh="none")[1] is not None
    assert twins.same().empty
    twins.rows[5]["first_name"] = "Eva"
    del twins.rows[20:22]
    twins.rows.append(person(50))
    twins.made.opt_outs("opt-outs", 900, 901, 902, 3, 50)
    assert done(twins.same()) == ["add 2 dnd missing", "remove 1 contacts listed", "remove 2 contacts not_in_source"]
    assert fetched == [30, 0, 0, 2]
    # Under another mapping all are looked at anew.
    twins.made.mapping = twins.made.mapping.replace("first_name", "last_name")
    twins.same()
    assert fetched[-1] == 29


def test_what_is_remembered_and_damaged_is_read_anew(twins: Twins, fetched: list[int]) -> None:
    twins.same()
    (memory,) = (twins.made.root / ".syncengine" / "lists").iterdir()
    assert memory.stat().st_mode & 0o777 == 0o600
    memory.write_bytes(memory.read_bytes()[:-20])
    twins.same()
    assert fetched == [200, 200]


def test_a_table_is_read_as_a_file_is(twins: Twins) -> None:
    twins.rows[50:] = []
    twins.write()
    here = twins.plan("duckdb")
    files = str(twins.made.root / "data" / "leads" / "*.parquet")
    spark_session(WHERE).read.parquet(files).createOrReplaceTempView("people")
    twins.made.contacts["leads"]["source"] = {"table": "people"}
    assert twins.plan("spark").plan_id == here.plan_id
    twins.made.contacts["leads"]["source"] = {"table": "nobody"}
    (note,) = notes(twins.plan("spark"), "leads")
    assert "nobody: Spark cannot read it (TABLE_OR_VIEW_NOT_FOUND)" in note


def test_a_server_that_nobody_allowed_is_not_asked_and_an_offline_plan_asks_none(made: Made) -> None:
    made.project |= {"engine": "spark", "spark": "sc://spark.example:15002"}
    with pytest.raises(ConfigError) as refused:
        made.plan(refresh="none")
    (mistake,) = refused.value.diagnostics
    assert mistake.message == "engine: spark: it is at sc://spark.example, which is not allowed yet"
    with made.run() as run:
        assert engine_of(replace(run, own_folder=made.root)) is None
