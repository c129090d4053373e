"""A watcher that applies is killed at random, again and again; the sandbox's own record is the judge.

Nothing is lost, nobody is there twice, and no request that can make a dialer ring carries a number that a file had
listed before it was sent. What only a person can settle is settled here as a person would: by a look at the dialer.
WATCH_KILLS says how often: ``make kills`` runs 200, ``make chaos`` 2,000 in eight parts (the more people there are, the
longer a kill takes).
"""

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from syncengine import sync
from syncengine.ledger.ledger import Ledger
from tests.cli.conftest import Project, colombian, mobile
from tests.cli.forker import Forker, alive, cpu_seconds, kill
from tests.watch.recording import record

KILLS = int(os.environ.get("WATCH_KILLS", "3"))
SEED = int(os.environ.get("WATCH_SEED", "1"))
POLICY = ", retry: {first: 1s, most: 1s}"


class Trial:
    """The files as people change them, and when each number was listed."""

    def __init__(self, project: Project, seed: int) -> None:
        self.project = project
        self.random = random.Random(seed)
        self.numbers = iter(range(100, 100_000))
        self.leads: list[int] = []
        self.people: list[int] = []
        # E.164 -> when the file that lists it was in its place.
        self.listed: dict[str, float] = {}
        self.change()

    def change(self) -> None:
        """Add and drop people, list some of them and some that were never there."""
        for kept in (self.leads, self.people):
            kept += [next(self.numbers) for _ in range(self.random.randint(1, 3))]
            del kept[:-12]
        fresh = [mobile(self.random.choice(self.leads)), colombian(self.random.choice(self.people))]
        listed = [*self.listed, *self.random.sample(fresh, self.random.randint(0, 2))]
        self._put("opt-outs.csv", self.project.opt_outs, *(listed or [mobile(99)]))
        moment = time.time()
        self.listed |= {number: moment for number in listed if number not in self.listed}
        self._put("leads.csv", self.project.leads, *self.leads)
        self._put("people.csv", self.project.people, *self.people)

    def _put(self, name: str, write: Any, *values: Any) -> None:
        """Write beside the file and rename: what the watcher reads is whole at every moment."""
        path = self.project.folder / "data" / name
        kept = path.with_suffix(".kept")
        path.replace(kept)
        write(*values)
        path.replace(path.with_suffix(".new"))
        kept.replace(path)
        path.with_suffix(".new").replace(path)

    def numbered(self) -> range:
        """Return the numbers of all people that were ever named."""
        return range(100, max((*self.leads, *self.people)) + 1)

    def wanted(self) -> tuple[set[str], set[str]]:
        return (
            {digits(mobile(n)) for n in self.leads if mobile(n) not in self.listed},
            {digits(colombian(n)) for n in self.people if colombian(n) not in self.listed},
        )


@pytest.fixture
def trial(project: Project) -> Trial:
    project.configure(watch=POLICY, max_newly_callable=100_000)
    file = project.folder / "syncengine.yaml"
    text = file.read_text().replace("guards: {", "guards: {max_remove: 100%, ")
    # So many calls are more than one licence has in a day.
    file.write_text(text.replace('server: "0016"', 'server: "0016", daily_calls: "9999999"'))
    project.sandbox.wolkvox.switches.daily_budget = 9_999_999
    made = Trial(project, SEED)
    # The campaign is there before anybody is killed: whether a lost creation arrived is known after minutes only.
    project.run("apply", "--yes", expected=None)
    return made


def requests(project: Project) -> int:
    return project.sandbox.comunik8.record.total + project.sandbox.wolkvox.record.total


def settle_as_a_person(trial: Trial) -> int:
    """Look at the dialer, row by row, and say what happened; return how many calls that were."""
    project = trial.project
    loaded = sync.load(project.folder)
    parked = sync.waiting_calls(loaded).parked
    if not parked:
        return 0
    wait_until_nothing_is_under_way(project)
    with Ledger.open(project.folder / ".syncengine" / "ledger.db", "acme") as ledger:
        # What "the ledger is locked" tells a person to do who knows that the process is dead.
        for holder in ledger.lock_holders():
            ledger.break_lock(holder.fence)
    there = {record["customer_id"] for c in campaigns(project) for record in records(project, c)}
    for waiting in parked:
        call, rows = sync.waiting_rows(loaded, waiting.call_id)
        sent = any(row.key in there for row in rows)
        # A batch arrives whole; whoever was listed since has been taken out, by a call of a later watcher.
        gone = {row.key for row in rows} - there if sent else set()
        assert gone <= {f"C{n:06d}" for n in trial.numbered() if colombian(n) in trial.listed}
        sync.resolve_call(loaded, call.call_id, "sent" if sent else "not_sent", now=time.time(), wait=5.0)
    return len(parked)


def wait_until_nothing_is_under_way(project: Project) -> None:
    """Wait for what the dead watcher had sent: on a busy machine it may arrive late, and a batch row by row."""
    seen, since = -1, time.monotonic()
    while time.monotonic() < since + 0.5:
        busy = any(dialer.record._in_flight for dialer in (project.sandbox.comunik8, project.sandbox.wolkvox))
        if busy or requests(project) != seen:
            seen, since = requests(project), time.monotonic()
        time.sleep(0.02)


def campaigns(project: Project) -> list[str]:
    return [found["campaign_id"] for found in project.sandbox.wolkvox.state()["campaigns"]]


def records(project: Project, campaign: str) -> list[dict[str, Any]]:
    return project.sandbox.wolkvox.records(campaign)


def test_a_watcher_that_is_killed_at_random_loses_nothing_doubles_nobody_and_rings_nobody_listed(
    trial: Trial, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    project, log = trial.project, tmp_path / "watch.log"
    began, own, used, parked = time.monotonic(), time.process_time(), 0.0, 0
    words = ("watch", "--apply", "--settle", "0.02s", "--interval", "1s", "--project", str(project.folder))
    in_calls = 0
    with Forker(log, project.environment) as forker:
        for _ in range(KILLS):
            trial.change()
            for dialer in (project.sandbox.comunik8, project.sandbox.wolkvox):
                dialer.faults.add("latency", times=100, seconds=trial.random.uniform(0, 0.03))
            before, after = requests(project), trial.random.randint(1, 14)
            child = forker.start(*words)
            deadline = time.monotonic() + 6
            while requests(project) < before + after and time.monotonic() < deadline and alive(child):
                time.sleep(0.001)
            time.sleep(trial.random.uniform(0, 0.03))
            in_calls += requests(project) > before
            used += cpu_seconds(child)
            kill(child, signal.SIGKILL)
            for dialer in (project.sandbox.comunik8, project.sandbox.wolkvox):
                dialer.faults.clear()
            parked += settle_as_a_person(trial)
        finish(trial, forker, words)
    assert in_calls > KILLS / 2
    judge(trial)
    assert "Traceback" not in log.read_text()
    told = {
        "kills": KILLS,
        "of them after a call of the watcher that was killed": in_calls,
        "calls at the dialers": requests(project),
        "people that the files named": len(trial.numbered()),
        "listed numbers": len(trial.listed),
        "lost answers that a person settled": parked,
        "lost": 0,
        "doubled": 0,
        "listed callable": 0,
        "minutes": round((time.monotonic() - began) / 60, 1),
        "minutes of CPU": round((used + time.process_time() - own) / 60, 1),
    }
    said = record("watched kills", f"make kills KILLS={KILLS}  # seed {SEED}", told)
    with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{said}")  # noqa: T201 - the figures are what a long run is for


def finish(trial: Trial, forker: Forker, words: tuple[str, ...]) -> None:
    """Let one watcher live until both dialers hold what the files say, and end it politely."""
    project = trial.project
    # Parks what the last kill left open; nobody else is alive while a person looks.
    child = forker.start(*words, "--once")
    while alive(child):
        time.sleep(0.05)
    settle_as_a_person(trial)
    child = forker.start(*words)
    deadline = time.monotonic() + 180
    while there(project) != trial.wanted():
        assert time.monotonic() < deadline, (there(project), trial.wanted())
        time.sleep(0.3)
    kill(child, signal.SIGTERM)


def there(project: Project) -> tuple[set[str], set[str]]:
    """Return who is at the two dialers, in digits."""
    numbers = {record["tel1"] for c in campaigns(project) for record in records(project, c)}
    return {digits(number) for number in project.added()}, {digits(number) for number in numbers}


def digits(number: str) -> str:
    return number.lstrip("+")


def judge(trial: Trial) -> None:
    """Ask the dialers' own record."""
    sandbox = trial.project.sandbox
    assert sandbox.wolkvox.state()["summary"]["doubled"] == 0
    assert len(trial.project.added()) == len(set(trial.project.added()))
    for dialer, path in ((sandbox.comunik8, "/lead/add"), (sandbox.wolkvox, "add_record")):
        for entry in dialer.record.entries("", path):
            text = f"{entry.query} {entry.body}"
            told = [moment for number, moment in trial.listed.items() if number[3:] in text]
            assert not [moment for moment in told if moment < entry.at], (
                f"{entry.method} {entry.path} rang a listed number"
            )
    assert trial.listed
