import io

import pytest
from rich.console import Console

from syncengine.model.change import FieldChange
from syncengine.model.plan import Level
from syncengine.views.plan_text import plan_text
from syncengine.views.wording import rearranges
from tests.views import plans
from tests.views.golden import is_as_kept


@pytest.mark.parametrize("name", ["everyday", "stopped"])
def test_a_realistic_plan_reads_as_it_is_kept(name):
    assert is_as_kept(f"{name}.txt", plan_text(getattr(plans, name)()).plain + "\n")


def test_nothing_that_files_or_vendors_say_can_rearrange_the_terminal():
    shown = plan_text(plans.hostile()).plain
    assert not any(rearranges(c) for c in shown if c != "\n")
    assert "\\u001b[31mred" in shown


def test_the_styles_are_the_only_escapes_on_a_terminal():
    stream = io.StringIO()
    Console(file=stream, force_terminal=True, color_system="standard", width=100_000).print(plan_text(plans.hostile()))
    styles = {part.split("m")[0] for part in stream.getvalue().split("\x1b[")[1:]}
    assert styles
    assert all(code.replace(";", "").isdigit() for code in styles)


def test_a_line_of_a_file_cannot_pass_for_a_line_of_the_plan():
    honest = len(plan_text(plans.hostile()).plain.split("\n"))
    assert honest < 60
    assert "\n## Heading" not in plan_text(plans.hostile()).plain


def test_ten_thousand_equal_changes_are_one_line_with_a_count_and_a_sample():
    changes = tuple(
        plans.campaign_change(
            key=f"c{n:05}", fields=(FieldChange("name", None, f"C {n}"), FieldChange("speed", None, 3))
        )
        for n in range(10_000)
    )
    shown = plan_text(plans.plan(Level("campaign changes", changes))).plain
    assert shown.count("create") == 1
    assert "acme-co/campaign/c00000, acme-co/campaign/c00001, acme-co/campaign/c00002 and 9,997 more alike" in shown
    assert "10,000 calls" in shown
    assert "speed: 3" in shown
    assert "name:" not in shown


def test_no_number_is_shown_whole():
    naked = plans.row_change(sample=("+573001234567",))
    shown = plan_text(plans.plan(Level("contact additions and updates", (naked,)))).plain
    assert "3001234567" not in shown
    assert "+57" in shown


def test_an_empty_plan_is_short():
    assert plan_text(plans.plan(refresh="none")).plain.split("\n") == [
        "Plan for project acme, read from the ledger only",
        "",
        "No changes. 0 contacts as wanted.",
    ]


def test_what_is_released_stands_out():
    from dataclasses import replace

    text = plan_text(replace(plans.plan(), releases={"opt-outs": 2}))
    (styled,) = [span for span in text.spans if "RELEASED" in text.plain[span.start : span.end]]
    assert styled.style == "bold red"


def test_dialers_whose_do_not_call_holds_alike_share_one_sentence():
    from dataclasses import replace

    from syncengine.model.plan import Enforcement

    alike = (Enforcement(dialer="acme-co", sentence="by list"), Enforcement(dialer="acme-pe", sentence="by list"))
    shown = plan_text(replace(plans.everyday(), enforcement=alike)).plain
    assert "  acme-co, acme-pe: by list" in shown


def test_whole_numbers_are_shown_only_to_who_asks_for_them():
    naked = plans.row_change(sample=("+573001234567",))
    plan = plans.plan(Level("contact additions and updates", (naked,)))
    assert "+573001234567" in plan_text(plan, whole=True).plain
    assert "+573001234567" not in plan_text(plan).plain
