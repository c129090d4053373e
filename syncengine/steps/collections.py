"""Which collections of rows a run is about.

For each campaign the vendor's way to hold its contacts; for each dialer the do-not-call lists and the directories of
people that are kept there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncengine.model.address import Address, Kind
from syncengine.model.desired import Campaign, Desired, Dialer, DndList
from syncengine.model.findings import KnownCampaign
from syncengine.model.vendor import Collection, Vendor


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One collection at one dialer, and what feeds it."""

    address: Address
    collection: Collection
    # Contact lists that feed it (contacts and directories), by name.
    contacts: tuple[str, ...] = ()
    # Do-not-call lists: those that fill it (dnd), or those that keep people out of it (contacts).
    dnd: tuple[str, ...] = ()
    # The campaign it belongs to; empty for the account's.
    campaign: str = ""
    # Days after which entries lapse at the dialer; None: they stay.
    lasts_days: int | None = None


# Dialer name -> campaign key -> the campaign as the ledger knows it.
KnownByDialer = Mapping[str, Mapping[str, KnownCampaign]]


def collection_of(vendor: Vendor, campaign: Campaign, known: KnownCampaign | None) -> Collection | None:
    """Return how the vendor holds a campaign's contacts: the first collection whose ``when`` fits its fields."""
    fields: dict[str, object] = {
        name: rule.default for name, rule in vendor.campaigns.fields.items() if rule.default is not None
    }
    fields |= dict(known.fields) if known else {}
    fields |= dict(campaign.fields)
    for collection in vendor.collections:
        if collection.holds == "contacts" and _fits(collection, fields):
            return collection
    return None


def lists_without_people(desired: Desired, vendors: Mapping[str, Vendor], known: KnownByDialer) -> set[str]:
    """Return the contact lists whose rows are no people: every campaign that they feed takes rows that it cannot see.

    Args:
        desired: what the manifest wants.
        vendors: dialer name -> its vendor.
        known: dialer name -> its campaigns as the ledger knows them.
    """
    seen: dict[str, bool] = {name: False for name, dialers in desired.directories.items() if dialers}
    for campaign in desired.campaigns.values():
        remembered = known.get(campaign.dialer, {}).get(campaign.key)
        collection = collection_of(vendors[campaign.dialer], campaign, remembered)
        for name in campaign.contacts:
            opaque = collection is not None and collection.opaque
            seen[name] = seen.get(name, True) and opaque
    return {name for name, opaque in seen.items() if opaque}


def members_of(
    desired: Desired, dialer: Dialer, vendor: Vendor, known: Mapping[str, KnownCampaign], orphans: Sequence[str]
) -> Iterator[Member]:
    """Walk the collections of one dialer: account lists, campaign lists, directories, contacts.

    ``orphans`` are do-not-call lists that the ledger knows and the manifest no longer names: nobody has released their
    numbers, so they count everywhere.
    """
    campaigns = [c for c in desired.campaigns.values() if c.dialer == dialer.name]
    yield from _dnd_members(desired, dialer, vendor, campaigns, orphans)
    contacts = list(_contacts_members(desired, vendor, campaigns, known, orphans))
    yield from _directory_members(desired, dialer, vendor, contacts)
    yield from contacts


def _contacts_members(
    desired: Desired,
    vendor: Vendor,
    campaigns: Sequence[Campaign],
    known: Mapping[str, KnownCampaign],
    orphans: Sequence[str],
) -> Iterator[Member]:
    for campaign in campaigns:
        collection = collection_of(vendor, campaign, known.get(campaign.key))
        if collection is None:
            continue
        yield Member(
            address=Address(campaign.dialer, "contacts", campaign.key),
            collection=collection,
            contacts=campaign.contacts,
            dnd=(*(found.name for found in desired.dnd_of(campaign)), *orphans),
            campaign=campaign.key,
        )


def _dnd_members(
    desired: Desired, dialer: Dialer, vendor: Vendor, campaigns: Sequence[Campaign], orphans: Sequence[str]
) -> Iterator[Member]:
    for collection in vendor.collections:
        if collection.holds != "dnd":
            continue
        if collection.scope == "account":
            lists = [found for found in desired.dnd_at(dialer.name) if _takes(collection, found)]
            yield _dnd_member(_account_address(dialer, vendor, collection), collection, lists, orphans)
            continue
        for campaign in campaigns:
            lists = [found for found in desired.dnd_of(campaign) if _takes(collection, found)]
            address = Address(dialer.name, "dnd", campaign.key)
            yield _dnd_member(address, collection, lists, orphans, campaign=campaign.key)


def _dnd_member(
    address: Address,
    collection: Collection,
    lists: Sequence[DndList],
    orphans: Sequence[str],
    *,
    campaign: str = "",
) -> Member:
    days = [found.lasts_days for found in lists if found.lasts_days is not None]
    # Nobody knows any more whether an orphan's entries were to lapse, so they go where entries may stay.
    names = [found.name for found in lists] + (list(orphans) if _fits(collection, _STAYING) else [])
    return Member(
        address=address,
        collection=collection,
        dnd=tuple(names),
        campaign=campaign,
        lasts_days=min(days) if days else None,
    )


def _directory_members(
    desired: Desired, dialer: Dialer, vendor: Vendor, contacts: Sequence[Member]
) -> Iterator[Member]:
    """A directory holds the people of the campaigns that need it, and of the lists that the manifest keeps in it."""
    stated = [name for name, dialers in desired.directories.items() if dialer.name in dialers]
    for collection in vendor.collections:
        if collection.holds != "directory":
            continue
        needed = [name for member in contacts if member.collection.needs == collection.name for name in member.contacts]
        lists = tuple(dict.fromkeys([*stated, *needed]))
        # Whoever is not to be called is not made known to the dialer either.
        covering = [found.name for found in desired.dnd_at(dialer.name)]
        covering += [name for member in contacts if member.collection.needs == collection.name for name in member.dnd]
        if lists:
            yield Member(
                address=_account_address(dialer, vendor, collection),
                collection=collection,
                contacts=lists,
                dnd=tuple(dict.fromkeys(covering)),
            )


def _account_address(dialer: Dialer, vendor: Vendor, collection: Collection) -> Address:
    kind: Kind = "dnd" if collection.holds == "dnd" else "directory"
    return Address(dialer.name, kind, vendor.account_name(collection.name))


# Which entries of do-not-call lists a collection is for, in the words of its ``when``.
_STAYING, _LAPSING = {"lasts": "no"}, {"lasts": "yes"}


def _takes(collection: Collection, dnd_list: DndList) -> bool:
    return _fits(collection, _STAYING if dnd_list.lasts_days is None else _LAPSING)


def _fits(collection: Collection, fields: Mapping[str, object]) -> bool:
    return all(str(fields.get(name, "")) in allowed for name, allowed in collection.when.items())
