"""What a page says without its script: the plan in business words, what stops or holds it, who is changed, and why.

All of it is plain markup, so that it can be read where scripts are not run; only the list of single rows needs one.
"""

from collections.abc import Iterable, Sequence

from syncengine.model.change import Change, RowChange
from syncengine.model.counted import plural
from syncengine.model.phone import mask_numbers_in
from syncengine.model.plan import Plan, SourceSummary
from syncengine.views.grouping import (
    NAMED,
    calls_of,
    fields_of,
    grouped_holds,
    grouped_notes,
    is_danger,
    named,
    rows_of,
)
from syncengine.views.page_groups import CampaignGroup
from syncengine.views.page_text import Markup, element, together
from syncengine.views.wording import (
    REASONS,
    SIGNS,
    age_phrase,
    cost_phrase,
    masked_sample,
    release_sentences,
    rows_phrase,
    shown_value,
)

# More groups, names or notes than these nobody reads; the list below them has every change.
_MOST_GROUPS = 200
_MOST_NAMES = 200
_MOST_LINES = 500
# What a change can do to who is rung; silence where it does nothing.
_EFFECTS = {"dialable": "can ring people", "suppressing": "keeps people from being rung", "neutral": ""}
_TONES = {"+": "in", "▶": "go", "■": "halt", "~": "alter", "-": "out", "⊘": "halt", "=": "quiet"}


def tiles(plan: Plan) -> Markup:
    """Return the plan in business words and numbers."""
    head, minutes = plan.headline, [cost.minutes for cost in plan.costs if cost.minutes is not None and cost.calls]
    # A release at a list and its removal at a dialer are about the same numbers.
    released = max(head.dnd_removed, sum(plan.releases.values()))
    made = [
        _tile(head.starts, "campaign starts", "campaigns start", "go"),
        _tile(head.stops, "campaign stops", "campaigns stop", "halt"),
        _tile(head.newly_callable, "person becomes callable", "people become callable", "go"),
        _tile(head.no_longer_callable, "person stops being callable", "people stop being callable", "halt"),
        _tile(head.dnd_added, "do-not-call entry goes in", "do-not-call entries go in", "in"),
        _tile(released, "do-not-call entry comes out", "do-not-call entries come out", "danger"),
        _tile(sum(cost.calls for cost in plan.costs), "call to make", "calls to make", "plain"),
    ]
    if minutes:
        longest = max(1, round(max(minutes)))
        made.append(_tile(longest, "minute at the vendor's limits", "minutes at the vendors' limits", "plain"))
    sometimes = [
        (head.campaigns_created, "campaign is created", "campaigns are created", "in"),
        (head.campaigns_updated, "campaign is changed", "campaigns are changed", "alter"),
        (head.campaigns_deleted, "campaign is deleted", "campaigns are deleted", "out"),
        (head.rows_updated, "contact is changed", "contacts are changed", "alter"),
    ]
    made += [_tile(count, one, many, tone) for count, one, many, tone in sometimes if count]
    costs = [element("li", element("b", cost.dialer), f": {cost_phrase(cost)}") for cost in plan.costs if cost.calls]
    return together(element("ul", *made, class_="tiles"), element("ul", *costs, class_="costs") if costs else "")


def _tile(count: int, one: str, many: str, tone: str) -> Markup:
    words = element("span", one if count == 1 else many)
    return element("li", element("b", f"{count:,}"), " ", words, class_=f"tile {tone if count else 'none'}")


def obstacles(plan: Plan) -> Markup:
    """Return what stops, releases, endangers or holds: before everything else, and never folded away."""
    stops = [
        element(
            "li", _located(v.message, str(v.location) if v.location else ""), element("p", v.remedy, class_="remedy")
        )
        for v in plan.violations
    ]
    releases = [element("li", sentence) for sentence in release_sentences(plan)]
    dangers = [element("li", note) for note in grouped_notes(plan.notes) if is_danger(note)]
    unsound = [element("li", f"source {s.name}: {s.held}") for s in plan.sources if s.held]
    holds = [
        element("li", element("b", named([hold.address for hold in group])), f": {group[0].what}: {group[0].why}")
        for group in grouped_holds(plan.holds)
    ]
    return together(
        _box("Stopped by guards: this plan cannot be applied as it is", stops, "bad"),
        _box("Taken off do-not-call lists", releases, "bad"),
        _box("In danger", dangers, "bad"),
        _box("Held back", [*unsound, *holds], "warn"),
    )


def _located(message: str, place: str) -> Markup:
    return together(element("code", place), " ", message) if place else together(message)


def _box(title: str, items: Sequence[Markup], tone: str) -> Markup:
    if not items:
        return Markup()
    return element("section", element("h2", title), _list(items), class_=f"box {tone}")


def _list(items: Sequence[Markup]) -> Markup:
    more = len(items) - _MOST_LINES
    rest = [element("li", f"and {more:,} more, see: syncengine plan --json", class_="quiet")] if more > 0 else []
    return element("ul", *items[:_MOST_LINES], *rest)


def campaigns(groups: Sequence[CampaignGroup]) -> Markup:
    """Return what happens by campaign, the same happening to several in one card."""
    if not groups:
        return Markup()
    cards = [_card(number, group) for number, group in enumerate(groups[:_MOST_GROUPS])]
    left = groups[_MOST_GROUPS:]
    if left:
        count = sum(len(group.names) for group in left)
        cards.append(
            element(
                "p", f"and {plural(count, 'more campaign')} in other ways; all are in the list below", class_="quiet"
            )
        )
    return element("section", element("h2", "By campaign"), *cards, id="campaigns")


def _card(number: int, group: CampaignGroup) -> Markup:
    several = len(group.names) > 1
    title = plural(len(group.names), "campaign") if several else _title(group.names[0])
    show = element(
        "button", "show in the list", type="button", data_group=str(number), class_="needs-script", hidden=True
    )
    inside = [element("h3", title, " ", element("span", f"at {group.dialer}", class_="quiet"), show)]
    if several:
        inside.append(_names(group.names))
    inside.append(element("ul", *(_step(step) for step in group.steps), class_="steps"))
    return element("article", *inside, class_="card")


def _title(name: str) -> str:
    return name if name.partition(":")[0] != "account" else name.replace("account", "the whole account", 1)


def _names(names: Sequence[str]) -> Markup:
    if len(names) <= NAMED:
        return element("p", ", ".join(names), class_="quiet")
    shown = ", ".join(names[:_MOST_NAMES])
    more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
    return element("details", element("summary", named(names)), element("p", shown + more, class_="quiet"))


def _step(step: Sequence[Change]) -> Markup:
    first, calls = step[0], calls_of(step)
    what = f"{first.action} {rows_phrase(first, rows_of(step))}" if isinstance(first, RowChange) else first.action
    why = [REASONS[first.reason], first.confidence, _EFFECTS[first.effect], plural(calls, "call") if calls else ""]
    sign = SIGNS[first.action]
    inside = [
        element("span", sign, class_=f"sign {_TONES[sign]}", aria_hidden="true"),
        element("b", what),
        " ",
        element("span", ", ".join(filter(None, why)), class_="quiet"),
    ]
    if first.warns:
        inside.append(element("p", first.warns, class_="warns"))
    return element("li", *inside, _details(first, step))


def _details(first: Change, step: Sequence[Change]) -> Markup:
    if isinstance(first, RowChange):
        dots = " …" if rows_of(step) > len(first.sample) else ""
        return element("p", ", ".join(masked_sample(first)) + dots, class_="sample") if first.sample else Markup()
    fields = fields_of(step)
    if not fields:
        return Markup()
    rows = [
        element(
            "tr",
            element("th", field.name, scope="row"),
            *(
                []
                if first.action == "create"
                else [element("td", shown_value(field.before), class_="before"), element("td", "→")]
            ),
            element("td", shown_value(field.after)),
        )
        for field in fields
    ]
    return element("table", element("tbody", *rows), class_="fields")


def rejects(plan: Plan) -> Markup:
    """Return which rows of which source were set aside, why, and where they are kept."""
    found = [source for source in plan.sources if source.rejected]
    if not found:
        return Markup()
    items = [
        element("li", element("b", s.name), f": {s.rejected:,} of {s.rows:,} rows set aside", _reasons(s))
        for s in found
    ]
    return element("section", element("h2", "Rows set aside"), element("ul", *items), class_="box plain")


def _reasons(source: SourceSummary) -> Markup:
    worst = sorted(source.reasons.items(), key=lambda item: (-item[1], item[0]))[:_MOST_LINES]
    lines = [element("li", f"{count:,} × {mask_numbers_in(why)}") for why, count in worst]
    kept = (
        element("p", "kept in ", element("code", source.rejects_file), class_="quiet")
        if source.rejects_file
        else Markup()
    )
    return together(element("ul", *lines), kept)


def notes(plan: Plan) -> Markup:
    """Return what people must know, dangers left out: those stand at the top."""
    lines = [element("li", note) for note in grouped_notes(plan.notes) if not is_danger(note)]
    return element("section", element("h2", "Notes"), _list(lines)) if lines else Markup()


def sources(plan: Plan) -> Markup:
    """Return what was read, as a table."""
    if not plan.sources:
        return Markup()
    rows = [
        (
            s.name,
            "do-not-call list" if s.kind == "dnd" else "contacts",
            s.label,
            f"{s.accepted:,}",
            f"{s.rejected:,}",
            f"{s.duplicates:,}",
            age_phrase(s.age) if s.kind == "dnd" else "",
        )
        for s in plan.sources
    ]
    heads = ("source", "what", "file", "rows", "set aside", "doubles", "age")
    return element("section", element("h2", "Sources"), _table(heads, rows, numbers={3, 4, 5}))


def dialers(plan: Plan) -> Markup:
    """Return for every dialer what the plan costs there and how do-not-call holds."""
    holds = {enforcement.dialer: enforcement.sentence for enforcement in plan.enforcement}
    costs = {cost.dialer: cost for cost in plan.costs}
    names = list(dict.fromkeys([*costs, *holds]))
    if not names:
        return Markup()
    rows = [
        (
            name,
            costs[name].vendor if name in costs else "",
            cost_phrase(costs[name]) if name in costs else "",
            holds.get(name, ""),
        )
        for name in names
    ]
    return element(
        "section", element("h2", "Dialers"), _table(("dialer", "vendor", "cost", "how do-not-call holds"), rows)
    )


def _table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[int] | set[int] = frozenset()
) -> Markup:
    head = element(
        "tr",
        *(element("th", text, scope="col", class_="number" if n in numbers else "") for n, text in enumerate(heads)),
    )
    body = [
        element("tr", *(element("td", text, class_="number" if n in numbers else "") for n, text in enumerate(row)))
        for row in rows
    ]
    return element(
        "div", element("table", element("thead", head), element("tbody", *body)), class_="wide", tabindex="0"
    )
