"""Sending: one record a call, batches of 10,000, and reading back, each beside bare clients in the same run.

The dialer is ``fast_server.py`` in a process of its own, which costs so little that the caller is what is measured.
Needs the packages of the group ``bench`` (pip install --group bench); wrk is used where it is installed. Each line that
has a goal says whether it is met.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measuring import environment
from benchmarks.table import Figure

_ROOT = Path(__file__).parent.parent
_LATENCY = 0.05
_MIB_AT = (0.5, 0.6, 0.7, 0.8, 0.9)
# What apply has to reach: times one shared httpx.AsyncClient, shares of ideal by connections, records a second, and the
# share of a bare reading.
_TIMES_SHARED = 5.0
_AT_ONCE = 32
_SHARES = {8: 0.90, 32: 0.90, 64: 0.85}
_RECORDS = 60_000
_OF_BARE = 0.60


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """How much is sent."""

    connections: Sequence[int] = (1, 8, 32, 64)
    calls: int = 4_000
    # With a vendor that takes 50 ms: calls a connection.
    waiting_calls: int = 60
    records: int = 200_000
    listed: int = 200_000


SMALL = Amounts(connections=(1, 8), calls=60, waiting_calls=2, records=10_000, listed=2_000)


def measure(amounts: Amounts | None = None) -> list[Figure]:
    """Measure everything; ratios are of wall times, CPU is that of the caller."""
    chosen = amounts or Amounts()
    with _server(chosen.listed) as url:
        return [
            *_one_record_a_call(url, chosen),
            *_a_slow_dialer(url, chosen),
            _batches(url, chosen),
            *_reading_back(url, chosen),
        ]


def _one_record_a_call(url: str, amounts: Amounts) -> Iterator[Figure]:
    for at_once in amounts.connections:
        shared = _sent("shared", f"{url}/add", at_once, max(60, amounts.calls // 4))
        bare = _sent("aiohttp", f"{url}/add", at_once, amounts.calls)
        yield _figure(f"one shared httpx.AsyncClient, {at_once} at once", shared)
        yield _figure(f"bare aiohttp, {at_once} at once", bare, _times(bare, shared))
        for way, what in (("calls", "our calls alone"), ("apply", "apply with its ledger")):
            ours = _sent(way, f"{url}/add", at_once, amounts.calls)
            note = f"{_times(ours, shared)}, {_rate(ours) / _rate(bare):.0%} of bare aiohttp ({_cpu_share(ours, bare)})"
            if way == "apply" and at_once == _AT_ONCE:
                note += f"; {_goal(_rate(ours) / _rate(shared), _TIMES_SHARED, 'x shared httpx')}"
            yield _figure(f"{what}, {at_once} at once", ours, note)
        found = _wrk(f"{url}/add", at_once)
        note = f"{found:,.0f}/s, the ceiling" if found else "not installed here, so there is no ceiling to compare with"
        yield Figure(what=f"wrk, {at_once} at once", wall=1.0 if found else 0.0, cpu=0.0, note=note)


def _a_slow_dialer(url: str, amounts: Amounts) -> Iterator[Figure]:
    before = 0.0
    for at_once in amounts.connections[1:]:
        ours = _sent("apply", f"{url}/wait/{_LATENCY * 1000:.0f}", at_once, at_once * amounts.waiting_calls)
        share = _rate(ours) / (at_once / _LATENCY)
        note = f"{share:.0%} of ideal"
        if at_once in _SHARES:
            note += f"; {_goal(share, _SHARES[at_once], 'of ideal')}"
        if before:
            note += f"; {'falls' if _rate(ours) < before else 'does not fall'}"
        before = _rate(ours)
        yield _figure(f"apply to a dialer that takes 50 ms, {at_once} at once", ours, note)


def _batches(url: str, amounts: Amounts) -> Figure:
    ours = _sent("batches", f"{url}/add", 4, amounts.records)
    memory = ours["memory"]
    shown = ", ".join(f"{memory[int(len(memory) * part)]:,.0f}" for part in _MIB_AT)
    goal = _goal(_rate(ours), _RECORDS, "records/s")
    note = f"{goal}; MiB at 50, 60, 70, 80, 90 % of the time: {shown}"
    return _figure(f"apply of {amounts.records:,} records, 10,000 of 33 fields a call", ours, note)


def _reading_back(url: str, amounts: Amounts) -> Iterator[Figure]:
    bare = _sent("bare_listing", f"{url}/page", 1, 1)
    ours = _sent("listing", f"{url}/page", 1, 1)
    yield _figure(f"bare httpx and orjson, {amounts.listed:,} rows by 1,000", bare)
    share = _rate(ours) / _rate(bare)
    note = f"{share:.0%} of bare ({_cpu_share(ours, bare)}); {_goal(share, _OF_BARE, 'of bare')}"
    yield _figure("our reading of the same listing", ours, note)


def _figure(what: str, found: dict[str, Any], note: str = "") -> Figure:
    rate = f"{_rate(found):,.0f}/s, {found['cpu'] / found['done'] * 1e6:,.0f} us of CPU each"
    peak = max(found["memory"], default=0.0)
    return Figure(what=what, wall=found["wall"], cpu=found["cpu"], peak=peak, note=f"{rate}; {note}" if note else rate)


def _rate(found: dict[str, Any]) -> float:
    return float(found["done"] / found["wall"])


def _goal(reached: float, wanted: float, what: str) -> str:
    """Say whether a goal is met; by wall time, so that a busy machine tells nothing good or bad of shares of ideal."""
    shown = f"{wanted:,.0f}" if wanted > 1 else f"{wanted:.0%}"
    return f"goal {shown} {what}: {'met' if reached >= wanted else 'missed'}"


def _cpu_share(ours: dict[str, Any], bare: dict[str, Any]) -> str:
    return f"by CPU {bare['cpu'] / bare['done'] / (ours['cpu'] / ours['done']):.0%}"


def _times(found: dict[str, Any], yardstick: dict[str, Any]) -> str:
    return f"{_rate(found) / _rate(yardstick):.1f} x shared httpx"


def _sent(way: str, url: str, at_once: int, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.sending_client", way, url, str(at_once), str(count)]
    done = subprocess.run(command, cwd=_ROOT, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{way} ended with {done.returncode}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _wrk(url: str, at_once: int) -> float | None:
    if shutil.which("wrk") is None:
        return None
    command = ["wrk", "-t1", f"-c{at_once}", "-d1s", url]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"Requests/sec:\s*([0-9.]+)", told)
    return float(found.group(1)) if found else None


@contextmanager
def _server(rows: int) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.fast_server", "--rows", str(rows)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT, env=environment(), text=True
    )
    try:
        assert process.stdout
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError("the dialer did not start; are the packages of the group bench installed?")
        yield f"http://127.0.0.1:{port}"
    finally:
        # Its input ends with us, whatever happens here.
        process.communicate()
