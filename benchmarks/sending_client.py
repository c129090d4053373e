"""One way of sending, measured in a process of its own: ``python -m benchmarks.sending_client WAY URL AT_ONCE COUNT``.

Prints one JSON object: what was done, seconds of wall and processor, resident MiB while it went on. Ways: ``apply`` is
the executor with its ledger, gate, journal and report; ``calls`` only the client's calls; ``shared`` one
httpx.AsyncClient for all, in a bare loop; ``aiohttp`` a bare session; ``batches`` an apply of 10,000 records of 33
fields a call; ``listing`` our reading of a paged listing and ``bare_listing`` httpx with orjson reading the same.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from syncengine.config.vendor_files import load_vendor
from syncengine.diagnostics import Diagnostics
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.run_journal import RunJournal
from syncengine.model.address import Address
from syncengine.model.change import RowChange
from syncengine.model.exchange import RowItem
from syncengine.model.findings import RowSet
from syncengine.model.plan import Basis, Headline, Level, Plan
from syncengine.model.ports import CampaignState
from syncengine.model.secret import Secret
from syncengine.model.vendor import Vendor
from syncengine.remote.client import DialerClient
from syncengine.remote.dialer_run import DialerRun
from syncengine.remote.executor import Execution, execute
from syncengine.remote.row_scope import row_scope
from syncengine.remote.rows_reader import read_rows
from syncengine.remote.tally import Tally
from syncengine.rows.columns import RecordField
from syncengine.rows.gate import ListedIndex
from syncengine.rows.row_sets import RowSetTable
from syncengine.rows.store import PlanRows
from syncengine.rows.workspace import Workspace

_FIELDS = 33
_BATCH = 10_000
_BODY = {"tel": "573001234567", "name": "Ana Maria", "note": "a word or two"}

_VENDOR = """\
vendor: bench
title: Bench
docs: https://bench.example
secrets: {{token: Token}}
base_url: https://bench.example
auth: {{scheme: header, header: X-Token, secret: token}}
limits: {{concurrency: {connections}, timeout: 60}}
campaigns: {{references_only: true}}
collections:
  leads:
    holds: contacts
    scope: campaign
    listed: {{phones: [tel], remote_id: id, phone_form: digits}}
    operations:
      list:
        method: GET
        path: /page
        query: {{number: "{{{{ page.number }}}}"}}
        success: {{status: [200]}}
        records: rows
        pagination: {{kind: page, limit: 1000, total: total}}
      add:
        method: POST
        path: {path}
        body: {body}
        effect: dialable
        success: {{status: [200], body: {{ok: [true]}}}}
        items: {{shape: none, total: added}}
        batch: {batch}
        refused_batch: unknown
        proof: {{by: park}}
"""


class _Stopwatch:
    """Started once more by a way of sending that has to make its rows first."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self._wall, time.process_time() - self._cpu


@dataclass(frozen=True)
class _Asked:
    url: str
    connections: int
    count: int
    stopwatch: _Stopwatch = field(default_factory=_Stopwatch)

    @property
    def base_url(self) -> str:
        return self.url.partition("//")[0] + "//" + self.url.partition("//")[2].partition("/")[0]

    @property
    def path(self) -> str:
        return "/" + self.url.partition("//")[2].partition("/")[2]


def _vendor(asked: _Asked, *, batch: int, fields: Sequence[str]) -> Vendor:
    record = json.dumps({name: f"{{{{ record.{name} }}}}" for name in fields})
    body = f"{{json: {{$each: {record}}}}}" if batch > 1 else f"{{json: {record}}}"
    spec = _VENDOR.format(connections=asked.connections, path=asked.path, body=body, batch=batch)
    columns = {name: {"from": "phone", "as": "digits"} if name == "tel" else "first_name" for name in fields}
    mapping = f"vendor: bench\ncollections: {{leads: {json.dumps(columns)}}}\n"
    diagnostics = Diagnostics()
    with tempfile.TemporaryDirectory() as folder:
        for kind, text in (("vendors", spec), ("mappings", mapping)):
            (Path(folder) / kind).mkdir()
            (Path(folder) / kind / "bench.yaml").write_text(text, encoding="utf-8")
        loaded = load_vendor(
            "bench", diagnostics, vendors=[Path(folder) / "vendors"], mappings=[Path(folder) / "mappings"]
        )
    assert loaded is not None, [item.render() for item in diagnostics]
    return loaded.vendor


def _client(asked: _Asked, vendor: Vendor) -> DialerClient:
    return DialerClient("bench", vendor, asked.base_url, {"token": Secret("t0ken")})


def _item(number: int, fields: Sequence[str]) -> RowItem:
    phone = f"+573001{number:06d}"
    record = {name: phone[1:] if name == "tel" else f"value {number} of {name}" for name in fields}
    return RowItem(phone, (phone,), record, f"hash{number}")


# ------------------------------------------------------------------------------------------------------------- ways


async def _calls(asked: _Asked) -> int:
    fields = list(_BODY)
    vendor = _vendor(asked, batch=1, fields=fields)
    operation = vendor.collections[0].operations["add"]
    scopes = iter([row_scope(_item(number, fields)) for number in range(asked.count)])
    async with _client(asked, vendor) as client:

        async def work() -> None:
            for scope in scopes:
                result = await client.call(operation, scope)
                assert result.judgement.outcome == "applied", result

        await asyncio.gather(*(work() for _ in range(asked.connections)))
    return asked.count


def _rows(workspace: Workspace, count: int, fields: Sequence[str]) -> PlanRows:
    """Return a row store as a plan has it: columns in DuckDB, from which rows are made when they are asked for."""
    phone = "'+573001' || lpad(n::text, 6, '0')"
    values = [f"substr({phone}, 2)" if name == "tel" else f"'value ' || n || ' of {name}'" for name in fields]
    cells = ", ".join(f"{value} AS v{at}" for at, value in enumerate(values))
    table = workspace.table(
        "row_set",
        f"SELECT {phone} AS key, {phone} AS phones, 'hash' || n AS content_hash, '' AS remote_id, {cells}"
        f" FROM range({count}) found(n)",
    )
    found = RowSet(name="all", action="add", reason="missing", confidence="believed", count=count, digest="d")
    kinds = tuple(RecordField(to=name, kind="text") for name in fields)
    return PlanRows(workspace, [RowSetTable(set=found, table=table, fields=kinds)])


class _Listed:
    def __init__(self) -> None:
        self._index = ListedIndex(f"+573009{number:06d}" for number in range(10_000))

    def hits(self, address: Address, data: bytes, people: Sequence[str] = ()) -> set[str]:
        del address
        return self._index.hits(data) | self._index.among(people)

    def has_moved(self) -> bool:
        return False

    def release(self) -> str:
        """Nothing is released here."""
        return ""


async def _apply(asked: _Asked) -> int:
    return await _applied(asked, batch=1, fields=list(_BODY))


async def _batches(asked: _Asked) -> int:
    fields = ["tel", *(f"field{number}" for number in range(1, _FIELDS))]
    return await _applied(asked, batch=_BATCH, fields=fields)


async def _applied(asked: _Asked, *, batch: int, fields: Sequence[str]) -> int:
    vendor = _vendor(asked, batch=batch, fields=fields)
    change = RowChange(
        address=Address("bench", "contacts", "spring"),
        collection="leads",
        action="add",
        rows="all",
        count=asked.count,
        reason="missing",
        confidence="believed",
        effect="dialable",
        digest="d",
    )
    plan = _plan(Level("contact additions and updates", (change,)))
    with tempfile.TemporaryDirectory() as folder, Workspace() as workspace:
        rows = _rows(workspace, asked.count, fields)
        asked.stopwatch.start()
        ledger = Ledger.open(Path(folder) / "ledger.db", "bench")
        with ledger.lock("apply", now=time.time()):
            journal = RunJournal(
                ledger=ledger,
                run_id=ledger.begin_run("apply", "p", now=time.time()),
                clock=time.time,
                evidence=lambda _: "{}",
            )
            tally = Tally(plan=plan, clock=time.monotonic)
            async with _client(asked, vendor) as client:
                state = CampaignState("spring", "17", "Spring", "stopped")
                run = DialerRun(
                    dialer="bench",
                    vendor=vendor,
                    settings={},
                    options={},
                    client=client,
                    campaigns={"spring": state},
                    journal=journal,
                    store=rows,
                    listed=_Listed(),
                    tally=tally,
                    interrupted=lambda: False,
                )
                report = await execute(Execution(plan=plan, runs={"bench": run}, tally=tally, lasts_days={}))
        ledger.close()
    assert dict(report.changes[0].outcomes) == {"applied": asked.count}, report
    return asked.count


def _plan(level: Level) -> Plan:
    empty: Mapping[str, Any] = {"releases": {}, "costs": (), "sources": (), "enforcement": (), "violations": ()}
    basis = Basis(lineage="l", serial=1, manifests="m", vendors="v", sources="s", dnd="d", dialers={})
    return Plan(
        format_version=1,
        plan_id="p",
        project="bench",
        created_at=0.0,
        refresh="none",
        levels=(level,),
        headline=Headline(),
        holds=(),
        notes=(),
        basis=basis,
        **empty,
    )


async def _shared(asked: _Asked) -> int:
    import httpx

    left = iter(range(asked.count))
    limits = httpx.Limits(max_connections=asked.connections, max_keepalive_connections=asked.connections)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:

        async def work() -> None:
            for _ in left:
                answer = await client.post(asked.url, json=_BODY)
                assert answer.json()["ok"]

        await asyncio.gather(*(work() for _ in range(asked.connections)))
    return asked.count


async def _aiohttp(asked: _Asked) -> int:
    import aiohttp

    left = iter(range(asked.count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=asked.connections)) as session:

        async def work() -> None:
            for _ in left:
                async with session.post(asked.url, json=_BODY) as answer:
                    assert (await answer.json())["ok"]

        await asyncio.gather(*(work() for _ in range(asked.connections)))
    return asked.count


async def _listing(asked: _Asked) -> int:
    vendor = _vendor(asked, batch=1, fields=list(_BODY))
    found = 0
    async with _client(asked, vendor) as client:
        listing = read_rows(client, vendor.collections[0])
        async for page in listing.pages():
            found += len(page)
        assert listing.reading.complete, listing.reading
    return found


async def _bare_listing(asked: _Asked) -> int:
    import httpx
    import orjson

    found = number = 0
    async with httpx.AsyncClient(timeout=60) as client:
        while True:
            number += 1
            answer = await client.get(asked.base_url + "/page", params={"number": number})
            rows = orjson.loads(answer.content)["rows"]
            found += len(rows)
            if not rows:
                return found


WAYS: dict[str, Callable[[_Asked], Awaitable[int]]] = {
    "apply": _apply,
    "calls": _calls,
    "shared": _shared,
    "aiohttp": _aiohttp,
    "batches": _batches,
    "listing": _listing,
    "bare_listing": _bare_listing,
}


async def _measured(way: str, asked: _Asked) -> dict[str, object]:
    samples: list[float] = []

    async def sample() -> None:
        while True:
            samples.append(_resident())
            await asyncio.sleep(0.1)

    sampling = asyncio.create_task(sample())
    asked.stopwatch.start()
    done = await WAYS[way](asked)
    wall, cpu = asked.stopwatch.read()
    sampling.cancel()
    return {"done": done, "wall": wall, "cpu": cpu, "memory": samples}


def _resident() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Send and print."""
    way, url, connections, count = sys.argv[1:]
    print(json.dumps(asyncio.run(_measured(way, _Asked(url, int(connections), int(count))))))


if __name__ == "__main__":
    main()
