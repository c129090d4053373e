"""Whoever was erased is in no file of ours any more and is still not called."""

import json
import shutil
from pathlib import Path

import pytest

from syncengine import sync
from syncengine.errors import GuardError, LockedError, SyncEngineError, UsageError
from syncengine.steps.deadlines import near_deadline
from syncengine.steps.erasing import Erasure, erase_person
from tests.ledger.postgres_server import NONE
from tests.ledger.postgres_server import running as postgres
from tests.steps.acme import Lead
from tests.steps.projects import BLOCKED, LEADS, Made, done, in_force, notes, tel, tels

KEY = "0123456789abcdef" * 4


@pytest.fixture
def made(made: Made) -> Made:
    """A project with a key, two of whose people have opted out and were taken out of the dialer."""
    made.project["erasure_key"] = "file:erasure-key"
    (made.root / "erasure-key").write_text(f"{KEY}\n")
    made.people("leads", 1, 2, 3, on_absent="remove")
    made.carry_out()
    made.opt_outs("opt-outs", 1, 900, 901)
    made.carry_out()
    assert made.acme.tels() == tels(2, 3)
    # The line is gone; the statement is not.
    made.opt_outs("opt-outs", 900, 901, max_shrink="100%")
    made.wait()
    return made


def erase(made: Made, number: int | str = 1, **more: bool) -> Erasure:
    said = tel(number) if isinstance(number, int) else number
    return erase_person(made.load(), said, assume_gone=more.get("assume_gone", False), now=made.now, wait=0)


def our_files(made: Made) -> bytes:
    """Return every byte beside the ledger."""
    return b"".join(path.read_bytes() for path in (made.root / ".syncengine").rglob("*") if path.is_file())


def test_a_person_is_gone_from_every_byte_of_ours_and_not_called_though_the_file_names_them(made: Made) -> None:
    made.plan()
    assert tel(1)[3:].encode() in our_files(made)
    found = erase(made)
    assert tel(1)[3:].encode() not in our_files(made)
    assert found.kept == ("opt-outs",)
    assert found.named_in == ["data/leads.csv"]
    assert tel(1) not in repr(found)
    assert found.number.endswith("01")
    assert found.lingers == ""
    assert in_force(made) == tels(900, 901, 902)
    plan = made.plan()
    assert done(plan) == []
    assert plan.applicable
    made.people("leads", 1, 2, 3, 4)
    made.carry_out()
    assert made.acme.tels() == tels(2, 3, 4)
    assert tel(1)[3:].encode() not in our_files(made).replace(
        (made.root / ".syncengine/phones.parquet").read_bytes(), b""
    )


def test_someone_who_was_erased_and_stands_at_the_dialer_is_taken_out_of_it(made: Made) -> None:
    erase(made)
    made.acme.leads["17"].append(Lead(tel(1)))
    made.carry_out()
    assert made.acme.tels() == tels(2, 3)


def test_someone_who_was_erased_and_stands_there_a_day_after_they_opted_out_is_an_alarm(made: Made) -> None:
    erase(made)
    made.acme.leads["17"].append(Lead(tel(1)))
    assert notes(made.plan(), "ALARM") == []
    made.wait(25 * 3_600)
    with made.planned() as planned:
        (alarm,) = notes(planned.plan, "ALARM main/contacts/spring")
        notice = near_deadline(planned)
    assert ": 1;" in alarm
    assert notice is not None
    assert notice.counts["opt_outs"] == 1


def test_no_dialers_own_list_is_told_the_number_again(made: Made) -> None:
    erase(made)
    made.acme.blocked.clear()
    made.carry_out()
    assert sorted(made.acme.blocked) == tels(900, 901, 902)
    assert set(made.states(BLOCKED)) == {*tels(900, 901, 902)}


@pytest.mark.parametrize("spelling", ["0057 300 120-00 01", "(300) 12 00001", "3001200001"])
def test_another_spelling_in_the_files_is_the_same_person(made: Made, spelling: str) -> None:
    erase(made)
    made.people("leads", 2, 3, region="CO")
    made.data("leads.csv", [{"phone": n, "first_name": "P"} for n in (spelling, tel(2), tel(3))])
    assert done(made.plan()) == []
    assert erase(made).named_in == ["data/leads.csv"]


def test_a_number_hidden_in_another_field_is_stopped_by_the_last_gate(made: Made) -> None:
    erase(made)
    made.people("leads", 2, 3)
    made.data("leads.csv", [
        *({"phone": tel(n), "first_name": f"P{n}"} for n in (2, 3)),
        {"phone": tel(7), "first_name": "or call 300 12-00001"},
    ])  # fmt: skip
    plan, report = made.apply()
    assert done(plan) == ["add 1 contacts missing"]
    assert report is not None
    assert report.changes[0].outcomes == {"held": 1}
    assert made.acme.tels() == tels(2, 3)


@pytest.mark.parametrize("key", ["", "another key, of more than 32 characters", "short"])
def test_without_the_key_everything_that_the_list_covers_is_held(made: Made, key: str) -> None:
    erase(made)
    if key:
        (made.root / "erasure-key").write_text(key)
    else:
        del made.project["erasure_key"]
    made.people("leads", 1, 2, 3, 4)
    before = len(made.acme.writes())
    plan, _ = made.apply()
    assert done(plan) == []
    (hold,) = plan.holds
    assert "nobody can tell which they are" in hold.why
    assert "opt-outs" in hold.why
    assert len(made.acme.writes()) == before
    assert KEY not in str(plan)


def test_an_unset_variable_says_what_to_set(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    made.project["erasure_key"] = "env:ERASURE_KEY"
    monkeypatch.setenv("ERASURE_KEY", KEY)
    erase(made)
    assert made.plan().holds == ()
    monkeypatch.delenv("ERASURE_KEY")
    made.people("leads", 1, 2, 3, 4)
    (hold,) = made.plan().holds
    assert "Set ERASURE_KEY in the environment" in hold.why


def test_a_list_that_is_no_longer_in_the_manifest_keeps_them_too_and_holds_without_the_key(made: Made) -> None:
    erase(made)
    made.dnd.clear()
    made.campaigns["spring"]["dnd"] = []
    assert done(made.plan()) == []
    made.people("leads", 1, 2, 3, 4)
    del made.project["erasure_key"]
    (hold,) = made.plan().holds
    assert "do-not-call list opt-outs" in hold.why


def test_they_are_released_by_name_alone(made: Made) -> None:
    erase(made)
    made.opt_outs("opt-outs", 900, 901, release=[tel(1)])
    plan = made.plan(dnd_remove=1)
    made.carry_out(dnd_remove=1, expect=plan.plan_id)
    assert done(made.plan()) == []
    assert made.acme.tels() == tels(1, 2, 3)


def test_a_release_on_one_list_frees_nobody_whom_another_keeps_by_a_digest(made: Made) -> None:
    made.opt_outs("registry", 1, scope=["all"])
    made.plan()
    erase(made)
    made.opt_outs("registry", 903, max_shrink="100%")
    made.opt_outs("opt-outs", 900, 901, release=[tel(1)])
    plan = made.plan(dnd_remove=1)
    made.apply(dnd_remove=1, expect=plan.plan_id)
    assert [line for line in done(made.plan()) if "contacts" in line] == []
    assert made.acme.tels() == tels(2, 3)


def test_a_call_that_is_not_over_keeps_them(made: Made) -> None:
    made.people("leads", 2, 3, 5)
    made.acme.troubles["POST .*leads"] = "lost"
    made.apply()
    before = our_files(made)
    with pytest.raises(
        GuardError, match=r"what became of calls about it \(\d+: add at main/contacts/spring\).*state resolve"
    ):
        erase(made, 5)
    assert our_files(made).count(tel(5)[1:].encode()) == before.count(tel(5)[1:].encode())


def test_someone_who_is_at_a_dialer_is_not_forgotten_there_unless_a_person_says_that_they_are_gone(made: Made) -> None:
    with pytest.raises(GuardError, match=r"at a dialer still \(main/contacts/spring: 1 row\).*--assume-gone"):
        erase(made, 2)
    assert made.states()[tel(2)] == "present"
    found = erase(made, 2, assume_gone=True)
    assert found.rows == {str(LEADS): 1}
    assert found.kept == ()


def test_another_run_at_work_is_waited_for(made: Made) -> None:
    with made.ledger() as ledger, ledger.lock("apply", now=made.now, dialers=["main"]), pytest.raises(LockedError):
        erase(made)


@pytest.mark.parametrize("said", ["3001200001", "", "all", "+57"])
def test_what_is_no_whole_number_is_refused(made: Made, said: str) -> None:
    with pytest.raises(UsageError, match="international form"):
        erase(made, said)


def test_without_a_key_nobody_on_a_list_is_erased_and_everybody_else_is(made: Made) -> None:
    del made.project["erasure_key"]
    with pytest.raises(GuardError, match="openssl rand -hex 32"):
        erase(made)
    assert tel(1) in in_force(made)
    assert erase(made, 2, assume_gone=True).kept == ()


def test_two_keys_are_never_mixed(made: Made) -> None:
    erase(made)
    (made.root / "erasure-key").write_text("another key, of more than 32 characters")
    with pytest.raises(GuardError, match="erased under another key"):
        erase(made, 900)


def test_all_spellings_that_ring_one_telephone_are_one_person(made: Made) -> None:
    made.data("opt-outs.csv", [{"phone": "+5215512345678"}])
    made.dnd["opt-outs"]["region"] = "MX"
    made.plan()
    assert {"+5215512345678", "+525512345678"} <= {*in_force(made)}
    erase(made, "+525512345678")
    assert not {"+5215512345678", "+525512345678"} & {*in_force(made)}


def test_a_second_erasure_says_where_they_are_kept_and_finds_nothing(made: Made) -> None:
    erase(made)
    found = erase(made)
    assert (found.rows, found.kept) == ({}, ("opt-outs",))


def test_files_of_every_kind_are_looked_into_and_what_cannot_be_is_named(made: Made) -> None:
    made.people("more", 1, source="data/more.csv.gz")
    made.contacts["inline"] = {"rows": [{"phone": tel(1)}]}
    made.opt_outs("registry", 1)
    found = erase(made)
    assert found.named_in == ["data/leads.csv", "data/registry.csv", "manifests/all.yaml"]
    assert found.not_looked_into[0].startswith("more: ")


def test_reports_and_damaged_ledgers_are_not_forgotten(made: Made) -> None:
    kept = made.root / ".syncengine"
    (kept / "rejects").mkdir(exist_ok=True)
    (kept / "rejects" / "leads.csv").write_text(f"row,reason,phone\n1,odd,0057 {tel(1)[3:6]} {tel(1)[6:]}\n")
    (kept / "rejects" / "other.csv").write_text("row,reason,phone\n1,odd,12\n")
    shutil.copy(kept / "ledger.db", kept / "ledger.db.damaged-20260101T000000")
    assert erase(made).aside == [".syncengine/ledger.db.damaged-20260101T000000"]
    assert [path.name for path in (kept / "rejects").iterdir()] == ["other.csv"]


def test_a_plan_from_an_export_keeps_them_out_as_the_trusted_plan_does(made: Made, tmp_path: Path) -> None:
    erase(made)
    made.people("leads", 1, 2, 3, 4)
    facts = sync.export_facts(made.load(), made.options(), salt="ab" * 16)
    text = json.dumps(facts)
    assert tel(1)[1:] not in text
    assert "~" not in text
    export = tmp_path / "facts.json"
    export.write_text(text)
    trusted = made.plan(refresh="none")
    with sync.planned_offline(made.load(), made.options(), export, None) as offline:
        assert done(offline.plan) == done(trusted)
        assert "add 1 contacts missing" in done(trusted)
        assert offline.plan.plan_id == trusted.plan_id
        assert notes(offline.plan, "not certain") == []


def test_an_export_without_the_key_is_refused(made: Made) -> None:
    erase(made)
    del made.project["erasure_key"]
    with pytest.raises(SyncEngineError, match="nobody can tell which they are"):
        sync.export_facts(made.load(), made.options(), salt="ab" * 16)


def test_a_ledger_on_a_server_keeps_them_out_as_well(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    erase(made)
    with postgres() as server:
        if server is None:
            pytest.skip(NONE)
        if server.process is None:
            server.start()
        sync.move_ledger(made.load(), server.url, now=made.now, wait=0)
        monkeypatch.setenv("SYNCENGINE_LEDGER", server.url)
        assert made.plan().empty
        found = erase(made, 900)
        assert (found.kept, found.rows) == (("opt-outs",), {str(BLOCKED): 1})
        assert "vacuums" in found.lingers
        made.opt_outs("opt-outs", 901, max_shrink="100%")
        made.people("leads", 1, 2, 3, 900)
        plan = made.plan()
        assert plan.empty
        assert plan.holds == ()
        assert sync.check_ledger(made.load()) == []
