"""Waiting calls as text and as JSON: how many rows wait where, since when, and what settles them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from syncengine.model.counted import plural
from syncengine.model.phone import mask_key, mask_numbers_in, mask_phone
from syncengine.model.plan import FORMAT_VERSION
from syncengine.sync import OpenCall, OpenRow, Waiting
from syncengine.views.wording import clean

# What settles a call that is not parked.
_SETTLED_BY: Mapping[str, str] = {
    "repeat": "the next apply sends it again, which is harmless here",
    "refusal": "the next apply sends it again; the vendor refuses what it has already",
    "task": "the next plan asks the vendor's task",
    "read_back": "the next plan reads it back, once the vendor had time to write it",
    "park": "the next plan parks it",
}


def waiting_text(waiting: Waiting) -> str:
    """Return what waits, for a terminal."""
    if not waiting.parked and not waiting.open:
        return "Nothing waits: the outcome of every call is known."
    lines: list[str] = []
    if waiting.parked:
        count = len(waiting.parked)
        lines.append(f"{plural(count, 'call')} {'waits' if count == 1 else 'wait'} for a person:")
        lines += _by_address(waiting.parked)
        lines += [
            "",
            "Look at the dialer, then settle each:",
            "  syncengine state show CALL                    its rows",
            "  syncengine state resolve CALL --assume-sent   it arrived",
            "  syncengine state resolve CALL --resend        it did not: send it again",
            "  ... with --row KEY                            one row of it",
        ]
    if waiting.open:
        lines += [""] if lines else []
        lines.append(f"{plural(len(waiting.open), 'call')} without an outcome yet; nothing to do for you:")
        lines += _by_address(waiting.open)
    return "\n".join(lines)


def _by_address(calls: Sequence[OpenCall]) -> Iterator[str]:
    addresses = dict.fromkeys(call.address for call in calls)
    for address in addresses:
        here = [call for call in calls if call.address == address]
        rows = sum(call.rows for call in here)
        counted = f", {plural(rows, 'row')}" if rows else ""
        yield f"  {clean(address)}: {plural(len(here), 'call')}{counted}"
        yield from (f"    {_line(call)}" for call in here)


def _line(call: OpenCall) -> str:
    what = f"{call.action} of {plural(call.rows, 'row')}" if call.rows else call.action
    why = f": {clean(mask_numbers_in(call.message))}" if call.message else ""
    settled = "" if call.state == "parked" else f"; {_SETTLED_BY[call.proof]}"
    return f"call {call.call_id}: {what}, since {_moment(call.started_at)}{why}{settled}"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def waiting_json(waiting: Waiting) -> dict[str, object]:
    """Return what waits, for programs."""
    return {
        "format_version": FORMAT_VERSION,
        "parked": [_call_json(call) for call in waiting.parked],
        "open": [_call_json(call) for call in waiting.open],
    }


def _call_json(call: OpenCall) -> dict[str, object]:
    return {
        "call": call.call_id,
        "dialer": call.dialer,
        "address": call.address,
        "operation": call.operation,
        "action": call.action,
        "rows": call.rows,
        "state": call.state,
        "proof": call.proof,
        "message": mask_numbers_in(call.message),
        "started_at": call.started_at,
    }


def rows_text(call: OpenCall, rows: Sequence[OpenRow], *, whole: bool) -> str:
    """Return one call with its rows, for a terminal."""
    shown = [_row_json(row, whole=whole) for row in rows]
    width = max((len(str(row["key"])) for row in shown), default=0)
    lines = [f"{clean(call.address)}: {_line(call)}"]
    for row in shown:
        phones = row["phones"]
        assert isinstance(phones, list)
        there = f"   its id there: {clean(str(row['remote_id']))}" if row["remote_id"] else ""
        lines.append(f"  {clean(str(row['key'])):<{width}}   {', '.join(phones)}{there}")
    return "\n".join(lines)


def rows_json(call: OpenCall, rows: Sequence[OpenRow], *, whole: bool) -> dict[str, object]:
    """Return one call with its rows, for programs."""
    return {
        "format_version": FORMAT_VERSION,
        **_call_json(call),
        "waiting_rows": [_row_json(row, whole=whole) for row in rows],
    }


def _row_json(row: OpenRow, *, whole: bool) -> dict[str, object]:
    return {
        "key": row.key if whole else mask_key(row.key),
        "phones": list(row.phones) if whole else [mask_phone(phone) for phone in row.phones],
        "remote_id": row.remote_id if whole else mask_key(row.remote_id),
        "known_before": row.previous_state,
    }
