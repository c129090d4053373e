"""Finding rows one by one before they are added, where a vendor would add them a second time.

A directory of people is often too large to list and has no rule against doubles, but it can be asked for one person by
our key. Who is found is taken over with the vendor's id; only the rest is added.
"""

from collections.abc import Sequence

from syncengine.errors import RefusedError, RemoteError, RenderError
from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
from syncengine.model.ports import RowOutcome
from syncengine.model.vendor import Collection, Listed
from syncengine.remote.client import DialerClient
from syncengine.remote.dialer_run import DialerRun
from syncengine.remote.listing import read_records
from syncengine.remote.paths import as_text, find
from syncengine.remote.row_scope import row_scope


async def look_up(
    run: DialerRun, collection: Collection, address: Address, rows: Sequence[RowItem], results: dict[str, RowOutcome]
) -> list[RowItem]:
    """Return the rows that the vendor does not have; those that it has are booked and put into ``results``."""
    missing = []
    for row in rows:
        if why := run.why_stopped():
            results[row.key] = RowOutcome("skipped", why)
            continue
        try:
            found = await find_row(run.client, collection, row)
        except RefusedError as problem:
            # Meant for all of us: what comes next is refused as well.
            run.halted = problem.detail
            results[row.key] = RowOutcome("failed", problem.detail)
            continue
        except (RemoteError, RenderError) as problem:
            results[row.key] = RowOutcome("failed", getattr(problem, "detail", str(problem)))
            continue
        if found is None:
            missing.append(row)
            continue
        results[row.key] = found
        if found.outcome == "already_present":
            known = RowItem(row.key, row.phones, row.record, row.content_hash, found.remote_id)
            run.journal.book(address, "adopt", [known])
    return missing


async def find_row(client: DialerClient, collection: Collection, row: RowItem) -> RowOutcome | None:
    """Ask the vendor for one row by its key; None: it has none.

    Raises:
        RemoteError: the vendor did not answer the question.
        RenderError: the question cannot be put.
    """
    operation = collection.operations["lookup"]
    assert collection.listed is not None
    records = await read_records(client, operation, row_scope(row))
    if not records:
        return None
    if any(_key_of(record, collection.listed, row.key) != row.key for record in records):
        return RowOutcome("rejected", "the vendor answers with an entry under another key; it is not this one")
    ids = {as_text(find(record, collection.listed.remote_id)).strip() for record in records}
    if "" in ids:
        # It is there, so adding it would double it.
        return RowOutcome("failed", "the vendor has an entry under this key, and its id is not where the file says")
    if len(ids) > 1:
        # Two people there under one key of ours: guessing would call the wrong one.
        return RowOutcome("rejected", f"the vendor has {len(ids)} entries under this key; make the key unique there")
    return RowOutcome("already_present", remote_id=ids.pop())


def _key_of(record: object, listed: Listed, otherwise: str) -> str:
    return as_text(find(record, listed.key)).strip() if listed.key else otherwise
