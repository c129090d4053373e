import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from syncengine.model.address import Address
from syncengine.model.change import FieldChange
from syncengine.model.plan import Headline, Hold, Level, Violation
from syncengine.views.markdown import MAX_LENGTH, plan_markdown, report_markdown
from syncengine.views.wording import rearranges
from tests.views import plans
from tests.views.golden import is_as_kept

RENDERER = MarkdownIt("commonmark").enable("table")
OURS = {"h3", "p", "code", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td", "br", "em"}
OURS |= {"details", "summary"}


def tags(markdown):
    return set(re.findall(r"</?([a-zA-Z0-9!]+)", RENDERER.render(markdown)))


@pytest.mark.parametrize("name", ["everyday", "stopped"])
def test_a_realistic_plan_reads_as_it_is_kept(name):
    assert is_as_kept(f"{name}.md", plan_markdown(getattr(plans, name)()))


@pytest.mark.parametrize(
    "markdown", [plan_markdown(plans.hostile()), report_markdown(plans.hostile_report())], ids=["plan", "report"]
)
def test_malice_is_only_text(markdown):
    assert not any(rearranges(c) for c in markdown if c != "\n")
    assert tags(markdown) <= OURS
    html = RENDERER.render(markdown)
    assert "href" not in html
    assert "src=" not in html
    # Every line is ours: a command of the host would have to begin one.
    assert all(re.match(r"$|[-|#*_<]|Project |Plan: |No changes", text) for text in markdown.split("\n"))
    cells = {len(re.findall(r"(?<!\\)\|", text)) for text in markdown.split("\n") if text.startswith("|")}
    assert cells == {5}


def test_a_plan_of_a_hundred_thousand_changes_fits_into_a_comment_and_keeps_both_ends():
    markdown = plan_markdown(plans.large())
    assert 50_000 < len(markdown) < len(markdown.encode()) < 60_000
    assert markdown.startswith("### syncengine plan")
    assert "campaign-000000" in markdown
    assert "campaign-050000" not in markdown
    assert "campaign-099997" in markdown
    assert "more lines left out here" in markdown
    # The level after the one that was cut is whole.
    assert "start 2 campaigns" in markdown
    assert markdown.rstrip().endswith("Plan id 4f1c2a9b8e7d6c50")


def test_a_cut_table_is_still_a_table():
    html = RENDERER.render(plan_markdown(plans.large(5_000)))
    assert html.count("<table>") == html.count("</table>") == 2
    assert "| ~ |" not in html
    assert re.search(r"<td><em>[\d,]+ more lines left out here\.</em></td>", html)


def test_a_thousand_violations_holds_and_notes_of_malice_fit_as_well():
    address = Address("acme-co", "campaign", "x")
    many = range(1_000)
    crowded = replace(
        plans.large(1_000),
        violations=tuple(Violation(rule="not_possible", message=f"{n} {plans.HOSTILE}", remedy="r") for n in many),
        holds=tuple(Hold(address=address, what="start", why=f"{n} {plans.HOSTILE}") for n in many),
        notes=tuple(f"{word} {n} {plans.HOSTILE}" for n in many for word in ("DANGER", "note")),
        sources=tuple(plans.dnd_source(f"s{n}", held=plans.HOSTILE) for n in range(200)),
    )
    markdown = plan_markdown(crowded)
    assert len(markdown) < MAX_LENGTH
    assert markdown.count("<details>") == markdown.count("</details>")
    for title in ("Stopped by guards", "In danger", "Held back", "campaign changes", "starts"):
        assert f"**{title}**" in markdown


def test_ten_thousand_equal_changes_are_one_row():
    changes = tuple(plans.campaign_change(key=f"c{n:05}") for n in range(10_000))
    markdown = plan_markdown(plans.plan(Level("campaign changes", changes)))
    assert "| create 10,000 campaigns |" in markdown
    assert "acme-co/campaign/c00002 and 9,997 more alike" in markdown


def test_what_changes_in_a_campaign_can_be_read_in_the_pull_request():
    fields = tuple(FieldChange(f"f{n}", n, n + 1) for n in range(7))
    change = plans.campaign_change("update", reason="differs", fields=fields)
    markdown = plan_markdown(plans.plan(Level("campaign changes", (change,))))
    assert "update 1 campaign<br>f0: 0 → 1<br>f1: 1 → 2" in markdown
    assert "<br>and 2 more fields |" in markdown


def test_what_matters_for_safety_is_not_folded_away():
    shown = plan_markdown(plans.stopped()).split("<details>")[0]
    for words in (
        "RELEASED",
        "DANGER",
        "data/registry.csv is missing",
        "--allow-remove 900",
        "manifests/winter.yaml:7:11",
    ):
        assert words in shown


def test_no_number_is_shown_whole():
    naked = plans.row_change(sample=("+573001234567",))
    assert "3001234567" not in plan_markdown(plans.plan(Level("contact additions and updates", (naked,))))
    told = plans.change_report(outcomes={"rejected": 1}, messages={"573001234567 is taken": 1})
    assert "3001234567" not in report_markdown(plans.report(told))


def test_a_plan_without_changes_says_so():
    assert plan_markdown(plans.plan()).split("\n")[-2] == "No changes. 0 contacts as wanted."


def test_a_report_begins_with_alarms_then_what_was_not_done():
    failed = plans.change_report(outcomes={"failed": 2}, messages={"it was down": 2})
    markdown = report_markdown(
        plans.report(
            plans.change_report(), failed, alarms=("winter was stopped",), parked=("3 rows",), interrupted=True
        )
    )
    order = [
        "in part",
        "**Interrupted**",
        "**ALARM**",
        "winter was stopped",
        "Waiting for a person",
        "3 rows",
        "| ✗ | add | acme-co/contacts/spring | **2 failed, not applied**<br>2 x it was down |",
        "| ✓ | add | acme-co/contacts/spring | 1,204 applied |",
    ]
    assert [markdown.index(words) for words in order] == sorted(markdown.index(words) for words in order)


def test_a_report_of_many_different_outcomes_fits_into_a_comment_with_the_failures_kept():
    changes = [
        plans.change_report(address=Address("acme-co", "contacts", f"c{n}"), outcomes={"applied": n + 1})
        for n in range(20_000)
    ]
    markdown = report_markdown(plans.report(*changes, plans.change_report(outcomes={"failed": 1})))
    assert len(markdown) <= MAX_LENGTH
    assert "1 failed, not applied" in markdown
    assert "more lines left out" in markdown


@pytest.mark.parametrize("changes", [50, 2_500, 20_000])
def test_the_rows_that_are_shown_and_those_left_out_are_all_there_are(changes):
    markdown = plan_markdown(plans.large(changes))
    shown = markdown.count("| update 1 campaign")
    left = re.search(r"_([\d,]+) more lines left out here\._", markdown)
    assert shown + (int(left[1].replace(",", "")) if left else 0) == changes - 2
    assert (left is None) is (changes == 50)


def a_million_rows(*, campaigns=10_000):
    """A plan with a million row changes, every campaign with a reason to stand alone."""
    reasons = ("missing", "differs", "drift", "vanished", "not_in_source", "already_there")
    changes = tuple(
        plans.row_change(
            "add", f"campaign-{n:05}", count=1_000_000 // campaigns, calls=1, reason=reasons[n % 6], warns=f"w{n}"
        )
        for n in range(campaigns)
    )
    return plans.plan(
        Level("contact additions and updates", changes),
        headline=Headline(newly_callable=1_000_000),
        releases={f"list-{n}": 1 for n in range(20)},
        holds=tuple(
            Hold(address=Address("acme-co", "campaign", f"h{n}"), what="start", why=f"why {n}") for n in range(300)
        ),
    )


def test_a_plan_of_a_million_rows_is_one_comment_with_its_releases_and_holds_whole():
    plan = a_million_rows()
    assert sum(change.count for change in plan.row_changes) == 1_000_000
    markdown = plan_markdown(plan)
    assert len(markdown.encode()) < MAX_LENGTH
    assert "1,000,000 people become callable" in markdown
    assert markdown.count("RELEASED") == 20
    assert sum(f"why {n}" in markdown for n in range(300)) == 300
    for kept in ("campaign-00000", "campaign-09999"):
        assert kept in markdown
    assert re.search(r"\| \| _9,\d+ more lines left out here\._ \| \| \|", markdown)
    assert "_Every single change:_ `syncengine plan --format html -o plan.html`" in markdown


def test_a_million_rows_that_change_alike_are_one_line():
    changes = tuple(plans.row_change(key=f"c{n:05}", count=100, calls=1) for n in range(10_000))
    markdown = plan_markdown(plans.plan(Level("contact additions and updates", changes)))
    assert "| add 1,000,000 contacts<br>" in markdown
    assert "acme-co/contacts/c00002 and 9,997 more alike" in markdown
    assert len(markdown) < 1_000


@pytest.mark.parametrize("letter", ["x", "ñ", "电", "\N{GRINNING FACE}"])
def test_it_is_below_the_limit_in_bytes_whatever_is_written_in_it(letter):
    fields = (FieldChange("note", None, letter * 200),)
    changes = tuple(
        plans.campaign_change(
            "update", f"{letter * 60}{n}", reason="drift", fields=(*fields, FieldChange("n", n, n + 1))
        )
        for n in range(5_000)
    )
    notes = tuple(f"{word} {n} {letter * 300}" for n in range(500) for word in ("DANGER", "note"))
    releases = {f"{letter * 100}{n}": n + 1 for n in range(400)}
    markdown = plan_markdown(plans.plan(Level("campaign changes", changes), notes=notes, releases=releases))
    assert 45_000 < len(markdown.encode()) < MAX_LENGTH
    assert markdown.count("<details>") == markdown.count("</details>") == 1


def test_it_says_where_the_whole_plan_is():
    shown = plan_markdown(plans.everyday(), whole_plan="https://ci.example/runs/17/plan.html?a=1&b=2")
    assert "_Every single change:_ <https://ci.example/runs/17/plan.html?a=1&b=2>" in shown
    assert "`plan.html`" in plan_markdown(plans.everyday(), whole_plan="plan.html")
    assert "Every single change" not in plan_markdown(plans.everyday())


@pytest.mark.parametrize("place", ["https://x.example/> @all <b>", "javascript:alert(1)", "`@all`", plans.HOSTILE])
def test_where_the_whole_plan_is_can_be_nothing_but_an_address_or_text(place):
    shown = plan_markdown(plans.plan(), whole_plan=place)
    assert "<a" not in RENDERER.render(shown)
    assert not any(rearranges(c) for c in shown if c != "\n")
