"""A whole plan: order, what depends on what, what stops a dialer and what stops the run."""

import asyncio
from dataclasses import replace
from typing import get_args

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.errors import LedgerError, LockedError
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.run_journal import LedgerBudget
from syncengine.model.address import Address
from syncengine.model.answers import Items, Match, ResponseClass
from syncengine.model.calling import Limits, Proof, Task
from syncengine.model.plan import LevelName
from syncengine.model.report import ApplyReport
from syncengine.remote.executor import Execution, _lists
from syncengine.remote.tally import Tally
from tests.building import known
from tests.remote.applying import (
    DIALER,
    Bench,
    Seen,
    call,
    campaign_change,
    dnc,
    item,
    items,
    name_change,
    only,
    records,
    rows_change,
    state,
    total,
    vendor,
)

OTHER = "acme-ar"
ACCOUNT_LIST = {"address": Address(DIALER, "dnd", "account"), "collection": "dnc"}


def complete(report: ApplyReport, bench: Bench) -> bool:
    """Whether every change is told of, with an outcome for each of its rows."""
    sizes = [getattr(change, "count", 1) for level in bench.plan().levels for change in level.changes]
    return [sum(change.outcomes.values()) for change in report.changes] == sizes


def every_level(bench: Bench) -> None:
    """Plan one change in each level, in the order of the levels."""
    bench.campaigns |= {"old": state("old", id="9", known=known("old"))}
    for name in ("list", "gone", "new", "freed", "back"):
        bench.rows(name, items({"list": 1, "gone": 2, "new": 3, "freed": 4, "back": 5}[name]))
    bench.level("dnd additions", rows_change("add", "list", 1, effect="suppressing", **ACCOUNT_LIST))
    bench.level("stops", campaign_change("stop"))
    bench.level("contact removals", rows_change("remove", "gone", 1, reason="not_in_source"))
    bench.level("campaign changes", campaign_change("update", fields=name_change("Summer")))
    bench.level("contact additions and updates", rows_change("add", "new", 1))
    bench.level("starts", campaign_change("start"))
    bench.level("campaign deletions", campaign_change("delete", "old"))
    bench.level("dnd removals", rows_change("remove", "freed", 1, effect="dialable", reason="released", **ACCOUNT_LIST))
    bench.level("contacts released from dnd", rows_change("add", "back", 1, reason="released"))


IN_ORDER = [
    "dnc.add",
    "campaigns.stop",
    "records.remove",
    "campaigns.update",
    "records.add",
    "campaigns.start",
    "campaigns.delete",
    "dnc.remove",
    "records.add",
]


def test_the_levels_go_out_in_their_order(bench: Bench) -> None:
    every_level(bench)
    report = bench.apply()
    assert bench.dialers.names() == IN_ORDER
    assert report.complete
    assert complete(report, bench)
    assert report.plan_id == "p1"


def test_a_release_that_is_refused_is_told_once(bench: Bench) -> None:
    every_level(bench)
    bench.listed.why_not_released = "they stay in force"
    assert bench.apply().alarms.count("they stay in force") == 1


def test_releases_are_written_ahead_of_the_first_call_that_frees_a_number(bench: Bench) -> None:
    every_level(bench)
    seen: dict[str, int] = {}
    bench.dialers.before = lambda call_: seen.update({call_.name: bench.listed.released})
    bench.apply()
    assert (seen["campaigns.delete"], seen["dnc.remove"]) == (0, 1)


def test_the_second_level_begins_when_the_first_has_ended(bench: Bench) -> None:
    bench.limits = Limits(concurrency=8)
    ended: list[str] = []

    async def slowly(seen: Seen) -> int:
        await asyncio.sleep(0.01)
        ended.append(seen.name)
        return 200

    bench.dialers.answers = {"records.remove": slowly}
    bench.dialers.before = lambda seen: seen.name != "records.add" or ended.append("begun")  # type: ignore[func-returns-value]  # a short if
    bench.removing(1, 2, 3, 4, 5, 6)
    bench.adding(11, 12)
    bench.apply()
    assert ended == ["records.remove"] * 3 + ["begun"]


def test_dialers_go_side_by_side(bench: Bench) -> None:
    bench.names = (DIALER, OTHER)
    both = asyncio.Barrier(2)

    async def together(seen: Seen) -> int:
        # Neither is answered before both have come.
        await asyncio.wait_for(both.wait(), 5)
        return 200

    bench.dialers.answers = {"records.add": together}
    bench.adding(1)
    bench.rows("there", items(2))
    bench.level(
        "contact additions and updates", rows_change("add", "there", 1, address=Address(OTHER, "contacts", "spring"))
    )
    report = bench.apply()
    assert report.complete
    assert bench.dialers.names(OTHER) == ["records.add"]


def test_a_slow_dialer_holds_up_no_other(bench: Bench) -> None:
    bench.names = (DIALER, OTHER)
    others_done = asyncio.Event()

    async def at_its_own_pace(seen: Seen) -> int:
        if seen.dialer == DIALER:
            # Its first answer comes after all of the other's calls, of every level.
            await asyncio.wait_for(others_done.wait(), 5)
        elif len(bench.dialers.names(OTHER)) == 6:
            others_done.set()
        return 200

    bench.dialers.answers = {"records.add": at_its_own_pace, "records.remove": at_its_own_pace}
    bench.adding(1, 2, 3)
    there = Address(OTHER, "contacts", "spring")
    for number, action in enumerate(("remove", "add")):
        bench.rows(action, items(*range(10 * number, 10 * number + 6)))
        bench.level("contact additions and updates", rows_change(action, action, 6, address=there))
    assert bench.apply().complete
    assert bench.dialers.names()[0] == "records.add"


# ------------------------------------------------------------------------------------------- what depends on what


def test_a_failed_addition_to_the_accounts_list_holds_additions_and_starts_of_all_its_campaigns(bench: Bench) -> None:
    bench.names = (DIALER, OTHER)
    bench.dialers.answers = {"dnc.add": lambda seen: (422, {"no": "way"}) if seen.dialer == DIALER else 200}
    bench.listing(1)
    bench.removing(2)
    bench.level("campaign changes", campaign_change("update", fields=name_change("Summer")))
    bench.adding(3)
    bench.level("starts", campaign_change("start"))
    bench.rows("there", items(4))
    elsewhere = rows_change("add", "there", 1, address=Address(OTHER, "contacts", "spring"))
    bench.level("contact additions and updates", elsewhere)
    report = bench.apply()
    # Removals and settings go on, and so does the other dialer.
    assert bench.dialers.names() == ["dnc.add", "records.remove", "campaigns.update"]
    assert bench.dialers.names(OTHER) == ["records.add"]
    held = [change for change in report.changes if change.outcomes == {"held": 1}]
    assert [change.action for change in held] == ["add", "start"]
    assert all("do-not-call entry is not confirmed" in why for change in held for why in change.messages)
    assert complete(report, bench)


def test_a_failed_addition_to_the_list_of_one_campaign_holds_that_campaign_alone(bench: Bench) -> None:
    bench.vendor = vendor(records(), dnc(scope="campaign"))
    bench.campaigns["autumn"] = state("autumn", id="18")
    bench.dialers.answers = {"dnc.add": lambda _: 422}
    bench.listing(1, address=Address(DIALER, "dnd", "spring"))
    bench.adding(3)
    bench.adding(4, address=Address(DIALER, "contacts", "autumn"))
    bench.level("starts", campaign_change("start"), campaign_change("start", "autumn"))
    report = bench.apply()
    assert [seen.body["campaign"]["key"] for seen in bench.dialers.calls if seen.name != "dnc.add"] == [
        "autumn",
        "autumn",
    ]
    assert total(report) == {"rejected": 1, "held": 2, "applied": 2}


def test_a_second_list_of_the_account_holds_all_of_it_as_well(bench: Bench) -> None:
    bench.vendor = vendor(records(), dnc(name="lasting"), dnc())
    bench.dialers.answers = {"dnc.add": lambda _: 422}
    bench.listing(1, address=Address(DIALER, "dnd", "account:dnc"))
    bench.adding(2)
    assert total(bench.apply()) == {"rejected": 1, "held": 1}


@pytest.mark.parametrize("answer", [500, 422, 429, 403])
def test_whatever_became_of_a_listing_it_protects_only_when_it_is_confirmed(bench: Bench, answer: int) -> None:
    bench.dialers.answers = {"dnc.add": lambda _: answer}
    bench.listing(1)
    bench.adding(3)
    bench.level("starts", campaign_change("start"))
    bench.apply()
    assert set(bench.dialers.names()) == {"dnc.add"}


def test_a_listed_row_that_resists_holds_the_start_and_counts_and_a_later_success_clears_it(bench: Bench) -> None:
    bench.campaigns["spring"] = state(known=known())
    address = Address(DIALER, "contacts", "spring")
    bench.dialers.answers = {"records.remove": lambda _: 409}
    bench.removing(1)
    bench.adding(2)
    bench.level("starts", campaign_change("start"))
    for apply in (1, 2):
        report = bench.apply()
        assert bench.ledger.failed_suppressions(address) == apply
    assert "campaigns.start" not in bench.dialers.names()
    assert total(report) == {"rejected": 1, "applied": 1, "held": 1}
    assert any("1 listed row may still be rung there" in alarm for alarm in report.alarms)

    bench.dialers.answers = {}
    report = bench.apply()
    assert bench.ledger.failed_suppressions(address) == 0
    assert bench.dialers.names()[-1] == "campaigns.start"
    assert not report.alarms


def test_an_apply_that_tries_nobody_listed_and_lists_nobody_leaves_the_count_as_it_is(bench: Bench) -> None:
    bench.campaigns["spring"] = state(known=known())
    address = Address(DIALER, "contacts", "spring")
    bench.dialers.answers = {"records.remove": lambda _: 409}
    bench.removing(1)
    bench.apply()
    assert bench.ledger.failed_suppressions(address) == 1
    bench.levels.clear()
    bench.exposed = frozenset({address})
    bench.adding(2)
    bench.apply()
    assert bench.ledger.failed_suppressions(address) == 1


@pytest.mark.parametrize(("dialer", "left"), [(DIALER, 0), (OTHER, 1)])
def test_what_is_over_is_counted_no_longer(bench: Bench, dialer: str, left: int) -> None:
    bench.campaigns["spring"] = state(known=known())
    bench.dialers.answers = {"records.remove": lambda _: 409}
    bench.removing(1)
    bench.apply()
    bench.levels.clear()
    bench.calmed = frozenset({Address(dialer, "campaign", "spring")})
    bench.adding(2)
    bench.apply()
    assert bench.ledger.failed_suppressions(Address(DIALER, "contacts", "spring")) == left


@pytest.mark.parametrize("place", ["account", "spring"])
def test_who_only_the_dialers_own_list_protects_counts_as_resisting_while_that_list_fails(
    bench: Bench, place: str
) -> None:
    spring = Address(DIALER, "contacts", "spring")
    bench.campaigns["spring"] = state(known=known())
    bench.exposed = frozenset({spring, Address(OTHER, "contacts", "spring"), Address(DIALER, "contacts", "summer")})
    bench.vendor = vendor(records(), dnc(scope="account" if place == "account" else "campaign"))
    bench.dialers.answers = {"dnc.add": lambda _: 500}
    bench.listing(1, address=Address(DIALER, "dnd", place))
    report = bench.apply()
    assert bench.ledger.failed_suppressions(spring) == 1
    assert any(alarm.startswith(f"{spring}: ") for alarm in report.alarms)
    # The list of one campaign keeps nobody of another from being rung, and its failure says nothing of another.
    others = [alarm for alarm in report.alarms if "summer" in alarm]
    assert bool(others) is (place == "account")
    bench.dialers.answers = {}
    assert not bench.apply().alarms
    assert bench.ledger.failed_suppressions(spring) == 0


@pytest.mark.parametrize(
    ("action", "dialer", "kind", "name", "covers"),
    [
        ("add", DIALER, "dnd", "account", True),
        ("add", DIALER, "dnd", "spring", True),
        ("add", DIALER, "dnd", "summer", False),
        ("remove", DIALER, "dnd", "account", False),
        ("remove", DIALER, "dnd", "spring", False),
        ("add", OTHER, "dnd", "account", False),
        ("add", OTHER, "dnd", "spring", False),
        ("add", DIALER, "contacts", "spring", False),
        ("add", DIALER, "directory", "account", False),
    ],
)
def test_only_an_addition_to_a_list_of_this_dialer_that_covers_the_campaign_protects_it(
    bench: Bench, action: str, dialer: str, kind: str, name: str, covers: bool
) -> None:
    bench.level("dnd additions", rows_change(action, "x", 1, address=Address(dialer, kind, name)))  # type: ignore[arg-type]
    execution = Execution(plan=bench.plan(), runs={}, tally=Tally(plan=bench.plan(), clock=bench.time), lasts_days={})
    assert _lists(execution, Address(DIALER, "contacts", "spring")) is covers


def test_a_lock_that_is_lost_during_a_wait_ends_the_run(bench: Bench) -> None:
    bench.renew_every = 0.001

    async def slowly(_: Seen) -> int:
        for holder in bench.ledger.lock_holders():
            bench.ledger.break_lock(holder.fence)
        await asyncio.sleep(0.05)
        return 200

    bench.dialers.answers = {"records.add": slowly}
    bench.adding(1, 2, 3, 4)
    with pytest.raises(LockedError) as lost:
        bench.apply()
    assert len(bench.dialers.calls) == 1
    # What is left undone says why.
    assert bench.runs[DIALER].halted == str(lost.value)


def test_a_plan_that_touches_no_dialer_keeps_no_lock(bench: Bench) -> None:
    bench.names = ()
    assert bench.apply().changes == ()


def test_rows_that_are_merely_gone_from_the_source_hold_no_start(bench: Bench) -> None:
    bench.dialers.answers = {"records.remove": lambda _: 409}
    bench.removing(1, reason="not_in_source")
    bench.level("starts", campaign_change("start"))
    report = bench.apply()
    assert "campaigns.start" in bench.dialers.names()
    assert not report.alarms


def test_nothing_is_sent_about_the_rows_of_a_campaign_that_was_not_created(bench: Bench) -> None:
    bench.campaigns["spring"] = state(id="", status="unknown")
    bench.dialers.answers = {"campaigns.create": lambda _: 422}
    bench.level("campaign changes", campaign_change("create", fields=name_change("Spring")))
    bench.adding(1)
    bench.level("starts", campaign_change("start"))
    report = bench.apply()
    assert bench.dialers.names() == ["campaigns.create"]
    assert [dict(change.outcomes) for change in report.changes] == [{"rejected": 1}, {"skipped": 1}, {"skipped": 1}]
    assert dict(report.changes[1].messages) == {"the campaign was not created": 1}


# --------------------------------------------------------------------------------------- what stops a dialer, a run


def test_a_403_halts_its_dialer_and_no_other(bench: Bench) -> None:
    bench.names = (DIALER, OTHER)
    bench.dialers.answers = {"records.add": lambda seen: 403 if seen.dialer == DIALER else 200}
    bench.adding(1, 2, 3, 4, 5)
    bench.level("starts", campaign_change("start"))
    bench.rows("there", items(11, 12, 13))
    elsewhere = rows_change("add", "there", 3, address=Address(OTHER, "contacts", "spring"))
    bench.level("contact additions and updates", elsewhere)
    report = bench.apply()
    assert bench.dialers.names() == ["records.add"]
    assert bench.dialers.keys("records.add")[-3:] == [row.key for row in items(11, 12, 13)]
    first, start, other = report.changes
    # The two of the call that was refused, then those that were never sent.
    assert dict(first.outcomes) == {"failed": 2, "skipped": 3}
    assert dict(start.outcomes) == {"skipped": 1}
    assert dict(other.outcomes) == {"applied": 3}
    assert complete(report, bench)


def test_the_budget_of_the_day_stops_a_dialer_before_the_calls_kept_for_suppression(bench: Bench) -> None:
    bench.client_words = {
        "budget": LedgerBudget(ledger=bench.ledger, dialer=DIALER, limit=3, reserve=1, clock=bench.time)
    }
    bench.adding(1, 2, 3, 4, 5, 6, 7, 8)
    report = bench.apply()
    assert len(bench.dialers.calls) == 2
    assert dict(only(report).outcomes) == {"applied": 4, "failed": 2, "skipped": 2}
    assert any("budget" in why for why in only(report).messages)
    # Refused before the first byte: there is no intent that somebody would have to settle.
    assert bench.in_file("SELECT count(*) FROM call") == [(2,)]


def test_interrupted_between_batches_what_is_under_way_is_booked_and_the_rest_is_skipped(bench: Bench) -> None:
    bench.limits = Limits(concurrency=2)
    asked = False

    async def slowly(seen: Seen) -> int:
        nonlocal asked
        asked = True
        await asyncio.sleep(0.02)
        return 200

    bench.dialers.answers = {"records.add": slowly}
    bench.interrupted = lambda: asked
    bench.adding(*range(20))
    bench.level("starts", campaign_change("start"))
    report = bench.apply()
    assert report.interrupted
    assert not report.complete
    assert complete(report, bench)
    sent = len(bench.dialers.keys("records.add"))
    assert 0 < sent <= 4
    assert total(report) == {"applied": sent, "skipped": 20 - sent + 1}
    assert list(bench.states().values()) == ["present"] * sent
    assert not bench.ledger.unfinished_calls()


def test_a_lost_lock_ends_the_run_and_nothing_more_is_sent_anywhere(bench: Bench) -> None:
    bench.names = (DIALER, OTHER)
    bench.limits = Limits(concurrency=2)

    def break_lock(seen: Seen) -> None:
        if len(bench.dialers.calls) == 3:
            holder = next(iter(bench.ledger.lock_holders()), None)
            assert holder is not None
            bench.ledger.break_lock(holder.fence)

    bench.dialers.before = break_lock
    bench.adding(*range(20))
    bench.rows("there", items(*range(30, 50)))
    elsewhere = rows_change("add", "there", 20, address=Address(OTHER, "contacts", "spring"))
    bench.level("contact additions and updates", elsewhere)
    with pytest.raises(LockedError):
        bench.apply()
    # What was already on its way when the lock went is answered and written down.
    assert len(bench.dialers.calls) <= 4
    assert not bench.ledger.unfinished_calls()
    assert len(bench.states()) == len(
        [key for seen in bench.dialers.calls if seen.dialer == DIALER for key in seen.keys]
    )


def test_when_the_lock_is_lost_a_call_that_is_under_way_is_waited_for(bench: Bench) -> None:
    bench.limits = Limits(concurrency=2)

    async def answer(seen: Seen) -> int:
        if len(bench.dialers.calls) > 1:
            await asyncio.sleep(0.1)
            return 200
        # The other batch is on its way, too.
        await asyncio.sleep(0.02)
        holder = next(iter(bench.ledger.lock_holders()), None)
        assert holder is not None
        bench.ledger.break_lock(holder.fence)
        return 200

    bench.dialers.answers = {"records.add": answer}
    bench.adding(*range(20))
    with pytest.raises(LockedError):
        bench.apply()
    assert len(bench.dialers.calls) == 2
    assert list(bench.states().values()) == ["present"] * 4


def test_a_run_that_ends_badly_at_one_dialer_ends_at_the_others(bench: Bench) -> None:
    bench.names = (DIALER, OTHER)
    # A row that waits for a person is never sent again, and a plan that wants it to be is broken.
    bench.dialers.answers = {"records.add": lambda _: httpx.ReadError("cut")}
    bench.vendor = vendor(records(operations={"add": call("records.add", "dialable", batch=2, proof=Proof(by="park"))}))
    bench.adding(1)
    bench.apply()

    async def slowly(seen: Seen) -> int:
        await asyncio.sleep(0.005)
        return 200

    bench.dialers.answers = {"records.add": slowly}
    bench.rows("there", items(*range(40)))
    elsewhere = rows_change("add", "there", 40, address=Address(OTHER, "contacts", "spring"))
    bench.levels[0] = replace(bench.levels[0], changes=(*bench.levels[0].changes, elsewhere))
    with pytest.raises(LedgerError, match="1 row waits for the outcome") as broken:
        bench.apply()
    assert len(bench.dialers.names(OTHER)) <= 1
    assert [run.why_stopped() for run in bench.runs.values()] == [str(broken.value)] * 2


def test_a_level_is_carried_out_whole_whatever_it_holds(bench: Bench) -> None:
    bench.adding(1)
    bench.levels[0] = replace(bench.levels[0], changes=(campaign_change("stop"), *bench.levels[0].changes))
    assert total(bench.apply()) == {"applied": 2}


def test_a_lock_that_is_lost_while_a_vendor_is_waited_for_ends_the_run_as_such(bench: Bench) -> None:
    bench.renew_every = 0.001

    async def slowly(seen: Seen) -> int:
        bench.ledger.break_lock(next(iter(bench.ledger.lock_holders())).fence)
        await asyncio.sleep(0.05)
        return 200

    # There is no next intent to notice it: who keeps the lock does.
    bench.dialers.answers = {"records.add": slowly}
    bench.adding(1)
    with pytest.raises(LockedError, match="was lost") as lost:
        bench.apply()
    assert bench.runs[DIALER].why_stopped() == str(lost.value)


def test_rows_that_will_not_be_sent_are_not_even_looked_at(bench: Bench) -> None:
    bench.dialers.answers = {"records.add": lambda _: 403}
    bench.adding(*range(1000))
    report = bench.apply()
    assert dict(only(report).outcomes) == {"failed": 2, "skipped": 998}
    assert bench.store.drawn <= 3


def test_a_ledger_that_cannot_be_written_ends_the_run_before_the_call(bench: Bench) -> None:
    def close(seen: Seen) -> None:
        bench.ledger.close()

    bench.dialers.before = close
    bench.adding(1, 2, 3, 4)
    with pytest.raises(LedgerError):
        bench.apply()
    assert len(bench.dialers.calls) == 1
    bench.ledger = Ledger.open(bench.folder / "ledger.db", "tests")
    assert [found.state for found in bench.ledger.unfinished_calls()] == ["intent"]


def test_a_long_wait_at_a_vendor_does_not_lose_the_lock(bench: Bench) -> None:
    task = Task(id="task", poll="ask", status="state", success=("done",), interval=0.0)
    loads = call("records.load", "dialable", batch=2, task=task, proof=Proof(by="task"))
    bench.vendor = vendor(records(operations={"add": loads}), calls={"ask": call("ask", writes=False)})
    bench.renew_every = 0.001
    leases: set[float] = set()

    async def running(seen: Seen) -> dict[str, str]:
        await asyncio.sleep(0.01)
        bench.time.time += 60
        holder = next(iter(bench.ledger.lock_holders()), None)
        assert holder is not None
        leases.add(holder.lease_until - bench.time())
        return {"state": "done" if len(bench.dialers.of("ask")) == 8 else "running"}

    bench.dialers.answers = {"records.load": lambda _: {"task": "t1"}, "ask": running}
    bench.adding(1)
    report = bench.apply()
    assert report.complete
    # Eight minutes have passed, and the lock has never run out.
    assert min(leases) > 0


# ------------------------------------------------------------------------------------------------- what is told


def test_progress_tells_rate_and_what_remains(bench: Bench) -> None:
    async def slowly(seen: Seen) -> int:
        await bench.time.sleep(2.0)
        return 200

    bench.dialers.answers = {"records.add": slowly}
    bench.adding(*range(10))
    report = bench.apply()
    last = bench.progress[-1]
    assert (last.dialer, last.level, last.done, last.total) == (DIALER, "contact additions and updates", 10, 10)
    assert last.rate == pytest.approx(1.0)
    middle = next(found for found in bench.progress if found.done == 4)
    assert middle.remaining == pytest.approx(6.0)
    assert bench.progress[0].remaining is None
    assert {(found.dialer, found.level) for found in bench.progress} == {(DIALER, "contact additions and updates")}
    assert report.seconds == pytest.approx(10.0)


def test_what_needs_no_call_is_written_to_the_ledger_alone(bench: Bench) -> None:
    bench.rows("known", items(1, 2))
    bench.level("contact additions and updates", rows_change("adopt", "known", 2, effect="neutral"))
    assert bench.apply().complete
    assert set(bench.states().values()) == {"present"}
    bench.levels.clear()
    bench.level("contact removals", rows_change("forget", "known", 2, effect="neutral"))
    assert bench.apply().complete
    assert bench.states() == {}
    assert not bench.dialers.calls


def test_the_words_of_a_vendor_are_told_without_numbers(bench: Bench) -> None:
    bench.vendor = vendor(
        responses=(ResponseClass(name="no", when=Match(status=(422,)), outcome="rejected", message="why"),)
    )
    bench.dialers.answers = {"records.add": lambda seen: (422, {"why": f"{seen.keys[0]} is not a mobile"})}
    bench.adding(1)
    (message,) = only(bench.apply()).messages
    assert message.endswith("is not a mobile")
    assert item(1).key not in message


ANSWERS = ("new", "old", "bad", "later", "gibberish")
MEANING = {"new": "applied", "old": "already_present", "bad": "rejected", "later": "deferred", "gibberish": "unknown"}
KEPT = {"new": "present", "old": "present", "bad": "rejected", "later": "deferred", "gibberish": "parked_add"}


@settings(max_examples=25, deadline=None)
@given(
    words=st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=12),
    batch=st.integers(1, 5),
    workers=st.integers(1, 3),
)
def test_the_report_counts_what_the_ledger_holds(
    words: list[str], batch: int, workers: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    each = Items(
        shape="list",
        key="id",
        status="word",
        outcomes={"new": "applied", "old": "already_present", "bad": "rejected", "later": "deferred"},
    )
    bench = Bench(tmp_path_factory.mktemp("counts"))
    adds = call("records.add", "dialable", batch=batch, items=each, proof=Proof(by="park"))
    bench.vendor = vendor(records(operations={"add": adds}))
    bench.limits = Limits(concurrency=workers)
    word_of = {item(number).key: word for number, word in enumerate(words)}
    bench.dialers.answers = {"records.add": lambda seen: [{"id": key, "word": word_of[key]} for key in seen.keys]}
    bench.adding(*range(len(words)))
    report = bench.apply()
    expected: dict[str, int] = {}
    for word in words:
        expected[MEANING[word]] = expected.get(MEANING[word], 0) + 1
    assert dict(only(report).outcomes) == expected
    assert bench.states() == {key: KEPT[word] for key, word in word_of.items()}
    assert sorted(bench.dialers.keys("records.add")) == sorted(word_of)
    bench.ledger.close()


def test_every_level_of_the_model_is_known_here() -> None:
    # A new level needs a thought on what a failure in it holds back.
    assert len(get_args(LevelName)) == 11
