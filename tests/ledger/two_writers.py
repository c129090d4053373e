"""Two processes on one ledger against two dialers: who held which is read from the requests that arrived there.

Each writer takes one dialer or both, at random and in no order, sends to all that it has at once, and then goes on with
one of them alone. Every request carries its writer, its fence and its dialer. In the order in which they arrived, the
fences of one dialer must never fall: a request under an older fence after one under a newer would be a run that sends
although another has taken over. That the dialers do not wait for each other shows in the same record.

The whole suite: ``python -m tests.ledger.two_writers 500`` (races, then stalls, each so often) on SQLite, and with
``postgresql`` after the number on a PostgreSQL server of its own.
"""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from syncengine import alarm
from syncengine.sandbox.server import Sandbox
from tests.ledger.postgres_server import NONE, running

LEASE = 0.4
# A dialer on another continent; most of a run's time is spent waiting for it, as in life.
DIALER_SECONDS = 0.03
_CALLS_A_TURN = 4
# The step between the last check and the write is microseconds long; stops are to fall there, so it is made longer.
_LAST_MOMENT = 0.02
_DIALERS = ("here", "there")


@dataclass
class Seen:
    """What the dialer's record tells."""

    # (writer, fence, dialer) of every request in the order of arrival.
    requests: list[tuple[str, int, str]] = field(default_factory=list)
    # How often a writer noticed, before a byte left, that it had lost a dialer.
    noticed: int = 0
    # How often one was ended, since it went on too late.
    ended: int = 0
    stalls: int = 0

    @property
    def overlaps(self) -> list[tuple[tuple[str, int, str], tuple[str, int, str]]]:
        """Neighbours at one dialer of which the second has an older fence, or the same one from another writer."""
        found = []
        for dialer in _DIALERS:
            mine = [request for request in self.requests if request[2] == dialer]
            found += [(a, b) for a, b in pairwise(mine) if b[1] < a[1] or (b[1] == a[1] and b[0] != a[0])]
        return found

    @property
    def turns(self) -> int:
        """How often leases changed hands, or were taken again, with a request sent under them."""
        return len({fence for _, fence, _ in self.requests})

    @property
    def beside(self) -> int:
        """In how many turns a writer sent to one dialer while the other writer was at work at the other one."""
        places: dict[tuple[str, int], list[int]] = {}
        for place, (writer, fence, _) in enumerate(self.requests):
            places.setdefault((writer, fence), []).append(place)
        spans = [(writer, found[0], found[-1]) for (writer, _), found in places.items()]
        return sum(any(b[0] != a[0] and b[1] < a[2] and a[1] < b[2] for b in spans) for a in spans)

    def __str__(self) -> str:
        return (
            f"{len(self.requests)} requests in {self.turns} turns, {self.beside} beside the other writer's,"
            f" {self.stalls} stalls, noticed {self.noticed} times, ended {self.ended} times,"
            f" {len(self.overlaps)} overlaps"
        )


def race(turns: int, ledger_url: str | None = None) -> Seen:
    """Let two writers take dialers by turns, as fast as they can."""
    with _writers(ledger_url) as (sandbox, writers):
        seen = writers.seen
        deadline = time.monotonic() + 30 + turns
        while seen.turns < turns or len({writer for writer, _, _ in seen.requests}) < 2:
            assert time.monotonic() < deadline, f"too slow: {seen}"
            time.sleep(0.1)
            _look(sandbox, seen)
            writers.go_on()
        return _ended(sandbox, writers)


def stall(stalls: int, ledger_url: str | None = None, seed: int = 1) -> Seen:
    """Stop whoever sent last, at a random moment, for one to three leases; the other takes over meanwhile.

    A writer that was ended, since it went on too late, is followed by another of its name.
    """
    chance = random.Random(seed)
    with _writers(ledger_url, last_moment=_LAST_MOMENT) as (sandbox, writers):
        seen = writers.seen
        while seen.stalls < stalls:
            known, deadline = len(seen.requests), time.monotonic() + 60
            while len(seen.requests) == known:
                assert time.monotonic() < deadline, f"nobody sends any more: {seen}"
                time.sleep(chance.uniform(0.02, 0.15))
                _look(sandbox, seen)
                writers.go_on()
            holder = writers.alive[seen.requests[-1][0]]
            holder.send_signal(signal.SIGSTOP)
            try:
                time.sleep(chance.uniform(1, 3) * LEASE)
            finally:
                holder.send_signal(signal.SIGCONT)
            seen.stalls += 1
        return _ended(sandbox, writers)


@dataclass
class _Writers:
    """Two processes, and who came in place of those that ended."""

    command: Sequence[str]
    last_moment: float
    seen: Seen = field(default_factory=Seen)
    alive: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def go_on(self) -> None:
        """Begin one of each name where there is none."""
        for name in ("a", "b"):
            writer = self.alive.get(name)
            if writer is not None and writer.poll() is not None:
                assert writer.returncode == -signal.SIGALRM, f"a writer has died: {writer.returncode}"
                self.seen.ended += 1
                self._heard(writer)
                writer = None
            if writer is None:
                line = [*self.command, name, str(self.last_moment)]
                self.alive[name] = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env=dict(os.environ))

    def end(self) -> None:
        """Let them end by themselves."""
        for writer in self.alive.values():
            writer.terminate()
        for writer in self.alive.values():
            self._heard(writer)
            self.seen.ended += writer.returncode == -signal.SIGALRM

    def _heard(self, writer: subprocess.Popen[str]) -> None:
        self.seen.noticed += writer.communicate(timeout=30)[0].count("lost")

    def kill(self) -> None:
        """End them at once."""
        for writer in self.alive.values():
            writer.kill()
            writer.wait()
            if writer.stdout:
                writer.stdout.close()


@contextmanager
def _writers(ledger_url: str | None, *, last_moment: float = 0.0) -> Iterator[tuple[Sandbox, _Writers]]:
    from tests.steps.at_the_sandbox import project_at

    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project_at("comunik8", root, sandbox).write()
        sandbox.comunik8.faults.add("latency", times=10**9, seconds=DIALER_SECONDS)
        url = ledger_url or f"sqlite:///{root / 'ledger.db'}"
        writers = _Writers([sys.executable, "-m", "tests.ledger.two_writers", str(root), url], last_moment)
        writers.go_on()
        try:
            yield sandbox, writers
        finally:
            writers.kill()


def _look(sandbox: Sandbox, seen: Seen) -> None:
    found = [entry.body for entry in sandbox.comunik8.record.entries("POST", "/lead/add")]
    seen.requests = [(lead["first_name"][0], int(lead["first_name"][1:]), lead["surname"]) for lead in found]


def _ended(sandbox: Sandbox, writers: _Writers) -> Seen:
    writers.end()
    _look(sandbox, writers.seen)
    return writers.seen


# ------------------------------------------------------------------------------------------------ the writers


def _write_by_turns(root: Path, url: str, name: str, last_moment: float) -> None:
    """Take dialers, make some calls, give them back, until told to stop; say each time that one is found lost."""
    from syncengine import sync
    from syncengine.errors import LockedError
    from syncengine.ledger import leases
    from syncengine.ledger.opening import open_ledger

    alarm.allow()
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    leases._LOCK_POLL_SECONDS = 0.02
    _lengthen(last_moment)
    loaded, number = sync.load(root), 0
    with open_ledger(url, "tests") as ledger:
        while not stopped:
            try:
                dialers = random.choice([_DIALERS[:1], _DIALERS[1:], _DIALERS, _DIALERS[::-1]])
                with ledger.lock("apply", now=time.time(), wait=0.5, lease=LEASE, dialers=dialers) as fence:
                    number += 1
                    asyncio.run(
                        _all_calls(loaded, ledger, dialers, f"{name}{fence}", f"{fence % 900 + 100}{number % 100:02d}")
                    )
            except LockedError as lost:
                if "is locked" not in str(lost) and "already holds" not in str(lost):
                    print("lost", flush=True)  # noqa: T201 - read by the parent
            time.sleep(random.uniform(0.005, 0.06))


def _lengthen(last_moment: float) -> None:
    """Let the step before each write take so many seconds: one step of the interpreter, so that no handler runs in it."""
    if not last_moment:
        return
    write, long, same, took = socket.socket.send, [None] * 10_000, [None] * 10_000, 0.0
    while took < last_moment:
        long, same = long * 2, same * 2
        began = time.perf_counter()
        _ = long == same
        took = time.perf_counter() - began

    class LateSocket(socket.socket):
        def send(self, data: bytes, flags: int = 0, /) -> int:
            # A single byte is what wakes a loop.
            if len(data) == 1:
                return write(self, data, flags)
            _ = long == same
            return write(self, data, flags)

    socket.socket = LateSocket  # type: ignore[misc]  # a writer is a process of its own


async def _all_calls(loaded, ledger, dialers: Sequence[str], writer: str, digits: str) -> None:  # type: ignore[no-untyped-def]
    await asyncio.gather(*(_calls(loaded, ledger, name, writer, f"{digits}{i}") for i, name in enumerate(dialers)))
    if len(dialers) > 1:
        ledger.keep_only(dialers[:1], operation="apply of a part")
        await _calls(loaded, ledger, dialers[0], writer, f"{digits}9")


async def _calls(loaded, ledger, name: str, writer: str, digits: str) -> None:  # type: ignore[no-untyped-def]
    from syncengine.ledger.run_journal import RunJournal
    from syncengine.model.address import Address
    from syncengine.model.exchange import RowItem
    from syncengine.model.ports import CampaignState
    from syncengine.remote.dialer_run import DialerRun
    from syncengine.remote.row_scope import rows_scope
    from syncengine.steps.clients import open_client
    from syncengine.steps.options import Options

    run_id = ledger.begin_run("apply", "p", now=time.time())
    journal = RunJournal(ledger=ledger, run_id=run_id, clock=time.time, evidence=lambda _: "{}")
    dialer = replace(loaded.desired.dialers["here"], name=name)
    address = Address(name, "contacts", "spring")
    async with open_client(loaded, dialer, ledger, Options()) as client:
        run = DialerRun(
            dialer=name, vendor=client.vendor, settings=dialer.settings,
            options=dict.fromkeys(client.vendor.options, ""), client=client,
            campaigns={"spring": CampaignState("spring", "motor-trade", "Spring", "started")},
            journal=journal, store=None, listed=_Nobody(), tally=None, interrupted=lambda: False,
        )  # type: ignore[arg-type]  # fmt: skip
        add = client.vendor.collections[0].operations["add"]
        for call in range(_CALLS_A_TURN):
            phone = f"+4477{digits}{call:02d}"
            record = {"first_name": writer, "surname": name, "mobile": phone, "email": ""}
            row = RowItem(f"{phone}-{time.time_ns()}", (phone,), record, "h", "")
            _, sent = await run.write(add, rows_scope(run, address, [row]), address, action="add", rows=[row])
            if sent:
                await journal.finish(sent, "applied", "", {})


class _Nobody:
    def hits(self, *_: object) -> set[str]:
        return set()

    def has_moved(self) -> bool:
        return False

    def release(self) -> str:
        return ""


def main() -> int:
    """Be a writer, or run the whole suite."""
    if len(sys.argv) == 5:
        _write_by_turns(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))
        return 0
    count, where = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "sqlite"
    with running() if where == "postgresql" else nullcontext() as server:
        if where == "postgresql" and server is None:
            print(NONE)  # noqa: T201 - the entry's only output
            return 1
        found = [(what.__name__, what(count, server.url if server else None)) for what in (race, stall)]
    for name, seen in found:
        print(f"{where}, {count} of {name}: {seen}", flush=True)  # noqa: T201 - as above
    cpu = os.times()
    seconds = cpu.user + cpu.system + cpu.children_user + cpu.children_system
    print(f"{seconds:.0f} s of CPU")  # noqa: T201 - as above
    return 1 if any(seen.overlaps for _, seen in found) else 0


if __name__ == "__main__":
    sys.exit(main())
