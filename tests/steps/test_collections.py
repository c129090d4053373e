"""Which collections a run is about: the vendor's way for each campaign, the account's lists, the directories."""

from collections.abc import Mapping, Sequence

import pytest

from syncengine.config.vendor_files import load_vendor
from syncengine.diagnostics import Diagnostics
from syncengine.model.desired import Campaign, Desired, DndList
from syncengine.model.findings import KnownCampaign
from syncengine.model.vendor import Vendor
from syncengine.steps.collections import Member, collection_of, lists_without_people, members_of
from tests.building import campaign, desired, dialer, dnd_list, known


def _vendor(name: str) -> Vendor:
    loaded = load_vendor(name, Diagnostics())
    assert loaded is not None
    return loaded.vendor


LYNN, WOLKVOX, STRINGEE, THULIUM = (_vendor(name) for name in ("lynn", "wolkvox", "stringee", "thulium"))


def _name(vendor: Vendor, stated: Campaign, remembered: KnownCampaign | None = None) -> str | None:
    found = collection_of(vendor, stated, remembered)
    return found.name if found else None


def _members(
    vendor: Vendor,
    *campaigns: Campaign,
    lists: Sequence[DndList] = (),
    remembered: Mapping[str, KnownCampaign] | None = None,
    orphans: Sequence[str] = (),
    directories: Mapping[str, tuple[str, ...]] | None = None,
) -> dict[str, Member]:
    wanted = desired(*campaigns, dnd={found.name: found for found in lists}, directories=directories or {})
    found = list(members_of(wanted, dialer(), vendor, remembered or {}, orphans))
    by_address = {str(member.address): member for member in found}
    assert len(by_address) == len(found)
    return by_address


# ---------------------------------------------------------------------------------------------- the campaign's own way


@pytest.mark.parametrize(("load", "name"), [("data", "campaign_data"), ("file", "campaign_file")])
def test_a_campaigns_fields_choose_the_way_in(load: str, name: str) -> None:
    assert _name(LYNN, campaign(fields={"load": load})) == name


def test_what_the_manifest_does_not_state_is_the_vendors_default() -> None:
    assert _name(LYNN, campaign()) == "campaign_data"
    assert _name(STRINGEE, campaign()) == "phones"


def test_what_the_ledger_knows_goes_before_the_default_and_after_the_manifest() -> None:
    remembered = known(fields={"load": "file"})
    assert _name(LYNN, campaign(), remembered) == "campaign_file"
    assert _name(LYNN, campaign(fields={"load": "data"}), remembered) == "campaign_data"


def test_a_campaign_that_fits_no_way_in_has_no_rows() -> None:
    assert _name(THULIUM, campaign()) is None
    assert not [address for address in _members(THULIUM, campaign()) if "/contacts/" in address]


def test_each_campaign_is_fed_by_its_own_lists() -> None:
    members = _members(WOLKVOX, *_two(fields={"type": "predictive"}))
    assert members["acme-co/contacts/spring"].contacts == ("leads",)
    assert members["acme-co/contacts/summer"].contacts == ("people", "leads")
    assert members["acme-co/contacts/summer"].campaign == "summer"


def _two(**more: object) -> tuple[Campaign, Campaign]:
    return campaign("spring", **more), campaign("summer", contacts=("people", "leads"), **more)


def test_a_campaign_of_another_dialer_is_not_among_them() -> None:
    members = _members(WOLKVOX, campaign(dialer="acme-mx", fields={"type": "predictive"}))
    assert list(members) == ["acme-co/dnd/account", "acme-co/dnd/account:expiring_dnc"]


def test_the_lists_that_keep_people_out_are_those_that_cover_the_campaign_and_the_orphans() -> None:
    lists = [dnd_list("all"), dnd_list("spring-only", scope=("spring",)), dnd_list("elsewhere", scope=("acme-mx",))]
    members = _members(WOLKVOX, *_two(fields={"type": "predictive"}), lists=lists, orphans=["gone"])
    assert members["acme-co/contacts/spring"].dnd == ("all", "spring-only", "gone")
    assert members["acme-co/contacts/summer"].dnd == ("all", "gone")


# -------------------------------------------------------------------------------------------------------- do-not-call


def test_two_lists_of_the_account_have_an_address_each() -> None:
    members = _members(WOLKVOX)
    assert members["acme-co/dnd/account"].collection.name == "account_dnc"
    assert members["acme-co/dnd/account:expiring_dnc"].collection.name == "expiring_dnc"


def test_entries_that_stay_and_entries_that_lapse_go_where_each_belongs() -> None:
    lists = [dnd_list("stays"), dnd_list("month", lasts_days=30), dnd_list("week", lasts_days=7)]
    members = _members(WOLKVOX, lists=lists)
    stays, lapses = members["acme-co/dnd/account"], members["acme-co/dnd/account:expiring_dnc"]
    assert (stays.dnd, stays.lasts_days) == (("stays",), None)
    assert (set(lapses.dnd), lapses.lasts_days) == ({"month", "week"}, 7)


def test_an_orphans_numbers_go_where_entries_stay() -> None:
    members = _members(WOLKVOX, orphans=["gone"])
    assert members["acme-co/dnd/account"].dnd == ("gone",)
    assert members["acme-co/dnd/account:expiring_dnc"].dnd == ()


def test_a_vendor_that_knows_one_kind_of_entry_takes_both() -> None:
    lists = [dnd_list("stays"), dnd_list("month", lasts_days=30)]
    member = _members(LYNN, campaign(), lists=lists)["acme-co/dnd/spring"]
    assert set(member.dnd) == {"stays", "month"}


def test_a_list_for_one_campaign_is_no_list_of_the_account() -> None:
    lists = [dnd_list("here", scope=("acme-co",)), dnd_list("spring-only", scope=("spring",))]
    assert _members(WOLKVOX, campaign(), lists=lists)["acme-co/dnd/account"].dnd == ("here",)


def test_each_campaigns_own_list_holds_what_covers_it() -> None:
    lists = [dnd_list("all"), dnd_list("spring-only", scope=("spring",))]
    members = _members(LYNN, *_two(), lists=lists)
    assert members["acme-co/dnd/spring"].dnd == ("all", "spring-only")
    assert members["acme-co/dnd/summer"].dnd == ("all",)
    assert members["acme-co/dnd/summer"].campaign == "summer"


# --------------------------------------------------------------------------------------------------------- directories


def test_a_directory_is_fed_by_the_campaigns_that_need_it() -> None:
    spring = campaign("spring", fields={"feed": "crm"}, contacts=("leads", "people"))
    summer = campaign("summer", fields={"feed": "crm"}, contacts=("people", "others"))
    by_number = campaign("autumn", fields={"feed": "csv"}, contacts=("numbers",))
    directory = _members(THULIUM, spring, summer, by_number)["acme-co/directory/account"]
    assert directory.contacts == ("leads", "people", "others")
    assert directory.campaign == ""


def test_a_directory_keeps_the_lists_that_the_manifest_puts_there() -> None:
    stated = {"staff": ("acme-co",), "elsewhere": ("acme-mx",)}
    spring = campaign("spring", fields={"feed": "crm"})
    assert _members(THULIUM, spring, directories=stated)["acme-co/directory/account"].contacts == ("staff", "leads")


def test_a_directory_that_nobody_feeds_is_left_alone() -> None:
    assert "acme-co/directory/account" not in _members(THULIUM, campaign(fields={"feed": "csv"}))


def test_a_directory_comes_before_the_contacts_that_stand_on_it() -> None:
    order = list(_members(THULIUM, campaign(fields={"feed": "crm"})))
    assert order.index("acme-co/directory/account") < order.index("acme-co/contacts/spring")


# ------------------------------------------------------------------------------------------------------ no people


def _without_people(wanted: Desired, **remembered: KnownCampaign) -> set[str]:
    return lists_without_people(wanted, {"acme-co": STRINGEE}, {"acme-co": remembered})


def test_a_list_of_filters_holds_no_people() -> None:
    assert _without_people(desired(campaign(fields={"load": "filters"}))) == {"leads"}
    assert _without_people(desired(campaign(fields={"load": "phones"}))) == set()


def test_a_list_that_feeds_one_campaign_with_people_holds_people() -> None:
    filters = campaign("spring", fields={"load": "filters"})
    assert _without_people(desired(filters, campaign("summer"))) == set()
    assert _without_people(desired(campaign("summer"), filters)) == set()
    assert _without_people(desired(filters, directories={"leads": ("acme-co",)})) == set()


def test_what_the_ledger_knows_of_a_campaign_tells_what_its_rows_are() -> None:
    assert _without_people(desired(campaign()), spring=known(fields={"load": "filters"})) == {"leads"}
