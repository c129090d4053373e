import time
from pathlib import Path

import pytest

from syncengine.config.desired import load_desired
from syncengine.config.project import load_project
from syncengine.diagnostics import Diagnostics
from syncengine.model.desired import Desired
from tests.config.samples import MANIFEST, PROJECT, VENDORS, load, write


def good(root: Path) -> Desired:
    desired, said, _ = load(root)
    assert not said
    assert desired is not None
    return desired


def test_the_files_become_one_value(tmp_path: Path) -> None:
    desired = good(write(tmp_path))
    campaign = desired.campaigns["spring"]
    assert campaign.fields == {
        "name": "spring",
        "type": "predictive",
        "speed": 3,
        "start": "08:00:00",
        "tags": ("a", "b"),
        "open": True,
    }
    assert (campaign.dialer, campaign.id, campaign.name, campaign.status) == ("main", "", "spring", "started")
    assert desired.dialers["main"].settings == {"server": "0016", "zone": "a"}
    assert desired.dialers["main"].stated_settings == {"server"}
    assert desired.contacts["leads"].source.rows == ({"phone": "+573001234567", "first_name": "Ana"},)
    assert [place.line for place in desired.contacts["leads"].source.row_locations] == [12]
    assert desired.dnd["opt-outs"].source.rows == ({"phone": "+573007654321"}, {"phone": "+573001112233"})
    assert desired.dnd["opt-outs"].release == ("+573009998877",)
    assert desired.dnd_scopes(desired.dnd["opt-outs"]) == ("spring",)
    assert desired.root == str(tmp_path.resolve())


def test_names_are_shared_between_manifests_and_their_order_does_not_matter(tmp_path: Path) -> None:
    head, tail = MANIFEST.split("contacts:\n  leads")
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = good(write(tmp_path / "one", a=head, b="contacts:\n  leads" + tail))
    two = good(write(tmp_path / "two", b=head, a="contacts:\n  leads" + tail))
    assert list(one.campaigns) == list(two.campaigns)
    assert {n: c.fields for n, c in one.campaigns.items()} == {n: c.fields for n, c in two.campaigns.items()}


def test_the_digest_follows_every_byte_of_every_file(tmp_path: Path) -> None:
    seen = set()
    for number, (project, manifest) in enumerate(
        [(PROJECT, MANIFEST), (PROJECT + "# x\n", MANIFEST), (PROJECT, MANIFEST + "# x\n")]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        seen.add(good(write(folder, project, case=manifest)).digest)
    assert len(seen) == 3
    again = tmp_path / "again"
    again.mkdir()
    assert good(write(again, PROJECT, case=MANIFEST)).digest in seen


def test_the_same_key_in_two_manifests_names_the_other_place(tmp_path: Path) -> None:
    _, said, _ = load(write(tmp_path, a=MANIFEST, b="contacts:\n  leads: {rows: []}\n"))
    (shown,) = said
    assert shown.splitlines() == [
        'manifests/b.yaml:2:3: error: "leads" stands in manifests/a.yaml:10:3 already',
        "  2 |   leads: {rows: []}",
        "    |   ^^^^^",
        "    expected: each name once under contacts, over all manifests",
        "    hint: Remove one of the two, or rename it.",
    ]


def test_mistakes_of_all_files_come_together(tmp_path: Path) -> None:
    project = PROJECT.replace('"0016"', '"1"')
    text = MANIFEST.replace("[leads]", "[leeds]").replace("speed: 3", "spede: 3")
    desired, said, _ = load(write(tmp_path, project, a=text, b="dnd:\n  x: {source: ../y.csv}\n", c="contacts: 5\n"))
    assert desired is None
    assert [line.split(" ")[0].split(":")[0] for line in said if ": error:" in line] == [
        "manifests/a.yaml",
        "manifests/a.yaml",
        "manifests/b.yaml",
        "manifests/c.yaml",
        "syncengine.yaml",
    ]


def test_names_are_not_called_unknown_when_a_manifest_could_not_be_read(tmp_path: Path) -> None:
    head, _ = MANIFEST.split("contacts:\n  leads")
    _, said, _ = load(write(tmp_path, a=head, b="contacts: ["))
    assert len(said) == 1
    assert said[0].startswith("manifests/b.yaml:")


@pytest.mark.parametrize("change", [('"0016"', "0016"), ("project: sample", "project: sample\nproject: other")])
def test_a_mistake_that_only_the_reader_saw_still_stops(tmp_path: Path, change: tuple[str, str]) -> None:
    desired, said, _ = load(write(tmp_path, PROJECT.replace(*change)))
    assert desired is None
    assert len(said) == 1


def test_a_vendor_that_was_complained_about_is_not_called_unknown(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    project = load_project(write(tmp_path), diagnostics)
    assert project is not None
    load_desired(project, {"refs": VENDORS["refs"]}, diagnostics, known_vendors={"acme", "refs"})
    assert not len(diagnostics)


def test_a_missing_do_not_call_file_warns_and_stays_in_the_list(tmp_path: Path) -> None:
    desired, said, diagnostics = load(write(tmp_path, a="dnd:\n  out: {source: [data/out.csv, data/x-*.csv]}\n"))
    assert desired is not None
    assert not diagnostics.failed
    assert len(said) == 2
    root = str(tmp_path.resolve())
    # So that reading it fails, and holds what it should have protected.
    assert desired.dnd["out"].source.paths == (f"{root}/data/out.csv", f"{root}/data/x-*.csv")


def test_a_contact_list_that_nobody_uses_is_a_warning(tmp_path: Path) -> None:
    desired, said, _ = load(write(tmp_path, a="contacts:\n  idle: {rows: []}\n"))
    assert desired is not None
    assert said == ['manifests/a.yaml:2:3: warning: no campaign uses the contact list "idle"']


def test_an_unstated_scope_covers_everyone(tmp_path: Path) -> None:
    text = MANIFEST.replace("    scope: [main]\n", "").replace("    dnd: [opt-outs]\n", "")
    desired = good(write(tmp_path, a=text))
    assert desired.dnd_scopes(desired.dnd["opt-outs"]) == ("spring",)


def test_ten_thousand_lines_are_loaded_quickly(tmp_path: Path) -> None:
    text = "campaigns:\n" + "".join(
        f'  c{n}:\n    dialer: main\n    id: "{n}"\n    contacts: [a]\n    type: predictive\n' for n in range(2000)
    )
    write(tmp_path, a=text + "contacts:\n  a: {rows: []}\n")
    began = time.process_time()
    desired = good(tmp_path)
    assert time.process_time() - began < 0.8
    assert len(desired.campaigns) == 2000
