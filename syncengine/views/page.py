"""A plan as one self-contained page, for whoever opens it from a build's artefacts: no server, no network, no trust.

Its own style and script are allowed by their digests and nothing else is: no address can be called, no frame opened,
no text turned into markup. What matters can be read without the script, which only searches the list of single rows.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from syncengine.model.counted import plural
from syncengine.model.plan import Plan
from syncengine.model.row_lines import RowLines
from syncengine.views import page_sections
from syncengine.views.page_groups import campaign_groups
from syncengine.views.page_rows import row_blocks
from syncengine.views.page_text import Markup, element, together
from syncengine.views.wording import totals

_REFRESHES = {
    "full": "dialers read in full",
    "changed": "dialers read where something changed",
    "none": "from the ledger only",
}


def plan_page(plan: Plan, rows: Sequence[RowLines] = (), *, whole: bool = False) -> str:
    """Return the page.

    Args:
        plan: the plan.
        rows: its rows, as far as they are to be listed.
        whole: whether they are personal data in clear, which the page then says at its top.
    """
    groups = campaign_groups(plan)
    title = f"Plan {plan.plan_id[:16]} for {plan.project}"
    body = element(
        "main",
        _header(plan),
        _warning() if whole else Markup(),
        Markup() if plan.empty else page_sections.tiles(plan),
        page_sections.obstacles(plan),
        page_sections.rejects(plan),
        page_sections.campaigns(groups),
        _list(plan),
        page_sections.notes(plan),
        page_sections.sources(plan),
        page_sections.dialers(plan),
    )
    style, script = _asset("plan.css"), _asset("plan.js")
    head = element(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'),
        Markup('<link rel="icon" href="data:,">'),
        element("title", title),
        Markup(f"<style>{style}</style>"),
    )
    blocks = together(*row_blocks(plan, groups, rows))
    page = element("html", head, element("body", body, blocks, Markup(f"<script>{script}</script>")), lang="en")
    return f"<!doctype html>\n{page}\n"


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:;"
        " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _asset(name: str) -> Markup:
    return Markup((files("syncengine.views") / "assets" / name).read_text(encoding="utf-8"))


def _header(plan: Plan) -> Markup:
    made = datetime.fromtimestamp(plan.created_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    facts = f"Project {plan.project}, made {made}, {_REFRESHES[plan.refresh]}"
    return element(
        "header",
        element("h1", "Plan ", element("code", plan.plan_id)),
        _state(plan),
        element("p", facts, class_="quiet"),
        element("p", totals(plan)),
    )


def _state(plan: Plan) -> Markup:
    if not plan.applicable:
        return element("p", f"Stopped by {plural(len(plan.violations), 'guard')}", class_="state bad")
    if plan.held_sources or plan.holds:
        return element("p", "Can be applied in part: some of it is held back", class_="state warn")
    if plan.empty:
        return element("p", "No changes", class_="state plain")
    return element("p", "Can be applied", class_="state good")


def _warning() -> Markup:
    return element(
        "p", "This page holds personal data in clear: numbers and names. Do not publish it.", class_="box bad"
    )


def _list(plan: Plan) -> Markup:
    """Return the frame of the list of single rows; the script fills it."""
    if plan.empty:
        return Markup()
    search = element(
        "input",
        id="search",
        type="search",
        autocomplete="off",
        spellcheck="false",
        placeholder="search: words, ends of numbers",
    )
    label = element("label", element("span", "Search", class_="unseen"), Markup(search.removesuffix("</input>")))
    chosen = [_choice("action", "every action"), _choice("reason", "every reason"), _choice("dialer", "every dialer")]
    clear = element("button", "clear", id="clear", type="button")
    tools = element("form", label, *chosen, clear, role="search", id="tools")
    keys = [("/", "search"), ("↑ ↓ PgUp PgDn Home End", "move"), ("Esc", "clear")]
    hints = [together(element("kbd", key), f" {what} ") for key, what in keys]
    words = "Single changes; move with the arrow keys"
    spacer = element("div", id="spacer")
    live = element(
        "div",
        tools,
        element("p", id="only", hidden=True),
        element("p", "loading …", id="count", role="status"),
        element("div", spacer, id="list", tabindex="0", role="listbox", aria_label=words),
        element("div", id="detail", role="region", aria_label="The chosen change", aria_live="polite"),
        element("p", *hints, class_="quiet keys"),
        class_="needs-script",
        hidden=True,
    )
    without = element("noscript", element("p", "The list needs the page's script.", class_="quiet"))
    return element("section", element("h2", "Every single change"), without, live, id="rows")


def _choice(name: str, every: str) -> Markup:
    return element(
        "label", element("span", name, class_="unseen"), element("select", element("option", every, value=""), id=name)
    )
