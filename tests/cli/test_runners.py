"""Several runners of one project, as processes of their own, on both kinds of ledger; the dialers' records judge them.

The engine's part is in ``ledger/leases.py``; what is seen here is what people start and what the dialers get.
"""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import Project, colombian, mobile
from tests.ledger.postgres_server import NONE, Server, running

# What a runner's machine would show two minutes later; its lease is as long.
_LATER = 130.0
_AHEAD = (
    "import sys, time; real = time.time; ahead = float(sys.argv.pop(1)); time.time = lambda: real() + ahead\n"
    "from syncengine.cli.exits import run\n"
    "from syncengine.cli.main import cli\n"
    "from syncengine.ledger import postgres; postgres.CLOCKS_APART = 1e9\n"
    "sys.exit(run(cli, sys.argv[1:]))"
)
_LEADS = range(1, 41)


@pytest.fixture(scope="module")
def _server() -> Iterator[Server | None]:
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, project: Project) -> Project:
    """A project with forty leads for a slow dialer and four people for another, its ledger on each kind of store."""
    if request.param == "postgresql":
        server = request.getfixturevalue("_server")
        if server is None:
            pytest.skip(NONE)
        server.sql("DROP SCHEMA IF EXISTS syncengine CASCADE")
        file = project.folder / "syncengine.yaml"
        file.write_text(file.read_text() + f"ledger: {server.url}\n")
    project.leads(*_LEADS)
    project.sandbox.comunik8.faults.add("latency", path="/lead/add", times=10_000, seconds=0.3)
    return project


def ended(project: Project, process: "subprocess.Popen[str]", expected: int) -> tuple[str, str]:
    out, err = process.communicate(timeout=60)
    project.said += [out, err]
    assert process.returncode == expected, (process.returncode, out, err)
    return out, err


def later(project: Project, *words: str) -> "subprocess.Popen[str]":
    """Start a command on a machine whose clock shows a time after the lease."""
    command = [sys.executable, "-c", _AHEAD, str(_LATER), *words, "--project", str(project.folder)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=project.environment, cwd=project.folder
    )


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def at_work(project: Project) -> "subprocess.Popen[str]":
    """Start a runner at the slow dialer and return it in the middle of its work."""
    runner = project.start("apply", "--yes", "--dialer", "uk")
    wait_for(lambda: len(project.added()) >= 3)
    return runner


def sent(project: Project) -> Counter[str]:
    """How often each lead was sent to the slow dialer, and taken by it."""
    entries = project.sandbox.comunik8.record.entries("POST", "/lead/add", applied=True)
    return Counter(str(entry.body["mobile"]) for entry in entries)


def everybody_once(project: Project, *, but: int = 3) -> None:
    wanted = sorted(mobile(n).removeprefix("+") for n in _LEADS if n != but)
    assert [number.removeprefix("+") for number in project.added()] == wanted
    assert set(sent(project).values()) == {1}


def test_two_runners_work_at_two_dialers_at_the_same_time(shared: Project) -> None:
    one = at_work(shared)
    two = shared.start("apply", "--yes", "--dialer", "co")
    ended(shared, two, 0)
    there = len(shared.added())
    ended(shared, one, 0)
    # The record of the one dialer goes on after the last request to the other.
    last = max(entry.at for entry in shared.sandbox.wolkvox.record.entries("POST"))
    times = [entry.at for entry in shared.sandbox.comunik8.record.entries("POST", "/lead/add")]
    assert times[0] < last < times[-1]
    assert there < len(_LEADS) - 1
    everybody_once(shared)
    (campaign,) = shared.sandbox.wolkvox.state()["campaigns"]
    records = shared.sandbox.wolkvox.records(campaign["campaign_id"])
    assert sorted(record["customer_id"] for record in records) == [f"C{n:06d}" for n in (1, 2, 3, 4)]
    shared.run("ledger", "check")
    assert "No changes" in shared.run("plan", "--dialer", "uk").out


def test_a_dialer_that_another_runner_has_is_refused_by_name_left_out_on_request_or_waited_for(shared: Project) -> None:
    saved = shared.folder / "co.bin"
    shared.run("plan", "--dialer", "co", "--out", saved)
    plan_id = shared.run("plan", "--json").document["plan_id"]
    one = at_work(shared)
    refused = shared.run("apply", "--yes", "--dialer", "uk", expected=5).err
    assert "uk is locked: " in refused
    assert f"pid {one.pid} runs apply of plan" in refused
    # All or none.
    assert "apply --only-free-dialers" in shared.run("apply", "--yes", expected=5).err
    assert "held      uk: " in shared.run("ledger", "status").out
    assert "whole or not at all" in shared.run("apply", "--only-free-dialers", "--expect", plan_id, expected=64).err
    assert "whole or not at all" in shared.run("apply", "--only-free-dialers", str(saved), expected=64).err
    assert not shared.sandbox.wolkvox.record.entries("POST", "campaign", applied=True)
    # What the one runner writes makes no plan of the other dialer stale.
    shared.run("apply", str(saved))
    shared.people(1, 2, 3, 4, 5)
    rest = shared.run("apply", "--yes", "--only-free-dialers", expected=3)
    assert "uk is left out: " in rest.err
    (campaign,) = shared.sandbox.wolkvox.state()["campaigns"]
    assert len(shared.sandbox.wolkvox.records(campaign["campaign_id"])) == 5
    assert one.poll() is None, "the runner was not at work any more"
    # Waiting for it ends with nothing left to do.
    waiting = shared.start("apply", "--yes", "--dialer", "uk", "--lock-timeout", "60")
    ended(shared, one, 0)
    assert "No changes" in ended(shared, waiting, 0)[0]
    everybody_once(shared)


def test_the_dialer_of_a_killed_runner_is_taken_over_after_its_lease_and_nobody_is_lost_or_doubled(
    shared: Project,
) -> None:
    one = at_work(shared)
    one.send_signal(signal.SIGKILL)
    one.communicate(timeout=10)
    there = len(shared.added())
    assert "uk is locked" in shared.run("apply", "--yes", "--dialer", "uk", expected=5).err
    # The other dialers wait for nobody, and what is open at this one is left to its holder.
    found = shared.run("apply", "--yes", "--dialer", "co")
    assert "parked" not in found.out
    shared.sandbox.comunik8.faults.clear()
    ended(shared, later(shared, "apply", "--yes", "--dialer", "uk"), 0)
    assert there < len(_LEADS) - 1
    everybody_once(shared)
    assert shared.run("ledger", "status", "--json").document["held"] == []
    assert shared.run("ledger", "status", "--json").document["open_calls"] == 0
    shared.run("ledger", "check")


def test_an_opt_out_that_one_runner_reads_is_sent_by_no_other_runner_any_more(shared: Project) -> None:
    one = at_work(shared)
    shared.opt_outs(mobile(3), mobile(40), colombian(4))
    # Nothing is applied by it: what a plan reads counts at once, everywhere.
    shared.run("plan", "--dialer", "co")
    ended(shared, one, 3)
    everybody_once_but_two = sorted(mobile(n).removeprefix("+") for n in _LEADS if n not in {3, 40})
    assert [number.removeprefix("+") for number in shared.added()] == everybody_once_but_two
    assert all(not number.endswith(mobile(40)[-9:]) for number in sent(shared))
