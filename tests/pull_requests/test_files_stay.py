"""No branch makes a job read, or write, a file outside the project (T8), or believe one that it has brought (T10)."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.workspace import Workspace
from tests.pull_requests.conftest import MANIFEST, OPT_OUTS, PROJECT, Link, Repository

CANARY = "canary-of-the-machine"


def refused(repository: Repository, files: Mapping[str, str | bytes | Link], why: str) -> None:
    (repository.owner / "other").mkdir()
    (repository.owner / "other" / "secret.csv").write_text(f"phone,first_name\n+573109990001,{CANARY}\n")
    (repository.owner / "other" / "secret.yaml").write_text(f"campaigns: {{{CANARY}: {CANARY}}}\n")
    (repository.owner / "other" / "syncengine.yaml").write_text(f"version: {CANARY}\n")
    done = repository.job(repository.branch(files), "plan", "--refresh", "none")
    assert done.code == 1, done.said
    assert why in done.said, done.said
    assert CANARY not in done.said
    assert "0001" not in done.said


def source(path: str) -> dict[str, str | bytes | Link]:
    return {"manifests/all.yaml": MANIFEST.replace("data/people.csv", path)}


@pytest.mark.parametrize("path", ["../../owner/other/secret.csv", "/etc/passwd", "~/other/secret.csv", "..\\\\x.csv"])
def test_a_source_outside_the_project_is_not_read(repository: Repository, path: str) -> None:
    refused(repository, source(f'"{path}"'), "source")


def test_a_source_that_is_a_link_out_of_the_project_is_not_read(repository: Repository) -> None:
    target = Link(str(repository.owner / "other" / "secret.csv"))
    refused(repository, {"data/people.csv": target}, "is a link that leads out of the project")


def test_a_folder_that_is_a_link_out_of_the_project_is_not_read(repository: Repository) -> None:
    refused(
        repository,
        {"more": Link(str(repository.owner / "other")), **source("more/secret.csv")},
        "is a link that leads out of the project",
    )


def test_a_pattern_does_not_reach_through_a_link(repository: Repository) -> None:
    refused(
        repository,
        {"data/a.csv": Link(str(repository.owner / "other" / "secret.csv")), **source('"data/*.csv"')},
        "is a link that leads out of the project",
    )


def test_a_manifest_that_is_a_link_out_of_the_project_is_not_read(repository: Repository) -> None:
    refused(
        repository,
        {"manifests/b.yaml": Link(str(repository.owner / "other" / "secret.yaml"))},
        "is a link that leads out of the project",
    )


@pytest.mark.parametrize("folder", ["vendors", "mappings"])
def test_a_vendor_folder_that_is_a_link_out_of_the_project_is_not_read(repository: Repository, folder: str) -> None:
    refused(repository, {folder: Link(str(repository.owner / "other"))}, "is outside the project")


def test_a_vendor_file_that_is_a_link_out_of_the_project_is_not_read(repository: Repository) -> None:
    files: dict[str, str | bytes | Link] = {
        "mappings/mine.yaml": "vendor: mine\ncollections: {}\n",
        "vendors/mine.yaml": Link(str(repository.owner / "other" / "secret.yaml")),
        "syncengine.yaml": PROJECT.replace("vendor: wolkvox", "vendor: mine"),
    }
    refused(repository, files, "mine")


def test_a_project_file_that_is_a_link_out_of_the_project_is_not_read(repository: Repository) -> None:
    target = Link(str(repository.owner / "other" / "syncengine.yaml"))
    refused(repository, {"syncengine.yaml": target}, "a link that leads out of its folder")


def test_rejects_are_not_written_through_a_link(repository: Repository, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    bad = {"data/people.csv": "id,phone,first_name\n1,nonsense,Ana\n2,+573101230002,Eva\n"}
    for files in ({".syncengine": Link(str(elsewhere))}, {".syncengine/rejects": Link(str(elsewhere))}):
        done = repository.job(repository.branch({**bad, **files}), "plan", "--refresh", "none")
        assert (done.code, list(elsewhere.iterdir())) == (4, []), done.said


def test_a_phone_book_that_came_with_the_branch_hides_no_opt_out(repository: Repository, tmp_path: Path) -> None:
    forged = tmp_path / "phones.parquet"
    with Workspace() as workspace:
        book = PhoneBook(workspace, forged)
        book.learn_plausible("SELECT '3101230003'", ["CO"])
        workspace.run(f"UPDATE {book.table} SET number = '+573101239999'")
        book.save()
    place = repository.branch({".syncengine/phones.parquet": forged.read_bytes()})
    done = repository.job(place, "plan", "--refresh", "none", "--json")
    assert '"newly_callable": 2' in done.said, done.said
    assert OPT_OUTS.count("\n") == 2


def test_a_ledger_named_by_the_branch_forgets_nobody(repository: Repository) -> None:
    main = repository.branch({})
    assert repository.job(main, "plan", "--refresh", "none").code == 0
    fresh = PROJECT + "ledger: sqlite:///fresh.db\n"
    without = {"data/opt-outs.csv": "phone\n+573101230009\n", "syncengine.yaml": fresh}
    place = repository.branch(without)
    done = repository.job(place, "plan", "--refresh", "none", "--json")
    assert not (place / "fresh.db").exists()
    # The number that is gone from the file was read before, and stays protected.
    assert '"newly_callable": 2' in done.said, done.said
