"""One page for people: what is watched, what is held back and why, how each dialer stands, what happened lately.

Whole numbers, names and secrets are no part of the state; every text is masked once more all the same. The page works
without its script, which only brings it up to date.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from syncengine.model.change import Change
from syncengine.model.phone import mask_numbers_in
from syncengine.model.plan import Cost, Plan, SourceSummary
from syncengine.model.report import Progress
from syncengine.model.watching import Happening, Propagation, WatchState

_MOST_FILES = 200
# Where a table is, until its section gives it a name: no text of people can hold it, since their quotes are escaped.
_NAMELESS = 'aria-label=""'
_RULES = {
    "off": "only shown",
    "suspended": "suspended",
    "standby": "standing by",
    "guard": "guard",
    "policy": "policy",
    "drift": "changed by others",
    "window": "window",
    "tried": "tried already",
    "locked": "held by another run",
}
_GOOD = {"applied", "nothing"}
_BAD = {"broken", "error", "in part"}


def page_html(state: WatchState, now: float) -> str:
    """Return the whole page."""
    title = _text(f"{state.project or 'syncengine'}: watcher")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title>"
        '<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/page.css">'
        '<script src="/page.js" defer></script></head><body>'
        '<a class="skip" href="#main">Skip to the state</a>'
        '<p id="lost" role="status" hidden>The watcher does not answer; what stands here is old.</p>'
        f'<main id="main" tabindex="-1">{main_html(state, now)}</main>'
        "<noscript><p>Without its script this page does not change by itself: load it again.</p></noscript>"
        "</body></html>\n"
    )


def main_html(state: WatchState, now: float) -> str:
    """Return what the page shows now."""
    return "".join(
        [
            _head(state, now),
            _broken(state),
            _held(state),
            _plan(state),
            _apply(state),
            _dialers(state),
            _drift(state),
            _sources(state.plan),
            _happenings(state.happenings),
            _watched(state),
        ]
    )


def _head(state: WatchState, now: float) -> str:
    word, tone, more = _standing(state)
    facts = [
        ("Plans are", "applied as far as the policy lets them" if state.applies else "shown, not applied"),
        ("Last look that left nothing undone", _moment(state.last_success, now) if state.last_success else "none yet"),
        ("Watching since", _moment(state.started_at, now)),
    ]
    facts += [("Policy", "<br>".join(_text(sentence) for sentence in state.policy))] if state.policy else []
    listed = "".join(f"<div><dt>{_text(name)}</dt><dd>{value}</dd></div>" for name, value in facts)
    return (
        f"<header><h1>{_text(state.project or 'syncengine')}</h1>"
        f'<p class="standing {tone}"><strong>{_text(word)}</strong> {_text(more)}</p>'
        f'<dl class="facts">{listed}</dl></header>'
    )


def _standing(state: WatchState) -> tuple[str, str, str]:
    """Return a word, its tone, and what more there is to say."""
    if state.suspended:
        return "Suspended", "warn", f"{state.suspended}. Go on with: syncengine resume"
    if state.leader:
        return "Standing by", "plain", f"{state.leader} leads on this ledger"
    if state.broken:
        return "Broken", "bad", "The last good plan stands; see below"
    if state.waiting:
        return "Waiting", "warn", state.waiting
    if state.applying:
        return "Applying", "good", _so_far(state.progress)
    if state.plan is None:
        return "Reading", "plain", "The first plan is being made"
    if any(held.rule != "off" for held in state.held):
        return "Holding back", "warn", "A part does not land now; see below"
    return "Watching", "good", ""


def _broken(state: WatchState) -> str:
    if not state.broken:
        return ""
    lines = "".join(f"<li><code>{_text(line)}</code></li>" for line in state.broken)
    return _section("broken", "What is broken", f'<ul class="bad list">{lines}</ul>')


def _held(state: WatchState) -> str:
    rows = [
        [
            f'<span class="tag">{_text(_RULES[held.rule])}</span>',
            _text(held.what),
            _text(held.why),
            _absolute(held.until) if held.until is not None else "a file or a person changes something",
        ]
        for held in state.held
    ]
    nothing = "Nothing is held back."
    return _section("held", "Held back", _table(["By", "What", "Why", "Until"], rows, nothing))


def _plan(state: WatchState) -> str:
    plan = state.plan
    if plan is None:
        return _section("plan", "Last plan", _quiet("No plan yet."))
    groups: dict[str, list[Change]] = {}
    for change in plan.changes:
        groups.setdefault(str(change.address), []).append(change)
    rows = [[_text(address), _text(_doings(changes))] for address, changes in sorted(groups.items())]
    # An id is no number of a telephone, though it may look like one.
    made = f"Plan <code>{escape(plan.plan_id)}</code>, made {_absolute(plan.created_at)}"
    headline = "".join(f"<li>{_text(sentence)}</li>" for sentence in state.headline)
    table = _table(["Where", "What would change"], rows[:50], "The dialers hold what the files say.")
    more = _quiet(f"and {len(rows) - 50:,} more places; see: syncengine plan") if len(rows) > 50 else ""
    notes = "".join(f"<li>{_text(note)}</li>" for note in plan.notes[:30])
    notes = (
        f'<details id="notes"><summary>{len(plan.notes):,} notes</summary><ul>{notes}</ul></details>' if notes else ""
    )
    return _section("plan", "Last plan", f'<p>{made}</p><ul class="list">{headline}</ul>{table}{more}{notes}')


def _doings(changes: Iterable[Change]) -> str:
    parts = []
    for change in changes:
        count = getattr(change, "count", None)
        parts.append(f"{change.action} {count:,}" if count is not None else change.action)
    return ", ".join(parts)


def _apply(state: WatchState) -> str:
    report = state.report
    if report is None:
        return _section("apply", "Last apply", _quiet("Nothing was applied since this watcher began."))
    rows = []
    for change in report.changes:
        outcomes = ", ".join(
            f"{count:,} {outcome.replace('_', ' ')}" for outcome, count in change.outcomes.items() if count
        )
        messages = "; ".join(f"{count:,} × {message}" for message, count in list(change.messages.items())[:3])
        rows.append([_text(str(change.address)), _text(change.action), _text(outcomes), _text(messages)])
    ended = "interrupted" if report.interrupted else "complete" if report.complete else "in part"
    alarms = "".join(f'<p class="bad">{_text(alarm)}</p>' for alarm in report.alarms)
    parked = "".join(f"<li><code>{_text(line)}</code></li>" for line in report.parked)
    parked = f'<p>Waiting for a person:</p><ul class="list">{parked}</ul>' if parked else ""
    at = f", ended {_absolute(state.reported_at)}" if state.reported_at else ""
    said = f"<p>Plan <code>{escape(report.plan_id)}</code>: {ended}, in {report.seconds:,.1f} s{at}.</p>"
    table = _table(["Where", "What", "Outcome", "Said"], rows[:50], "Nothing was to be done.")
    return _section("apply", "Last apply", f"{said}{alarms}{table}{parked}")


def _dialers(state: WatchState) -> str:
    costs = {cost.dialer: cost for cost in state.plan.costs} if state.plan is not None else {}
    rows = [_dialer(found, costs.get(found.dialer), state) for found in state.propagation]
    heads = ["Dialer", "Calls in the plan", "Budget left today", "Now", "Do-not-call", "How it holds there"]
    return _section("dialers", "Dialers", _table(heads, rows, "Not read yet."))


def _dialer(found: Propagation, cost: Cost | None, state: WatchState) -> list[str]:
    left = f"{state.budgets[found.dialer]:,}" if found.dialer in state.budgets else "no budget"
    now = state.limited.get(found.dialer, "")
    now = f"waits: {now}" if now else "sending" if state.applying and cost is not None and cost.calls else "at rest"
    if found.has_list:
        missing = max(0, found.wanted - found.there)
        tone = ' class="warn"' if missing else ""
        dnd = f"<span{tone}>{found.there:,} of {found.wanted:,} entries there</span>"
    else:
        dnd = f"{found.kept_out:,} listed people kept out"
    if found.stuck:
        dnd += f' <strong class="bad">{found.stuck:,} listed are or may be in a campaign</strong>'
    name = f"{found.dialer} ({cost.vendor})" if cost is not None else found.dialer
    return [_text(name), f"{cost.calls:,}" if cost else "0", left, _text(now), dnd, _text(found.how)]


def _drift(state: WatchState) -> str:
    rows = [[_text(str(found.address)), f"{found.count:,}", _text(found.what)] for found in state.drift[:50]]
    nothing = "Nobody has changed anything at the dialers, as far as they can be read."
    return _section("drift", "Changed at the dialers by others", _table(["Where", "How many", "What"], rows, nothing))


def _sources(plan: Plan | None) -> str:
    rows = [_source(source) for source in plan.sources] if plan is not None else []
    heads = ["Source", "Rows", "Taken", "Set aside", "Why", "State"]
    return _section("sources", "Sources and rejects", _table(heads, rows, "Not read yet."))


def _source(source: SourceSummary) -> list[str]:
    worst = sorted(source.reasons.items(), key=lambda item: -item[1])[:3]
    why = "; ".join(f"{count:,} × {reason}" for reason, count in worst)
    if source.rejects_file:
        why = f"{why}; see {source.rejects_file}" if why else f"see {source.rejects_file}"
    kind = "do-not-call " if source.kind == "dnd" else ""
    held = '<span class="warn">taken in part</span>' if source.rejected else "sound"
    held = f'<strong class="bad">{_text(source.held)}</strong>' if source.held else held
    numbers = [f"{source.rows:,}", f"{source.accepted:,}", f"{source.rejected:,}"]
    return [_text(f"{kind}{source.name} ({source.label})"), *numbers, _text(why), held]


def _happenings(happenings: Iterable[Happening]) -> str:
    rows = []
    for happening in happenings:
        tone = "good" if happening.result in _GOOD else "bad" if happening.result in _BAD else "warn"
        result = f'<span class="tag {tone}">{_text(happening.result)}</span>'
        said = "; ".join(happening.said)
        rows.append(
            [
                _absolute(happening.at),
                _text(happening.cause),
                result,
                _text(said),
                f"<code>{escape(happening.plan_id)}</code>",
            ]
        )
    return _section("history", "Lately", _table(["When", "Cause", "Result", "What", "Plan"], rows, "Nothing yet."))


def _watched(state: WatchState) -> str:
    names = "".join(f"<li><code>{_text(name)}</code></li>" for name in state.files[:_MOST_FILES])
    more = f"<li>and {len(state.files) - _MOST_FILES:,} more</li>" if len(state.files) > _MOST_FILES else ""
    count = f"<summary>{len(state.files):,} files</summary>"
    body = f'<details id="files">{count}<ul class="list">{names}{more}</ul></details>'
    return _section("watched", "What is watched", body)


def _so_far(progress: Progress | None) -> str:
    if progress is None:
        return ""
    left = f", about {progress.remaining:,.0f} s left" if progress.remaining is not None else ""
    return f"{progress.done:,} of {progress.total:,} rows and campaigns, {progress.rate:,.0f} a second{left}"


def _section(name: str, title: str, body: str) -> str:
    body = body.replace(_NAMELESS, f'aria-labelledby="{name}-title"')
    return f'<section aria-labelledby="{name}-title"><h2 id="{name}-title">{_text(title)}</h2>{body}</section>'


def _table(heads: list[str], rows: list[list[str]], nothing: str) -> str:
    """Return a table of cells that are HTML already, or a sentence where there is nothing to show."""
    if not rows:
        return _quiet(nothing)
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="group" {_NAMELESS}><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _quiet(text: str) -> str:
    return f'<p class="quiet">{_text(text)}</p>'


def _text(text: str) -> str:
    return escape(mask_numbers_in(text))


def _absolute(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, UTC)
    return f'<time datetime="{at.isoformat(timespec="seconds")}">{at.astimezone():%Y-%m-%d %H:%M:%S}</time>'


def _moment(seconds: float, now: float) -> str:
    passed = max(0, round(now - seconds))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if passed >= 2 * size:
            return f"{_absolute(seconds)}, {passed // size} {unit}s ago"
    return f"{_absolute(seconds)}, {passed} s ago"
