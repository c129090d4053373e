"""A process that goes on after a stop hears of it before its next step, however many threads it has."""

import signal
import subprocess
import sys
import textwrap
import threading
import time

from syncengine.stops import heard_at_once, keep_from_threads

# Walks without a pause for some milliseconds at a time; a step that took long was one in which it was stopped.
WALKER = textwrap.dedent(
    """
    import signal, sys, threading, time
    from syncengine import stops

    if sys.argv[1] == "kept":
        stops.keep_from_threads()
    for _ in range(4):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    heard, soon, late = [], 0, 0
    signal.signal(signal.SIGCONT, lambda *_: heard.append(1))
    print("ready", flush=True)
    until = time.monotonic() + 60
    while soon + late < 25 and time.monotonic() < until:
        at_once = slow = False
        with stops.heard_at_once():
            known, last = len(heard), time.monotonic()
            end = last + 0.02
            while last < end and not slow:
                now = time.monotonic()
                slow, at_once, last = now - last > 0.04, len(heard) > known, now
        began = time.monotonic()
        time.sleep(0.002)
        if slow and at_once:
            soon += 1
        elif slow and len(heard) > known and time.monotonic() - began < 0.04:
            # Heard after all; else it was no stop, but a busy machine.
            late += 1
    print(soon, late, flush=True)
    """
)


def _walked(how: str) -> tuple[int, int]:
    walker = subprocess.Popen([sys.executable, "-c", WALKER, how], stdout=subprocess.PIPE, text=True)
    assert walker.stdout is not None
    with walker, walker.stdout:
        assert walker.stdout.readline() == "ready\n"
        while walker.poll() is None:
            time.sleep(0.01)
            walker.send_signal(signal.SIGSTOP)
            time.sleep(0.06)
            walker.send_signal(signal.SIGCONT)
        soon, late = walker.stdout.read().split()
    return int(soon), int(late)


def test_a_stop_is_heard_before_the_next_step_where_threads_were_made_deaf_to_it() -> None:
    assert _walked("kept") == (25, 0)


def test_else_another_thread_takes_the_signal_and_the_main_one_hears_late() -> None:
    _, late = _walked("left")
    assert late > 0


def test_the_signal_is_taken_within_the_block_alone() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    try:
        keep_from_threads()
        with heard_at_once():
            assert signal.SIGCONT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
        assert signal.SIGCONT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_another_thread_stays_deaf_to_it_in_the_block() -> None:
    masks: list[bool] = []

    def look() -> None:
        keep_from_threads()
        with heard_at_once():
            masks.append(signal.SIGCONT in signal.pthread_sigmask(signal.SIG_BLOCK, []))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert masks == [True]


def test_the_command_line_makes_its_threads_deaf_to_it_from_the_beginning() -> None:
    script = """
        import contextlib, signal, sys
        from syncengine.cli.main import main
        sys.argv = ["syncengine", "version"]
        with contextlib.suppress(SystemExit):
            main()
        sys.exit(signal.SIGCONT not in signal.pthread_sigmask(signal.SIG_BLOCK, []))
    """
    assert subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False).returncode == 0
