"""Loading: every file, or every mistake of every file; which files a plan depends on."""

from dataclasses import replace
from pathlib import Path

import pytest

from syncengine.errors import ConfigError
from syncengine.steps.loading import load
from tests.steps.acme import VENDOR, bent
from tests.steps.projects import Made

SHIPPED = Path(__file__).parents[2] / "vendors"


def mistakes(made: Made) -> list[str]:
    with pytest.raises(ConfigError) as wrong:
        made.load()
    return [f"{item.location}: {item.message}" if item.location else item.message for item in wrong.value.diagnostics]


def test_a_project_is_loaded_with_its_own_vendor(made: Made) -> None:
    loaded = made.load()
    vendor = loaded.vendor_of(loaded.desired.dialers["main"])
    assert (vendor.title, vendor.shipped) == ("Acme", False)
    assert loaded.root == made.root.resolve()
    assert not loaded.diagnostics.failed


def test_a_vendor_that_has_no_file_is_told_once_where_the_project_names_it(made: Made) -> None:
    made.dialers["other"] = made.dialer(vendor="acmee")
    found = mistakes(made)
    assert len(found) == 1
    assert found[0].startswith("syncengine.yaml:")
    assert found[0].endswith('there is no vendor file for "acmee"')
    with pytest.raises(ConfigError) as wrong:
        made.load()
    (item,) = wrong.value.diagnostics
    assert "acme" in item.expected
    assert item.hint == 'Did you mean "acme"?'


def test_a_vendor_file_with_a_mistake_is_told_there_and_not_where_it_is_named(made: Made) -> None:
    made.vendor = bent(VENDOR, ("title: Acme", "titel: Acme"))
    assert all(found.startswith("vendors/acme.yaml:") for found in mistakes(made))


def test_a_vendor_without_a_mapping_is_told(made: Made) -> None:
    made.write()
    (made.root / "mappings" / "acme.yaml").unlink()
    with pytest.raises(ConfigError) as wrong:
        load(made.root)
    assert [item.message for item in wrong.value.diagnostics] == ["there is no file mappings/acme.yaml"]


def test_mistakes_of_every_file_come_together(made: Made) -> None:
    made.vendor = bent(VENDOR, ("title: Acme", "titel: Acme"))
    made.campaigns["spring"]["contcts"] = []
    made.project["guard"] = {}
    # A project file that does not fit is the end of it; else vendor file and manifest are both told.
    assert any(found.startswith("syncengine.yaml:") for found in mistakes(made))
    del made.project["guard"]
    files = {found.partition(":")[0] for found in mistakes(made)}
    assert files == {"vendors/acme.yaml", "manifests/all.yaml"}


def test_the_projects_own_file_replaces_the_one_that_came_with_the_tool(made: Made) -> None:
    name = min(SHIPPED.glob("*.yaml")).stem
    made.vendor = VENDOR.replace("vendor: acme", f"vendor: {name}")
    made.mapping = made.mapping.replace("vendor: acme", f"vendor: {name}")
    made.dialers["main"]["vendor"] = name
    made.write()
    for kind in ("vendors", "mappings"):
        (made.root / kind / "acme.yaml").rename(made.root / kind / f"{name}.yaml")
    loaded = load(made.root)
    assert loaded.vendors[name].vendor.title == "Acme"
    assert not loaded.vendors[name].vendor.shipped


def test_vendor_files_are_looked_for_in_the_folders_that_the_project_names(made: Made) -> None:
    made.project |= {"vendors": ["dialers/specs"], "mappings": ["dialers/fields"]}
    made.write()
    (made.root / "dialers").mkdir()
    for kind, folder in (("vendors", "specs"), ("mappings", "fields")):
        (made.root / kind).rename(made.root / "dialers" / folder)
    loaded = load(made.root)
    assert loaded.vendors["acme"].vendor.title == "Acme"
    names = {path.relative_to(loaded.root).as_posix() for path in loaded.files()}
    assert names == {
        "syncengine.yaml",
        "manifests/all.yaml",
        "dialers/specs/acme.yaml",
        "dialers/fields/acme.yaml",
        "data/leads.csv",
        "data/opt-outs.csv",
    }


def test_a_folder_that_is_named_and_not_there_is_a_mistake(made: Made) -> None:
    made.project["vendors"] = ["nowhere"]
    assert any('there is no folder "nowhere"' in found for found in mistakes(made))


def test_the_files_are_those_of_the_project_as_it_is_called(made: Made) -> None:
    made.project["manifests"] = ["wanted/*.yml", "more.yaml"]
    made.write()
    (made.root / "wanted").mkdir()
    (made.root / "manifests" / "all.yaml").rename(made.root / "wanted" / "a.yml")
    (made.root / "more.yaml").write_text("{}")
    (made.root / "manifests" / "left.yaml").write_text("{}")
    (made.root / "syncengine.yaml").rename(made.root / "north.yaml")
    loaded = load(made.root / "north.yaml")
    names = {path.name for path in loaded.files()}
    assert names == {"north.yaml", "a.yml", "more.yaml", "acme.yaml", "leads.csv", "opt-outs.csv"}
    # One that appears later belongs to it, too.
    (made.root / "wanted" / "b.yml").write_text("{}")
    assert "b.yml" in {path.name for path in loaded.files()}


def test_a_file_that_a_pattern_matches_later_is_watched(made: Made) -> None:
    made.contacts["leads"]["source"] = "data/lead*.csv"
    loaded = made.load()
    made.data("leads-2.csv", [{"phone": "+573001200009", "first_name": "P9"}])
    assert "leads-2.csv" in {path.name for path in loaded.files()}


def test_a_source_that_vanishes_is_watched_still(made: Made) -> None:
    loaded = made.load()
    (made.root / "data" / "opt-outs.csv").unlink()
    assert "opt-outs.csv" in {path.name for path in loaded.files()}


def test_inline_rows_have_no_file(made: Made) -> None:
    made.contacts["leads"] = {"rows": [{"phone": "+573001200009"}]}
    assert "leads.csv" not in {path.name for path in made.load().files()}


def test_an_accounts_limits_go_before_those_of_the_vendor_file(made: Made) -> None:
    made.dialers["slow"] = made.dialer(limits={"concurrency": 1, "calls": 2, "per": "1m"})
    loaded = made.load()
    slow, usual = (loaded.vendor_of(loaded.desired.dialers[name]).limits for name in ("slow", "main"))
    assert (slow.concurrency, slow.calls, slow.per, slow.timeout) == (1, 2, 60.0, 5)
    assert (usual.concurrency, usual.calls) == (2, None)


def test_the_digest_of_the_vendors_moves_with_either_file(made: Made) -> None:
    digests = {made.load().vendors_digest()}
    made.vendor += "\n"
    digests.add(made.load().vendors_digest())
    made.mapping += "\n"
    digests.add(made.load().vendors_digest())
    assert len(digests) == 3
    assert made.load().vendors_digest() in digests


def test_what_a_run_keeps_is_beside_the_ledger(made: Made) -> None:
    loaded = made.load()
    assert loaded.kept == Path(loaded.desired.ledger.removeprefix("sqlite:///")).parent
    elsewhere = replace(loaded, desired=replace(loaded.desired, ledger="sqlite:////ledger/acme.db"))
    assert elsewhere.kept == Path("/ledger")
    server = replace(loaded, desired=replace(loaded.desired, ledger="postgresql://db/acme"))
    assert server.kept == loaded.root / ".syncengine"


def test_files_that_one_of_several_patterns_matches_later_are_watched(made: Made) -> None:
    made.contacts["leads"]["source"] = ["data/leads*.csv", "data/more/*.csv.gz"]
    made.contacts["leads"]["format"] = "csv"
    loaded = made.load()
    (made.root / "data" / "more").mkdir()
    later = made.root / "data" / "more" / "monday.csv.gz"
    later.write_bytes(b"")
    assert later.resolve() in loaded.files()
