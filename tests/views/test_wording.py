import pytest

from syncengine.model.change import Reason
from syncengine.model.plan import Cost, Headline, Hold
from syncengine.model.report import Outcome
from syncengine.views.wording import (
    OUTCOMES,
    REASONS,
    SIGNS,
    age_phrase,
    clean,
    cost_phrase,
    headline_sentences,
    masked_sample,
    outcomes_phrase,
    rearranges,
    release_sentences,
    rows_phrase,
    short,
    shown_value,
    source_phrase,
    totals,
)
from tests.views.plans import campaign_change, dnd_change, dnd_source, everyday, plan, row_change, source


def test_every_reason_outcome_and_action_has_its_words():
    from typing import get_args

    from syncengine.model.change import CampaignAction, RowAction

    assert set(REASONS) == set(get_args(Reason))
    assert set(OUTCOMES) == set(get_args(Outcome))
    assert set(SIGNS) == {*get_args(CampaignAction), *get_args(RowAction)}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Ñandú 東京 👍", "Ñandú 東京 👍"),
        ("\x1b[31m", "\\u001b[31m"),
        ("\x9b2J", "\\u009b2J"),
        ("a\r\nb\tc", "a\\u000d\\u000ab\\u0009c"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066\u200b\ufeff", "\\u2066\\u200b\\ufeff"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("\U000e0041", "\\ue0041"),
    ],
)
def test_what_could_rearrange_a_terminal_is_shown_and_not_obeyed(text, shown):
    assert clean(text) == shown
    assert not any(rearranges(c) for c in clean(text))


def test_rows_are_called_what_they_are():
    assert rows_phrase(row_change(count=1)) == "1 contact"
    assert rows_phrase(dnd_change(count=2)) == "2 do-not-call entries"
    from syncengine.model.address import Address

    assert rows_phrase(row_change(address=Address("a", "directory", "account"), count=2)) == "2 people"


def test_a_sample_that_nobody_masked_is_masked():
    assert masked_sample(row_change(sample=("+573001234567",))) == ("+57••••••••67",)
    assert masked_sample(row_change()) == row_change().sample


def test_a_headline_leaves_out_what_does_not_happen():
    assert headline_sentences(Headline()) == []
    assert headline_sentences(Headline(newly_callable=1, dnd_removed=1, starts=2)) == [
        "2 campaigns started",
        "1 person becomes callable",
        "1 do-not-call entry RELEASED",
    ]
    everything = Headline(
        campaigns_created=1,
        campaigns_updated=1,
        campaigns_deleted=1,
        starts=1,
        stops=1,
        newly_callable=1,
        no_longer_callable=1,
        rows_updated=1,
        dnd_added=1,
        dnd_removed=1,
    )
    assert len(headline_sentences(everything)) == 10


def test_a_release_is_named_also_where_no_dialer_holds_the_list():
    assert release_sentences(plan(releases={"opt-outs": 1, "registry": 1_200})) == [
        "1 number RELEASED from the do-not-call list opt-outs",
        "1,200 numbers RELEASED from the do-not-call list registry",
    ]


def test_the_last_line_counts_changes_and_calls_and_gives_the_id():
    assert totals(everyday()) == "Plan: 9 changes, 60 calls. Plan id 4f1c2a9b8e7d6c50"


def test_an_empty_plan_is_as_wanted_only_when_nothing_is_held_or_stopped():
    hold = Hold(address=campaign_change().address, what="start", why="the list is too old")
    assert totals(plan(headline=Headline(rows_unchanged=1_204))) == "No changes. 1,204 contacts as wanted."
    assert "held back" in totals(plan(holds=(hold,)))


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        ({"calls": 1, "minutes": None}, "1 call"),
        ({"calls": 0, "minutes": 0.0}, "0 calls"),
        ({"calls": 9, "minutes": 0.3}, "9 calls, under a minute"),
        ({"calls": 900, "minutes": 90.4}, "900 calls, about 90 minutes"),
        (
            {"calls": 10, "minutes": 1.0, "budget": 1_000, "budget_used": 990},
            "10 calls, about 1 minute, budget today 1,000 of 1,000",
        ),
        (
            {"calls": 11, "minutes": None, "budget": 1_000, "budget_used": 990},
            "11 calls, budget today 1,001 of 1,000; what is over waits for another day",
        ),
    ],
)
def test_what_a_plan_costs(cost, words):
    assert cost_phrase(Cost(dialer="d", vendor="v", **cost)) == words


@pytest.mark.parametrize(
    ("hours", "words"), [(0.9, "under an hour old"), (1, "1 hour old"), (47.9, "47 hours old"), (72, "3 days old")]
)
def test_how_old_something_is(hours, words):
    assert age_phrase(hours * 3_600) == words


def test_a_source_tells_what_was_set_aside_and_why():
    assert source_phrase(source()) == (
        "1,204 contacts from data/leads.csv, 12 set aside (9 no usable number; 2 no e-mail), 3 duplicates left out,"
        " see .syncengine/rejects/leads.csv"
    )
    assert source_phrase(dnd_source(accepted=1)) == "1 do-not-call number from data/opt-outs.csv, 2 days old"
    assert "set aside," in source_phrase(source(reasons={}))


def test_a_number_in_a_reason_is_masked():
    assert "3001234567" not in source_phrase(source(reasons={"not a number: 3001234567": 1}))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "not known"),
        (True, "true"),
        (False, "false"),
        ("", '""'),
        ("x", "x"),
        (3, "3"),
        (0.5, "0.5"),
        (("a", ("b",)), '["a", ["b"]]'),
        ({"k": None}, '{"k": null}'),
        ("x" * 121, "x" * 119 + "…"),
    ],
)
def test_a_value_is_shown_as_people_write_it(value, shown):
    assert shown_value(value) == shown


def test_outcomes_that_did_not_occur_are_left_out():
    assert outcomes_phrase({"rejected": 4, "applied": 1_200, "held": 0}) == "1,200 applied, 4 refused by the vendor"


def test_a_text_of_just_the_length_is_whole():
    assert short("abc", 3) == "abc"
    assert short("abcd", 3) == "ab…"
