from syncengine.rows.duplicates import checked, look_through


def rows(workspace, *cells):
    """Rows as (phone, own_id, reason)."""
    names = ("phone", "own_id", "reason")
    columns = ", ".join(f"unnest(?::VARCHAR[]) AS {name}" for name in names)
    lists = [[row[n] for row in cells] for n in range(3)]
    return workspace.table(
        "c",
        f"SELECT *, place + 1 AS row, 0 AS unread, 0 AS dropped FROM"
        f" (SELECT unnest(range({len(cells)})) AS place, {columns})",
        lists,
    )


def set_aside(workspace, *cells):
    table = rows(workspace, *cells)
    found = checked(workspace, table, look_through(workspace, table))
    return workspace.run(f"SELECT place, reason FROM {found.bad} ORDER BY place").fetchall() if found.bad else []


def test_sound_rows_are_not_looked_at_twice(workspace):
    assert set_aside(workspace, ("+1", "a", ""), ("+2", "", ""), ("+3", "", "")) == []


def test_the_first_of_a_phone_and_the_first_of_an_id_stay(workspace):
    assert set_aside(workspace, ("+1", "a", ""), ("+1", "b", ""), ("+2", "a", ""), ("+3", "b", "")) == [
        (1, "same phone as row 1"),
        (2, "same id as row 1"),
    ]


def test_a_row_that_is_no_use_takes_nobodys_place(workspace):
    assert set_aside(workspace, ("", "a", "no phone"), ("+1", "a", "")) == [(0, "no phone")]
