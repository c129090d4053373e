"""The world of the model: files, clock, dialer, and the engine that is run against them.

What people state is kept here as plain values and written as files, or laid over a project that was loaded once a
process for each kind of vendor. The engine runs through ``syncengine.sync`` with its own ledger file on a memory disk.
"""

import asyncio
import atexit
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa

from syncengine import sync
from syncengine.errors import LockedError, StalePlanError
from syncengine.ledger.opening import open_ledger
from syncengine.ledger.unsettled import Assumption
from syncengine.model.address import Address
from syncengine.model.desired import Desired
from syncengine.model.plan import Allowances, Plan
from syncengine.model.report import ApplyReport
from syncengine.remote.client import DialerClient
from syncengine.rows.difference import Actual, Difference, difference_of_contacts, difference_of_dnd
from syncengine.rows.known_rows import KnownRows, from_ledger
from syncengine.steps.loading import Loaded, load
from syncengine.steps.options import Options
from tests.dnd_model.dialer import Campaign, Crash, Dialer, Lead, State, Transport
from tests.dnd_model.monitor import BrokenInvariantError, Ended, Monitor, Reading
from tests.dnd_model.remembered import Memory, RememberedWorkspace
from tests.dnd_model.vendors import KINDS, Kind

BEGINNING = 1_800_000_000.0
DAY = 86_400.0
# Numbers of people, as ten national digits; the last one is in every contact list and on no do-not-call list.
PEOPLE = ("3001200001", "3001200002", "3001200003")
BYSTANDER = "3001200009"
# Numbers that only fill do-not-call lists up, so that one line less is no shrunken list.
FILLERS = ("3001200091", "3001200092", "3001200093", "3001200094")
SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda n: f"+57{n}",
    lambda n: n,
    lambda n: f"0057 {n[:3]}-{n[3:6]}-{n[6:]}",
    lambda n: f"({n[:3]}) {n[3:6]} {n[6:]}",
)
CAMPAIGNS = ("spring", "autumn")
# Do-not-call list -> its scope, and the campaigns that it covers.
LISTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "everyone": ("all", CAMPAIGNS),
    "here": ("main", CAMPAIGNS),
    "only-spring": ("spring", ("spring",)),
}
MAX_AGE = 7 * DAY
MAX_SHRINK = 0.5
SETTLE = 200.0
# Beyond the settle time of every vendor of the model.
_LONG_AGO = 100.0


@dataclass
class Slot:
    """One record that people want in a campaign."""

    number: int
    spelling: int = 0
    second: int | None = None


@dataclass
class DndFile:
    """One do-not-call file."""

    # Number -> how it is written there.
    lines: dict[int, int] = field(default_factory=dict)
    fillers: int = len(FILLERS)
    missing: bool = False
    empty: bool = False
    # A line that is no number.
    garbled: bool = False
    changed_at: float = BEGINNING
    # Numbers under ``release``.
    release: set[int] = field(default_factory=set)

    def text(self) -> str:
        if self.empty:
            return "phone\n"
        lines = [SPELLINGS[how](PEOPLE[number]) for number, how in sorted(self.lines.items())]
        lines += [f"+57{number}" for number in FILLERS[: self.fillers]]
        return "phone\n" + "\n".join([*lines, *(["nobody"] if self.garbled else [])]) + "\n"


class Engine:
    """What is made once a process: projects by kind of vendor, and the memory of their tables."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.loaded: dict[str, Loaded] = {}
        self.examples = 0
        # How numbers are written -> what they mean, as the runs so far have kept it beside their ledgers: what a machine
        # has learned once it knows, and tables made with the same knowledge are the same.
        self.phones = b""
        # asyncio.run makes a loop each time, and puts a signal handler in its place, which costs more than a call.
        self.loop = asyncio.new_event_loop()

    def run(self, story: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine; what a crash has left behind is gone with its process."""
        try:
            return self.loop.run_until_complete(story)
        finally:
            left = asyncio.all_tasks(self.loop)
            for task in left:
                task.cancel()
            if left:
                self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))

    def project(self, kind: Kind) -> Loaded:
        """Load the project of a kind of vendor once."""
        if kind.name not in self.loaded:
            root = self.memory.folder / kind.name
            _write_project(root, kind)
            self.loaded[kind.name] = load(root)
        return self.loaded[kind.name]


_ENGINE: list[Engine] = []


def engine() -> Engine:
    """Return this process's engine."""
    if not _ENGINE:
        made = Engine()
        # Left open until the interpreter ends, DuckDB tells of every function that it still has.
        atexit.register(_forget)
        _ENGINE.append(made)
    return _ENGINE[0]


def _forget() -> None:
    for made in _ENGINE:
        made.memory.close()
        made.loop.close()
    _ENGINE.clear()


def _write_project(root: Path, kind: Kind) -> None:
    dialer = {"vendor": "small", "base_url": "http://127.0.0.1:9/api", "secrets": {"token": "file:token"}}
    columns = {"phone": "phone", "phone2": "phone2"} | ({"id": "id"} if kind.key == "id" else {})
    lasting = {"lasts_days": kind.lasts_days} if kind.lasts_days else {}
    manifest = {
        "campaigns": {name: {"dialer": "main", "name": name, "contacts": [f"{name}-people"]} for name in CAMPAIGNS},
        "contacts": {
            f"{name}-people": {"rows": [dict.fromkeys(columns, "1")], "region": "CO", "columns": columns}
            for name in CAMPAIGNS
        },
        "dnd": {
            name: {
                "source": f"data/{name}.csv",
                "scope": scope if scope == "all" else [scope],
                "region": "CO",
                "max_shrink": "50%",
                **lasting,
            }
            for name, (scope, _) in LISTS.items()
        },
    }
    project = {"version": 1, "project": "model", "dialers": {"main": dialer}}
    files = {
        "token": "s3cret-of-the-model",
        "vendors/small.yaml": kind.file,
        "mappings/small.yaml": kind.mapping,
        "manifests/all.yaml": json.dumps(manifest),
        "syncengine.yaml": json.dumps(project),
        **{f"data/{name}.csv": "phone\n" for name in LISTS},
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


class World:
    """One example: what is stated, what the dialer holds, and everything that happens to both."""

    def __init__(self, kind: str) -> None:
        self.engine = engine()
        self.kind = KINDS[kind]
        self.loaded = self.engine.project(self.kind)
        self.engine.examples += 1
        self.folder = Path(tempfile.mkdtemp(prefix="example-", dir=self.engine.memory.folder))
        self.ledger = self.folder / "ledger.db"
        self.phones = self.folder / "phones.parquet"
        if self.engine.phones:
            self.phones.write_bytes(self.engine.phones)
        # What the project remembers of its ledger; each example has a new one.
        self.mark = self.loaded.root / ".syncengine" / "ledger.mark"
        self.mark.unlink(missing_ok=True)
        self.now = BEGINNING
        # Durations of the client are measured by a clock of their own.
        self.ticks = 0.0
        self.people: dict[str, list[Slot | None]] = {name: [None, None] for name in CAMPAIGNS}
        self.status: dict[str, Any] = dict.fromkeys(CAMPAIGNS)
        self.files = {name: DndFile() for name in LISTS}
        self.dialer = Dialer(clock=lambda: self.now)
        if self.kind.lasts_days:
            self.dialer.lasts = self.kind.lasts_days * DAY
        self.monitor = Monitor(
            dialer=self.dialer,
            numbers=(*PEOPLE, BYSTANDER, *FILLERS),
            covers={name: covered for name, (_, covered) in LISTS.items()},
            held_there=self._held_there(),
            holds=self.kind.holds,
            lists=self.kind.lists,
        )
        self.dialer.watch = self._watch
        self.dialer.told = self.monitor.told
        self.dialer.on_crash = self._keep_ledger
        self.saved: Plan | None = None
        # Whether another process read something while the run was under way: then it need not be whole.
        self.read_late = False
        self.events: Counter[str] = Counter()
        # What another process does when the next writing request comes in.
        self.meanwhile: Callable[[], None] | None = None
        self._sound_rows: dict[str, int] = {}
        self._kept: list[tuple[Path, bytes]] = []
        self._on_disk: dict[str, tuple[str, float] | None] = {}

    def _held_there(self) -> frozenset[str]:
        if self.kind.holds == "account":
            return frozenset({"everyone", "here"})
        return frozenset(LISTS) if self.kind.holds == "campaign" else frozenset()

    def close(self) -> None:
        if self.phones.exists():
            self.engine.phones = self.phones.read_bytes()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.engine.memory.trim()

    # -------------------------------------------------------------------------------------------- what is stated

    def set_contact(
        self, campaign: str, slot: int, number: int | None, spelling: int = 0, second: int | None = None
    ) -> None:
        self.people[campaign][slot] = None if number is None else Slot(number, spelling, second)

    def state(self, name: str, number: int, spelling: int = 0) -> None:
        """Write a number into a do-not-call file."""
        self.files[name].lines[number] = spelling
        self.fetch(name)

    def drop(self, name: str, number: int) -> None:
        """Take the line out again, which releases nobody."""
        self.files[name].lines.pop(number, None)
        self.fetch(name)

    def release(self, name: str, number: int) -> None:
        """Name a number under ``release`` and take its line out."""
        self.drop(name, number)
        self.files[name].release.add(number)

    def fetch(self, name: str) -> None:
        """Get a file anew: it is as young as can be."""
        self.files[name].changed_at = self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds

    # ------------------------------------------------------------------------------------------- running the engine

    def plan(self) -> Plan | None:
        """Make a plan and keep it."""
        self._begin()
        self.saved = None
        with self._running(), sync.planned(self._manifest(), self._options()) as made:
            self.saved = made.plan
        self.events["plan"] += 1
        self.monitor.verdict()
        return self.saved

    def apply(self, *, allow_release: bool = False) -> None:
        """Apply whatever is planned now; releases, where allowed, are read in a plan of their own first."""
        if not allow_release:
            self._apply(sync.Applying(), Allowances())
            return
        count = sum(len(file.release) for file in self.files.values())
        allowances = Allowances(dnd_remove=count + len(FILLERS))
        self._begin()
        with self._running(), sync.planned(self._manifest(), self._options(allowances)) as made:
            plan = made.plan
        self._apply(sync.Applying(expect=plan.plan_id), allowances)

    def apply_saved(self) -> None:
        """Apply the plan that was kept."""
        if self.saved is not None:
            self._apply(sync.Applying(saved=self.saved), Allowances())

    def _apply(self, applying: sync.Applying, allowances: Allowances) -> None:
        allowed = allowances.dnd_remove > 0
        releases = {n: {PEOPLE[i] for i in f.release} for n, f in self.files.items()} if allowed else None
        readings = self._begin(releases)
        self.dialer.dead = self.read_late = False
        found: tuple[Plan, ApplyReport | None] | None = None
        try:
            with self._running():
                found = sync.apply(self._manifest(), self._options(allowances), applying)
        except sync.NotApplicableError as problem:
            self.events["guard"] += 1
            self.events[f"guard {problem.plan.violations[0].rule}"] += 1
        except StalePlanError:
            self.events["stale"] += 1
        except LockedError:
            self.events["locked"] += 1
        except Crash:
            self.events["crash"] += 1
            self._after_crash()
            self.monitor.released()
        self.events["apply"] += 1
        self.meanwhile = None
        if found is not None:
            self._judge(*found, readings)
        self.monitor.verdict()

    def _judge(self, plan: Plan, report: ApplyReport | None, readings: Mapping[str, Reading]) -> None:
        if report is not None:
            self.monitor.released()
        for hold in plan.holds:
            self.events[f"hold {hold.what.split(' ')[0]}"] += 1
        held = sum(change.outcomes.get("held", 0) for change in report.changes) if report else 0
        if held:
            self.events["held late"] += 1
        done = plan.empty or (report is not None and report.complete)
        sound = not any(reading.doubt for reading in readings.values())
        clean = done and sound and not self.read_late and not plan.holds and not self.dialer.lag and not self.waiting()
        self.events["clean"] += clean
        self.monitor.ends(Ended(clean=clean, through=True))

    def _begin(self, releases: Mapping[str, set[str]] | None = None) -> dict[str, Reading]:
        """Write the files and tell the monitor what they say, as it reads them itself."""
        readings = {}
        for name, file in self.files.items():
            self._write(name, file)
            readings[name] = self._reading(name, file)
        self.monitor.begins(readings, releases=releases)
        return readings

    def _reading(self, name: str, file: DndFile) -> Reading:
        if file.missing:
            return Reading(frozenset(), "missing")
        if file.empty:
            return Reading(frozenset(), "empty")
        numbers = frozenset([*(PEOPLE[number] for number in file.lines), *FILLERS[: file.fillers]])
        rows = len(numbers) + file.garbled
        before = self._sound_rows.get(name)
        doubt = ""
        if file.garbled:
            doubt = "garbled"
        elif self.now - file.changed_at > MAX_AGE:
            doubt = "old"
        elif before and rows < before * (1 - MAX_SHRINK):
            doubt = "shrunken"
        if not doubt:
            self._sound_rows[name] = rows
        return Reading(numbers, doubt)

    def _write(self, name: str, file: DndFile) -> None:
        path = self.loaded.root / "data" / f"{name}.csv"
        if file.missing:
            path.unlink(missing_ok=True)
            return
        path.write_text(file.text(), encoding="utf-8")
        os.utime(path, (file.changed_at, file.changed_at))

    def _manifest(self) -> Loaded:
        """Return the project with what is stated now."""
        desired = self.loaded.desired
        campaigns = {name: replace(campaign, status=self.status[name]) for name, campaign in desired.campaigns.items()}
        contacts = {
            name: replace(
                found, source=replace(found.source, rows=self._rows(name.removesuffix("-people")), row_locations=())
            )
            for name, found in desired.contacts.items()
        }
        dnd = {
            name: replace(found, release=tuple(f"+57{PEOPLE[n]}" for n in sorted(self.files[name].release)))
            for name, found in desired.dnd.items()
        }
        stated = repr((self.status, self.people, [sorted(f.release) for f in self.files.values()]))
        changed: Desired = replace(
            desired,
            ledger=f"sqlite:///{self.ledger}",
            campaigns=campaigns,
            contacts=contacts,
            dnd=dnd,
            digest=hashlib.sha256(stated.encode()).hexdigest(),
        )
        return replace(self.loaded, desired=changed)

    def _rows(self, campaign: str) -> tuple[dict[str, str], ...]:
        rows = [{"id": "r9", "phone": f"+57{BYSTANDER}", "phone2": ""}]
        for position, slot in enumerate(self.people[campaign]):
            if slot is not None:
                second = "" if slot.second is None else f"+57{PEOPLE[slot.second]}"
                phone = SPELLINGS[slot.spelling](PEOPLE[slot.number])
                rows.append({"id": f"r{position}", "phone": phone, "phone2": second})
        if self.kind.key == "phone":
            rows = [{name: row[name] for name in ("phone", "phone2")} for row in rows]
        return tuple(rows)

    def _options(self, allowances: Allowances | None = None) -> Options:
        return Options(clock=lambda: self.now, allowances=allowances or Allowances())

    @contextmanager
    def _running(self) -> Iterator[None]:
        RememberedWorkspace.memory = self.engine.memory
        Transport.dialer = self.dialer
        with ExitStack() as stack:
            for patch in _patches(self):
                stack.enter_context(patch)
            yield

    # -------------------------------------------------------------------------------------------------- misfortune

    def _watch(self, seen: Any) -> None:
        self.monitor.watch(seen)
        if seen.writes and self.meanwhile is not None:
            deed, self.meanwhile = self.meanwhile, None
            deed()

    def read_meanwhile(self, name: str, number: int) -> None:
        """Let another process read a new statement while the next apply is under way."""

        def read() -> None:
            # The other process has a newer file.
            self.files[name].lines[number] = 0
            statement = (f"+57{PEOPLE[number]}",)
            with open_ledger(f"sqlite:///{self.ledger}", "model") as ledger:
                ledger.record_statements(name, statement, source_digest="late", now=self.now, complete=False)
            self.monitor.reads_late(name, PEOPLE[number])
            self.read_late = True
            self.events["read meanwhile"] += 1

        self.meanwhile = read

    def _keep_ledger(self) -> None:
        """Keep the ledger's files as the dying process leaves them."""
        files = (self.ledger, self.folder / "ledger.db-wal", self.mark)
        self._kept = [(path, path.read_bytes()) for path in files if path.exists()]

    def _after_crash(self) -> None:
        for path in self.folder.glob("ledger.db*"):
            path.unlink()
        for path, data in self._kept:
            path.write_bytes(data)
        self.dialer.dead = False
        # The lock of the dead is not waited for here but outlived.
        self.now += 130

    def by_hand_remove_entry(self, number: int) -> None:
        """Somebody takes a number off the dialer's own list, where listings show that."""
        if not self.kind.lists:
            return

        def change(state: State) -> None:
            for blocked in (state.blocked, *(c.blocked for c in state.campaigns.values())):
                for tel in [tel for tel in blocked if PEOPLE[number] in tel]:
                    del blocked[tel]

        self.dialer.by_hand(change)
        self.dialer.lag = 0.0

    def by_hand_add(self, campaign: str, number: int) -> None:
        """Somebody puts a record into a campaign at the dialer, where listings show that."""
        if self.kind.name not in {"listing", "marking"}:
            return

        def change(state: State) -> None:
            for found in state.campaigns.values():
                if found.name == campaign:
                    tel = f"+57{PEOPLE[number]}"
                    ref = tel if self.kind.key == "phone" else f"x{number}"
                    if all(lead.ref != ref for lead in found.leads):
                        found.leads.append(Lead(ref, tel, id=f"x{len(found.leads)}"))

        self.dialer.by_hand(change)
        self.dialer.lag = 0.0

    def by_hand_start(self, campaign: str) -> None:
        """Somebody starts a campaign at the dialer."""

        def change(state: State) -> None:
            for found in state.campaigns.values():
                if found.name == campaign:
                    found.state = "running"

        self.dialer.by_hand(change)

    # --------------------------------------------------------------------------------------------------- the end

    def waiting(self) -> int:
        """Return how many calls have no outcome yet."""
        if not self.ledger.exists():
            return 0
        with sqlite3.connect(self.ledger) as connection:
            (count,) = connection.execute("SELECT count(*) FROM call WHERE state <> 'done'").fetchone()
        connection.close()
        return int(count)

    def resolve(self) -> None:
        """Let a person look at the dialer and settle what nothing can prove."""
        if not self.ledger.exists():
            return
        loaded = self._manifest()
        for call in sync.waiting_calls(loaded).parked:
            address = Address.parse(call.address)
            # Which may be settled already: who knows that a row is gone need not ask whether it was ever added.
            if call.call_id not in {each.call_id for each in sync.waiting_calls(loaded).parked}:
                continue
            for row in sync.waiting_rows(loaded, call.call_id)[1]:
                there = self._is_there(address, row.key)
                landed = there if call.action in {"add", "update"} else not there
                word: Assumption = "sent" if landed else "not_sent"
                sync.resolve_row(loaded, address, row.key, word, call=call.call_id, now=self.now, wait=0.0)
                self.events["resolved by hand"] += 1

    def _is_there(self, address: Address, key: str) -> bool:
        if address.kind == "dnd" and address.of_account:
            return key in self.dialer.state.blocked
        found = next((c for c in self.dialer.state.campaigns.values() if c.name == address.name), None)
        there = [] if found is None else list(found.blocked) if address.kind == "dnd" else [x.ref for x in found.leads]
        return key in there

    def come_to_rest(self) -> None:
        """Let all be well, apply until nothing is planned, and judge what stands at the end."""
        self.dialer.next.clear()
        self.dialer.refuses.clear()
        self.dialer.lag = 0.0
        for file in self.files.values():
            file.missing = file.empty = file.garbled = False
            file.fillers = len(FILLERS)
            file.release.clear()
        for _ in range(8):
            self.wait(SETTLE)
            for name in self.files:
                self.fetch(name)
            self.resolve()
            before = dict(self.dialer.requests)
            self.apply()
            if {k: n for k, n in self.dialer.requests.items() if not k.startswith("list")} == {
                k: n for k, n in before.items() if not k.startswith("list")
            }:
                break
        else:
            if not self.waiting():
                raise BrokenInvariantError("REST: the plan is not empty after eight applies")
        self._judge_rest()
        self.monitor.verdict()

    def _judge_rest(self) -> None:
        for campaign in self.dialer.state.campaigns.values():
            self._judge_doubles(campaign)
            rung = self.monitor.can_be_rung(campaign)
            if rung and campaign.state == "running":
                raise BrokenInvariantError(f"D8: at the end {campaign.name} rings {', '.join(sorted(rung))}")
        self._judge_ledger()

    def _judge_doubles(self, campaign: Campaign) -> None:
        refs = Counter(lead.ref for lead in campaign.leads)
        doubled = [ref for ref, count in refs.items() if count > 1]
        if doubled:
            raise BrokenInvariantError(f"TWICE: {', '.join(doubled)} in {campaign.name}")

    def _judge_ledger(self) -> None:
        """Read the ledger without the engine: all statements are there, and each dialable call has its evidence."""
        with sqlite3.connect(self.ledger) as connection:
            stated = {
                (name, number[3:])
                for name, number in connection.execute(
                    "SELECT list_name, number FROM statement WHERE released_at IS NULL"
                )
            }
            calls, lines = connection.execute(
                "SELECT count(*), count(*) FILTER (WHERE evidence LIKE '%\"lists\"%') FROM call WHERE effect = 'dialable'"
            ).fetchone()
        connection.close()
        lost = {(name, number) for name, numbers in self.monitor.listed.items() for number in numbers} - stated
        if lost:
            raise BrokenInvariantError(f"D12: the ledger has lost {sorted(lost)}")
        if calls != lines:
            raise BrokenInvariantError(f"D17: {calls} dialable calls and {lines} lines of evidence")


def _patches(world: World) -> Sequence[Any]:
    """What is put in the engine's place in the model: the network's end, the clock, less room on the disk, its tables."""

    async def sleep(seconds: float) -> None:
        world.ticks += seconds
        await asyncio.sleep(0)

    words = {"sleep": sleep, "clock": lambda: world.ticks, "random": lambda: 0.5}
    init: Any = DialerClient.__init__
    return [
        mock.patch.dict(init.__kwdefaults__, words),
        mock.patch("syncengine.remote.client.opener", return_value=Transport),
        mock.patch("asyncio.run", world.engine.run),
        mock.patch("syncengine.sync.Workspace", RememberedWorkspace),
        # Sixteen megabytes for every apply are a tenth of all the time, and no disk is ever full here.
        mock.patch("syncengine.ledger.reserve.BYTES", 64 * 1024),
        mock.patch("syncengine.ledger.columns.parse_csv", world.engine.memory.parsed),
        mock.patch("syncengine.steps.differences.difference_of_contacts", _contacts_from_now(world.now)),
        mock.patch("syncengine.steps.differences.difference_of_dnd", _dnd_from_now(world.now)),
        mock.patch("syncengine.steps.differences.from_ledger", _rows_from_now(world.now)),
        mock.patch("syncengine.rows.known_rows.from_ledger", _rows_from_now(world.now)),
    ]


def _contacts_from_now(now: float) -> Callable[..., Difference]:
    def made(*args: Any, actual: Actual, **more: Any) -> Difference:
        until = actual.listed_until - now
        return difference_of_contacts(*args, actual=replace(actual, listed_until=until), **more)

    return made


def _dnd_from_now(now: float) -> Callable[..., Difference]:
    def made(*args: Any, actual: Actual, **more: Any) -> Difference:
        until = actual.listed_until - now
        return difference_of_dnd(*args, actual=replace(actual, listed_until=until), **{**more, "now": 0.0})

    return made


def _rows_from_now(now: float) -> Callable[..., KnownRows]:
    """Take in the ledger's rows with times counted from now, so that the same state at another time is the same table.

    What was written before any settle time is as old as can be; a call's number and message decide nothing.
    """

    def taken(workspace: Any, rows: pa.Table) -> KnownRows:
        ages = [at - now if at - now > -_LONG_AGO else -10 * _LONG_AGO for at in rows.column("updated_at").to_pylist()]
        expires = [None if at is None else at - now for at in rows.column("expires_at").to_pylist()]
        changed = {
            "updated_at": pa.array(ages, pa.float64()),
            "expires_at": pa.array(expires, pa.float64()),
            "message": pa.array([""] * len(ages), rows.schema.field("message").type),
            "call_id": pa.array([0] * len(ages), rows.schema.field("call_id").type),
        }
        for name, column in changed.items():
            rows = rows.set_column(rows.schema.get_field_index(name), name, column)
        return from_ledger(workspace, rows)

    return taken
