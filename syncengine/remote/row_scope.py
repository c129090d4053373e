"""Rows as templates see them: one row alone, or the rows of a call."""

from collections.abc import Sequence

from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
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
