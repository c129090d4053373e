"""What a watcher lands and what it holds, one look at a time; ``test_watching`` runs it as a process."""

import json
import re
import time
from typing import Any
from urllib.request import Request, urlopen

import pytest

from syncengine.cli.interrupt import Stop
from syncengine.cli.planning import Given
from syncengine.cli.watching import Watcher
from syncengine.ledger.ledger import Ledger
from syncengine.watch.files import Snapshot, look_at
from tests.cli.conftest import MANIFEST, Project

LOOK = ("watch", "--once", "--settle", "0.05s")


def look(project: Project, *words: str, expected: int | None = 0) -> list[dict[str, Any]]:
    """One look with --apply; gives its events."""
    out = project.run(*LOOK, "--apply", "--json", *words, expected=expected).out
    return [json.loads(line) for line in out.splitlines()]


def rules(events: list[dict[str, Any]]) -> list[str]:
    return [held["rule"] for held in events[0]["decision"]["held"]]


def ledger(project: Project) -> Ledger:
    return Ledger.open(project.folder / ".syncengine" / "ledger.db", "acme")


def dnc(project: Project) -> int:
    return int(project.sandbox.wolkvox.state()["summary"]["dnc"])


def by_hand(project: Project, operation: str) -> None:
    """Somebody starts or stops the campaign at the dialer."""
    (campaign,) = project.sandbox.wolkvox.state()["campaigns"]
    url = f"{project.sandbox.url('wolkvox')}/api/v2/campaign.php?api={operation}&type_campaign=predictive"
    token = project.sandbox.credentials("wolkvox")["token"]
    request = Request(f"{url}&campaign_id={campaign['campaign_id']}", method="PUT", headers={"wolkvox-token": token})
    assert json.load(urlopen(request))["code"] == 202


def test_without_a_policy_only_compliance_lands(project: Project) -> None:
    project.configure(may_land="[]")
    assert rules(look(project)) == ["policy"]
    assert (project.added(), dnc(project)) == ([], 1)
    assert rules(look(project)) == ["policy"]


def test_a_closed_window_holds_all_but_compliance_and_says_until_when(project: Project) -> None:
    project.configure(watch=', windows: [{kind: deny, schedule: "* * * * *", duration: 2m, zone: UTC}]')
    (told, landed) = look(project)
    assert rules([told]) == ["window"]
    assert told["decision"]["held"][0]["until"] > time.time()
    assert [change["level"] for change in landed["report"]["changes"]] == ["dnd additions"]
    assert project.added() == []
    project.configure()
    look(project)
    assert len(project.added()) == 2


def test_a_clock_that_was_set_back_closes_the_windows_until_somebody_believes_it(project: Project) -> None:
    project.run("plan")
    with ledger(project) as kept:
        kept.notes.write("watch/clock", repr(time.time() + 3600), now=0.0)
    events = look(project)
    assert rules(events) == ["window"]
    # By an hour less what has passed since.
    why = events[0]["decision"]["held"][0]["why"]
    assert re.search(r"the clock was set back by 3,(5\d\d|600) s, so every window is closed", why)
    assert (project.added(), dnc(project)) == ([], 1)
    project.run("resume")
    look(project)
    assert len(project.added()) == 2


def test_suspended_watchers_apply_nothing_and_show_all(project: Project) -> None:
    assert "apply nothing" in project.run("suspend", "--reason", "audit").out
    events = look(project)
    assert rules(events) == ["suspended"]
    assert events[0]["decision"]["held"][0]["why"].endswith(": audit")
    assert (project.added(), dnc(project)) == ([], 0)
    assert "audit" in project.run("resume").out
    look(project)
    assert (len(project.added()), dnc(project)) == (2, 1)
    assert "nothing was suspended" in project.run("resume").out


def test_drift_is_told_apart_from_change_and_healed_only_where_the_policy_says_so(project: Project) -> None:
    look(project)
    assert "No drift" in project.run("drift", "--detailed-exitcode").out
    by_hand(project, "stop")
    found = project.run("drift", "--detailed-exitcode", expected=2)
    assert "co/campaign/spring: stopped there; we had started it" in found.out
    (drift,) = project.run("drift", "--json").document["drift"]
    assert (drift["address"], drift["count"]) == ("co/campaign/spring", 1)
    project.leads(1, 2, 3, 4)
    events = look(project)
    assert rules(events) == ["drift"]
    assert [drift["what"] for drift in events[0]["drift"]] == ["stopped there; we had started it"]
    # What the files changed landed all the same.
    assert len(project.added()) == 3
    assert project.sandbox.wolkvox.state()["campaigns"][0]["status"] == "Stopped"
    project.configure(watch=", heal: true")
    look(project)
    assert project.sandbox.wolkvox.state()["campaigns"][0]["status"] == "Started"


def test_what_the_files_changed_is_no_drift(project: Project) -> None:
    assert project.run("drift", "--json", "--detailed-exitcode").document["drift"] == []


def test_files_that_did_not_land_are_not_tried_again_before_a_while_though_the_watcher_is_new(project: Project) -> None:
    adds = project.sandbox.comunik8.record.entries
    project.sandbox.comunik8.faults.add("error_before", path="/lead/add", times=1000)
    look(project, expected=3)
    tried = len(adds("POST", "/lead/add"))
    assert tried
    for _ in range(3):
        events = look(project)
        assert rules(events) in (["tried"], [])
    assert len(adds("POST", "/lead/add")) == tried
    project.sandbox.comunik8.faults.clear()
    project.leads(1, 2, 3, 4)
    look(project, expected=None)
    assert len(adds("POST", "/lead/add")) > tried


def test_nothing_is_sent_on_account_of_files_that_moved_while_they_were_read(project: Project, monkeypatch) -> None:
    moved = iter([True, True, False])
    monkeypatch.setattr(Snapshot, "moved", lambda *_: next(moved, False))
    events = look(project)
    # Twice it looked again before anything was told or sent.
    assert ["plan" in event for event in events] == [True, False]
    assert next(moved, None) is None


def watcher_of(project: Project, *, applies: bool = True) -> Watcher:
    given = Given(
        dialers=(), targets=(), refresh="full", prune=False, allow_remove=None, allow_dnd_remove=0,
        allow_unverified=False, vendor_check=False, extra=(), parallelism=None, view="text", as_json=False,
        no_color=True,
    )  # fmt: skip
    made = Watcher(project=project.folder, given=given, applies=applies, stop=Stop(), once=False)
    made.times()
    return made


def at_rest(watcher: Watcher) -> Snapshot:
    return Snapshot({str(path): look_at(path) for path in watcher.files()}, {})


def test_a_file_that_the_manifest_names_only_now_is_waited_for_too(project: Project) -> None:
    watcher = watcher_of(project)
    before = at_rest(watcher)
    (project.folder / "data" / "more.csv").write_text("phone\n")
    project.manifest(MANIFEST.replace("data/leads.csv", "data/more.csv"))
    assert watcher.act("change", before).again
    assert project.added() == []
    assert not watcher.act("change", at_rest(watcher)).again


def test_a_broken_file_keeps_the_last_good_plan_and_says_where_it_is_broken(project: Project) -> None:
    watcher = watcher_of(project, applies=False)
    watcher.act("start", at_rest(watcher))
    good = watcher.state.plan
    assert good is not None
    project.manifest(MANIFEST.replace("scope: all", "scope: nobody"))
    watcher.act("change", at_rest(watcher))
    assert watcher.state.plan is good
    assert watcher.state.broken[0].startswith("manifests/all.yaml:")
    project.manifest(MANIFEST)
    watcher.act("change", at_rest(watcher))
    assert watcher.state.broken == ()


def test_a_watcher_looks_soon_after_it_was_suspended_or_resumed(project: Project) -> None:
    watcher = watcher_of(project)
    watcher.act("start", at_rest(watcher))
    assert not watcher.wanted()
    project.run("suspend")
    assert watcher.wanted()
    watcher.act("clock", at_rest(watcher))
    assert not watcher.wanted()
    project.run("resume")
    assert watcher.wanted()


def test_a_watcher_that_stands_by_reads_no_dialer(project: Project) -> None:
    first, second = watcher_of(project), watcher_of(project)
    first.holder, second.holder = "ann@one pid 1 [a:b:1:1]", "bob@two pid 2 [c:d:2:2]"
    snapshot = at_rest(first)
    first.act("start", snapshot)
    calls = project.sandbox.wolkvox.record.total
    turn = second.act("start", snapshot)
    assert turn.at is not None
    assert second.state.leader == "ann@one pid 1"
    assert project.sandbox.wolkvox.record.total == calls
    # Who leads no more lets go of the seat at once; who dies, when its lease ends.
    first.leave_seat()
    assert second.act("clock", snapshot).at is None
    assert second.state.leader == ""
    first.act("clock", snapshot)
    assert first.state.leader == "bob@two pid 2"


def test_a_release_behind_a_swapped_link_keeps_its_ledger_or_is_refused(project: Project, tmp_path) -> None:
    """A ledger that a swap leaves behind would add everybody a second time."""
    current = tmp_path / "current"
    current.symlink_to(project.folder.name)
    refused = project.run(*LOOK, "--apply", "--project", current, expected=64)
    assert "reached through a link" in refused.out
    assert project.added() == []
    file = project.folder / "syncengine.yaml"
    file.write_text(f"{file.read_text()}ledger: sqlite:///{tmp_path}/kept/ledger.db\n")
    project.run(*LOOK, "--apply", "--project", current)
    assert len(project.added()) == 2
    assert not (project.folder / ".syncengine" / "ledger.db").exists()


def test_a_disk_that_fails_is_told_and_outlived(project: Project, monkeypatch) -> None:
    from syncengine import landing

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "rejects/leads.csv")

    watcher = watcher_of(project)
    monkeypatch.setattr(landing, "land", full)
    assert watcher.act("start", at_rest(watcher)).at is not None
    assert watcher.state.broken == ("rejects/leads.csv: No space left on device",)


@pytest.mark.parametrize("words", [("--listen", "0.0.0.0:0"), ("--listen", "nowhere")])
def test_an_address_that_is_open_to_others_needs_a_word(project: Project, words) -> None:
    assert "--listen" in project.run(*LOOK, *words, expected=64).err


def test_the_page_is_served_while_it_watches(project: Project) -> None:
    assert "shows itself at http://127.0.0.1:" in project.run(*LOOK, "--listen", "127.0.0.1:0").err
