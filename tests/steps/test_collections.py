"""Which collections a run is about, and what feeds them."""

from dataclasses import replace
from typing import Any

from syncengine.model.address import Address
from syncengine.model.desired import Desired
from syncengine.model.vendor import CampaignField, Collection, Vendor
from syncengine.steps.collections import Member, collection_of, lists_without_people, members_of
from tests.building import campaign, contacts_collection, desired, dialer, dnd_collection, dnd_list, known, vendor


def with_collections(*collections: Collection, **more: Any) -> Vendor:
    return vendor(collections=collections, **more)


def members(made: Desired, of: Vendor, orphans: tuple[str, ...] = ()) -> dict[str, Member]:
    return {str(m.address): m for m in members_of(made, dialer(), of, {}, orphans)}


FAST = replace(contacts_collection(), name="fast", when={"type": ("fast", "faster")})
SLOW = replace(contacts_collection(), name="slow", when={"type": ("slow",)})
STAYING = replace(dnd_collection(), name="staying", when={"lasts": ("no",)})
LAPSING = replace(dnd_collection(), name="lapsing", when={"lasts": ("yes",)})


def test_the_first_collection_that_fits_the_campaign_holds_its_contacts() -> None:
    of = with_collections(FAST, SLOW)
    for stated, expected in (("fast", "fast"), ("faster", "fast"), ("slow", "slow")):
        found = collection_of(of, campaign(fields={"type": stated}), None)
        assert found is not None
        assert found.name == expected
    assert collection_of(of, campaign(fields={"type": "other"}), None) is None
    assert collection_of(of, campaign(), None) is None


def test_what_the_manifest_does_not_state_is_what_is_known_or_else_the_default() -> None:
    of = with_collections(FAST, SLOW)
    found = collection_of(of, campaign(), known(fields={"type": "slow"}))
    assert found is not None
    assert found.name == "slow"
    stated = collection_of(of, campaign(fields={"type": "fast"}), known(fields={"type": "slow"}))
    assert stated is not None
    assert stated.name == "fast"
    by_default = CampaignField(name="type", to="type", default="slow")
    preset = replace(of, campaigns=replace(of.campaigns, fields=of.campaigns.fields | {"type": by_default}))
    usual = collection_of(preset, campaign(), None)
    assert usual is not None
    assert usual.name == "slow"


def test_contacts_are_kept_from_all_lists_that_cover_their_campaign() -> None:
    made = desired(
        campaign(dnd=("own",)),
        dnd={
            "own": dnd_list("own", scope=()),
            "all": dnd_list("all"),
            "dialer": dnd_list("dialer", scope=("acme-co",)),
            "other": dnd_list("other", scope=("autumn",)),
        },
    )
    found = members(made, vendor(), ("orphan",))["acme-co/contacts/spring"]
    assert found.dnd == ("all", "dialer", "own", "orphan")
    assert (found.contacts, found.campaign) == (("leads",), "spring")


def test_campaigns_of_other_dialers_are_not_its_own() -> None:
    made = desired(campaign(), campaign("autumn", dialer="acme-ar"))
    assert "acme-co/contacts/autumn" not in members(made, vendor())


def test_a_list_of_the_account_takes_the_lists_that_cover_the_dialer_and_those_that_nobody_names_any_more() -> None:
    made = desired(
        campaign(dnd=("own",)),
        dnd={"own": dnd_list("own", scope=()), "all": dnd_list("all"), "dialer": dnd_list("d", scope=("acme-co",))},
    )
    found = members(made, vendor(), ("orphan",))["acme-co/dnd/account"]
    assert found.dnd == ("all", "d", "orphan")
    assert (found.campaign, found.lasts_days) == ("", None)


def test_of_two_lists_of_the_account_each_has_an_address_and_the_lists_that_fit_it() -> None:
    made = desired(
        campaign(), dnd={"a": dnd_list("a"), "b": dnd_list("b", lasts_days=90), "c": dnd_list("c", lasts_days=30)}
    )
    found = members(made, with_collections(contacts_collection(), STAYING, LAPSING), ("orphan",))
    staying, lapsing = found["acme-co/dnd/account"], found["acme-co/dnd/account:lapsing"]
    assert (staying.dnd, staying.lasts_days) == (("a", "orphan"), None)
    assert (lapsing.dnd, lapsing.lasts_days) == (("b", "c"), 30)


def test_what_nobody_names_any_more_never_goes_where_entries_lapse() -> None:
    found = members(desired(campaign()), with_collections(contacts_collection(), STAYING, LAPSING), ("orphan",))
    assert found["acme-co/dnd/account"].dnd == ("orphan",)
    assert found["acme-co/dnd/account:lapsing"].dnd == ()


def test_where_one_list_takes_both_kinds_what_nobody_names_any_more_stays_on_it() -> None:
    made = desired(campaign(), dnd={"a": dnd_list("a", lasts_days=30)})
    found = members(made, vendor(), ("orphan",))["acme-co/dnd/account"]
    assert (found.dnd, found.lasts_days) == (("a", "orphan"), 30)


def test_a_list_of_each_campaign_takes_what_covers_that_campaign() -> None:
    of = with_collections(contacts_collection(), replace(dnd_collection(), scope="campaign"))
    made = desired(
        campaign(dnd=("own",)),
        campaign("autumn"),
        dnd={"own": dnd_list("own", scope=()), "all": dnd_list("all")},
    )
    found = members(made, of)
    assert found["acme-co/dnd/spring"].dnd == ("all", "own")
    assert found["acme-co/dnd/autumn"].dnd == ("all",)
    assert found["acme-co/dnd/spring"].campaign == "spring"


def test_a_directory_holds_the_people_of_campaigns_that_need_it_and_of_lists_that_are_kept_in_it() -> None:
    people = Collection(name="people", holds="directory", scope="account")
    of = with_collections(replace(contacts_collection(), needs="people"), people)
    made = desired(
        campaign(contacts=("leads", "more")),
        directories={"staff": ("acme-co",), "elsewhere": ("acme-ar",), "leads": ("acme-co",)},
    )
    found = members(made, of)["acme-co/directory/account"]
    assert found.contacts == ("staff", "leads", "more")
    assert found.dnd == ()


def test_a_directory_that_nobody_needs_is_left_alone() -> None:
    people = Collection(name="people", holds="directory", scope="account")
    assert not any("directory" in address for address in members(desired(campaign()), with_collections(people)))


def test_lists_are_filled_before_contacts_are_looked_at() -> None:
    people = Collection(name="people", holds="directory", scope="account")
    of = with_collections(replace(contacts_collection(), needs="people"), people, dnd_collection())
    kinds = [m.address.kind for m in members_of(desired(campaign()), dialer(), of, {}, ())]
    assert kinds == ["dnd", "directory", "contacts"]
    assert Address("acme-co", "dnd", "account").of_account


def test_a_list_holds_no_people_when_every_campaign_takes_rows_that_it_cannot_see() -> None:
    of = with_collections(replace(contacts_collection(), when={"type": ("filter",)}, opaque=True), SLOW)
    made = desired(
        campaign(contacts=("filters", "both"), fields={"type": "filter"}),
        campaign("autumn", contacts=("people", "both"), fields={"type": "slow"}),
        directories={"staff": ("acme-co",)},
    )
    assert lists_without_people(made, {"acme-co": of}, {}) == {"filters"}
