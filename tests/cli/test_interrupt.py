"""The first signal asks politely; afterwards the usual handlers are back."""

import signal
import subprocess
import sys
import time

import pytest

from syncengine.cli.interrupt import interruptible, interrupting_at_once


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_a_wish(number: int, capfd) -> None:
    before = signal.getsignal(number)
    with interruptible() as stop:
        assert not stop.asked()
        signal.raise_signal(number)
        assert stop.asked()
        assert stop.number == number
        assert stop.event.is_set()
    assert signal.getsignal(number) is before
    assert "stopping" in capfd.readouterr().err


def test_where_no_calls_are_made_nothing_is_said_of_them(capfd) -> None:
    with interruptible(quiet=True):
        signal.raise_signal(signal.SIGTERM)
    assert capfd.readouterr().err == ""


def test_at_a_question_ctrl_c_ends_at_once() -> None:
    with interruptible() as stop:
        with pytest.raises(KeyboardInterrupt), interrupting_at_once():
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert stop.asked()


_BUSY = """
import sys, click
from syncengine.cli.exits import run
from syncengine.rows.workspace import Workspace

@click.command()
def busy():
    with Workspace() as workspace:
        print("begins", flush=True)
        WORK

sys.exit(run(busy, []))
"""
_WORK = {
    "DuckDB": 'workspace.one("SELECT count(DISTINCT hash(range) % 7) FROM range(1000000000000)")',
    "another library": "__import__('tests.cli.disguising', fromlist=['_']).work()",
}


@pytest.mark.parametrize("library", _WORK)
def test_ctrl_c_is_an_interruption_whatever_a_library_makes_of_it(library: str) -> None:
    command = [sys.executable, "-c", _BUSY.replace("WORK", _WORK[library])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "begins\n"
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, said) == (130, "error: interrupted\n")
