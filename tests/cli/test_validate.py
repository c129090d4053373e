"""``validate``: every mistake of every file, and the vendors' examples."""

from pathlib import Path

from tests.cli.conftest import MANIFEST, Project

ROOT = Path(__file__).parents[2]


def test_a_sound_project_is_summed_up_in_one_line(project: Project) -> None:
    found = project.run("validate")
    (line,) = found.out.splitlines()
    assert line.startswith("Valid: ")
    for part in ("2 dialers", "2 campaigns", "2 contact lists", "1 do-not-call list,", "2 vendors", " examples"):
        assert part in line
    assert project.sandbox.wolkvox.record.total == 0


def test_no_secret_is_needed(project: Project, monkeypatch) -> None:
    monkeypatch.delenv("WOLKVOX_TOKEN")
    project.run("validate")


def test_the_summary_as_json(project: Project) -> None:
    document = project.run("validate", "--json").document
    assert document["campaigns"] == 2
    assert document["examples"] > 20
    assert document["diagnostics"] == []


def test_all_mistakes_are_shown_at_once(project: Project) -> None:
    project.manifest(MANIFEST.replace("type: predictive", "typ: predictive").replace("region: GB", "region: gb"))
    found = project.run("validate", expected=1)
    assert found.err.count("error: ") >= 3
    assert "2 mistakes" in found.err
    assert found.out == ""
    document = project.run("validate", "--json", expected=1).document
    assert len(document["diagnostics"]) == 2


def test_an_example_that_comes_out_otherwise_is_shown_at_its_line(project: Project) -> None:
    for kind in ("vendors", "mappings"):
        (project.folder / kind).mkdir()
        text = (ROOT / kind / "comunik8.yaml").read_text(encoding="utf-8")
        text = text.replace(
            "outcome: already_present\n    message: Existing", "outcome: applied\n    message: Existing"
        )
        (project.folder / kind / "comunik8.yaml").write_text(text, encoding="utf-8")
    found = project.run("validate", expected=1)
    assert "vendors/comunik8.yaml:" in found.err
    assert "already_present" in found.err
    assert project.run("validate", "--json", expected=1).document["diagnostics"][0]["location"]


def test_one_vendor_without_a_project(project: Project, tmp_path: Path) -> None:
    out = project.run("validate", "--vendor", "lynn", "--project", tmp_path).out
    assert out.startswith("Valid: 2 files, 1 vendor, ")
    assert project.run("validate", "--vendor", "lynn", "--json", "--project", tmp_path).document["examples"] > 0


def test_a_vendor_that_is_not_there(project: Project) -> None:
    found = project.run("validate", "--vendor", "lyn", expected=1)
    assert 'Did you mean "lynn"?' in found.err


def test_a_vendor_file_of_ones_own_is_checked(project: Project) -> None:
    (project.folder / "vendors").mkdir()
    (project.folder / "vendors" / "lynn.yaml").write_text("vendor: lynn\n")
    assert "vendors/lynn.yaml" in project.run("validate", "--vendor", "lynn", expected=1).err


def test_a_folder_without_a_project_says_so(project: Project, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no such file" in project.run("validate", "--project", tmp_path / "empty", expected=1).err
