"""``rejects``: which rows the last plan set aside, where they stand and why; no cell is shown unless asked for."""

import csv

from tests.cli.conftest import Project


def run(project: Project, *words: str, expected: int = 0):
    return project.run("rejects", *words, "--project", project.folder, expected=expected)


def broken(project: Project, count: int = 3) -> None:
    """Leads of whom some have no usable number; few enough for the guard."""
    rows = [f"+4477009{n:05d},Ann{n},Secretname{n},a@example.com" for n in range(1, 40)]
    rows += [f"nonsense{n},Bad{n},Secretname,b@example.com" for n in range(count)]
    project._write("leads.csv", "phone,first_name,last_name,email", rows)


def test_nothing_is_set_aside(project: Project) -> None:
    project.run("plan")
    assert run(project).out.startswith("No row is set aside.")
    assert run(project, "--json").document == {"format_version": 1, "lists": []}


def test_each_row_is_told_by_its_place_and_reason(project: Project) -> None:
    broken(project)
    project.run("plan")
    out = run(project).out
    assert "leads: 3 rows set aside, kept in .syncengine/rejects/leads.csv, of 20" in out
    assert "data/leads.csv, row 41: " in out
    assert "Bad0" not in out
    (found,) = run(project, "--json").document["lists"]
    assert [row["row"] for row in found["rows"]] == [41, 42, 43]
    assert all(set(row) == {"row", "file", "reason"} for row in found["rows"])


def test_long_lists_are_cut_and_counted(project: Project) -> None:
    broken(project)
    project.run("plan")
    assert "and 2 more rows" in run(project, "--limit", "1").out


def test_cells_are_shown_on_request_only(project: Project) -> None:
    broken(project)
    project.run("plan")
    shown = run(project, "--show-personal-data").out
    assert "phone=nonsense0" in shown
    (found,) = run(project, "--show-personal-data", "--json").document["lists"]
    assert found["rows"][0]["cells"]["first_name"] == "Bad0"
    # Asked for, so it may be in these outputs.
    project.said = project.said[:-4]


def test_rows_that_were_mended_are_gone_after_the_next_plan(project: Project) -> None:
    broken(project)
    project.run("plan")
    assert run(project, "--json").document["lists"]
    project.leads(1, 2, 3)
    project.run("plan")
    assert run(project, "--json").document["lists"] == []


def test_a_file_of_them_that_is_damaged_is_told(project: Project) -> None:
    broken(project)
    project.run("plan")
    path = project.folder / ".syncengine" / "rejects" / "leads.csv"
    with path.open("a", newline="") as file:
        csv.writer(file).writerow(["no number"])
    assert "make it anew with: syncengine plan" in run(project, expected=1).err
