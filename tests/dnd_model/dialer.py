"""A small dialer in memory, behind the transport that the engine's connections use.

Every request is shown to the monitor before it is applied. Then one of the planned misfortunes may befall it: the
request is lost, its answer is lost, it is refused, or the process that sent it dies before or after it took effect.
"""

import json
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import httpx

Misfortune = Literal["ok", "lost_before", "lost_after", "refused", "crash_before", "crash_after"]


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Lead:
    """One record of a campaign."""

    ref: str
    tel: str
    alt: str = ""
    state: str = "new"
    id: str = ""

    @property
    def phones(self) -> list[str]:
        return [phone for phone in (self.tel, self.alt) if phone]


@dataclass
class Campaign:
    """One campaign."""

    id: str
    name: str
    state: str = "paused"
    leads: list[Lead] = field(default_factory=list)
    # Its own do-not-call list: number -> when it was put there.
    blocked: dict[str, float] = field(default_factory=dict)


@dataclass
class State:
    """What the dialer holds."""

    campaigns: dict[str, Campaign] = field(default_factory=dict)
    blocked: dict[str, float] = field(default_factory=dict)
    created: int = 0

    def copy(self) -> "State":
        campaigns = {
            number: replace(c, leads=[replace(lead) for lead in c.leads], blocked=dict(c.blocked))
            for number, c in self.campaigns.items()
        }
        return State(campaigns, dict(self.blocked), self.created)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in."""

    method: str
    path: tuple[str, ...]
    body: Any
    raw: bytes

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def kind(self) -> str:
        """Name what is asked in a word."""
        last = self.path[-1]
        if last == "campaigns":
            return "create" if self.writes else "list campaigns"
        names = {"leads": "add", "gone": "remove", "change": "update", "hold": "block", "free": "unblock"}
        names |= {"blocked": "dnd add", "unblock": "dnd remove"}
        return names.get(last, last) if self.writes else f"list {last}"

    @property
    def campaign(self) -> str:
        """Return the id of the campaign that it is about; empty: the account."""
        return self.path[1] if len(self.path) > 2 and self.path[0] == "campaigns" else ""


@dataclass
class Dialer:
    """What it holds, and what befalls the next requests."""

    clock: Callable[[], float]
    lasts: float | None = None
    state: State = field(default_factory=State)
    # Seconds by which listings are late.
    lag: float = 0.0
    # Misfortunes of the next writing requests, in order; then all is well again.
    next: deque[Misfortune] = field(default_factory=deque)
    # Kinds of requests that are refused for the time being, as the removal of somebody who is on the phone.
    refuses: set[str] = field(default_factory=set)
    # Whether the process that is calling has died; nothing of it is heard any more.
    dead: bool = False
    # Shown each request before and after it is applied.
    watch: Callable[[Seen], None] = lambda _: None
    told: Callable[[Seen, Any], None] = lambda *_: None
    # Called at the moment of a crash.
    on_crash: Callable[[], None] = lambda: None
    requests: Counter[str] = field(default_factory=Counter)
    # (time, state): what late listings show.
    history: list[tuple[float, State]] = field(default_factory=list)

    def handle(self, request: httpx.Request, raw: bytes) -> httpx.Response:
        """Take one request."""
        if self.dead:
            raise Crash
        path = tuple(request.url.path.removeprefix("/api").strip("/").split("/"))
        seen = Seen(request.method, path, json.loads(raw) if raw else None, request.url.raw_path + b"\n" + raw)
        self.requests[seen.kind] += 1
        self.lapse()
        self.watch(seen)
        if not seen.writes:
            found = self._read(seen)
            self.told(seen, found)
            return httpx.Response(200, json=found)
        what: Misfortune = self.next.popleft() if self.next else "ok"
        if what == "lost_before":
            raise httpx.ReadError("lost")
        if what == "crash_before":
            self._die()
        if what == "refused" or seen.kind in self.refuses:
            return httpx.Response(409, json={"message": "not now"})
        answer = self._do(seen)
        self.history.append((self.clock(), self.state.copy()))
        if what == "crash_after":
            self._die()
        if what == "lost_after":
            raise httpx.ReadError("lost")
        self.told(seen, answer)
        return httpx.Response(200, json=answer) if answer is not None else httpx.Response(404, json={})

    def _die(self) -> None:
        self.dead = True
        self.on_crash()
        raise Crash

    def lapse(self) -> None:
        """Let go of entries that have stood for as long as they last."""
        if self.lasts is None:
            return
        for blocked in (self.state.blocked, *(c.blocked for c in self.state.campaigns.values())):
            for tel in [tel for tel, since in blocked.items() if since + self.lasts <= self.clock()]:
                del blocked[tel]

    # --------------------------------------------------------------------------------------------- what it does

    def _read(self, seen: Seen) -> Any:
        state = self._shown()
        match seen.path:
            case ("campaigns",):
                found = [{"id": c.id, "name": c.name, "state": c.state} for c in state.campaigns.values()]
                return {"found": found}
            case ("blocked",):
                return {"found": [{"tel": tel} for tel in state.blocked]}
            case ("campaigns", number, what) if number in state.campaigns:
                campaign = state.campaigns[number]
                leads = [{**vars(lead)} for lead in campaign.leads]
                return {"found": leads if what == "leads" else [{"tel": tel} for tel in campaign.blocked]}
        return {"found": []}

    def _shown(self) -> State:
        """Return the state as listings show it: as it was a while ago where they are late."""
        if not self.lag:
            return self.state
        until = self.clock() - self.lag
        shown = State()
        for when, state in self.history:
            if when <= until:
                shown = state
        return shown

    def by_hand(self, change: Callable[[State], None]) -> None:
        """Let somebody change something at the dialer; that is listed at once."""
        change(self.state)
        self.history[:] = [(0.0, self.state.copy())]

    def _do(self, seen: Seen) -> Any:
        state, body = self.state, seen.body
        match seen.path:
            case ("campaigns",):
                number = str(100 + state.created)
                state.created += 1
                state.campaigns[number] = Campaign(number, body["name"])
                return {"id": number}
            case ("blocked",):
                state.blocked |= dict.fromkeys(body, self.clock())
                return {}
            case ("unblock",):
                state.blocked = {tel: since for tel, since in state.blocked.items() if tel not in body}
                return {}
            case ("campaigns", number, what) if number in state.campaigns:
                self._do_campaign(state.campaigns[number], what, body)
                return {}
        return None

    def _do_campaign(self, campaign: Campaign, what: str, body: Any) -> None:
        match what:
            case "start" | "stop":
                campaign.state = {"start": "running", "stop": "paused"}[what]
            case "leads":
                # It never looks for duplicates.
                campaign.leads += [
                    Lead(row["ref"], row["tel"], row.get("alt", ""), id=f"{campaign.id}-{len(campaign.leads)}")
                    for row in body
                ]
            case "gone":
                campaign.leads = [lead for lead in campaign.leads if lead.ref != body["ref"]]
            case "change":
                for lead in campaign.leads:
                    if lead.ref == body["ref"]:
                        lead.tel, lead.alt = body["tel"], body.get("alt", "")
            case "hold" | "free":
                for lead in campaign.leads:
                    if lead.ref == body["ref"]:
                        lead.state = {"hold": "held", "free": "new"}[what]
            case "blocked":
                campaign.blocked |= dict.fromkeys(body, self.clock())
            case "unblock":
                for tel in body:
                    campaign.blocked.pop(tel, None)


class Transport(httpx.AsyncBaseTransport):
    """Where the engine's connections end in the model."""

    dialer: Dialer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.dialer.handle(request, await request.aread())
