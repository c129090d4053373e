"""A plan carried out against dialers that a test scripts: a real ledger file, a real client, rows in memory.

The transport's handler runs where a dialer would: what it sees in the ledger's file was there before the first byte.
"""

import asyncio
import inspect
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import orjson

from syncengine.ledger.ledger import Ledger
from syncengine.ledger.run_journal import RunJournal
from syncengine.model.address import Address
from syncengine.model.calling import Limits, Proof
from syncengine.model.change import CampaignAction, CampaignChange, Change, FieldChange, RowAction, RowChange
from syncengine.model.exchange import Request, RowItem
from syncengine.model.plan import Headline, Level, LevelName, Plan
from syncengine.model.ports import CampaignState
from syncengine.model.report import ApplyReport, ChangeReport, Progress
from syncengine.model.vendor import Collection, Operation, Vendor
from syncengine.remote.dialer_run import DialerRun
from syncengine.remote.executor import Execution, execute
from syncengine.remote.tally import Tally
from syncengine.rows.gate import ListedIndex
from tests import building
from tests.building import basis
from tests.remote.dialing import Clockwork, client

DIALER = "acme-co"


def call(name: str, effect: str = "neutral", **more: Any) -> Operation:
    """Return an operation that posts all that a template could see of the change."""

    def render(scope: Mapping[str, Any]) -> Request:
        seen = {
            "campaign": scope.get("campaign", {}),
            "fields": scope.get("fields", {}),
            "rows": [{**pair["row"], "record": dict(pair["record"])} for pair in scope.get("rows", [])],
            "list": scope.get("list", {}),
            "task": scope.get("task", {}),
        }
        return Request("POST", f"/{name}", body=orjson.dumps(seen), content_type="application/json")

    return building.operation(name, effect, **({"render": render} | more))


def item(number: int | str, **more: Any) -> RowItem:
    """Return a row whose key and phone are one number."""
    phone = number if isinstance(number, str) else f"+5730012{number:05d}"
    stated: dict[str, Any] = {"phones": (phone,), "record": {"tel": phone}, "content_hash": f"hash of {phone}"}
    return RowItem(phone, **(stated | more))


def items(*numbers: int) -> list[RowItem]:
    return [item(number) for number in numbers]


class MemoryRows:
    """Row sets in memory."""

    def __init__(self) -> None:
        self.sets: dict[str, list[RowItem]] = {}
        # How many batches were asked for.
        self.drawn = 0

    def batches(self, name: str, size: int) -> Iterator[list[RowItem]]:
        rows = sorted(self.sets[name], key=lambda row: row.key)
        for start in range(0, len(rows), size):
            self.drawn += 1
            yield rows[start : start + size]


@dataclass
class Listed:
    """Numbers in force everywhere."""

    index: ListedIndex = field(default_factory=ListedIndex)
    # About which collections was asked.
    asked: set[Address] = field(default_factory=set)
    released: int = 0
    to_release: Sequence[str] = ()

    # Whether another run has changed the statements.
    moved: bool = False
    why_not_released: str = ""

    def has_moved(self) -> bool:
        return self.moved

    def hits(self, address: Address, data: bytes, people: Sequence[str] = ()) -> set[str]:
        self.asked.add(address)
        return self.index.hits(data) | self.index.among(people)

    def release(self) -> str:
        self.released += 1
        self.index.discard(self.to_release)
        return self.why_not_released


@dataclass(frozen=True)
class Seen:
    """One call as the dialer got it."""

    dialer: str
    name: str
    body: Any
    request: httpx.Request

    @property
    def keys(self) -> list[str]:
        """Keys of the rows in it."""
        return [row["key"] for row in self.body["rows"]]


Answering = Callable[[Seen], Any]


class Dialers:
    """What stands at the other end: an answer by the name of the operation, 200 for all others."""

    def __init__(self) -> None:
        self.calls: list[Seen] = []
        self.answers: dict[str, Answering] = {}
        self.before: Answering = lambda _: None

    def names(self, dialer: str = DIALER) -> list[str]:
        """Return the names of the calls in the order in which they came."""
        return [seen.name for seen in self.calls if seen.dialer == dialer]

    def of(self, name: str) -> list[Seen]:
        return [seen for seen in self.calls if seen.name == name]

    def keys(self, name: str) -> list[str]:
        """Return all keys that came in calls of a name, in order."""
        return [key for seen in self.of(name) for key in seen.keys]

    def handler(self, dialer: str) -> Callable[[httpx.Request], Any]:
        async def handle(request: httpx.Request) -> httpx.Response:
            name = request.url.path.removeprefix("/api/").split("/")[0]
            body = orjson.loads(request.content) if request.content[:1] == b"{" else None
            seen = Seen(dialer, name, body, request)
            self.calls.append(seen)
            self.before(seen)
            found = self.answers.get(name, lambda _: 200)(seen)
            if inspect.isawaitable(found):
                found = await found
            if isinstance(found, Exception):
                raise found
            if isinstance(found, int):
                return httpx.Response(found, json={})
            if isinstance(found, tuple):
                return httpx.Response(found[0], json=found[1])
            return httpx.Response(200, json=found)

        return handle


def rows_change(action: RowAction, rows: str, count: int, **more: Any) -> RowChange:
    """Return a change to the contacts of the campaign spring."""
    stated: dict[str, Any] = {
        "address": Address(DIALER, "contacts", "spring"),
        "collection": "records",
        "reason": "missing",
        "confidence": "believed",
        "effect": "suppressing" if action in {"remove", "block"} else "dialable",
        "digest": "d",
    }
    return RowChange(action=action, rows=rows, count=count, **(stated | more))


def campaign_change(action: CampaignAction, key: str = "spring", **more: Any) -> CampaignChange:
    effects = {"start": "dialable", "stop": "suppressing", "delete": "suppressing"}
    stated: dict[str, Any] = {
        "address": Address(DIALER, "campaign", key),
        "operation": action,
        "reason": "missing",
        "confidence": "believed",
        "effect": effects.get(action, "neutral"),
    }
    return CampaignChange(action=action, **(stated | more))


def name_change(after: str) -> tuple[FieldChange, ...]:
    return (FieldChange("name", None, after),)


def state(key: str = "spring", **more: Any) -> CampaignState:
    stated: dict[str, Any] = {"id": "17", "name": key.title(), "status": "stopped"}
    return CampaignState(key, **(stated | more))


def vendor(*collections: Any, **more: Any) -> Vendor:
    """Return a vendor whose calls show what a template could see."""
    base = building.vendor()
    operations = {role: call(found.name, found.effect) for role, found in base.campaigns.operations.items()}
    operations["create"] = call("campaigns.create", id="id", proof=Proof(by="read_back"))
    stated: dict[str, Any] = {
        "campaigns": replace(base.campaigns, operations=operations, id_pattern="[0-9]{1,6}"),
        "collections": collections or (records(), dnc()),
    }
    return replace(base, **(stated | more))


def with_calls(**operations: Operation) -> Vendor:
    """Return the vendor with calls about campaigns of the test's own."""
    base = vendor()
    return replace(base, campaigns=replace(base.campaigns, operations={**base.campaigns.operations, **operations}))


def records(**more: Any) -> Collection:
    """Return contacts of a campaign; ``operations`` are laid over add and remove."""
    operations = {
        "add": call("records.add", "dialable", batch=2),
        "remove": call("records.remove", "suppressing", batch=2),
    }
    return _collection(building.contacts_collection(), operations, more)


def dnc(**more: Any) -> Collection:
    operations = {"add": call("dnc.add", "suppressing", batch=2), "remove": call("dnc.remove", "dialable", batch=2)}
    return _collection(building.dnd_collection(), operations, more)


def directory(name: str = "people", **more: Any) -> Collection:
    """Return a directory of people, looked up before they are added."""
    operations = {"add": call(f"{name}.add", id="made")}
    return _collection(Collection(name=name, holds="directory", scope="account"), operations, more)


def _collection(base: Collection, operations: Mapping[str, Operation], more: Mapping[str, Any]) -> Collection:
    return replace(base, **{**more, "operations": {**operations, **more.get("operations", {})}})


@dataclass
class Bench:
    """Everything that an apply needs, to be changed by a test before ``apply``."""

    folder: Path
    dialers: Dialers = field(default_factory=Dialers)
    listed: Listed = field(default_factory=Listed)
    store: MemoryRows = field(default_factory=MemoryRows)
    time: Clockwork = field(default_factory=Clockwork)
    vendor: Vendor = field(default_factory=vendor)
    limits: Limits = field(default_factory=lambda: Limits(concurrency=1))
    names: Sequence[str] = (DIALER,)
    campaigns: dict[str, CampaignState] = field(default_factory=lambda: {"spring": state()})
    levels: list[Level] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)
    interrupted: Callable[[], bool] = lambda: False
    lasts_days: dict[str, int] = field(default_factory=dict)
    renew_every: float = 30.0
    exposed: frozenset[Address] = frozenset()
    calmed: frozenset[Address] = frozenset()
    # Laid over the client: a budget, for one.
    client_words: dict[str, Any] = field(default_factory=dict)
    runs: dict[str, DialerRun] = field(default_factory=dict)
    tally: Tally | None = None

    def __post_init__(self) -> None:
        self.ledger = Ledger.open(self.folder / "ledger.db", "tests")

    def rows(self, name: str, found: Sequence[RowItem]) -> None:
        self.store.sets[name] = list(found)

    def ledger_with(self, found: Sequence[RowItem], kind: str = "contacts", name: str = "spring") -> None:
        """Let the ledger know rows that are at the dialer."""
        address = Address(DIALER, kind, name)  # type: ignore[arg-type]  # tests name any kind
        with self.ledger.lock("apply", now=self.time()):
            self.ledger.save_rows(address, found, now=self.time())

    def level(self, name: LevelName, *changes: Change) -> None:
        self.levels.append(Level(name, changes))

    def adding(self, *numbers: int, **more: Any) -> RowChange:
        """Plan the addition of contacts."""
        return self._rows_level("contact additions and updates", "add", numbers, more)

    def removing(self, *numbers: int, **more: Any) -> RowChange:
        """Plan the removal of listed contacts."""
        return self._rows_level("contact removals", "remove", numbers, {"reason": "listed"} | more)

    def listing(self, *numbers: int, **more: Any) -> RowChange:
        """Plan additions to the do-not-call list of the account."""
        stated = {"address": Address(DIALER, "dnd", "account"), "collection": "dnc", "effect": "suppressing"}
        return self._rows_level("dnd additions", "add", numbers, stated | more)

    def _rows_level(
        self, level: LevelName, action: RowAction, numbers: Sequence[int], more: Mapping[str, Any]
    ) -> RowChange:
        name = f"{level} {len(self.levels)}"
        self.rows(name, items(*numbers))
        change = rows_change(action, name, len(numbers), **more)
        self.level(level, change)
        return change

    def plan(self) -> Plan:
        return Plan(
            format_version=1,
            plan_id="p1",
            project="tests",
            created_at=0.0,
            refresh="none",
            levels=tuple(self.levels),
            releases={},
            headline=Headline(),
            costs=(),
            sources=(),
            enforcement=(),
            violations=(),
            holds=(),
            notes=(),
            basis=basis(),
        )

    def apply(self) -> ApplyReport:
        """Carry the plan out under the ledger's lock."""
        with self.ledger.lock("apply", now=self.time()):
            return asyncio.run(self._applied())

    async def _applied(self) -> ApplyReport:
        plan = self.plan()
        self.tally = Tally(plan=plan, clock=self.time, on_progress=self.progress.append)
        run_id = self.ledger.begin_run("apply", "p1", now=self.time())
        journal = RunJournal(ledger=self.ledger, run_id=run_id, clock=self.time, evidence=lambda _: "{}")
        self.runs = {name: self._run(name, journal, self.tally) for name in self.names}
        execution = Execution(
            plan=plan,
            runs=self.runs,
            tally=self.tally,
            lasts_days=self.lasts_days,
            renew_every=self.renew_every,
            exposed=self.exposed,
            calmed=self.calmed,
        )
        try:
            return await execute(execution)
        finally:
            for run in self.runs.values():
                await run.client.aclose()

    def _run(self, name: str, journal: RunJournal, tally: Tally) -> DialerRun:
        known = replace(self.vendor, limits=self.limits)
        words = {field_name: getattr(known, field_name) for field_name in ("limits", "responses", "auth", "options")}
        return DialerRun(
            dialer=name,
            vendor=known,
            settings={},
            options={},
            client=client(self.dialers.handler(name), time=self.time, vendor_words=words, **self.client_words),
            campaigns=self.campaigns,
            journal=journal,
            store=self.store,
            listed=self.listed,
            tally=tally,
            interrupted=self.interrupted,
        )

    # -------------------------------------------------------------------------------------------- what came of it

    def states(self, kind: str = "contacts", name: str = "spring") -> dict[str, str]:
        """Return key -> state in the ledger."""
        table = self.ledger.rows_table(Address(DIALER, kind, name))  # type: ignore[arg-type]  # tests name any kind
        return dict(zip(table.column("key").to_pylist(), table.column("state").to_pylist(), strict=True))

    def remembered(self, key: str) -> dict[str, Any]:
        """Return one contact as the ledger has it."""
        rows = self.ledger.rows_table(Address(DIALER, "contacts", "spring")).to_pylist()
        return next(row for row in rows if row["key"] == key)

    def in_file(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the ledger's file, past the connection that writes it."""
        with sqlite3.connect(self.folder / "ledger.db") as other:
            return other.execute(query).fetchall()


def total(report: ApplyReport) -> Counter[str]:
    """Return outcome -> rows and campaigns, over all changes."""
    found: Counter[str] = Counter()
    for change in report.changes:
        found.update(change.outcomes)
    return found


def only(report: ApplyReport) -> ChangeReport:
    (found,) = report.changes
    return found
