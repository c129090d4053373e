"""``watch`` as a process of its own: it plans on causes, outlives broken files, and ends when it is told to."""

import json
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from syncengine.ledger.ledger import Ledger
from syncengine.watch.files import Snapshot, look_at
from tests.cli.conftest import MANIFEST, Project

PATIENCE = 20.0


@dataclass
class Watching:
    """A running watcher whose events are read one by one."""

    process: subprocess.Popen[str]
    lines: "queue.Queue[str]" = field(default_factory=queue.Queue)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            self.lines.put(line)

    def event(self) -> dict[str, Any]:
        """Wait for the next line of JSON."""
        return json.loads(self.lines.get(timeout=PATIENCE))

    def silent(self, seconds: float) -> bool:
        time.sleep(seconds)
        return self.lines.empty()

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)


@pytest.fixture
def watch(project: Project) -> Iterator[Callable[..., Watching]]:
    started: list[Watching] = []

    def start(*words: str) -> Watching:
        watching = Watching(project.start("watch", "--settle", "0.2s", *words))
        started.append(watching)
        return watching

    yield start
    for watching in started:
        watching.process.kill()
        _, err = watching.process.communicate(timeout=PATIENCE)
        project.said += ["".join(watching.said), err]
        assert "Traceback" not in err


def test_it_plans_at_the_start_and_on_every_settled_change(project: Project, watch) -> None:
    watching = watch("--json")
    first = watching.event()
    assert first["cause"] == "start"
    assert first["plan"]["headline"]["newly_callable"] == 6
    project.leads(1, 2, 3, 4, 5)
    second = watching.event()
    assert second["cause"] == "change"
    assert second["plan"]["headline"]["newly_callable"] == 8
    assert project.added() == []
    assert watching.end(signal.SIGTERM) == 0


def test_what_it_writes_itself_is_no_change(project: Project, watch) -> None:
    watching = watch("--json", "--apply")
    assert "plan" in watching.event()
    assert watching.event()["report"]["complete"] is True
    assert watching.silent(1.5)
    assert len(project.added()) == 2
    assert watching.end(signal.SIGINT) == 130


def test_broken_files_are_told_and_waited_out_from_the_start_on(project: Project, watch) -> None:
    project.manifest("campaigns: [")
    watching = watch("--json")
    assert "diagnostics" in watching.event()
    project.manifest(MANIFEST)
    assert "plan" in watching.event()
    project.manifest(MANIFEST.replace("scope: all", "scope: nobody"))
    broken = watching.event()
    assert broken["diagnostics"][0]["location"].startswith("manifests/all.yaml")
    project.manifest(MANIFEST)
    assert "plan" in watching.event()


def test_the_clock_is_a_cause(project: Project, watch) -> None:
    watching = watch("--json", "--interval", "0.5s")
    assert [watching.event()["cause"] for _ in range(2)] == ["start", "clock"]


def test_a_held_ledger_is_said_and_tried_again(project: Project, watch) -> None:
    project.run("plan")
    with (
        Ledger.open(project.folder / ".syncengine" / "ledger.db", "acme") as ledger,
        ledger.lock("apply", now=time.time()),
    ):
        watching = watch("--json", "--apply", "--interval", "1s")
        assert "locked" in watching.event()["error"]
    events = [watching.event() for _ in range(2)]
    while "report" not in events[-1]:
        events.append(watching.event())
    assert events[-1]["report"]["complete"] is True
    assert len(project.added()) == 2


def test_a_plan_that_a_guard_stops_is_shown_and_not_applied(project: Project, watch) -> None:
    project.configure(max_newly_callable=1)
    watching = watch("--json", "--apply")
    told = watching.event()
    assert told["plan"]["applicable"] is False
    assert [held["rule"] for held in told["decision"]["held"]] == ["guard"]
    # No guard stands between a person and the do-not-call list.
    (landed,) = watching.event()["report"]["changes"]
    assert (landed["level"], landed["outcomes"]) == ("dnd additions", {"applied": 1})
    assert watching.silent(0.5)
    assert project.added() == []


def test_the_project_can_say_that_plans_are_applied(project: Project) -> None:
    file = project.folder / "syncengine.yaml"
    file.write_text(file.read_text().replace("interval: 15m", "interval: 15m, apply: true"))
    found = project.run("watch", "--once", "--settle", "0.1s")
    assert "Applied" in found.out
    assert len(project.added()) == 2


def test_a_stop_finishes_the_call_under_way_and_writes_it_down(project: Project, watch) -> None:
    project.leads(*range(1, 21))
    project.sandbox.comunik8.faults.add("latency", path="/lead/add", times=1000, seconds=0.1)
    watching = watch("--json", "--apply", "--dialer", "uk")
    watching.event()
    deadline = time.monotonic() + PATIENCE
    while project.sandbox.comunik8.record.total < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert watching.end(signal.SIGTERM) == 0
    there = len(project.added())
    assert 3 <= there < 19
    project.sandbox.comunik8.faults.clear()
    project.run("apply", "--auto-approve", "--dialer", "uk")
    assert len(project.sandbox.comunik8.record.entries("POST", "/lead/add")) == 19


def test_once_is_for_a_timer_and_has_the_codes_of_plan_and_apply(project: Project) -> None:
    words = ("watch", "--once", "--settle", "0.1s")
    out = project.run(*words).out
    assert "start: this would change" in out
    assert "6 people become callable" in out
    project.configure(max_newly_callable=1)
    assert "stopped by a guard" in project.run(*words, expected=4).out
    project.configure()
    project.run(*words, "--apply")
    assert len(project.added()) == 2
    (line,) = project.run(*words).out.splitlines()
    assert "start: No changes" in line
    (project.folder / "data" / "opt-outs.csv").unlink()
    assert "HELD" in project.run(*words, expected=4).out
    project.manifest("campaigns: [")
    assert "put right" in project.run(*words, expected=1).out


def test_the_same_plan_is_not_printed_twice(project: Project, capfd) -> None:
    from syncengine.cli.interrupt import Stop
    from syncengine.cli.planning import Given
    from syncengine.cli.watching import Watcher

    given = Given(
        dialers=(), targets=(), refresh="full", prune=False, allow_remove=None, allow_dnd_remove=0,
        allow_unverified=False, vendor_check=False, extra=(), parallelism=None, view="text", as_json=False,
        no_color=True,
    )  # fmt: skip
    watcher = Watcher(project=project.folder, given=given, applies=False, stop=Stop(), once=False)
    watcher.times()

    def snapshot() -> Snapshot:
        return Snapshot({str(path): look_at(path) for path in watcher.files()}, {})

    watcher.act("start", snapshot())
    assert "Sources" in capfd.readouterr().out
    watcher.act("clock", snapshot())
    (line,) = capfd.readouterr().out.splitlines()
    assert "clock: still the plan shown above" in line
    project.leads(1)
    watcher.act("change", snapshot())
    assert "Sources" in capfd.readouterr().out


def test_nobody_is_released_by_a_watcher(project: Project) -> None:
    assert "--expect" in project.run("watch", "--allow-dnd-remove", "1", expected=64).err


def test_of_two_watchers_one_stands_by_and_takes_over_from_the_dead(project: Project, watch) -> None:
    first = watch("--json", "--apply")
    assert "plan" in first.event()
    assert first.event()["report"]["complete"] is True
    second = watch("--json", "--apply")
    assert "leads on this ledger" in second.event()["notice"]
    project.leads(1, 2, 3, 4)
    assert first.event()["plan"]["headline"]["newly_callable"] == 1
    assert "report" in first.event()
    assert second.silent(0.5)
    first.process.kill()
    first.process.wait(timeout=PATIENCE)
    assert "leads now" in second.event()["notice"]
    assert second.event()["plan"]["empty"] is True
    project.leads(1, 2, 3, 4, 5)
    assert second.event()["plan"]["headline"]["newly_callable"] == 1
    assert second.event()["report"]["complete"] is True
    assert len(project.added()) == 4
    assert second.end(signal.SIGTERM) == 0
