"""Rows as templates see them, and how many of them go into one call.

An operation has a batch size of its own; where its rows travel in the query, the longest URL that the vendor takes cuts
them smaller.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from syncengine.errors import RenderError
from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
from syncengine.model.vendor import Operation
from syncengine.remote.dialer_run import DialerRun


def rows_scope(
    run: DialerRun, address: Address, rows: Sequence[RowItem], *, lasts_days: int | None = None
) -> dict[str, object]:
    """Return the template scope of a call about rows; the first row is at its top level, too."""
    pairs = [row_scope(row) for row in rows]
    scope = run.scope(address.name)
    scope["rows"] = pairs
    scope["list"] = {"name": address.name, "lasts_days": "" if lasts_days is None else str(lasts_days)}
    if pairs:
        scope |= pairs[0]
    return scope


def row_scope(row: RowItem) -> dict[str, object]:
    """Return one row as templates see it."""
    shown = {
        "key": row.key,
        "phone": row.phones[0] if row.phones else "",
        "phones": list(row.phones),
        "remote_id": row.remote_id,
    }
    return {"row": shown, "record": row.record}


def pieces(run: DialerRun, operation: Operation, address: Address, rows: list[RowItem]) -> Iterator[list[RowItem]]:
    """Cut rows into calls."""
    in_url = operation.batch > 1 and len(rows) > 1 and _travel_in_url(run, operation, address, rows)
    for start in range(0, len(rows), operation.batch):
        piece = rows[start : start + operation.batch]
        yield from _fitting(run, operation, address, piece) if in_url else (piece,)


def _travel_in_url(run: DialerRun, operation: Operation, address: Address, rows: list[RowItem]) -> bool:
    """Tell by two small renderings; a batch of thousands is not rendered just to measure it."""
    return _url_length(run, operation, address, rows[:2]) > _url_length(run, operation, address, rows[:1])


def _fitting(run: DialerRun, operation: Operation, address: Address, rows: list[RowItem]) -> Iterator[list[RowItem]]:
    if len(rows) == 1 or _url_length(run, operation, address, rows) <= run.vendor.limits.url_length:
        yield rows
        return
    half = len(rows) // 2
    yield from _fitting(run, operation, address, rows[:half])
    yield from _fitting(run, operation, address, rows[half:])


def _url_length(run: DialerRun, operation: Operation, address: Address, rows: Sequence[RowItem]) -> int:
    """Return the length of the whole URL; 0 where no request can be made, which comes out when it is sent."""
    try:
        request = operation.render(rows_scope(run, address, rows))
    except RenderError:
        return 0
    query = sum(len(quote(name, safe="")) + len(quote(value, safe="")) + 2 for name, value in request.query)
    return len(run.client.origin.base_url) + len(request.path) + query
