"""The state of a ledger, for people and for programs; no personal data is in it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from syncengine.model.counted import plural

if TYPE_CHECKING:
    from syncengine.sync import Erasure, LedgerStatus, LockHolder, Recovered


def status_text(found: "LedgerStatus") -> str:
    """Return the status as lines."""
    last = found.last_run
    outcome = last.outcome or "has not ended" if last else ""
    lines = [
        f"ledger    {found.where}, project {found.project}, schema version {found.schema_version}",
        f"lineage   {found.lineage}, change number {found.serial:,}",
        f"held      {'; '.join(_held(holder) for holder in found.holders) or 'nothing'}",
        f"knows     {', '.join(_known(found))}",
        *(f"          {address}: {plural(count, 'row')}" for address, count in found.rows.items()),
        f"waiting   {plural(found.parked_calls, 'call')} for a person, {found.open_calls:,} for proof",
        f"last run  {f'{last.kind} of {_moment(last.started_at)}: {outcome}' if last else 'none'}",
    ]
    return "\n".join(lines)


def _known(found: "LedgerStatus") -> list[str]:
    rows = sum(found.rows.values())
    return [plural(found.statements, "do-not-call number"), plural(found.campaigns, "campaign"), plural(rows, "row")]


def status_json(found: "LedgerStatus") -> dict[str, object]:
    """Return the status as plain values."""
    return {
        "format_version": 1,
        "where": found.where,
        "project": found.project,
        "schema_version": found.schema_version,
        "lineage": found.lineage,
        "serial": found.serial,
        # Without dialers, a run holds the whole project.
        "held": [
            {
                "dialers": list(holder.dialers),
                "by": holder.who,
                "operation": holder.operation,
                "since": holder.since,
                "lease_until": holder.lease_until,
                "fence": holder.fence,
            }
            for holder in found.holders
        ],
        "statements": found.statements,
        "campaigns": found.campaigns,
        "rows": dict(found.rows),
        "open_calls": found.open_calls,
        "parked_calls": found.parked_calls,
        "last_run": found.last_run.run_id if found.last_run else None,
    }


def recovered_text(found: "Recovered") -> str:
    """Return what a recovery came to, and what a person has to do now."""
    lines = []
    if found.aside is not None:
        lines.append(f"the damaged file is kept as {found.aside}; {plural(found.salvaged, 'row')} could be read of it")
    lines += [f"do-not-call list {name}: {plural(n, 'number')} in force" for name, n in found.statements.items()]
    lines += [
        f"{address}: {plural(count, 'addition')} may have been made before: parked"
        for address, count in found.parked.items()
    ]
    if found.parked:
        lines.append("look at the dialers, then settle each with: syncengine state list, syncengine state resolve")
        lines.append(
            "people who were added since the ledger lost its memory, and are in no source any more, are known to nobody"
            " but the dialer"
        )
    lines.append("the ledger is recovered; plans that were saved before are stale")
    return "\n".join(lines)


def recovered_json(found: "Recovered") -> dict[str, object]:
    """Return what a recovery came to as plain values."""
    return {
        "format_version": 1,
        "set_aside": str(found.aside) if found.aside else None,
        "salvaged": found.salvaged,
        "statements": dict(found.statements),
        "parked": dict(found.parked),
    }


def _held(holder: "LockHolder") -> str:
    until = _moment(holder.lease_until)
    return f"{holder.what}: {holder.who} runs {holder.operation} since {_moment(holder.since)}, lease to {until}"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def erasure_text(found: "Erasure") -> str:
    """Return what was erased, and what is left to people."""
    rows = ", ".join(f"{address}: {count:,}" for address, count in found.rows.items())
    lines = [f"{found.number} is erased from the ledger; rows: {rows or 'none'}"]
    if found.kept:
        lines.append(
            f"it stays on {', '.join(found.kept)} by a keyed digest; keep the key, for without it nothing is sent there"
        )
    if found.lingers:
        lines.append(f"what was deleted can be found still: {found.lingers}")
    if found.named_in:
        lines.append(
            f"it still stands in {', '.join(found.named_in)}; take it out there, or the next plan writes it down again"
        )
    lines += [f"not looked into: {source}" for source in found.not_looked_into]
    lines += [f"may name it: {name}, a damaged ledger that was set aside" for name in found.aside]
    lines.append("not looked for: backups made before (erase again after a restore), saved plans, and the dialers")
    return "\n".join(lines)


def erasure_json(found: "Erasure") -> dict[str, object]:
    """Return the same as plain values."""
    return {
        "format_version": 1,
        "number": found.number,
        "rows": dict(found.rows),
        "kept_on": list(found.kept),
        "lingers": found.lingers,
        "named_in": list(found.named_in),
        "not_looked_into": list(found.not_looked_into),
        "set_aside": list(found.aside),
    }
