from syncengine.rows.columns import RecordField
from syncengine.rows.row_sets import digest_of, make_row_set

FIELDS = (RecordField(to="x", kind="text"),)


def rows(*cells):
    values = ", ".join(
        f"('{key}', '{phones}', '{content}', '{remote}', '{value}')" for key, phones, content, remote, value in cells
    )
    return f"SELECT * FROM (VALUES {values}) t(key, phones, content_hash, remote_id, v0)"


def made(workspace, *cells, action="add", fields=FIELDS):
    return make_row_set(
        workspace, rows(*cells), name="n", action=action, reason="missing", confidence="believed", fields=fields
    )


def test_the_digest_is_the_same_for_any_order(workspace):
    one, two = ("a", "+1", "h", "", "v"), ("b", "+2", "h", "", "v")
    assert made(workspace, one, two).set.digest == made(workspace, two, one).set.digest


def test_every_cell_and_the_action_are_in_the_digest(workspace):
    base = ("a", "+1", "h", "r", "v")
    found = {made(workspace, base).set.digest, made(workspace, base, action="remove").set.digest}
    for column in range(5):
        found.add(made(workspace, tuple(cell + "x" if n == column else cell for n, cell in enumerate(base))).set.digest)
    found.add(made(workspace, base, fields=(RecordField(to="y", kind="text"),)).set.digest)
    # What moves from one cell to the next is no less of a change.
    found.add(made(workspace, ("a+", "1", "h", "r", "v")).set.digest)
    assert len(found) == 9


def test_a_set_knows_its_count_and_shows_masked_rows_only(workspace):
    found = made(workspace, *((f"key{n}", "+573001234567" if n else "", "", "", "") for n in range(5)))
    assert found.set.count == 5
    assert found.set.sample == ("••••", "+57••••••••67", "+57••••••••67")
    assert digest_of(workspace, found.table, action="add", fields=FIELDS) == found.set.digest
