"""Leases by dialer: who holds what, who is in whose way, and what a run can write with what it holds."""

from collections.abc import Iterator

import pytest

from syncengine.errors import LedgerError, LockedError
from syncengine.ledger import invariants
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from tests.ledger.conftest import Home
from tests.ledger.writing import NOW, begin, intent, item

CO = Address("co", "contacts", "spring")
VN = Address("vn", "contacts", "summer")


@pytest.fixture
def one(home: Home) -> Iterator[Ledger]:
    with home.open() as opened:
        yield opened


@pytest.fixture
def two(home: Home) -> Iterator[Ledger]:
    with home.open() as opened:
        yield opened


@pytest.fixture
def three(home: Home) -> Iterator[Ledger]:
    with home.open() as opened:
        yield opened


def sound(ledger: Ledger) -> bool:
    with ledger.reading() as session:
        return invariants.broken(session, "acme") == []


def test_two_runs_hold_different_dialers_at_once_and_write_about_their_own_alone(one: Ledger, two: Ledger) -> None:
    with one.lock("apply", now=NOW, dialers=["co"]), two.lock("apply", now=NOW, dialers=["vn"]):
        begin(one, intent("add", [item("1")], address=CO))
        begin(two, intent("add", [item("1")], address=VN))
        one.confirm_lock("co")
        writes = (
            lambda: begin(one, intent("add", [item("2")], address=VN)),
            lambda: one.save_rows(VN, [item("2")], now=NOW),
            lambda: one.confirm_lock("vn"),
            one.confirm_lock,
        )
        for write in writes:
            with pytest.raises(LockedError):
                write()
        assert [(holder.dialers, holder.operation) for holder in one.lock_holders()] == [
            (("co",), "apply"),
            (("vn",), "apply"),
        ]
        assert sound(one)
    assert one.lock_holders() == []


def test_all_or_none_is_taken_and_who_is_in_the_way_is_named(one: Ledger, two: Ledger, three: Ledger) -> None:
    with one.lock("apply", now=NOW, dialers=["co"]) as fence:
        with pytest.raises(LockedError) as refused, two.lock("apply", now=NOW + 20, dialers=["vn", "co"]):
            pass
        message = str(refused.value)
        assert message.startswith("co is locked: ")
        assert "runs apply since 2027-01-15 08:00:00 UTC" in message
        assert "ends in 100 s" in message
        assert "apply --only-free-dialers" in message
        assert f"syncengine state unlock {fence}" in message
        # Nothing was kept of what was free.
        with three.lock("apply", now=NOW, dialers=["vn"]):
            pass


def test_where_nothing_is_free_nobody_is_told_to_go_on_with_the_rest(home: Home) -> None:
    with home.open() as one, home.open() as two, one.lock("apply", now=NOW, dialers=["co"]):
        with pytest.raises(LockedError) as refused, two.lock("apply", now=NOW, dialers=["co"]):
            pass
        assert "only-free-dialers" not in str(refused.value)
        with pytest.raises(LockedError), two.lock("apply", now=NOW, dialers=["co"], only_free=True):
            pass


def test_only_what_is_free_is_taken_where_that_is_asked_for(home: Home) -> None:
    with (
        home.open() as one,
        home.open() as two,
        one.lock("apply", now=NOW, dialers=["co"]),
        two.lock("apply", now=NOW, dialers=["co", "uk", "vn"], only_free=True),
    ):
        assert [name for name in ("co", "uk", "vn") if two.holds(name)] == ["uk", "vn"]
        with pytest.raises(LockedError):
            begin(two, intent("add", [item("1")], address=CO))


def test_the_whole_project_and_its_dialers_keep_each_other_out(one: Ledger, two: Ledger) -> None:
    taken = pytest.raises(LockedError, match="co is locked")
    with one.lock("apply", now=NOW, dialers=["co"]), taken, two.lock("recover", now=NOW):
        pass
    with one.lock("restore", now=NOW):
        for only_free in (False, True):
            taken = pytest.raises(LockedError, match="the ledger is locked")
            with taken, two.lock("apply", now=NOW, dialers=["vn"], only_free=only_free):
                pass
        # Whoever holds the whole project holds each of its dialers.
        begin(one, intent("add", [item("1")], address=VN))
        one.confirm_lock("vn")


@pytest.mark.parametrize(("first", "second"), [((), ("co",)), (("co", "vn"), ()), (("co", "vn"), ("vn",))])
def test_a_run_that_slept_over_a_lease_can_write_about_none_of_its_dialers(
    one: Ledger, two: Ledger, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    with one.lock("apply", now=NOW, lease=60, dialers=first), two.lock("watch", now=NOW + 61, dialers=second):
        for write in (
            lambda: begin(one, intent("add", [item("1")], address=CO)),
            lambda: one.renew(clock=lambda: NOW + 62),
        ):
            with pytest.raises(LockedError, match="has taken it for watch"):
                write()
        assert sound(two)
        # What is left of the one's is given back when it ends, and nothing of the two's.
    assert two.lock_holders() == []


def test_a_run_keeps_the_dialers_that_nobody_took_over(home: Home) -> None:
    with (
        home.open() as one,
        home.open() as two,
        one.lock("apply", now=NOW, lease=60, dialers=["co"]),
        two.lock("apply", now=NOW + 61, dialers=["vn"]),
    ):
        begin(one, intent("add", [item("1")], address=CO), now=NOW + 62)
        one.confirm_lock("co")


def test_fences_grow_over_all_dialers_and_one_number_breaks_all_that_a_run_holds(one: Ledger, two: Ledger) -> None:
    dead = one.lock("apply", now=NOW, dialers=["co", "vn"])
    fence = dead.__enter__()
    with two.lock("apply", now=NOW, dialers=["uk"]) as second:
        assert second == fence + 1
        assert two.break_lock(fence) is True
        assert two.break_lock(fence) is False
        assert two.break_lock(0) is False
        assert [holder.dialers for holder in two.lock_holders()] == [("uk",)]
    with two.lock("apply", now=NOW, dialers=["co", "vn"]) as third:
        assert third == second + 1
        # The dead run's block ends late, and takes nothing from anybody.
        dead.__exit__(None, None, None)
        two.check_fence("co")


def test_what_a_plan_leaves_alone_is_given_back_and_can_be_written_about_no_more(home: Home) -> None:
    with home.open() as one, home.open() as two, one.lock("apply", now=NOW, dialers=["co", "vn"]):
        one.keep_only(["co"], operation="apply of plan 12")
        assert [(holder.dialers, holder.operation) for holder in one.lock_holders()] == [(("co",), "apply of plan 12")]
        with two.lock("apply", now=NOW, dialers=["vn"]):
            begin(one, intent("add", [item("1")], address=CO))
            with pytest.raises(LockedError, match="does not hold the lease of vn"):
                begin(one, intent("add", [item("1")], address=VN))
        one.renew(clock=lambda: NOW + 1)


def test_a_run_that_lost_one_dialer_sends_to_none(one: Ledger, two: Ledger) -> None:
    with (
        one.lock("apply", now=NOW, lease=60, dialers=["co", "vn"]),
        two.lock("apply", now=NOW + 61, dialers=["vn"]),
        pytest.raises(LockedError, match=r"the lease of vn was lost: .* has taken it"),
    ):
        begin(one, intent("add", [item("1")], address=CO), now=NOW + 62)


def test_a_release_by_name_needs_all_that_its_run_took(one: Ledger, two: Ledger) -> None:
    one.record_statements("opt-outs", ["+573001112233"], source_digest="d", now=NOW)
    with (
        one.lock("apply", now=NOW, lease=60, dialers=["co", "vn"]),
        two.lock("apply", now=NOW + 61, dialers=["vn"]),
        pytest.raises(LockedError),
    ):
        one.release("opt-outs", ["+573001112233"], basis="p", now=NOW + 62)
    assert two.all_numbers(["opt-outs"]) == {"+573001112233"}


def test_what_one_run_writes_moves_no_basis_of_the_others(one: Ledger, two: Ledger) -> None:
    with one.lock("apply", now=NOW, dialers=["co"]), two.lock("apply", now=NOW, dialers=["vn"]):
        before = {name: one.basis_at([name]) for name in ("co", "vn")}
        call = begin(one, intent("add", [item("1")], address=CO))
        begun = one.basis_at(["co"])
        one.finish_call(call, "applied", "", {}, now=NOW)
        assert before["co"] < begun < one.basis_at(["co"])
        assert one.basis_at(["vn"]) == before["vn"]
        two.renew(clock=lambda: NOW)
        assert one.basis_at(["vn"]) == before["vn"]
        # What is stated of do-not-call concerns all of them.
        two.record_statements("opt-outs", ["+573001112233"], source_digest="d", now=NOW)
        assert one.basis_at(["vn"]) > before["vn"]


def test_an_outcome_that_comes_after_the_lease_was_lost_moves_the_basis_too(home: Home) -> None:
    with home.open() as one, home.open() as two, one.lock("apply", now=NOW, lease=60, dialers=["co"]):
        call = begin(one, intent("add", [item("1")], address=CO))
        with two.lock("apply", now=NOW + 61, dialers=["co"]):
            before = two.basis_at(["co"])
            one.finish_call(call, "applied", "", {}, now=NOW + 62)
            assert two.basis_at(["co"]) > before


def test_a_call_is_settled_under_the_lease_of_its_own_dialer(one: Ledger) -> None:
    with one.lock("apply", now=NOW, dialers=["co"]):
        call = begin(one, intent("add", [item("1")], address=CO))
        one.finish_call(call, "unknown", "", {}, now=NOW)
    with one.lock("state resolve", now=NOW, dialers=["vn"]):
        with pytest.raises(LockedError):
            one.resolve_call(call, "sent", now=NOW)
        with pytest.raises(LedgerError, match="call 99 is not open"):
            one.park_call(99)
    with one.lock("state resolve", now=NOW, dialers=[one.dialer_of(call)]):
        assert one.resolve_call(call, "sent", now=NOW) == 1


def test_leases_are_renewed_once_a_quarter_of_their_time_is_over(one: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    from syncengine.ledger import held, leases

    steady = [1_000.0]
    for module in (held, leases):
        monkeypatch.setattr(module, "steady_seconds", lambda: steady[0])
    one.keep_fresh(clock=lambda: NOW)
    with one.lock("apply", now=NOW, lease=60, dialers=["co"]):
        for passed, until in ((14.0, 60.0), (15.0, 75.0)):
            steady[0] = 1_000.0 + passed
            one.keep_fresh(clock=lambda now=NOW + passed: now)
            assert one.lock_holders()[0].lease_until == pytest.approx(NOW + until, abs=0.1)
