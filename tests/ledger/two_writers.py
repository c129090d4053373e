"""Two processes on one ledger against one dialer: who held the lock is read from the requests that arrived there.

Every request carries its writer and its fence. In the order in which the dialer saw them, fences must never fall: a
request under an older fence after one under a newer would be a run that sends although another has taken over.

The whole suite: ``python -m tests.ledger.two_writers 500`` (races, then stalls, each so often).
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from syncengine.sandbox.server import Sandbox

LEASE = 0.4
# A dialer on another continent; most of a run's time is spent waiting for it, as in life.
DIALER_SECONDS = 0.03
_CALLS_A_TURN = 4


@dataclass
class Seen:
    """What the dialer's record tells."""

    # (writer, fence) of every request in the order of arrival.
    requests: list[tuple[str, int]] = field(default_factory=list)
    # How often a writer noticed, before a byte left, that it had lost the lock.
    noticed: int = 0
    stalls: int = 0

    @property
    def overlaps(self) -> list[tuple[tuple[str, int], tuple[str, int]]]:
        """Pairs of neighbours in which the second came under an older fence, or under one fence from another writer."""
        pairs = zip(self.requests, self.requests[1:], strict=False)
        return [(a, b) for a, b in pairs if b[1] < a[1] or (b[1] == a[1] and b[0] != a[0])]

    @property
    def turns(self) -> int:
        """How often the lock changed hands, or was taken again, with a request sent under it."""
        return len({fence for _, fence in self.requests})

    def __str__(self) -> str:
        return (
            f"{len(self.requests)} requests in {self.turns} turns, {self.stalls} stalls, noticed {self.noticed} times,"
            f" {len(self.overlaps)} overlaps"
        )


def race(turns: int, ledger_url: str | None = None) -> Seen:
    """Let two writers take the lock by turns, as fast as they can."""
    with _writers(ledger_url) as (sandbox, writers):
        seen = Seen()
        deadline = time.monotonic() + 30 + turns
        while seen.turns < turns or len({writer for writer, _ in seen.requests}) < 2:
            assert time.monotonic() < deadline, f"too slow: {seen}"
            time.sleep(0.1)
            _look(sandbox, seen)
            _assert_alive(writers)
        return _ended(sandbox, writers, seen)


def stall(stalls: int, ledger_url: str | None = None, seed: int = 1) -> Seen:
    """Stop whoever holds the lock, at a random moment, for one to three leases; the other takes over meanwhile."""
    chance = random.Random(seed)
    with _writers(ledger_url) as (sandbox, writers):
        seen = Seen()
        while not seen.requests:
            _assert_alive(writers)
            time.sleep(0.05)
            _look(sandbox, seen)
        while seen.stalls < stalls:
            time.sleep(chance.uniform(0.02, 0.15))
            _look(sandbox, seen)
            _assert_alive(writers)
            holder = writers[seen.requests[-1][0]]
            holder.send_signal(signal.SIGSTOP)
            try:
                time.sleep(chance.uniform(1, 3) * LEASE)
            finally:
                holder.send_signal(signal.SIGCONT)
            seen.stalls += 1
        return _ended(sandbox, writers, seen)


@contextmanager
def _writers(ledger_url: str | None) -> Iterator[tuple[Sandbox, dict[str, subprocess.Popen[str]]]]:
    from tests.steps.at_the_sandbox import project_at

    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project_at("comunik8", root, sandbox).write()
        sandbox.comunik8.faults.add("latency", times=10**9, seconds=DIALER_SECONDS)
        url = ledger_url or f"sqlite:///{root / 'ledger.db'}"
        command = [sys.executable, "-m", "tests.ledger.two_writers", str(root), url]
        writers = {
            name: subprocess.Popen([*command, name], stdout=subprocess.PIPE, text=True, env=dict(os.environ))
            for name in ("a", "b")
        }
        try:
            yield sandbox, writers
        finally:
            for writer in writers.values():
                writer.kill()
                writer.wait()
                if writer.stdout:
                    writer.stdout.close()


def _assert_alive(writers: dict[str, subprocess.Popen[str]]) -> None:
    assert all(writer.poll() is None for writer in writers.values()), "a writer has died"


def _look(sandbox: Sandbox, seen: Seen) -> None:
    found = [entry.body["first_name"] for entry in sandbox.comunik8.record.entries("POST", "/lead/add")]
    seen.requests = [(name[0], int(name[1:])) for name in found]


def _ended(sandbox: Sandbox, writers: dict[str, subprocess.Popen[str]], seen: Seen) -> Seen:
    for writer in writers.values():
        writer.terminate()
    seen.noticed = sum(int((writer.communicate(timeout=30)[0] or "0").split()[-1]) for writer in writers.values())
    _look(sandbox, seen)
    return seen


# ------------------------------------------------------------------------------------------------ the writers


def _write_by_turns(root: Path, url: str, name: str) -> None:
    """Take the lock, make some calls, give it back, until told to stop; then say how often the lock was found lost."""
    from syncengine import sync
    from syncengine.errors import LockedError
    from syncengine.ledger import ledger as ledgers
    from syncengine.ledger.opening import open_ledger

    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    ledgers._LOCK_POLL_SECONDS = 0.02
    loaded, noticed, number = sync.load(root), 0, 0
    with open_ledger(url, "tests") as ledger:
        while not stopped:
            try:
                with ledger.lock("apply", now=time.time(), wait=0.5, lease=LEASE) as fence:
                    number += 1
                    asyncio.run(_calls(loaded, ledger, name, fence, number))
            except LockedError as lost:
                noticed += "is locked" not in str(lost)
            time.sleep(random.uniform(0.005, 0.06))
    print(noticed, flush=True)  # noqa: T201 - read by the parent


async def _calls(loaded, ledger, name: str, fence: int, number: int) -> None:  # type: ignore[no-untyped-def]
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
    dialer = loaded.desired.dialers["here"]
    address = Address("here", "contacts", "spring")
    async with open_client(loaded, dialer, ledger, Options()) as client:
        run = DialerRun(
            dialer="here", vendor=client.vendor, settings=dialer.settings,
            options=dict.fromkeys(client.vendor.options, ""), client=client,
            campaigns={"spring": CampaignState("spring", "motor-trade", "Spring", "started")},
            journal=journal, store=None, listed=_Nobody(), tally=None, interrupted=lambda: False,
        )  # type: ignore[arg-type]  # fmt: skip
        add = client.vendor.collections[0].operations["add"]
        with ledger.minding_stops(client.cut):
            for call in range(_CALLS_A_TURN):
                phone = f"+44770{fence % 9000 + 1000}{number % 100:02d}{call}"
                record = {"first_name": f"{name}{fence}", "surname": "S", "mobile": phone, "email": ""}
                row = RowItem(f"{phone}-{time.time_ns()}", (phone,), record, "h", "")
                _, sent = await run.write(add, rows_scope(run, address, [row]), address, action="add", rows=[row])
                if sent:
                    await journal.finish(sent, "applied", "", {})


class _Nobody:
    def hits(self, *_: object) -> set[str]:
        return set()

    def release(self) -> None: ...


def main() -> int:
    """Be a writer, or run the whole suite."""
    if len(sys.argv) == 4:
        _write_by_turns(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
        return 0
    count = int(sys.argv[1])
    url = sys.argv[2] if len(sys.argv) > 2 else None
    found = [("races", race(count, url)), ("stalls", stall(count, url))]
    for name, seen in found:
        print(f"{count} {name}: {seen}", flush=True)  # noqa: T201 - the entry's only output
    return 1 if any(seen.overlaps for _, seen in found) else 0


if __name__ == "__main__":
    sys.exit(main())
