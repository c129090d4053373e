"""Change windows: when a watcher may touch what is not about compliance.

Deny wins; with no allow window every moment is allowed that none denies. A window lasts its duration in real seconds
from a moment that the schedule names in the window's own zone. Where a clock change makes that moment happen twice, a
deny window is held to begin both times and an allow window the first time only; one that it skips begins as if the
clocks had not been changed. Whatever is doubtful is closed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter

from syncengine.model.policy import Window

# No zone has ever moved its clocks by more; schedules are searched that far beyond the wall clock's reading.
_LARGEST_SHIFT = timedelta(hours=3)
# Openings are looked for no further ahead than this.
_HORIZON = timedelta(days=35)
_STEPS = 400


def closed(windows: Sequence[Window], now: float) -> tuple[str, float | None]:
    """Return why no change may be made now (empty: one may), and when that can change."""
    for window in windows:
        if window.kind == "deny" and (until := _open_until(window, now)):
            return f"{_words(window)} is on", until
    allowing = [window for window in windows if window.kind == "allow"]
    if not allowing or any(_open_until(window, now) for window in allowing):
        return "", None
    begins = [begin for window in allowing if (begin := _next_begin(window, now)) is not None]
    return f"outside {' and '.join(_words(window) for window in allowing)}", min(begins, default=None)


def _open_until(window: Window, now: float) -> float:
    """Return when a window that is open now ends; 0.0 when it is not open."""
    for begin in _begins_before(window, now):
        if now < begin + window.duration:
            return begin + window.duration
    return 0.0


def _begins_before(window: Window, now: float) -> Iterator[float]:
    """Walk the moments at which the window began, newest first, as far back as they can matter."""
    zone = ZoneInfo(window.zone)
    wall = datetime.fromtimestamp(now, zone).replace(tzinfo=None)
    firings = croniter(window.schedule, wall + _LARGEST_SHIFT)
    oldest = wall - timedelta(seconds=window.duration) - _LARGEST_SHIFT
    # The search runs backwards and the first hit counts, so the bound only matters for schedules by the minute.
    for _ in range(_STEPS):
        fired = firings.get_prev(datetime)
        if fired < oldest:
            return
        yield from (begin for begin in _moments(window, fired, zone) if begin <= now)


def _next_begin(window: Window, now: float) -> float | None:
    zone = ZoneInfo(window.zone)
    wall = datetime.fromtimestamp(now, zone).replace(tzinfo=None)
    firings = croniter(window.schedule, wall - _LARGEST_SHIFT)
    for _ in range(_STEPS):
        fired = firings.get_next(datetime)
        if fired > wall + _HORIZON:
            return None
        for begin in _moments(window, fired, zone):
            if begin > now:
                return begin
    return None


def _moments(window: Window, fired: datetime, zone: ZoneInfo) -> list[float]:
    """Return the moments that a reading of the wall clock can mean."""
    first = fired.replace(tzinfo=zone, fold=0).timestamp()
    second = fired.replace(tzinfo=zone, fold=1).timestamp()
    twice = second > first
    return [first, second] if twice and window.kind == "deny" else [first]


def _words(window: Window) -> str:
    return f'the {window.kind} window "{window.schedule}" {window.zone} of {round(window.duration / 60):,} min'
