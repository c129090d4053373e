"""``ledger``: a ledger that is not what it was is refused, and recovered without a single row sent twice."""

import io
import json
import shutil
import stat
from pathlib import Path

import pytest

from syncengine.ledger.schema import VERSION
from tests.cli.conftest import Project, mobile

ONLY = ("--dialer", "uk")


def ledger_file(project: Project) -> Path:
    return project.folder / ".syncengine" / "ledger.db"


def sends(project: Project) -> int:
    return project.sandbox.comunik8.record.total


def applied(project: Project, *leads: int) -> None:
    project.leads(*leads)
    project.run("apply", "--auto-approve", *ONLY)


def refused(project: Project, words: str) -> None:
    """Whatever is tried, nothing is sent and the way on is named."""
    before = sends(project)
    for command in (["plan", *ONLY], ["apply", "--auto-approve", *ONLY], ["state", "list"], ["ledger", "status"]):
        found = project.run(*command, expected=5)
        assert words in found.err
        assert "Nothing is planned or sent until: syncengine ledger recover" in found.err
        assert found.err.count("\n") == 1
    assert sends(project) == before


def settled(project: Project) -> None:
    """Let what was written last be long ago."""
    mark = ledger_file(project).parent / "ledger.db.mark"
    found = json.loads(mark.read_text())
    mark.write_text(json.dumps(found | {"at": found["at"] - 3_600}))


def recovered(project: Project, **parked: int) -> None:
    assert (
        "what was written last may not be listed yet; recover again in"
        in project.run("ledger", "recover", expected=1).err
    )
    settled(project)
    found = project.run("ledger", "recover", "--json").document
    assert found["parked"] == {f"uk/contacts/{name.replace('_', '-')}": count for name, count in parked.items()}
    before = sends(project)
    project.run("apply", "--auto-approve", *ONLY, expected=None)
    assert sends(project) == before, "what may be there already was sent again"


@pytest.fixture
def only_uk(project: Project) -> Project:
    """A project whose one dialer can be read by nobody."""
    text = (project.folder / "manifests" / "all.yaml").read_text().split("  spring:")[0]
    project.manifest(
        text + "contacts:\n  leads: {source: data/leads.csv, region: GB, on_absent: remove}\n"
        "dnd:\n  opt-outs: {source: data/opt-outs.csv, scope: all}\n"
    )
    return project


def test_a_ledger_put_back_from_an_old_copy_is_refused_and_what_it_forgot_is_parked(only_uk: Project) -> None:
    project = only_uk
    applied(project, 1, 2)
    shutil.copy(ledger_file(project), project.folder / "old.db")
    applied(project, 1, 2, 4, 5)
    shutil.copy(project.folder / "old.db", ledger_file(project))
    refused(project, "is older than it was: it knows")
    recovered(project, motor_trade=2)
    assert project.added() == sorted(mobile(number)[1:] for number in (1, 2, 4, 5))
    (call,) = project.run("state", "list", "--json").document["parked"]
    project.run("state", "resolve", str(call["call"]), "--assume-sent")
    before = sends(project)
    applied(project, 1, 2, 4, 5)
    assert sends(project) == before
    assert "sound" in project.run("ledger", "recover", expected=64).err


def test_a_deleted_ledger_is_missed_and_everybody_is_parked(only_uk: Project) -> None:
    project = only_uk
    applied(project, 1, 2)
    ledger_file(project).unlink()
    refused(project, "is gone, though")
    assert not ledger_file(project).exists()
    recovered(project, motor_trade=2)


def test_a_ledger_of_another_project_copy_is_refused(only_uk: Project) -> None:
    project = only_uk
    applied(project, 1, 2)
    (ledger_file(project).parent / "ledger.db.mark").rename(project.folder / "mark")
    for path in ledger_file(project).parent.glob("ledger.db*"):
        path.unlink()
    applied(project, 1, 2)
    (project.folder / "mark").rename(ledger_file(project).parent / "ledger.db.mark")
    refused(project, "is another one than this project has written to so far")
    recovered(project)


def test_a_damaged_ledger_is_refused_set_aside_and_what_can_be_read_of_it_is_kept(only_uk: Project) -> None:
    project = only_uk
    project.opt_outs(mobile(3), mobile(50))
    applied(project, 1, 2)
    # The line is gone from its source; that it was said stands in the ledger alone.
    project.opt_outs(mobile(3), mobile(51))
    data = bytearray(ledger_file(project).read_bytes())
    page = data.index(b"uk/contacts/motor-trade") // 4096
    data[page * 4096 : (page + 1) * 4096] = bytes(0xFF ^ byte for byte in data[page * 4096 : (page + 1) * 4096])
    ledger_file(project).write_bytes(data)
    refused(project, "is damaged")
    settled(project)
    found = project.run("ledger", "recover", "--json").document
    assert found["statements"] == {"opt-outs": 3}
    assert Path(found["set_aside"]).exists()
    before = sends(project)
    applied(project, 1, 2, 50)
    assert sends(project) == before


def test_a_recovery_that_cannot_read_everything_leaves_the_ledger_refused(only_uk: Project) -> None:
    project = only_uk
    applied(project, 1, 2)
    ledger_file(project).unlink()
    (project.folder / "data" / "opt-outs.csv").unlink()
    assert (
        "cannot be recovered while this is not read: do-not-call list opt-outs"
        in project.run("ledger", "recover", expected=4).err
    )
    assert "is being recovered" in project.run("apply", "--auto-approve", *ONLY, expected=5).err
    project.opt_outs(mobile(3))
    recovered(project, motor_trade=2)


def test_a_backup_is_private_and_put_back_with_a_recovery_to_follow(only_uk: Project) -> None:
    project = only_uk
    applied(project, 1, 2)
    backup = project.folder / "backup.db"
    project.run("ledger", "backup", backup)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert "never replaces a file" in project.run("ledger", "backup", backup, expected=1).err
    assert "as new as the ledger" in project.run("ledger", "restore", backup).out
    applied(project, 1, 2, 4)
    assert "ledger recover" in project.run("ledger", "restore", backup).out
    refused(project, "was put back from a backup, and what was sent since then is not in it")
    recovered(project, motor_trade=1)
    assert project.run("ledger", "check").out == "the ledger is sound\n"


def test_something_that_is_no_backup_is_not_put_back(only_uk: Project) -> None:
    project = only_uk
    applied(project, 1)
    (project.folder / "x.db").write_text("not a ledger")
    assert "not a ledger" in project.run("ledger", "restore", project.folder / "x.db", expected=5).err
    assert "there is no backup" in project.run("ledger", "restore", project.folder / "y.db", expected=1).err
    project.run("plan", *ONLY)


def test_status_says_where_it_is_and_what_it_knows(only_uk: Project) -> None:
    project = only_uk
    applied(project, 1, 2)
    found = project.run("ledger", "status")
    assert "1 do-not-call number, 1 campaign, 2 rows" in found.out
    assert "held      nothing" in found.out
    assert "last run  apply of" in found.out
    document = project.run("ledger", "status", "--json").document
    assert document["rows"] == {"uk/contacts/motor-trade": 2}
    assert document["held"] == []
    assert f"schema version {VERSION}" in project.run("ledger", "migrate").out


def test_a_ledger_moves_to_another_file_and_the_old_one_is_closed(only_uk: Project) -> None:
    project = only_uk
    applied(project, 1, 2)
    assert "rows were moved and compared" in project.run("ledger", "move", "--to", "sqlite:///moved.db").out
    assert "was moved to" in project.run("apply", "--auto-approve", *ONLY, expected=1).err
    config = project.folder / "syncengine.yaml"
    config.write_text(config.read_text() + "ledger: sqlite:///moved.db\n")
    before = sends(project)
    applied(project, 1, 2)
    assert sends(project) == before
    assert project.run("ledger", "check", "--json").document == {"format_version": 1, "sound": True, "wrong": []}


def erasable(project: Project) -> None:
    """State the key, let somebody be called and opt out, and let their line be gone again."""
    file = project.folder / "syncengine.yaml"
    file.write_text(file.read_text() + 'erasure_key: "env:ERASURE_KEY"\n', encoding="utf-8")
    project.environment["ERASURE_KEY"] = "0123456789abcdef" * 4
    others = [mobile(n) for n in range(60, 90)]
    project.opt_outs(mobile(1), *others)
    applied(project, 2, 3)
    project.opt_outs(*others)


def test_a_person_is_erased_without_a_word_of_whom_and_the_project_is_told_what_is_left_to_do(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasable(project)
    monkeypatch.setenv("ERASURE_KEY", project.environment["ERASURE_KEY"])
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{mobile(1)}\n"))
    project.leads(1, 2, 3)
    told = project.run("ledger", "erase", "-")
    assert "it stays on opt-outs by a keyed digest" in told.out
    assert "it still stands in data/leads.csv" in told.out
    found = project.run("ledger", "erase", mobile(1), "--json").document
    assert (found["kept_on"], found["named_in"], found["rows"]) == (["opt-outs"], ["data/leads.csv"], {})
    assert project.run("ledger", "check").out == "the ledger is sound\n"
    before = sends(project)
    project.run("apply", "--auto-approve", *ONLY)
    assert sends(project) == before
    assert mobile(1)[3:] not in "".join(project.said)
    monkeypatch.delenv("ERASURE_KEY")
    project.leads(1, 2, 3, 4)
    assert "nobody can tell which they are" in project.run("plan", *ONLY, expected=4).out
    project.run("apply", "--auto-approve", *ONLY, expected=None)
    assert sends(project) == before


def test_whoever_is_at_a_dialer_is_not_erased(project: Project) -> None:
    applied(project, 1, 2)
    told = project.run("ledger", "erase", mobile(1), expected=4)
    assert "--assume-gone" in told.err
    assert mobile(1)[3:] not in told.err
    assert "uk/contacts/motor-trade: 1" in project.run("ledger", "erase", mobile(1), "--assume-gone").out
