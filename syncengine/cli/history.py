"""``syncengine history``: what was run, and which calls each run made."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncengine.cli.options import project_option

if TYPE_CHECKING:
    from syncengine.sync import CallLine, RunRecord


@click.command("history")
@click.argument("run", type=int, required=False)
@project_option
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Runs to list, newest first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(run: int | None, project: Path, *, limit: int, as_json: bool) -> None:
    """List past runs as the ledger remembers them; with the number of a RUN, its calls.

    The JSON of a run has for every call that could ring somebody the do-not-call lists that were consulted for it.
    """
    from syncengine import sync
    from syncengine.cli.output import print_json, show_warnings
    from syncengine.model.plan import FORMAT_VERSION

    loaded = sync.load(project)
    show_warnings(loaded.diagnostics)
    if run is None:
        found = sync.runs(loaded, limit)
        if as_json:
            print_json({"format_version": FORMAT_VERSION, "runs": [_run_json(each) for each in found]})
        else:
            click.echo("\n".join(_runs_text(found)))
        return
    calls = sync.calls_of_run(loaded, run)
    if as_json:
        print_json({"format_version": FORMAT_VERSION, "run": run, "calls": [_call_json(call) for call in calls]})
    else:
        click.echo("\n".join(map(_call_line, calls)))


def _runs_text(runs: Sequence["RunRecord"]) -> Iterator[str]:
    from syncengine.views.wording import clean, outcomes_phrase

    if not runs:
        yield "No run yet."
    for run in runs:
        took = f"in {run.ended_at - run.started_at:.1f} s" if run.ended_at is not None else "under way, or it died"
        counts = _decoded(run.summary)
        done = outcomes_phrase(counts) if isinstance(counts, dict) else ""
        outcome = f"{run.outcome or 'no outcome'}{f' ({done})' if done else ''}"
        begun = f"{run.run_id:>5}  {_moment(run.started_at)}  {run.kind:<8}"
        yield clean(f"{begun} {outcome}, {took}, plan {run.plan_id}, by {run.who}")


def _run_json(run: "RunRecord") -> dict[str, object]:
    return {
        "run": run.run_id,
        "kind": run.kind,
        "plan_id": run.plan_id,
        "who": run.who,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "outcome": run.outcome,
        "summary": _decoded(run.summary),
    }


def _call_line(call: "CallLine") -> str:
    from syncengine.model.counted import plural
    from syncengine.model.phone import mask_numbers_in
    from syncengine.views.wording import clean

    rows = f" of {plural(call.rows, 'row')}" if call.rows else ""
    told = f": {mask_numbers_in(call.message)}" if call.message else ""
    outcome = call.outcome or "no outcome"
    state = "" if call.state == "done" else f" ({call.state})"
    return clean(
        f"{call.call_id:>6}  {_moment(call.started_at)}  {call.action}{rows} {call.address}: {outcome}{state}{told}"
    )


def _call_json(call: "CallLine") -> dict[str, object]:
    from syncengine.model.phone import mask_numbers_in

    return {
        "call": call.call_id,
        "address": call.address,
        "operation": call.operation,
        "action": call.action,
        "effect": call.effect,
        "rows": call.rows,
        "state": call.state,
        "outcome": call.outcome,
        "message": mask_numbers_in(call.message),
        "request_digest": call.request_digest,
        "evidence": _decoded(call.evidence),
        "started_at": call.started_at,
        "finished_at": call.finished_at,
    }


def _decoded(text: str) -> object:
    """Return what the ledger keeps as JSON; null where there is nothing."""
    return json.loads(text) if text else None


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
