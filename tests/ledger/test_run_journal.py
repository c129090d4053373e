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
    call = journal.begin(intent("add", [item("3")], proof="task"))
    journal.task_started(call, "T9")
    assert locked.unfinished_calls()[0].task_id == "T9"
    journal.finish(call, "applied", "", {"3": RowOutcome("applied", "", "R3")})
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
