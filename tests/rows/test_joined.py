from syncengine.rows.joined import Sides, joined, keys_with, moving


def table(workspace, *rows):
    return workspace.table(
        "t", "SELECT unnest(?::VARCHAR[]) AS key, unnest(?::VARCHAR[]) AS phones", list(zip(*rows, strict=True))
    )


def test_a_row_is_found_by_any_of_its_numbers_on_any_side(workspace):
    one = table(workspace, ("a", "+1"), ("b", "+2 +3"), ("c", ""))
    other = table(workspace, ("d", "+4 +3"), ("e", "+31"), ("a", "+5"))
    numbers = workspace.table("n", "SELECT unnest(['+3', '+5']) AS number")
    found = workspace.run(f"SELECT key FROM ({keys_with((one, other), numbers)}) ORDER BY key").fetchall()
    assert found == [("a",), ("b",), ("d",)]


def test_what_a_collection_has_nothing_of_takes_no_part(workspace):
    sides = Sides(wanted="w", ledger="a")
    assert joined(sides).count("JOIN") == 1
    assert sides.keyed == ("w", "a")


def test_a_remembered_row_takes_part_as_wanted_once_a_number_of_it_is_listed(workspace):
    known, new = table(workspace, ("a", "+1"), ("b", "+2")), table(workspace, ("c", "+3"))
    listed = workspace.table("l", "SELECT 'a' AS key")
    sides = moving(Sides(wanted="w", ledger=table(workspace, ("a", "+1"), ("b", "+2")), listed_keys=listed), known, new)
    assert workspace.run(f"SELECT key FROM {sides.wanted} ORDER BY key").fetchall() == [("a",), ("c",)]
    assert workspace.run(f"SELECT key FROM {sides.ledger}").fetchall() == [("a",)]
