"""Figures for Prometheus, taken from the difference of two states. Labels are names of dialers and words of ours."""

import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, disable_created_metrics, generate_latest

from syncengine.model.report import ApplyReport
from syncengine.model.watching import WatchState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The figures of one watcher."""

    def __init__(self) -> None:
        # It has no types.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry = CollectorRegistry()
        self._cycles = Counter(
            "syncengine_plans", "Looks at files and dialers, by what they came to", ["result"], registry=registry
        )
        self._applies = Counter("syncengine_applies", "Applies, by how they ended", ["result"], registry=registry)
        self._rows = Counter(
            "syncengine_rows", "Rows and campaigns, by what became of them", ["dialer", "outcome"], registry=registry
        )
        self._calls = Counter(
            "syncengine_calls",
            "Requests to dialers: by their effect on dialling, reading, or for credentials",
            ["dialer", "class"],
            registry=registry,
        )
        self._waiting = self._gauge("limiter_waiting", "1 while calls wait for a limit of the dialer", "dialer")
        self._budget = self._gauge("budget_left", "Calls left of the day's budget", "dialer")
        self._drift = self._gauge("drift", "Campaigns and rows that somebody changed at the dialer", "dialer")
        self._pending = self._gauge("dnd_pending", "Do-not-call entries not known to stand at the dialer", "dialer")
        self._stuck = self._gauge("dnd_stuck", "Listed people who are or may be in a campaign", "dialer")
        self._held = self._gauge("held", "Reasons that hold changes back now", "rule")
        self._state = self._gauge("state", "1 for each thing that is so now", "what")
        self._success = Gauge(
            "syncengine_last_success_timestamp_seconds",
            "When a look last came to its end with nothing left undone",
            registry=registry,
        )
        age = Gauge("syncengine_last_success_age_seconds", "Seconds since then", registry=registry)
        self._last_success = time.time()
        age.set_function(lambda: time.time() - self._last_success)

    def _gauge(self, name: str, text: str, label: str) -> Gauge:
        return Gauge(f"syncengine_{name}", text, [label], registry=self._registry)

    def see(self, before: WatchState, now: WatchState) -> None:
        """Count what has happened between two states, and show the newer one."""
        if now.happenings and now.happenings[:1] != before.happenings[:1]:
            self._cycles.labels(now.happenings[0].result).inc()
        if now.report is not None and now.report is not before.report:
            self._count(now.report)
        for (dialer, kind), count in now.calls.items():
            # A registry of Prometheus takes no count that goes down.
            self._calls.labels(dialer, kind).inc(max(0, count - before.calls.get((dialer, kind), 0)))
        if now.last_success:
            self._last_success = now.last_success
            self._success.set(now.last_success)
        self._show(now)

    def _count(self, report: ApplyReport) -> None:
        result = "interrupted" if report.interrupted else "complete" if report.complete else "in part"
        self._applies.labels(result).inc()
        for change in report.changes:
            dialer = change.address.dialer
            for outcome, count in change.outcomes.items():
                self._rows.labels(dialer, outcome).inc(count)

    def _show(self, now: WatchState) -> None:
        _set(self._waiting, ((dialer, float(bool(what))) for dialer, what in now.limited.items()))
        _set(self._held, ((held.rule, 1.0) for held in now.held))
        drift: dict[str, float] = {}
        for found in now.drift:
            drift[found.address.dialer] = drift.get(found.address.dialer, 0.0) + found.count
        dialers = [found.dialer for found in now.propagation]
        _set(self._drift, ((dialer, drift.get(dialer, 0.0)) for dialer in dialers))
        _set(self._pending, ((found.dialer, max(0, found.wanted - found.there)) for found in now.propagation))
        _set(self._stuck, ((found.dialer, found.stuck) for found in now.propagation))
        _set(self._budget, ((dialer, float(left)) for dialer, left in now.budgets.items()))
        states = {
            "suspended": bool(now.suspended),
            "standing_by": bool(now.leader),
            "broken": bool(now.broken),
            "files_not_at_rest": bool(now.waiting),
            "applying": now.applying,
        }
        _set(self._state, ((name, float(on)) for name, on in states.items()))

    def text(self) -> bytes:
        """Return all figures as Prometheus reads them."""
        return bytes(generate_latest(self._registry))


def _set(gauge: Gauge, values: Iterable[tuple[str, float]]) -> None:
    """Show these and no older ones."""
    gauge.clear()
    for label, value in values:
        gauge.labels(label).set(value)
