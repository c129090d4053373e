"""A process that goes on after its time ends before its next step, even within one that Python cannot interrupt."""

import os
import select
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine import alarm

# Takes some tenths of a second for one step of the interpreter, then writes. Other threads wait, as those of a run do.
LATE = textwrap.dedent(
    """
    import os, signal, sys, threading
    from syncengine import alarm

    how, seconds = sys.argv[1], float(sys.argv[2])
    if how != "never":
        alarm.allow()
    for _ in range(4):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    if how == "handler":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
    write, long, same = os.write, [[None] * 1_000_000] * 200, [[None] * 1_000_000] * 200
    write(1, b"ready ")
    alarm.set_in(seconds)
    if how == "cleared":
        alarm.clear()
    _ = long == same
    write(1, b"written")
    os._exit(0)
    """
)


def _went_on(how: str, *, seconds: float, stopped: float) -> tuple[int, bytes]:
    """Stop a process in the step before its write, and return how it ended and what it wrote."""
    with subprocess.Popen([sys.executable, "-c", LATE, how, str(seconds)], stdout=subprocess.PIPE) as late:
        assert late.stdout is not None
        written = os.read(late.stdout.fileno(), 100)
        time.sleep(0.05)
        late.send_signal(signal.SIGSTOP)
        try:
            time.sleep(stopped)
            # Not a byte came before the stop, so the stop fell where it was to fall.
            assert not select.select([late.stdout], [], [], 0)[0]
        finally:
            late.send_signal(signal.SIGCONT)
        written += late.stdout.read()
        return late.wait(timeout=60), written


@pytest.fixture
def allowed() -> Iterator[None]:
    mask, handler = signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.getsignal(signal.SIGALRM)
    alarm.allow()
    yield
    alarm.clear()
    alarm._Process.may_end = False
    signal.signal(signal.SIGALRM, handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _is_taken() -> bool:
    return signal.SIGALRM not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.mark.usefixtures("allowed")
def test_it_is_the_kernels_and_only_who_sends_takes_it() -> None:
    assert not _is_taken()
    alarm.set_in(1_000)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == pytest.approx(1_000, abs=5)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert _is_taken()
    alarm.clear()
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert not _is_taken()


def test_a_process_that_was_stopped_past_its_time_ends_before_it_writes() -> None:
    for _ in range(5):
        assert _went_on("allowed", seconds=0.3, stopped=0.5) == (-signal.SIGALRM, b"ready ")


def test_one_that_goes_on_in_time_writes() -> None:
    assert _went_on("allowed", seconds=120, stopped=0.3) == (0, b"ready written")


def test_a_handler_in_python_would_come_too_late() -> None:
    # What this module is for: were this to change, there would be a simpler way.
    assert _went_on("handler", seconds=0.3, stopped=0.5) == (1, b"ready written")


@pytest.mark.parametrize("how", ["cleared", "never"])
def test_no_process_is_ended_by_an_alarm_that_was_taken_back_or_never_allowed(how: str) -> None:
    assert _went_on(how, seconds=0.2, stopped=0.4) == (0, b"ready written")


def test_an_alarm_whose_time_is_over_ends_the_process_at_once() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from syncengine import alarm; alarm.allow(); alarm.set_in(-5); print('late')"],
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (-signal.SIGALRM, b"")


def test_it_ends_a_process_whose_parent_lets_it_ignore_the_signal() -> None:
    script = (
        "import signal, time; signal.signal(signal.SIGALRM, signal.SIG_IGN); from syncengine import alarm;"
        " alarm.allow(); alarm.set_in(0.01); time.sleep(30)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -signal.SIGALRM


def test_the_first_process_of_a_container_is_ended_as_well(tmp_path: Path) -> None:
    # The kernel spares it what is the end of any other.
    script = "import os, time; os.getpid = lambda: 1; from syncengine import alarm; alarm.allow(); alarm.set_in(0.01)"
    ended = subprocess.run([sys.executable, "-c", f"{script}; time.sleep(30)"], check=False, cwd=tmp_path)
    assert ended.returncode == 142


def test_the_command_line_allows_it_from_the_beginning() -> None:
    script = """
        import contextlib, sys
        from syncengine import alarm
        from syncengine.cli.main import main
        sys.argv = ["syncengine", "version"]
        with contextlib.suppress(SystemExit):
            main()
        alarm.set_in(0)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False, capture_output=True)
    assert ended.returncode == -signal.SIGALRM
