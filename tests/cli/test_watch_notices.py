"""A watcher tells each piece of news once, also after it began anew, and lands what may land whatever becomes of that."""

import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from syncengine import landing, sync
from syncengine.cli.watch_notices import Herald
from syncengine.notices.notice import Notice
from tests.cli.conftest import Project, mobile
from tests.cli.test_watch import by_hand, look
from tests.cli.test_watching import watch  # noqa: F401 - a fixture

Told = list[dict[str, Any]]


def events(told: Told) -> list[str]:
    """What was told since this was last asked."""
    found = [notice["event"] for notice in told]
    told.clear()
    return found


def wait_for(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_plan_that_waits_for_a_person_is_told_once_and_the_next_one_anew(project: Project, told: Told) -> None:
    with_told = (project.folder / "syncengine.yaml").read_text()
    (project.folder / "syncengine.yaml").write_text(with_told.replace("[cosmetic, pacing, audience]", "[]"))
    look(project)
    first = told[0]["plan_id"]
    assert events(told) == ["approval"]
    look(project)
    look(project)
    assert events(told) == []
    project.leads(1, 2, 4)
    look(project)
    assert told[0]["plan_id"] != first
    assert events(told) == ["approval"]


def test_who_only_shows_plans_tells_of_them_once_in_all_its_cycles(project: Project, told: Told, watch) -> None:  # noqa: F811
    watching = watch("--json", "--interval", "0.4s")
    plans = [watching.event()["plan"]["plan_id"] for _ in range(4)]
    assert len(set(plans)) == 1
    assert watching.end(15) == 0
    assert events(told) == ["approval"]


def test_a_window_is_no_reason_to_wake_anybody(project: Project, told: Told) -> None:
    file = project.folder / "syncengine.yaml"
    file.write_text(
        file.read_text().replace(
            "watch: {", 'watch: {windows: [{kind: deny, schedule: "* * * * *", duration: 2m, zone: UTC}], '
        )
    )
    look(project)
    assert events(told) == []


def test_a_guard_is_told_once_and_again_when_it_stops_something_later(project: Project, told: Told) -> None:
    file = project.folder / "syncengine.yaml"
    sound = file.read_text()
    broken = sound.replace("max_newly_callable: 20000", "max_newly_callable: 1")
    file.write_text(broken)
    look(project, expected=None)
    look(project, expected=None)
    assert [notice["about"] for notice in told] == [["max_newly_callable"]]
    assert events(told) == ["guard"]
    file.write_text(sound)
    look(project)
    assert events(told) == []
    file.write_text(broken)
    project.leads(1, 2, 4, 5, 6)
    look(project, expected=None)
    assert events(told) == ["guard"]


def test_an_apply_in_part_is_told_once(project: Project, told: Told) -> None:
    project.sandbox.comunik8.faults.add("error_before", path="/lead/add", times=1000)
    look(project, expected=3)
    assert events(told) == ["partial"]
    look(project, expected=None)
    assert events(told) == []


def test_drift_is_told_once_whatever_the_files_do_and_again_when_it_is_back(project: Project, told: Told) -> None:
    look(project)
    by_hand(project, "stop")
    look(project)
    assert told[0]["about"] == ["co/campaign/spring: stopped there; we had started it"]
    assert events(told) == ["drift"]
    project.leads(1, 2, 4)
    look(project)
    assert events(told) == []
    by_hand(project, "start")
    look(project)
    by_hand(project, "stop")
    look(project)
    assert events(told) == ["drift"]


def test_opt_outs_near_their_deadline_are_told_once(project: Project, told: Told) -> None:
    look(project)
    project.opt_outs(mobile(3), mobile(1))
    project.run("plan")
    with closing(sqlite3.connect(project.folder / ".syncengine" / "ledger.db")) as ledger:
        ledger.execute("UPDATE statement SET first_read_at = first_read_at - 72000")
        ledger.commit()
    # Nothing gets to Britain: the person stays in the campaign.
    project.sandbox.comunik8.faults.add("error_before", times=1000)
    project.run("suspend")
    look(project)
    assert told[0]["counts"] == {"opt_outs": 1, "hours_old": 20}
    assert events(told) == ["dnd_deadline"]
    look(project)
    assert events(told) == []
    project.sandbox.comunik8.faults.clear()
    project.run("resume")
    look(project)
    look(project)
    assert events(told) == []


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_a_webhook_that_hangs_holds_up_no_landing_and_no_end(
    project: Project,
    silent: socket.socket,
    watch,  # noqa: F811
) -> None:
    project.configure(max_newly_callable=1)
    file = project.folder / "syncengine.yaml"
    way = f"notifications: [{{webhook: 'http://127.0.0.1:{silent.getsockname()[1]}/', secret: 'env:HOOK'}}]\n"
    file.write_text(file.read_text() + way)
    project.environment["HOOK"] = "s3cret"
    watching = watch("--json", "--apply")
    watching.event()
    connection, _ = silent.accept()
    with connection:
        began = time.monotonic()
        file.write_text(file.read_text().replace("max_newly_callable: 1", "max_newly_callable: 100"))
        # The first look has landed compliance before.
        while not project.added():
            watching.event()
        # One try of a webhook takes five seconds.
        assert time.monotonic() - began < 5
        began = time.monotonic()
        assert watching.end(15) == 0
        assert time.monotonic() - began < 12
    assert "notices are still under way" in "".join(watching.said)


def test_a_notice_that_fails_fails_no_landing_and_is_told_when_it_can_be(
    project: Project, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = project.folder / "syncengine.yaml"
    file.write_text(file.read_text().replace("max_newly_callable: 20000", "max_newly_callable: 1"))
    monkeypatch.delenv("HOOK")
    found = look(project, expected=None)
    assert [event["warning"][:40] for event in found if "warning" in event] == [
        "notification 1 (guard) was not sent: the"
    ]
    assert events(told) == []
    monkeypatch.setenv("HOOK", "s3cret")
    look(project, expected=None)
    assert events(told) == ["guard"]


def test_what_failed_is_tried_again_with_the_next_news_and_complained_of_once(
    project: Project, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints: list[str] = []
    herald, loaded = Herald(complaints.append), sync.load(project.folder)
    partial = Notice(event="partial", project="acme", plan_id="4f1c2a9b8e7d6c50", counts={"rejected": 1})
    monkeypatch.setattr(landing.Way, "send", lambda *_: "it failed")
    for _ in range(3):
        herald.tell(loaded, {"partial": partial})
        wait_for(lambda: not herald._news)
    wait_for(lambda: complaints)
    monkeypatch.undo()
    monkeypatch.setenv("HOOK", "s3cret")
    # An apply is news once; the looks after it say nothing of it.
    herald.tell(loaded, {"approval": None})
    herald.close(10)
    assert complaints == ["it failed"]
    assert events(told) == ["partial"]


def test_news_never_waits_for_older_news(project: Project, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging, sent = threading.Event(), []

    def send(_: landing.Way, notice: Notice) -> str:
        sent.append(notice.plan_id)
        hanging.wait(timeout=20)
        return ""

    monkeypatch.setattr(landing.Way, "send", send)
    herald, loaded = Herald(lambda _: None), sync.load(project.folder)
    herald.tell(loaded, {"guard": Notice(event="guard", project="acme", plan_id="0")})
    wait_for(lambda: sent)
    began = time.monotonic()
    for number in range(1, 1000):
        herald.tell(loaded, {"guard": Notice(event="guard", project="acme", plan_id=str(number))})
    assert time.monotonic() - began < 2
    hanging.set()
    herald.close(10)
    assert sent == ["0", "999"]


def test_nobody_to_tell_takes_no_thread(project: Project) -> None:
    herald = Herald(lambda _: None)
    herald.tell(sync.load(project.folder), {"guard": Notice(event="guard", project="acme", plan_id="0")})
    assert herald._thread is None
    herald.close(0)
