"""Ask vendors that can check a row without keeping it, at plan time: ``plan --vendor-check``.

Only rows that the plan would add are asked about, through the collection's ``check`` call. A check changes nothing, in
the plan or at the dialer; what would be refused is said in the plan's notes.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence

from syncengine.errors import RemoteError, RenderError
from syncengine.model.address import Address
from syncengine.model.counted import plural
from syncengine.model.exchange import RowItem
from syncengine.model.findings import RowFindings
from syncengine.remote.client import DialerClient
from syncengine.remote.dialer_run import campaign_scope
from syncengine.rows.store import PlanRows
from syncengine.steps.clients import open_client
from syncengine.steps.differences import Differences
from syncengine.steps.reading import DialerReading, Readings
from syncengine.steps.run import Run

_BATCH = 1_000
_CHECKED = {"add", "update"}


def vendor_check(run: Run, readings: Readings, differences: Differences) -> Sequence[str]:
    """Check the rows to be added and return one sentence a collection; nothing unless it was asked for."""
    if not run.options.vendor_check:
        return ()
    return asyncio.run(_check_all(run, readings, differences))


async def _check_all(run: Run, readings: Readings, differences: Differences) -> list[str]:
    notes = []
    rows = PlanRows(run.workspace, differences.sets)
    for findings in differences.dialers:
        asked = [found for found in findings.rows if "check" in found.collection.operations]
        reading = readings.dialers[findings.dialer.name]
        if not asked:
            notes.append(f"{findings.dialer.name}: {findings.vendor.title} has no call that checks a row")
            continue
        async with open_client(run.loaded, findings.dialer, run.ledger, run.options) as client:
            notes += [
                await _check_collection(client, reading, found, rows)
                for found in asked
                if any(row_set.action in _CHECKED for row_set in found.sets)
            ]
    return notes


async def _check_collection(client: DialerClient, reading: DialerReading, found: RowFindings, rows: PlanRows) -> str:
    operation = found.collection.operations["check"]
    messages: Counter[str] = Counter()
    taken = 0
    state = reading.campaigns.get(found.address.name)
    scope = {"campaign": campaign_scope(reading.vendor, state)} if state is not None else {}
    for batch in _additions(rows, found):
        results = await asyncio.gather(
            *(client.call(operation, {**scope, **_row_scope(row)}) for row in batch), return_exceptions=True
        )
        for result in results:
            if isinstance(result, RemoteError | RenderError):
                messages[str(result)] += 1
            elif isinstance(result, BaseException):
                raise result
            elif result.judgement.outcome == "applied":
                taken += 1
            else:
                messages[result.judgement.message or result.judgement.name] += 1
    return _sentence(found.address, taken, messages)


def _additions(rows: PlanRows, found: RowFindings) -> Iterator[list[RowItem]]:
    for row_set in found.sets:
        if row_set.action in _CHECKED:
            yield from rows.batches(row_set.name, _BATCH)


def _row_scope(row: RowItem) -> dict[str, object]:
    shown = {
        "key": row.key,
        "phone": row.phones[0] if row.phones else "",
        "phones": list(row.phones),
        "remote_id": row.remote_id,
    }
    return {"row": shown, "record": dict(row.record), "rows": [{"row": shown, "record": dict(row.record)}]}


def _sentence(address: Address, taken: int, messages: Counter[str]) -> str:
    if not messages:
        return (
            f"{address}: the vendor checked {plural(taken, 'row')} and would take {'it' if taken == 1 else 'them all'}"
        )
    worst = "; ".join(f"{count:,} x {message}" for message, count in messages.most_common(3))
    return f"{address}: the vendor would take {plural(taken, 'row')} and refuse {messages.total():,}: {worst}"
