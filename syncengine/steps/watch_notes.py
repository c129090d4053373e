"""What watchers remember in the ledger: who suspended them, who leads, what they tried last, how late it ever was."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from syncengine.ledger.ledger import Ledger
from syncengine.ledger.lock import process_name
from syncengine.model.policy import Attempt
from syncengine.steps.ledgers import ledger_of
from syncengine.steps.loading import Loaded
from syncengine.steps.processes import surely_dead, this_process

_SUSPENDED, _LEADER, _ATTEMPT, _CLOCK = "watch/suspended", "watch/leader", "watch/attempt", "watch/clock"
_LOCK, _TOLD = "watch/lock", "watch/told"
# A watcher renews its seat many times in that span; one that is silent for so long is gone.
LEASE_SECONDS = 30.0
# Clocks that are kept by the network are set back by less.
_LARGEST_STEP_BACK = 60.0
# Seconds that a clock may differ from the dialers' before windows are left shut.
_LARGEST_DIFFERENCE = 300.0


def watcher_name() -> str:
    """Return a name for a watcher that no other has: containers give the same process number to many."""
    return f"{process_name()} [{this_process()}]"


def shown(watcher: str) -> str:
    """Return the part of a watcher's name that is for people."""
    return watcher.partition(" [")[0]


def _process_of(watcher: str) -> str:
    return watcher.partition(" [")[2].removesuffix("]")


def person() -> str:
    """Return who runs this program, for others to read."""
    return process_name().partition(" ")[0]


def suspended(ledger: Ledger) -> str:
    """Return who suspended the watchers, when and why; empty: nobody."""
    return ledger.notes.read(_SUSPENDED)


def suspend(ledger: Ledger, words: str, *, now: float) -> None:
    """Let no watcher apply anything until somebody resumes them."""
    ledger.notes.write(_SUSPENDED, words, now=now)


def resume(ledger: Ledger, *, now: float) -> str:
    """Let watchers apply again, at once and by the clock as it is; return what was suspended."""
    found = suspended(ledger)
    ledger.notes.write(_SUSPENDED, "", now=now)
    ledger.notes.write(_ATTEMPT, "", now=now)
    ledger.notes.write(_CLOCK, "", now=now)
    return found


def lead(ledger: Ledger, holder: str, *, now: float) -> str:
    """Take the seat of the watcher that works, or keep it; return who has it.

    Whoever has died here is not waited for until the lease ends.
    """
    found = ledger.notes.take_seat(_LEADER, holder, now=now, lease=LEASE_SECONDS)
    if found != holder and surely_dead(_process_of(found)):
        ledger.notes.leave_seat(_LEADER, found)
        found = ledger.notes.take_seat(_LEADER, holder, now=now, lease=LEASE_SECONDS)
    return found


def step_down(ledger: Ledger, holder: str) -> None:
    """Leave the seat to whoever stands by."""
    ledger.notes.leave_seat(_LEADER, holder)


def free_lock_of_the_dead(ledger: Ledger) -> None:
    """Take the leases from a watcher that died with them on this machine: they may have minutes to go.

    Its calls under way stay open in the ledger, and the fence keeps it from writing anything should we be wrong.
    """
    fence, _, process = ledger.notes.read(_LOCK).partition(" ")
    if fence in {str(holder.fence) for holder in ledger.lock_holders()} and surely_dead(process):
        ledger.break_lock(int(fence))


def sign_lock(ledger: Ledger, fence: int, *, now: float) -> None:
    """Write down which process has the leases of a fence."""
    ledger.notes.write(_LOCK, f"{fence} {this_process()}", now=now)


def last_attempt(ledger: Ledger) -> Attempt | None:
    """Return the last apply of a watcher that did not end well, or has not ended."""
    written = ledger.notes.read(_ATTEMPT)
    if not written:
        return None
    found: dict[str, Any] = json.loads(written)
    return Attempt(**found)


def keep_attempt(ledger: Ledger, attempt: Attempt | None, *, now: float) -> None:
    """Keep what is tried, before the first call is made; None: it ended well."""
    ledger.notes.write(_ATTEMPT, json.dumps(asdict(attempt)) if attempt is not None else "", now=now)


def clock_doubt(ledger: Ledger, *, now: float) -> str:
    """Return why the clock is not believed: it shows a time that is over, as the ledger knows.

    A window must not open a second time because somebody set the clock back.
    """
    latest = float(ledger.notes.read(_CLOCK) or 0.0)
    if now >= latest - _LARGEST_STEP_BACK:
        if now > latest + _LARGEST_STEP_BACK / 2:
            ledger.notes.write(_CLOCK, repr(now), now=now)
        return ""
    return (
        f"the clock was set back by {round(latest - now):,} s, so every window is closed until it has caught up;"
        " if it is right now: syncengine resume"
    )


def told(loaded: Loaded) -> dict[str, str]:
    """Return what people were told, as its digest by way and event; a watcher that begins anew tells nothing twice."""
    with ledger_of(loaded) as ledger:
        found: dict[str, str] = json.loads(ledger.notes.read(_TOLD) or "{}")
        return found


def keep_told(loaded: Loaded, digests: Mapping[str, str], *, now: float) -> None:
    """Keep what people were told."""
    with ledger_of(loaded) as ledger:
        ledger.notes.write(_TOLD, json.dumps(digests) if digests else "", now=now)


@dataclass(slots=True)
class Clocks:
    """What dialers' answers say of our clock."""

    # Dialer -> seconds that we are ahead; of several answers the one that agrees best.
    ahead: dict[str, float] = field(default_factory=dict)

    def told(self, dialer: str, seconds: float) -> None:
        """Keep what one answer says."""
        self.ahead[dialer] = min(seconds, self.ahead.get(dialer, seconds), key=abs)

    def doubt(self) -> str:
        """Return why our clock is not believed: no dialer agrees with it. One that does is enough."""
        if not self.ahead:
            return ""
        dialer, seconds = min(self.ahead.items(), key=lambda found: abs(found[1]))
        if abs(seconds) <= _LARGEST_DIFFERENCE:
            return ""
        which = "ahead of" if seconds > 0 else "behind"
        return (
            f"the clock is {abs(seconds) / 60:,.0f} min {which} that of {dialer}, and no dialer agrees with it, so"
            " every window is closed; set this machine's clock"
        )


def leader(loaded: Loaded, holder: str, *, now: float) -> str:
    """Take or keep the seat of the watcher that works, as one step of its own; return who has it."""
    with ledger_of(loaded) as ledger:
        return lead(ledger, holder, now=now)


def leave(loaded: Loaded, holder: str) -> None:
    """Leave the seat, as one step of its own."""
    with ledger_of(loaded) as ledger:
        step_down(ledger, holder)


def suspension(loaded: Loaded) -> str:
    """Return who suspended the watchers of a project, as one step of its own."""
    with ledger_of(loaded) as ledger:
        return suspended(ledger)


def suspend_watchers(loaded: Loaded, words: str, *, now: float) -> None:
    """Let no watcher of a project apply anything until somebody resumes them."""
    with ledger_of(loaded) as ledger:
        suspend(ledger, words, now=now)


def resume_watchers(loaded: Loaded, *, now: float) -> str:
    """Let the watchers of a project apply again; return what was suspended."""
    with ledger_of(loaded) as ledger:
        return resume(ledger, now=now)
