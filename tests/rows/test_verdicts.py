import itertools
from dataclasses import replace

import pytest

from syncengine.rows.verdicts import Rules, contact_settled, contact_verdict, dnd_settled, dnd_verdict

STATES = ["", "present", "blocked", "rejected", "deferred"] + [
    f"{kind}_{action}" for kind in ("unknown", "parked") for action in ("add", "update", "remove")
]
REPEATS = [f"repeat_{action}" for action in ("add", "update", "remove", "block", "unblock")]
STATES += REPEATS
FLAGS = ("wanted", "there", "blocked_there", "listed", "left_alone", "released")


@pytest.fixture(scope="module")
def every_row():
    """Every combination of what can be known about a row."""
    rows = []
    for state, *flags in itertools.product(STATES, *[(False, True)] * len(FLAGS)):
        for own_hash, known_hash, refused_hash in (("a", "a", ""), ("a", "b", ""), ("a", "b", "a"), ("a", "a", "a")):
            facts = dict(zip(FLAGS, flags, strict=True))
            if facts["blocked_there"] and not facts["there"]:
                continue
            hashes = {"own_hash": own_hash, "known_hash": known_hash, "refused_hash": refused_hash}
            told = {"not_yet_listed": False, "freed_lately": False}
            rows.append({**facts, **told, "ids": "", "state": state, **hashes})
            if facts["blocked_there"] and state not in {"", "blocked"}:
                rows.append({**rows[-1], "freed_lately": True})
            if facts["there"] and state == "present":
                rows.append({**rows[-1], "not_yet_listed": True})
    return rows


def judged(workspace, rows, verdict):
    import pyarrow as pa

    with workspace.registered(pa.Table.from_pylist([{**row, "expires_at": 0.0} for row in rows])) as view:
        return zip(rows, [v for (v,) in workspace.run(f"SELECT {verdict} FROM {view}").fetchall()], strict=True)


RULES = [
    Rules(**dict(zip(("removes", "adds_vanished", "blocks", "updates", "complete"), f, strict=True)))
    for f in itertools.product((False, True), repeat=5)
]
RULES += [replace(rules, removed_lately=True) for rules in RULES[-2:]]


@pytest.mark.parametrize("rules", RULES)
def test_no_rule_ever_sends_a_listed_person_or_repeats_what_is_unknown(workspace, every_row, rules):
    for row, verdict in judged(workspace, every_row, contact_verdict(rules)):
        action = verdict.split("/")[0]
        if row["listed"]:
            assert action not in {"add", "update", "unblock", "adopt", "forget"}, row
            maybe_there = row["there"] or row["state"] in {
                "present",
                "unknown_add",
                "parked_add",
                "unknown_update",
                "parked_update",
                *REPEATS,
            }
            # The dialer would not touch the row, and its whole listing lacks it.
            gone = rules.complete and not row["there"] and row["refused_hash"] == row["known_hash"]
            held = row["blocked_there"] and not row["freed_lately"]
            if maybe_there and not held and not gone:
                assert action in {"remove", "block"}, row
            continue
        if row["state"].startswith(("unknown", "parked")):
            assert action == "note", row
        if action in {"add", "update", "unblock", "adopt"}:
            assert row["wanted"], row
        if row["state"] in REPEATS:
            # Nothing is sent but the lost call again, or what makes the row certain.
            again = row["state"].removeprefix("repeat_")
            assert action in {again, "unblock" if "block" in again else again, "adopt", "remove", "note", ""}, row
        if action == "add":
            assert not row["there"] or (rules.removed_lately and row["state"] == "repeat_add"), row
            assert row["state"] not in {"present", "blocked"} or (rules.complete and rules.adds_vanished), row
        if action == "remove":
            lost_removal = row["state"] == "repeat_remove" and row["wanted"]
            assert rules.removes or lost_removal, row
            assert row["state"] == "present" or row["state"] in REPEATS, row
            assert not row["wanted"] or lost_removal, row
            assert not row["left_alone"] or lost_removal, row
        if action == "update":
            assert rules.updates, row


@pytest.mark.parametrize("rules", RULES)
def test_a_row_that_is_plainly_settled_needs_nothing_by_all_the_rules(workspace, every_row, rules):
    doubled = [{**row, "ids": "1, 2"} for row in every_row if row["there"]]
    verdict = f"CASE WHEN {contact_settled(rules)} THEN {contact_verdict(rules)} ELSE 'not settled' END"
    found = [verdict for _, verdict in judged(workspace, every_row + doubled, verdict)]
    assert set(found) == {"", "not settled"}


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("renew_before", [None, -1.0, 1.0])
def test_a_number_that_is_plainly_settled_needs_nothing_by_all_the_rules(workspace, every_row, complete, renew_before):
    rules = {"complete": complete, "renew_before": renew_before}
    verdict = f"CASE WHEN {dnd_settled(**rules)} THEN {dnd_verdict(**rules)} ELSE 'not settled' END"
    found = {verdict for _, verdict in judged(workspace, every_row, verdict)}
    assert found == {"", "not settled"} if renew_before != 1.0 else found == {"not settled"}


@pytest.mark.parametrize("complete", [False, True])
def test_nothing_that_a_listing_may_still_have_is_taken_for_there(workspace, every_row, complete):
    late = dnd_verdict(complete=complete, renew_before=None, removed_lately=True)
    for row, verdict in judged(workspace, every_row, late):
        assert not verdict.startswith("adopt"), row
        if row["wanted"] and row["state"] not in {"present", "blocked"}:
            assert verdict.startswith("add/"), row


@pytest.mark.parametrize("complete", [False, True])
def test_an_entry_that_a_whole_listing_lacks_while_it_may_be_listed_late_has_a_reason_of_its_own(
    workspace, every_row, complete
):
    rules = {"complete": complete, "renew_before": None}
    new = [row for row in every_row if row["not_yet_listed"] and row["wanted"]]
    assert new
    verdict = f"CASE WHEN {dnd_settled(**rules)} THEN 'settled' ELSE {dnd_verdict(**rules)} END"
    expected = "add/not_yet_listed" if complete else "settled"
    assert {verdict for _, verdict in judged(workspace, new, verdict)} == {expected}


@pytest.mark.parametrize("complete", [False, True])
def test_nothing_but_a_release_takes_a_number_off_a_list(workspace, every_row, complete):
    for row, verdict in judged(workspace, every_row, dnd_verdict(complete=complete, renew_before=None)):
        action = verdict.split("/")[0]
        if action == "remove":
            assert row["released"], row
            assert not row["wanted"], row
            assert row["state"] not in {"", "rejected"}, row
        known_to_hold = row["state"] in {"present", "blocked"} and (row["there"] or not complete)
        refused = row["refused_hash"] == row["own_hash"] and row["state"] in {"", "rejected", "deferred"}
        if row["wanted"] and not known_to_hold and not row["there"] and not refused:
            assert action == "add", row


@pytest.mark.parametrize("rules", RULES[::4])
def test_of_several_records_that_are_one_of_ours_none_is_touched_unless_it_must_not_be_rung(
    workspace, every_row, rules
):
    several = [{**row, "ids": "12, 13"} for row in every_row if row["there"]]
    assert several
    for row, verdict in judged(workspace, several, contact_verdict(rules)):
        if not row["listed"]:
            assert verdict.startswith("note/"), (row, verdict)
