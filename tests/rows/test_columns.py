from syncengine.model.vendor import Column
from syncengine.rows.columns import RecordField, Relation, mapped, national_sources, record_fields

BARE = Relation(table="t", key="k", phone="p", phones="ps", cells={"phone": "p"})


def test_fields_keep_the_order_and_the_kind_of_the_mapping():
    columns = [
        Column(to="tel", source="phone", form="digits"),
        Column(to="age", source="age", form="integer"),
        Column(to="score", source="score", form="number"),
        Column(to="ref", source="remote_id"),
        Column(to="*", source="*", form="custom"),
        Column(to="extra", source="*", form="custom"),
    ]
    kinds = ["text", "integer", "number", "remote_id", "spread", "custom"]
    assert record_fields(columns) == tuple(RecordField(to=c.to, kind=k) for c, k in zip(columns, kinds, strict=True))


def test_only_phones_that_are_wanted_nationally_are_looked_up():
    columns = [Column(to="a", source="phone", form="national"), Column(to="b", source="phone", form="national")]
    assert national_sources([*columns, Column(to="c", source="phone2")]) == ("phone",)


def test_a_text_of_a_mapping_cannot_leave_its_quotes(workspace):
    odd = "it's'); DROP TABLE x --"
    columns = [Column(to=odd, source=f"={odd}"), Column(to="v", source="gender", values={odd: odd})]
    made = mapped(
        columns, Relation(table="t", key="k", phone="p", phones="p", cells={"gender": "g"}), book="b", national=""
    )
    found = workspace.arrow(
        f"SELECT {made.values[0]} AS a, {made.values[1]} AS b, {made.problem} AS c FROM (SELECT ? AS g)", [odd]
    )
    assert found.to_pylist() == [{"a": odd, "b": odd, "c": ""}]


def test_a_mapping_without_columns_is_still_sql(workspace):
    made = mapped([], BARE, book="b", national="")
    assert workspace.run(f"SELECT {made.problem}, length({made.content_hash})").fetchall() == [("", 32)]
