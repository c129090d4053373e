from pathlib import Path

from syncengine.config.manifest import Manifests, load_manifests
from syncengine.config.project import load_project
from syncengine.diagnostics import Diagnostics
from tests.config.samples import MANIFEST, PROJECT, write


def manifests(root: Path) -> tuple[Manifests, list[str]]:
    diagnostics = Diagnostics()
    project = load_project(root, diagnostics)
    assert project is not None
    found = load_manifests(project, diagnostics)
    return found, [f"{item.location}: {item.message}" for item in diagnostics]


def test_manifests_are_read_once_and_in_the_order_of_their_paths(tmp_path: Path) -> None:
    project = PROJECT + 'manifests: ["manifests/b*.yaml", "manifests/*.yaml"]\n'
    found, said = manifests(write(tmp_path, project, b="contacts: {}\n", a="dnd: {}\n"))
    assert not said
    assert [item.document.label for item in found.items] == ["manifests/a.yaml", "manifests/b.yaml"]
    assert found.complete


def test_what_is_unstated_is_the_careful_choice(tmp_path: Path) -> None:
    text = "contacts:\n  a: {source: a.csv}\ndnd:\n  b: {source: b.csv}\n"
    found, _ = manifests(write(tmp_path, a=text))
    contacts, dnd = found.items[0].file.contacts["a"], found.items[0].file.dnd["b"]
    assert (contacts.on_absent, contacts.on_vanish, contacts.max_rejected) == ("keep", "keep", 0.1)
    assert (dnd.scope, dnd.max_age, dnd.max_shrink, dnd.lasts_days) == ("all", 7 * 86_400, 0.2, None)


def test_a_mistake_in_one_entry_leaves_the_others_to_be_checked(tmp_path: Path) -> None:
    found, said = manifests(write(tmp_path, a=MANIFEST.replace("dialer: main", "dialr: main")))
    assert len(said) == 2
    (item,) = found.items
    assert not item.file.campaigns
    assert set(item.file.contacts) == {"leads"}
    assert found.declared("campaigns") == {"spring"}
    assert found.complete


def test_a_file_that_is_no_yaml_makes_the_whole_incomplete(tmp_path: Path) -> None:
    found, said = manifests(write(tmp_path, a="dnd: [", b=MANIFEST))
    assert len(said) == 1
    assert not found.complete
    assert len(found.items) == 1


def test_people_in_rows_are_never_shown(tmp_path: Path) -> None:
    row = '{phone: "+573001234567", first_name: Ana, first_name: Eva, age: 7}'
    diagnostics = Diagnostics()
    project = load_project(write(tmp_path, a=f"contacts:\n  a:\n    rows:\n      - {row}\n"), diagnostics)
    assert project is not None
    load_manifests(project, diagnostics)
    shown = "\n".join(item.render() for item in diagnostics)
    assert "written twice" in shown
    for hidden in ("Ana", "Eva", "300123"):
        assert hidden not in shown
