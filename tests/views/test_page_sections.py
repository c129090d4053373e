import re

from syncengine.model.address import Address
from syncengine.model.plan import Cost, Headline, Hold, Level
from syncengine.views import page_sections
from syncengine.views.page_groups import campaign_groups
from tests.views import plans


def text(markup):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(markup))).strip()


def cards(plan):
    return str(page_sections.campaigns(campaign_groups(plan)))


def test_the_headline_is_in_business_words():
    words = text(page_sections.tiles(plans.everyday()))
    for phrase in (
        "1 campaign starts",
        "1 campaign stops",
        "1,204 people become callable",
        "341 people stop being callable",
        "12 do-not-call entries go in",
        "0 do-not-call entries come out",
        "60 calls to make",
        "12 minutes at the vendors&#x27; limits",
        "acme-co : 60 calls, about 12 minutes, budget today 260 of 1,000",
    ):
        assert phrase in words
    assert "acme-pe" not in words


def test_a_release_that_no_dialer_hears_of_is_in_the_headline_too():
    assert "3 do-not-call entries come out" in text(page_sections.tiles(plans.plan(releases={"a": 1, "b": 2})))
    both = plans.plan(releases={"a": 2}, headline=Headline(dnd_removed=2))
    assert "2 do-not-call entries come out" in text(page_sections.tiles(both))


def test_no_minutes_are_told_where_no_limit_is_known():
    plan = plans.plan(costs=(Cost(dialer="a", vendor="A", calls=9, minutes=None),))
    assert "minute" not in text(page_sections.tiles(plan))


def test_stops_releases_dangers_and_holds_stand_together_each_with_its_way_on():
    words = text(page_sections.obstacles(plans.stopped()))
    order = [
        "Stopped by guards",
        "--allow-remove 900",
        "manifests/winter.yaml:7:11",
        "Taken off do-not-call lists",
        "In danger",
        "2 listed numbers",
        "Held back",
        "source registry: data/registry.csv is missing",
        "acme-co/campaign/a, acme-co/campaign/b, acme-co/campaign/c and 2 more alike",
    ]
    assert [words.index(phrase) for phrase in order] == sorted(words.index(phrase) for phrase in order)
    assert page_sections.obstacles(plans.everyday()) == ""


def test_thousands_of_holds_are_counted_and_not_all_drawn():
    holds = tuple(
        Hold(address=Address("acme-co", "campaign", f"c{n}"), what="start", why=f"w{n}") for n in range(2_000)
    )
    shown = str(page_sections.obstacles(plans.plan(holds=holds)))
    assert shown.count("<li>") == 500
    assert "and 1,500 more" in shown


def test_a_card_says_what_happens_to_a_campaign_why_and_what_it_can_do_to_people():
    words = text(cards(plans.everyday()))
    assert "spring at acme-co show in the list" in words
    assert "add 1,204 contacts not there yet, believed, can ring people, 13 calls" in words
    assert "erases the history of the record" in words
    assert "speed 5 → 7" in words
    assert "the whole account" in words


def test_campaigns_alike_are_one_card_with_their_names_folded():
    many = range(10_000)
    changes = tuple(plans.row_change(key=f"c{n:04}", count=10, calls=1) for n in many)
    shown = cards(plans.plan(Level("contact additions and updates", changes)))
    assert shown.count("<article") == 1
    assert "add 100,000 contacts" in shown
    assert "c0000, c0001, c0002 and 9,997 more alike" in shown
    assert len(shown) < 10_000


def test_campaigns_in_many_ways_are_counted_and_left_to_the_list():
    shown = cards(plans.large(1_000))
    assert shown.count("<article") == 200
    assert "and 800 more campaigns in other ways" in text(shown)


def test_rows_set_aside_are_told_by_source_with_reasons_and_file():
    words = text(page_sections.rejects(plans.everyday()))
    assert "leads : 12 of 1,219 rows set aside" in words
    assert "9 × no usable number" in words
    assert "kept in .syncengine/rejects/leads.csv" in words
    assert page_sections.rejects(plans.plan()) == ""


def test_no_number_is_shown_whole():
    plan = plans.plan(
        Level("contact additions and updates", (plans.row_change(sample=("+573001234567",)),)),
        sources=(plans.source(reasons={"+573001234567 is no number": 1}),),
    )
    assert "3001234567" not in cards(plan) + page_sections.rejects(plan)


def test_notes_sources_and_dialers_are_there_and_left_out_where_there_is_nothing_to_say():
    plan = plans.everyday()
    assert "3 rows wait for the outcome" in text(page_sections.notes(plan))
    assert "opt-outs do-not-call list data/opt-outs.csv 412 0 0 2 days old" in text(page_sections.sources(plan))
    assert "acme-pe Acme 0 calls listed numbers are kept out" in text(page_sections.dialers(plan))
    empty = plans.plan()
    assert [page_sections.notes(empty), page_sections.sources(empty), page_sections.dialers(empty)] == ["", "", ""]
