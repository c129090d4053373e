import asyncio

import pytest

from syncengine.errors import LedgerError, LockedError
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.run_journal import RunJournal
from syncengine.model.findings import KnownCampaign
from syncengine.model.ports import Journal, RowOutcome
from tests.ledger.writing import CAMPAIGN, CONTACTS, NOW, intent, item, rows, states


def test_a_run_is_journalled_through_the_port_of_the_executor(locked: Ledger) -> None:
    run = locked.begin_run("apply", "p", now=NOW)
    journal: Journal = RunJournal(
        ledger=locked, run_id=run, clock=lambda: NOW + 1, evidence=lambda wanted: f'{{"for": "{wanted.address}"}}'
    )
    journal.book(CONTACTS, "adopt", [item("1", remote_id="R1"), item("2")])
    journal.book(CONTACTS, "forget", [item("2")])
    journal.renew()
    call = asyncio.run(journal.begin(intent("add", [item("3")], proof="task")))
    journal.task_started(call, "T9")
    assert locked.unfinished_calls()[0].task_id == "T9"

    async def finish() -> None:
        await journal.finish(call, "applied", "", {"3": RowOutcome("applied", "", "R3")})

    asyncio.run(finish())
    assert states(locked) == {"1": "present", "3": "present"}
    assert journal.remote_ids(CONTACTS, ["1", "3"]) == {"1": "R1", "3": "R3"}
    assert rows(locked)["3"]["updated_at"] == NOW + 1
    assert locked.calls_of_run(run)[0].evidence == '{"for": "dialer/contacts/spring"}'

    known = KnownCampaign(key="spring", remote_id="7", name="Spring", status="stopped", fields={})
    journal.save_campaign(CAMPAIGN, known)
    journal.suppression(CONTACTS, failed=True)
    assert locked.campaigns("dialer")["spring"].failed_suppressions == 1
    journal.forget_campaign(CAMPAIGN)
    assert (locked.campaigns("dialer"), states(locked)) == ({}, {})


def journal_of(ledger: Ledger) -> RunJournal:
    return RunJournal(
        ledger=ledger, run_id=ledger.begin_run("apply", "p", now=NOW), clock=lambda: NOW, evidence=lambda _: "{}"
    )


def serial(ledger: Ledger) -> int:
    return ledger.basis()[1]


async def all_at_once(journal: RunJournal, *keys: str) -> list[int | BaseException]:
    begun = [journal.begin(intent("add", [item(key)])) for key in keys]
    return await asyncio.gather(*begun, return_exceptions=True)


def test_what_is_ready_in_one_turn_shares_one_transaction_and_is_durable_on_return(locked: Ledger) -> None:
    journal, before = journal_of(locked), serial(locked)
    # As large as groups are where the processor is busy.
    journal._lines.size.lines = 23

    async def work() -> None:
        calls = await all_at_once(journal, *(str(number) for number in range(20)))
        assert len(set(calls)) == 20
        assert serial(locked) == before + 1
        assert len(locked.unfinished_calls()) == 20
        done = [journal.finish(call, "applied", "", {}) for call in calls if isinstance(call, int)]
        again = [journal.begin(intent("add", [item(f"more-{number}")])) for number in range(3)]
        await asyncio.gather(*done, *again)
        assert serial(locked) == before + 2

    asyncio.run(work())
    assert len(states(locked)) == 23
    assert len(locked.unfinished_calls()) == 3


def test_one_line_that_is_refused_is_refused_alone(locked: Ledger) -> None:
    journal = journal_of(locked)

    async def work() -> list[int | BaseException]:
        return await all_at_once(journal, "1", "2", "1", "3")

    first, second, same, third = asyncio.run(work())
    assert isinstance(same, LedgerError)
    assert "1 row waits for the outcome of call" in str(same)
    assert {call.call_id for call in locked.unfinished_calls()} == {first, second, third}


def test_without_the_lock_outcomes_are_still_written_and_intents_are_not(locked: Ledger) -> None:
    journal = journal_of(locked)

    async def work() -> None:
        call = await journal.begin(intent("add", [item("1")]))
        holder = next(iter(locked.lock_holders()), None)
        assert holder is not None
        locked.break_lock(holder.fence)
        begun, finished = await asyncio.gather(
            journal.begin(intent("add", [item("2")])), journal.finish(call, "applied", "", {}), return_exceptions=True
        )
        assert isinstance(begun, LockedError)
        assert not isinstance(finished, BaseException)

    asyncio.run(work())
    assert states(locked) == {"1": "present"}


def test_a_caller_that_is_gone_leaves_its_line_in_the_ledger(locked: Ledger) -> None:
    journal = journal_of(locked)

    async def work() -> None:
        waiting = asyncio.ensure_future(journal.begin(intent("add", [item("1")])))
        other = asyncio.ensure_future(journal.begin(intent("add", [item("2")])))
        await asyncio.sleep(0)
        waiting.cancel()
        await other
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(work())
    assert len(locked.unfinished_calls()) == 2


def test_no_intent_is_durable_before_an_outcome_that_was_told_earlier(locked: Ledger) -> None:
    journal = journal_of(locked)

    async def work() -> None:
        first = await journal.begin(intent("add", [item("1")]))
        # A group is on its way, so that what comes now makes up the next one.
        under_way = asyncio.ensure_future(journal.begin(intent("add", [item("2")])))
        await asyncio.sleep(0)
        finishing = journal.finish(first, "applied", "", {})
        await journal.begin(intent("add", [item("3")]))
        assert states(locked)["1"] == "present"
        await asyncio.gather(under_way, finishing)

    asyncio.run(work())


def test_a_large_group_is_as_durable_and_what_is_read_meanwhile_is_what_was_there_before(locked: Ledger) -> None:
    journal = journal_of(locked)
    many = [item(str(number)) for number in range(1_500)]

    async def work() -> None:
        begun = asyncio.ensure_future(journal.begin(intent("add", many)))
        while not begun.done():
            assert len(rows(locked)) in {0, 1_500}
            locked.confirm_lock()
            await asyncio.sleep(0)
        call = await begun
        assert set(states(locked).values()) == {"unknown_add"}
        await journal.finish(call, "applied", "", dict.fromkeys((row.key for row in many), RowOutcome("applied")))

    asyncio.run(work())
    assert set(states(locked).values()) == {"present"}
    assert locked.unfinished_calls() == []
