"""Failpoints: a named moment is hit once, exactly when it was asked for, and is nothing otherwise."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from syncengine import failpoints
from syncengine.failpoints import Armed, Failure, arm, failpoint, switched_on


@pytest.fixture(autouse=True)
def _off() -> Iterator[None]:
    yield
    arm(None)


def test_what_is_not_switched_on_does_nothing() -> None:
    failpoint("anything")
    assert not switched_on()


def test_the_chosen_passing_fails_and_no_other() -> None:
    armed = Armed([Failure(name="here", occurrence=2, action="raise")])
    arm(armed)
    failpoint("here")
    failpoint("there")
    with pytest.raises(OSError, match="failpoint here") as raised:
        failpoint("here")
    failpoint("here")
    assert raised.value.errno == errno.EIO
    assert armed.passed == {"here": 3, "there": 1}
    assert [str(failure) for failure in armed.happened] == ["here:2:raise"]


def test_a_full_disk_says_so() -> None:
    arm(Armed([Failure(name="here", occurrence=1, action="full")]))
    with pytest.raises(OSError) as raised:
        failpoint("here")
    assert raised.value.errno == errno.ENOSPC


def test_a_stall_passes_time_as_it_was_told() -> None:
    passed: list[float] = []
    arm(Armed([Failure(name="here", occurrence=1, action="stall")], stall=passed.append))
    failpoint("here")
    assert passed == [failpoints.STALL_SECONDS]


def test_the_environment_switches_a_process_on_and_a_kill_is_a_kill() -> None:
    program = "from syncengine.failpoints import failpoint; failpoint('a'); print('once', flush=True); failpoint('a')"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, failpoints.VARIABLE: "a:2:kill"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "once\n")


@pytest.mark.parametrize("text", ["", "a", "a:1", "a:0:kill", "a:x:kill", "a:1:explode", ":1:kill"])
def test_a_switch_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="NAME:OCCURRENCE:ACTION"):
        Failure.parse(text)


def test_a_failure_reads_as_it_is_written() -> None:
    failure = Failure(name="ledger.before_commit", occurrence=12, action="full")
    assert Failure.parse(str(failure)) == failure
