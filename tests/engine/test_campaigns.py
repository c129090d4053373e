from syncengine.engine.campaigns import diff_campaigns, same_value
from tests.building import actual, campaign, findings, known, snapshot, vendor


def actions(diff):
    return [(c.action, c.operation, c.reason) for c in diff.changes]


def test_a_campaign_that_nobody_has_is_created_and_started():
    diff = diff_campaigns(findings(), {"spring": campaign(status="started")}, prune=False)
    assert actions(diff) == [("create", "create", "missing"), ("start", "start", "missing")]


def test_a_campaign_as_wanted_changes_nothing():
    found = findings(snapshot=snapshot(actual()), known={"spring": known()})
    assert diff_campaigns(found, {"spring": campaign(status="stopped")}, prune=False).changes == []


def test_only_stated_fields_are_compared():
    there = actual(fields={"name": "Spring", "speed": "9"})
    found = findings(snapshot=snapshot(there), known={"spring": known()})
    assert diff_campaigns(found, {"spring": campaign()}, prune=False).changes == []


def test_a_changed_field_goes_through_the_operation_that_writes_it():
    there = actual(fields={"name": "Spring", "speed": "5"})
    found = findings(snapshot=snapshot(there), known={"spring": known()})
    diff = diff_campaigns(found, {"spring": campaign(fields={"name": "Spring", "speed": 7})}, prune=False)
    assert actions(diff) == [("update", "set_speed", "differs")]


def test_a_value_we_had_applied_and_the_dialer_lost_is_drift():
    there = actual(fields={"name": "Spring", "speed": "5"})
    remembered = known(fields={"name": "Spring", "speed": "7"})
    found = findings(snapshot=snapshot(there), known={"spring": remembered})
    diff = diff_campaigns(found, {"spring": campaign(fields={"name": "Spring", "speed": "7"})}, prune=False)
    assert actions(diff) == [("update", "set_speed", "drift")]


def test_a_field_fixed_at_creation_is_refused_when_it_differs():
    there = actual(fields={"name": "Spring", "type": "preview"})
    found = findings(snapshot=snapshot(there), known={"spring": known()})
    wanted = campaign(fields={"name": "Spring", "type": "predictive"})
    diff = diff_campaigns(found, {"spring": wanted}, prune=False)
    assert [v.rule for v in diff.violations] == ["not_possible"]
    assert "type" in diff.violations[0].message
    assert diff.changes == []


def test_an_unreadable_field_that_the_ledger_knows_is_believed():
    found = findings(snapshot=snapshot(actual()), known={"spring": known(fields={"name": "Spring", "skill": "12"})})
    wanted = campaign(fields={"name": "Spring", "skill": "12"})
    diff = diff_campaigns(found, {"spring": wanted}, prune=False)
    assert (diff.changes, diff.violations, diff.notes) == ([], [], [])


def test_an_unreadable_fixed_field_that_nobody_knows_is_noted_not_guessed():
    found = findings(snapshot=snapshot(actual()))
    wanted = campaign(id="17", fields={"name": "Spring", "skill": "12"})
    diff = diff_campaigns(found, {"spring": wanted}, prune=False)
    assert diff.changes == []
    assert "not verified" in diff.notes[0]


def test_a_foreign_campaign_of_the_same_name_is_never_taken_over_by_name():
    diff = diff_campaigns(findings(snapshot=snapshot(actual())), {"spring": campaign()}, prune=False)
    assert diff.changes == []
    assert 'id: "17"' in diff.violations[0].remedy


def test_a_create_whose_answer_was_lost_is_found_by_its_name():
    found = findings(snapshot=snapshot(actual()), known={"spring": known(remote_id="", state="unknown")})
    diff = diff_campaigns(found, {"spring": campaign(status="started")}, prune=False)
    assert actions(diff) == [("start", "start", "differs")]
    assert diff.changes[0].remote_id == "17"


def test_an_adopted_id_that_the_dialer_does_not_have_is_refused():
    diff = diff_campaigns(findings(), {"spring": campaign(id="99")}, prune=False)
    assert "99" in diff.violations[0].message


def test_an_incomplete_list_creates_nothing_and_deletes_nothing():
    found = findings(snapshot=snapshot(complete=False, problem="page 2 is missing"), known={"old": known("old")})
    diff = diff_campaigns(found, {"spring": campaign()}, prune=True)
    assert diff.changes == []
    assert {h.what for h in diff.holds} == {"creation", "deletion"}


def test_what_the_manifest_no_longer_has_stays_until_prune_and_is_stopped_first():
    found = findings(snapshot=snapshot(actual(status="started")), known={"spring": known()})
    assert diff_campaigns(found, {}, prune=False).changes == []
    assert actions(diff_campaigns(found, {}, prune=True)) == [
        ("stop", "stop", "not_in_manifest"),
        ("delete", "delete", "not_in_manifest"),
    ]


def test_an_adopted_campaign_is_never_deleted():
    found = findings(snapshot=snapshot(actual()), known={"spring": known(adopted=True)})
    assert diff_campaigns(found, {}, prune=True).changes == []


def test_an_unknown_status_is_started_and_stopped_as_wanted():
    found = findings(snapshot=snapshot(actual(status="unknown")), known={"spring": known()})
    assert actions(diff_campaigns(found, {"spring": campaign(status="stopped")}, prune=False)) == [
        ("stop", "stop", "differs")
    ]


def test_start_outside_the_allowed_mode_is_refused_before_any_call():
    base = vendor()
    from dataclasses import replace

    strict = replace(base, campaigns=replace(base.campaigns, start_only_when={"type": ("manual",)}))
    found = findings(vendor=strict, snapshot=snapshot(actual()), known={"spring": known()})
    wanted = campaign(status="started", fields={"name": "Spring", "type": "always"})
    diff = diff_campaigns(found, {"spring": wanted}, prune=False)
    assert not [c for c in diff.changes if c.action == "start"]
    assert any("only when type is manual" in v.message for v in diff.violations)


def test_values_are_compared_by_meaning_and_not_by_type():
    assert same_value("7", 7)
    assert same_value(True, "true")
    assert same_value(None, "")
    assert same_value(2.0, "2")
    assert not same_value("007", 7)
