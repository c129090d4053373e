import json
import os
from pathlib import Path

import pytest

from syncengine import sync
from syncengine.cli import init
from syncengine.cli.init import command
from syncengine.config.vendor_files import shipped_vendors
from syncengine.errors import ConfigError, SyncEngineError, UsageError
from tests.cli.running import run


def written(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr("syncengine.cli.output.on_a_terminal", lambda: True)


@pytest.mark.parametrize("vendors", [*([name] for name in shipped_vendors()), shipped_vendors()], ids="-".join)
def test_the_written_project_loads_without_a_mistake_or_a_warning(vendors, tmp_path):
    folder = tmp_path / "new" / "acme"
    arguments = [word for name in vendors for word in ("--vendor", name)]
    assert run(command, str(folder), "--yes", *arguments).exit_code == 0
    loaded = sync.load(folder)
    assert loaded.diagnostics.items == []
    assert set(loaded.desired.dialers) == set(vendors)
    assert loaded.desired.project == "acme"
    assert {campaign.dialer for campaign in loaded.desired.campaigns.values()} == set(vendors)
    # Nothing begins to dial by itself.
    assert {campaign.status for campaign in loaded.desired.campaigns.values()} == {None}
    assert all(path.is_file() for path in loaded.files())


def test_every_file_is_there_and_what_is_private_stays_out_of_git(tmp_path):
    run(command, str(tmp_path), "--yes", "--vendor", shipped_vendors()[0])
    assert written(tmp_path) == [
        ".gitignore",
        ".syncengine/schemas/manifest.json",
        ".syncengine/schemas/mapping.json",
        ".syncengine/schemas/project.json",
        ".syncengine/schemas/vendor.json",
        "data/contacts.csv",
        "data/opt-outs.csv",
        "manifests/example.yaml",
        "syncengine.yaml",
    ]
    assert (tmp_path / ".gitignore").read_text() == ".syncengine/\n*.rejects.csv\n"


def test_an_editor_finds_the_schema_that_the_first_line_names(tmp_path):
    run(command, str(tmp_path), "--yes", "--vendor", shipped_vendors()[0])
    for name in ("syncengine.yaml", "manifests/example.yaml"):
        first = (tmp_path / name).read_text().split("\n")[0]
        schema = tmp_path / name / ".." / first.partition("$schema=")[2]
        assert "properties" in json.loads(Path(os.path.normpath(schema)).read_text())


def test_the_end_tells_which_variables_to_set_and_what_to_do_next(tmp_path):
    for name in shipped_vendors():
        folder = tmp_path / name
        output = run(command, str(folder), "--yes", "--vendor", name).output
        for reference in sync.load(folder).desired.dialers[name].secrets.values():
            kind, _, variable = reference.partition(":")
            assert kind == "env"
            assert variable.startswith(name.upper())
            assert f"  {variable} " in output
        assert output.endswith(f"  cd {folder}\n  syncengine validate\n  syncengine plan\n")


def test_a_host_that_only_the_owner_can_vouch_for_is_named(tmp_path):
    from syncengine.config.vendor_files import load_vendor
    from syncengine.diagnostics import Diagnostics

    told = {}
    for name in shipped_vendors():
        loaded = load_vendor(name, Diagnostics())
        output = run(command, str(tmp_path / name), "--yes", "--vendor", name).output
        told[name] = ("SYNCENGINE_ALLOW_ORIGINS=https://" in output, loaded.vendor.shipped)
    assert all(named is not shipped for named, shipped in told.values())


def test_nothing_that_exists_is_overwritten_and_all_of_it_is_named(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "contacts.csv").write_text("mine")
    (tmp_path / "syncengine.yaml").symlink_to("nowhere")
    with pytest.raises(SyncEngineError) as refused:
        run(command, str(tmp_path), "--yes", "--vendor", shipped_vendors()[0])
    assert str(refused.value).endswith("has already: syncengine.yaml, data/contacts.csv")
    assert refused.value.exit_code == 1
    assert written(tmp_path) == ["data/contacts.csv"]


def test_a_gitignore_that_exists_is_left_alone_and_what_it_lacks_is_told(tmp_path):
    (tmp_path / ".gitignore").write_text("*.rejects.csv\n.venv/\n")
    output = run(command, str(tmp_path), "--yes", "--vendor", shipped_vendors()[0]).output
    assert "Add to .gitignore: .syncengine/\n" in output
    assert (tmp_path / ".gitignore").read_text() == "*.rejects.csv\n.venv/\n"


def test_a_file_that_comes_into_being_meanwhile_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(init, "_refuse_existing", lambda folder: (folder / "syncengine.yaml").write_text("mine"))
    with pytest.raises(SyncEngineError, match="meanwhile"):
        run(command, str(tmp_path), "--yes", "--vendor", shipped_vendors()[0])
    assert (tmp_path / "syncengine.yaml").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_explained(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SyncEngineError, match="cannot be written: Not a directory"):
        run(command, str(tmp_path / "file" / "folder"), "--yes", "--vendor", shipped_vendors()[0])


def test_here_is_where_it_writes_when_no_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    output = run(command, "--vendor", shipped_vendors()[0], "--name", "spring").output
    assert sync.load(tmp_path).desired.project == "spring"
    assert "  cd " not in output


@pytest.mark.parametrize(("folder", "project"), [("acme 2030!", "acme-2030"), ("all", "project"), ("-", "project")])
def test_a_folder_s_name_becomes_one_that_a_project_can_have(folder, project, tmp_path):
    run(command, str(tmp_path / folder), "--yes", "--vendor", shipped_vendors()[0])
    assert sync.load(tmp_path / folder).desired.project == project


def test_a_name_that_looks_like_a_number_stays_text(tmp_path):
    run(command, str(tmp_path), "--yes", "--name", "007", "--vendor", shipped_vendors()[0])
    assert sync.load(tmp_path).desired.project == "007"


def test_a_name_that_no_project_can_have_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot name a project"):
        run(command, str(tmp_path), "--yes", "--name", "a b", "--vendor", shipped_vendors()[0])


def test_off_a_terminal_a_vendor_must_be_named(tmp_path):
    with pytest.raises(UsageError, match="--vendor NAME, with one of: "):
        run(command, str(tmp_path))


def test_an_unknown_vendor_is_explained(tmp_path):
    with pytest.raises(ConfigError):
        run(command, str(tmp_path), "--yes", "--vendor", "nobody")
    assert written(tmp_path) == []


def test_a_vendor_named_twice_is_one_dialer(tmp_path):
    name = shipped_vendors()[0]
    run(command, str(tmp_path), "--yes", "--vendor", name, "--vendor", name)
    assert len(sync.load(tmp_path).desired.dialers) == 1


def test_on_a_terminal_it_asks_until_an_answer_fits(tmp_path, terminal):
    result = run(command, str(tmp_path), typed="wolkvox, thulium,\nspring\n16\n0016\nacme\n7\n3\n")
    assert "it must match [0-9]{4} as a whole" in result.output
    dialers = sync.load(tmp_path).desired.dialers
    assert sync.load(tmp_path).desired.project == "spring"
    assert dialers["wolkvox"].settings["server"] == "0016"
    assert dialers["thulium"].settings["system"] == "acme"


def test_an_empty_answer_takes_what_is_offered(tmp_path, terminal):
    run(command, str(tmp_path / "spring"), "--vendor", "wolkvox", typed="\n\n")
    desired = sync.load(tmp_path / "spring").desired
    assert (desired.project, desired.dialers["wolkvox"].settings["server"]) == ("spring", "0016")


def test_a_setting_without_an_example_cannot_be_guessed(tmp_path):
    from tests.config.samples import vendor

    with pytest.raises(UsageError, match="has no example"):
        init._setting(vendor(), "zone", vendor().settings["zone"], ask=False)
