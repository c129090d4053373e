"""The first signal asks politely; afterwards the usual handlers are back."""

import signal

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
