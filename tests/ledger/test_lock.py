import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from syncengine.errors import LockedError
from syncengine.ledger.ledger import Ledger
from tests.ledger.conftest import Home
from tests.ledger.writing import CONTACTS, NOW, add


def test_a_second_run_is_told_who_holds_the_lock_and_how_to_break_it(home: Home) -> None:
    with home.open() as one, home.open() as two, one.lock("apply", now=NOW) as fence:
        with pytest.raises(LockedError) as refused, two.lock("watch", now=NOW + 20):
            pass
        message = str(refused.value)
        assert f"pid {os.getpid()} runs apply since 2027-01-15 08:00:00 UTC" in message
        assert "ends in 100 s" in message
        assert f"syncengine state unlock {fence}" in message


def test_the_lock_is_free_again_after_the_block_even_when_it_failed(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.lock("apply", now=NOW):
        raise ZeroDivisionError
    assert not ledger.lock_holders()
    with ledger.lock("apply", now=NOW):
        pass


def test_fences_only_grow(ledger: Ledger) -> None:
    seen = []
    for _ in range(3):
        with ledger.lock("apply", now=NOW) as fence:
            seen.append(fence)
    assert seen == sorted(set(seen))


def test_a_lapsed_lease_is_taken_over_and_the_sleeper_can_write_nothing(home: Home) -> None:
    with home.open() as sleeper, home.open() as other:
        with sleeper.lock("apply", now=NOW, lease=60):
            with other.lock("watch", now=NOW + 61):
                for write in (
                    lambda: add(sleeper, "1"),
                    lambda: sleeper.renew(clock=lambda: NOW + 62),
                    sleeper.check_fence,
                    lambda: sleeper.save_rows(CONTACTS, [], now=NOW),
                ):
                    with pytest.raises(LockedError, match=r"lost: .* has taken it for watch"):
                        write()
                other.check_fence()
            assert not other.lock_holders()
        assert other.unfinished_calls() == []


def test_leaving_a_lost_lock_does_not_free_the_new_holders(home: Home) -> None:
    with home.open() as sleeper, home.open() as other:
        sleeping = sleeper.lock("apply", now=NOW, lease=60)
        sleeping.__enter__()
        with other.lock("watch", now=NOW + 61) as fence:
            sleeping.__exit__(None, None, None)
            holder = next(iter(other.lock_holders()), None)
            assert holder is not None
            assert holder.fence == fence


def test_renewing_and_writing_intents_keep_the_lease_alive(home: Home) -> None:
    with home.open() as one, one.lock("apply", now=NOW, lease=60):
        one.renew(clock=lambda: NOW + 50)
        holder = next(iter(one.lock_holders()), None)
        assert holder is not None
        assert holder.lease_until == NOW + 110
        add(one, "1")
        holder = next(iter(one.lock_holders()), None)
        assert holder is not None
        assert holder.lease_until == NOW + 110


def test_a_lease_that_lapsed_without_a_taker_can_be_renewed(ledger: Ledger) -> None:
    with ledger.lock("apply", now=NOW, lease=60):
        ledger.renew(clock=lambda: NOW + 500)
        ledger.check_fence()


def test_a_dead_holder_can_be_broken_by_its_number_only(home: Home) -> None:
    with home.open() as one, home.open() as two:
        dead = one.lock("apply", now=NOW)
        fence = dead.__enter__()
        assert two.break_lock(fence - 1) is False
        assert two.break_lock(fence) is True
        with two.lock("apply", now=NOW):
            pass
        dead.__exit__(None, None, None)


def test_waiting_gets_the_lock_when_the_lease_lapses(home: Home) -> None:
    with home.open() as one, home.open() as two:
        holding = one.lock("apply", now=NOW, lease=0.3)
        holding.__enter__()
        with two.lock("apply", now=NOW, wait=3):
            two.check_fence()
        holding.__exit__(None, None, None)


def test_the_same_run_cannot_take_it_twice(locked: Ledger) -> None:
    with pytest.raises(LockedError, match="already holds"), locked.lock("apply", now=NOW):
        pass


RACER = textwrap.dedent(
    """
    import sys, time
    from syncengine.errors import LockedError
    from syncengine.ledger.ledger import Ledger
    log = open(sys.argv[2], "a", buffering=1)
    print("ready", flush=True)
    sys.stdin.readline()
    won = 0
    while won < 15:
        # Opened anew each time, so that the making of the file is raced for as well.
        with Ledger.open(sys.argv[1], "acme") as ledger:
            try:
                with ledger.lock("apply", now=1.0) as fence:
                    log.write(f"in {fence}\\n")
                    time.sleep(0.002)
                    log.write(f"out {fence}\\n")
                    won += 1
            except LockedError:
                pass
        time.sleep(0.001)
    """
)


def test_two_processes_never_hold_it_at_once(home: Home, tmp_path: Path) -> None:
    log = tmp_path / "log"
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, home.url, str(log)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdout is not None
        racer.stdout.readline()
    for racer in racers:
        racer.communicate("go\n", timeout=60)
        assert racer.returncode == 0
    lines = [line.split() for line in log.read_text().splitlines()]
    assert len(lines) == 60
    fences = [int(fence) for word, fence in lines if word == "in"]
    assert fences == list(range(1, 31))
    for entered, left in zip(lines[::2], lines[1::2], strict=True):
        assert (entered[0], left[0], entered[1]) == ("in", "out", left[1])
