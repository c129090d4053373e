"""Finding vendor files: a project's own come first, and then count as its own."""

from pathlib import Path

import pytest

from syncengine.config.example_scope import example_scope
from syncengine.config.operation_lookup import find_operation
from syncengine.config.vendor_files import LoadedVendor, known_vendors, load_vendor, shipped_vendors
from syncengine.diagnostics import Diagnostics

from .vendor_samples import MAPPING, SPEC, bent

ROOT = Path(__file__).parents[2]


def load(name: str, *folders: Path, diagnostics: Diagnostics | None = None) -> LoadedVendor | None:
    """Load a vendor as for a project with its files in the usual places below some folders."""
    own, maps = ([folder / kind for folder in folders] for kind in ("vendors", "mappings"))
    return load_vendor(name, Diagnostics() if diagnostics is None else diagnostics, vendors=own, mappings=maps)


def project(folder: Path, spec: str | None = SPEC, mapping: str | None = MAPPING, name: str = "sample") -> Path:
    for kind, text in (("vendors", spec), ("mappings", mapping)):
        if text is not None:
            (folder / kind).mkdir(parents=True, exist_ok=True)
            (folder / kind / f"{name}.yaml").write_text(text)
    return folder


@pytest.mark.parametrize("name", ["comunik8", "lynn", "stringee", "thulium", "wolkvox"])
def test_a_shipped_vendor_loads_without_a_mistake(name: str) -> None:
    diagnostics = Diagnostics()
    loaded = load_vendor(name, diagnostics)
    assert [item.render() for item in diagnostics] == []
    assert loaded is not None
    for example in loaded.examples:
        if example.request is not None:
            find_operation(loaded.vendor, example.operation).render(example_scope(loaded.vendor, example))


class Filled(dict[str, object]):
    """An object that has every member."""

    def __missing__(self, key: str) -> str:
        return f"some {key}"


@pytest.mark.parametrize("name", ["comunik8", "lynn", "stringee", "thulium", "wolkvox"])
def test_every_operation_of_a_shipped_vendor_makes_a_request(name: str) -> None:
    loaded = load_vendor(name, Diagnostics())
    assert loaded is not None
    vendor = loaded.vendor
    filled = Filled()
    pair = {"row": filled, "record": filled}
    scope = dict.fromkeys(("settings", "options", "campaign", "fields", "page", "task", "list", "duplicates"), filled)
    groups = [vendor.campaigns.operations, vendor.calls, *(collection.operations for collection in vendor.collections)]
    for operation in (operation for group in groups for operation in group.values()):
        request = operation.render({**scope, **pair, "rows": [pair, pair][: operation.batch]})
        assert request.path.startswith("/")
        assert operation.render({**scope, **pair, "rows": [pair, pair][: operation.batch]}) == request


def test_the_shipped_vendors_are_the_files_there_are() -> None:
    assert shipped_vendors() == sorted(path.stem for path in (ROOT / "vendors").glob("*.yaml"))


def test_a_vendor_of_the_project_is_found_and_is_its_own(tmp_path: Path) -> None:
    loaded = load("sample", project(tmp_path))
    assert loaded is not None
    assert not loaded.vendor.shipped
    assert len(loaded.vendor.digest) == 64


def test_replacing_only_the_mapping_makes_a_vendor_the_projects_own(tmp_path: Path) -> None:
    mapping = (ROOT / "mappings" / "wolkvox.yaml").read_text()
    shipped, own = (
        load_vendor("wolkvox", Diagnostics()),
        load("wolkvox", project(tmp_path, None, mapping, "wolkvox")),
    )
    assert shipped is not None
    assert own is not None
    assert (shipped.vendor.shipped, own.vendor.shipped) == (True, False)
    assert shipped.vendor.digest == own.vendor.digest


def test_the_digest_tells_every_change_of_either_file(tmp_path: Path) -> None:
    digests = set()
    for number, (spec, mapping) in enumerate([(SPEC, MAPPING), (SPEC + "\n", MAPPING), (SPEC, MAPPING + "\n")]):
        loaded = load("sample", project(tmp_path / str(number), spec, mapping))
        assert loaded is not None
        digests.add(loaded.vendor.digest)
    assert len(digests) == 3


def test_the_first_folder_wins(tmp_path: Path) -> None:
    first = project(tmp_path / "a", bent("title: Sample", "title: First"))
    loaded = load("sample", first, project(tmp_path / "b"))
    assert loaded is not None
    assert loaded.vendor.title == "First"


def test_a_vendor_that_is_nowhere_is_one_mistake_for_each_file() -> None:
    diagnostics = Diagnostics()
    assert load_vendor("wolkvx", diagnostics) is None
    assert [item.message for item in diagnostics] == [
        "there is no file mappings/wolkvx.yaml",
        "there is no file vendors/wolkvx.yaml",
    ]
    assert all(item.hint == 'Did you mean "wolkvox"?' for item in diagnostics)


@pytest.mark.parametrize("name", ["../secrets", "../../secrets", "a/b", "Sample", "", ".", "/etc/passwd"])
def test_a_name_that_is_a_path_finds_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text(SPEC)
    diagnostics = Diagnostics()
    assert load(name, project(tmp_path / "p"), diagnostics=diagnostics) is None
    assert diagnostics.failed


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    outside = project(tmp_path / "outside")
    inside = project(tmp_path / "inside", None, MAPPING)
    (inside / "vendors").mkdir()
    (inside / "vendors" / "sample.yaml").symlink_to(outside / "vendors" / "sample.yaml")
    diagnostics = Diagnostics()
    assert load("sample", inside, diagnostics=diagnostics) is None
    assert [item.message for item in diagnostics] == ["there is no file vendors/sample.yaml"]


def test_a_file_under_another_vendors_name_is_refused(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    assert load("other", project(tmp_path, name="other"), diagnostics=diagnostics) is None
    assert any(item.message == "this file describes sample" for item in diagnostics)


def test_mistakes_of_both_files_are_told_in_one_run(tmp_path: Path) -> None:
    folder = project(
        tmp_path, bent("title: Sample", "titel: Sample"), bent("kind: integer", "kind: integr", text=MAPPING)
    )
    diagnostics = Diagnostics()
    assert load("sample", folder, diagnostics=diagnostics) is None
    assert {item.location.file for item in diagnostics if item.location} == {
        "vendors/sample.yaml",
        "mappings/sample.yaml",
    }


def test_vendor_files_and_mappings_may_lie_in_folders_of_any_name(tmp_path: Path) -> None:
    made = project(tmp_path)
    (made / "vendors").rename(made / "dialers")
    (made / "mappings").rename(made / "fields")
    diagnostics = Diagnostics()
    loaded = load_vendor("sample", diagnostics, vendors=[made / "dialers"], mappings=[made / "none", made / "fields"])
    assert loaded is not None
    assert loaded.document.label == "dialers/sample.yaml"
    assert known_vendors([made / "dialers"]) == sorted([*shipped_vendors(), "sample"])
    assert load_vendor("sample", diagnostics, vendors=[made / "dialers"]) is None
    assert [item.message for item in diagnostics] == ["there is no file mappings/sample.yaml"]
