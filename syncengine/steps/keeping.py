"""The leases of a run while it reads and plans, which can take longer than they last; and what was left to others.

Without renewal, each of several runners would take over from the one before, in the middle of its plan, and none get
on.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, TypeVar

from syncengine.ledger.ledger import Ledger
from syncengine.ledger.lock import held_by
from syncengine.steps.run import Run

Result = TypeVar("Result")
# Dialer -> who holds it, since when and with what.
LeftOut = Mapping[str, str]
# Several times within a lease.
_EVERY = 20.0


def keep_leases(run: Run) -> None:
    """Renew the leases of a run where it is time; raises LockedError when one was lost."""
    run.ledger.keep_fresh(clock=run.options.clock)


async def keeping_leases(run: Run, work: Coroutine[Any, Any, Result]) -> Result:
    """Await some work and renew the leases of the run meanwhile; raises LockedError when one was lost."""
    working = asyncio.ensure_future(work)
    try:
        while not working.done():
            await asyncio.wait({working}, timeout=_EVERY)
            keep_leases(run)
        return working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


def left_out_of(ledger: Ledger, dialers: Iterable[str], *, now: float) -> LeftOut:
    """Return those of some dialers that this run does not hold, and who holds them."""
    missing = [name for name in dialers if not ledger.holds(name)]
    found = dict.fromkeys(missing, "another run held it a moment ago")
    for holder in ledger.held_at(missing, now=now) if missing else ():
        found |= dict.fromkeys(holder.dialers or missing, held_by(holder))
    return found
