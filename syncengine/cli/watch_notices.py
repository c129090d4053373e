"""A watcher's notices: each piece of news is told once, by a thread of its own.

What is told must never hold up what lands: the watcher only lays news down here and goes on. While a chat hangs, newer
news of an event takes the place of older. What could not be sent is tried again after the next look; what was told is
kept in the ledger, so that a watcher that begins anew repeats nothing. News that is over may come again.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from syncengine import landing, sync
from syncengine.errors import SyncEngineError
from syncengine.notices.notice import Event, Notice, notice_of_drift, notice_of_plan, notice_of_report

# None: it is over. An event that is not there is as it was.
News = Mapping[Event, Notice | None]
# Rules by which a plan waits for a person, and for nothing else.
_FOR_A_PERSON = {"off", "policy"}


def news_of(landed: "landing.Landed") -> News:
    """Return what there is to say of one look, and what is over."""
    # What waits is what the next look finds, not what has just landed beside it.
    plan, report = landed.rest, landed.report
    found: dict[Event, Notice | None] = {"approval": None, "guard": None}
    said = notice_of_plan(plan, "approval")
    waits = any(held.rule in _FOR_A_PERSON for held in landed.decision.held)
    if said is not None and (said.event == "guard" or waits):
        found[said.event] = said
    found["drift"] = notice_of_drift(plan.project, plan.plan_id, landed.drift)
    if report is None or not report.complete:
        found["dnd_deadline"] = landed.late
    # Interrupted is what the watcher was asked to be; it goes on when it is back.
    if report is not None and not report.interrupted:
        found["partial"] = notice_of_report(plan.project, report)
    return found


@dataclass(slots=True)
class Herald:
    """Tells news until it is closed."""

    # Told what could not be sent, from the thread.
    complain: Callable[[str], None]
    _work: threading.Condition = field(default_factory=threading.Condition, init=False)
    _news: dict[Event, Notice | None] = field(default_factory=dict, init=False)
    _loaded: "sync.Loaded | None" = field(default=None, init=False)
    _closed: bool = field(default=False, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    # What people were told, by way and event, as long as the ledger cannot be asked.
    _told: dict[str, str] = field(default_factory=dict, init=False)
    _complained: set[str] = field(default_factory=set, init=False)

    def tell(self, loaded: "sync.Loaded", news: News) -> None:
        """Lay down news to be told; returns at once."""
        if not landing.ways(loaded):
            return
        with self._work:
            self._loaded = loaded
            self._news.update(news)
            self._work.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
            self._thread.start()

    def close(self, patience: float) -> None:
        """Wait for what is under way, but not for long."""
        if self._thread is None:
            return
        with self._work:
            self._closed = True
            self._work.notify()
        self._thread.join(timeout=patience)
        if self._thread.is_alive():
            self.complain("notices are still under way and may not arrive")

    def _run(self) -> None:
        unsent: dict[Event, Notice | None] = {}
        while True:
            with self._work:
                self._work.wait_for(lambda: self._closed or self._news)
                if not self._news:
                    return
                loaded, news = self._loaded, {**unsent, **self._news}
                self._news.clear()
            assert loaded is not None, "laid down with the news"
            unsent = {event: notice for event, notice in news.items() if not self._deliver(loaded, event, notice)}

    def _deliver(self, loaded: "sync.Loaded", event: Event, notice: Notice | None) -> bool:
        """Tell one piece of news in every way that wants it and does not have it; whether all of them have it now."""
        with suppress(SyncEngineError):
            self._told = landing.told(loaded)
        before, everywhere = dict(self._told), True
        for way in landing.ways(loaded):
            key = f"{way.name}/{event}"
            if notice is None or not way.wants(event):
                self._told.pop(key, None)
            elif self._told.get(key) != notice.digest:
                problem = way.send(notice)
                everywhere = everywhere and not problem
                if problem:
                    self._complain_once(problem)
                else:
                    self._told[key] = notice.digest
                    self._complained.clear()
        if self._told != before:
            with suppress(SyncEngineError):
                landing.keep_told(loaded, self._told, now=time.time())
        return everywhere

    def _complain_once(self, problem: str) -> None:
        if problem not in self._complained:
            self._complained.add(problem)
            self.complain(problem)
