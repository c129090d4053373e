"""The last gate asks which lists cover an address, as the ledger has them at that very moment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from syncengine.errors import LockedError
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.steps.listed import ListedNow
from tests.building import campaign, desired, dialer, dnd_list
from tests.ledger.writing import NOW

EVERYWHERE, AT_THE_DIALER, AT_SPRING, NAMED, ELSEWHERE, ORPHANED = (f"+57300123400{n}" for n in range(6))
NUMBERS = {
    "everywhere": EVERYWHERE,
    "at-the-dialer": AT_THE_DIALER,
    "at-spring": AT_SPRING,
    "named": NAMED,
    "elsewhere": ELSEWHERE,
    "gone": ORPHANED,
}
# One request that would carry all of them.
BYTES = " ".join(number[1:] for number in NUMBERS.values()).encode()
SPRING, SUMMER = Address("acme-co", "contacts", "spring"), Address("acme-co", "contacts", "summer")
DESIRED = desired(
    campaign("spring"),
    campaign("summer", dnd=("named",)),
    campaign("autumn", dialer="acme-mx"),
    dialers={"acme-co": dialer(), "acme-mx": dialer("acme-mx")},
    dnd={
        "everywhere": dnd_list("everywhere", scope=("all",)),
        "at-the-dialer": dnd_list("at-the-dialer", scope=("acme-co",)),
        "at-spring": dnd_list("at-spring", scope=("spring",)),
        "named": dnd_list("named", scope=()),
        "elsewhere": dnd_list("elsewhere", scope=("acme-mx",)),
    },
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path, "test") as opened:
        for name, number in NUMBERS.items():
            opened.record_statements(name, [number], source_digest="d", now=NOW)
        yield opened


def _listed(
    ledger: Ledger, *, orphans: Sequence[str] = (), releases: Mapping[str, Sequence[str]] | None = None
) -> ListedNow:
    return ListedNow(
        ledger=ledger, desired=DESIRED, orphans=orphans, releases=releases or {}, basis="plan-1", clock=lambda: NOW
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (SPRING, {EVERYWHERE, AT_THE_DIALER, AT_SPRING}),
        (SUMMER, {EVERYWHERE, AT_THE_DIALER, NAMED}),
        (Address("acme-mx", "contacts", "autumn"), {EVERYWHERE, ELSEWHERE}),
    ],
    ids=["by campaign", "by name", "at another dialer"],
)
def test_a_campaigns_call_is_held_against_the_lists_that_cover_it(
    ledger: Ledger, address: Address, expected: set[str]
) -> None:
    assert _listed(ledger).hits(address, BYTES) == expected


@pytest.mark.parametrize("name", ["account", "account:directory"])
def test_a_call_for_the_account_is_held_against_the_lists_of_all_its_campaigns(ledger: Ledger, name: str) -> None:
    found = _listed(ledger).hits(Address("acme-co", "directory", name), BYTES)
    assert found == {EVERYWHERE, AT_THE_DIALER, AT_SPRING, NAMED}


def test_a_dialer_without_campaigns_is_held_against_its_own_lists(ledger: Ledger) -> None:
    listed = replace(_listed(ledger), desired=replace(DESIRED, campaigns={}))
    assert listed.hits(Address("acme-co", "directory", "account"), BYTES) == {EVERYWHERE, AT_THE_DIALER}


def test_a_campaign_that_the_manifest_no_longer_has_is_held_against_the_lists_of_its_dialer(ledger: Ledger) -> None:
    assert _listed(ledger).hits(Address("acme-co", "contacts", "winter"), BYTES) == {EVERYWHERE, AT_THE_DIALER}


@pytest.mark.parametrize(
    "address", [SPRING, Address("acme-mx", "contacts", "autumn"), Address("acme-co", "dnd", "account")]
)
def test_a_list_that_only_the_ledger_knows_counts_everywhere(ledger: Ledger, address: Address) -> None:
    assert ORPHANED not in _listed(ledger).hits(address, BYTES)
    assert ORPHANED in _listed(ledger, orphans=["gone"]).hits(address, BYTES)


def test_what_another_process_reads_meanwhile_counts_from_then_on(ledger: Ledger, path: Path) -> None:
    late = "+573001234999"
    listed = _listed(ledger)
    assert listed.hits(SPRING, late.encode()) == set()
    with Ledger.open(path, "test") as other:
        other.record_statements("everywhere", [EVERYWHERE, late], source_digest="e", now=NOW)
    assert listed.hits(SPRING, late.encode()) == {late}


def test_a_release_takes_the_number_out_of_force_in_the_ledger(ledger: Ledger) -> None:
    listed = _listed(ledger, releases={"everywhere": [EVERYWHERE]})
    with ledger.lock("apply", now=NOW):
        assert EVERYWHERE in listed.hits(SPRING, BYTES)
        listed.release()
        assert listed.hits(SPRING, BYTES) == {AT_THE_DIALER, AT_SPRING}
    assert ledger.all_numbers(["everywhere"]) == set()
    assert ledger.all_numbers(["at-the-dialer"]) == {AT_THE_DIALER}


def test_a_release_is_written_once(ledger: Ledger) -> None:
    """A number that is stated again after its release is not released a second time by the same apply."""
    listed = _listed(ledger, releases={"everywhere": [EVERYWHERE]})
    with ledger.lock("apply", now=NOW):
        listed.release()
        ledger.record_statements("everywhere", [], source_digest="e", now=NOW)
        ledger.record_statements("everywhere", [EVERYWHERE], source_digest="f", now=NOW)
        listed.release()
    assert ledger.all_numbers(["everywhere"]) == {EVERYWHERE}


def test_a_release_needs_the_lock(ledger: Ledger) -> None:
    with pytest.raises(LockedError):
        _listed(ledger, releases={"everywhere": [EVERYWHERE]}).release()
    assert ledger.all_numbers(["everywhere"]) == {EVERYWHERE}


def test_a_number_that_stands_on_another_list_stays(ledger: Ledger) -> None:
    ledger.record_statements("at-the-dialer", [AT_THE_DIALER, EVERYWHERE], source_digest="e", now=NOW)
    listed = _listed(ledger, releases={"everywhere": [EVERYWHERE]})
    with ledger.lock("apply", now=NOW):
        listed.release()
    assert EVERYWHERE in listed.hits(SPRING, BYTES)
    assert EVERYWHERE not in listed.hits(Address("acme-mx", "contacts", "autumn"), BYTES)
