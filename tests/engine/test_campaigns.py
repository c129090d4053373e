from dataclasses import replace

import pytest

from syncengine.engine.campaigns import diff_campaigns, same_value, stated_duplicates
from syncengine.model.vendor import CampaignField
from tests.building import actual, campaign, findings, known, operation, snapshot, vendor


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


def without(*roles, base=None):
    base = base or vendor()
    kept = {role: call for role, call in base.campaigns.operations.items() if role not in roles}
    return replace(base, campaigns=replace(base.campaigns, operations=kept))


def with_absent(role):
    base = vendor()
    calls = {**base.campaigns.operations, role: operation(f"campaigns.{role}", ability="absent")}
    return replace(base, campaigns=replace(base.campaigns, operations=calls))


def with_campaigns(**more):
    base = vendor()
    return replace(base, campaigns=replace(base.campaigns, **more))


def test_campaigns_that_are_only_a_name_agreed_with_the_vendor_are_never_changed_and_count_as_dialling():
    agreed = with_campaigns(references_only=True, operations={})
    diff = diff_campaigns(findings(vendor=agreed, known={"old": known("old")}), {"spring": campaign()}, prune=True)
    assert (diff.changes, diff.notes, diff.status) == ([], [], {"spring": "started"})


def test_a_campaign_about_which_nothing_is_sure_keeps_the_status_last_known():
    part = snapshot(complete=False, problem="page 2 is missing")
    found = findings(snapshot=part, known={"spring": known(status="stopped")})
    diff = diff_campaigns(found, {"spring": campaign(), "summer": campaign("summer")}, prune=False)
    assert diff.status == {"spring": "stopped", "summer": "unknown"}
    assert [h.what for h in diff.holds] == ["all changes", "creation"]


@pytest.mark.parametrize("lacking", [without("create"), with_absent("create")])
def test_a_campaign_that_the_vendor_cannot_create_must_be_adopted(lacking):
    diff = diff_campaigns(findings(vendor=lacking), {"spring": campaign()}, prune=False)
    assert diff.changes == []
    assert "adopt" in diff.violations[0].remedy


def test_a_campaign_that_was_deleted_there_is_created_anew_and_its_old_id_is_not_started():
    found = findings(known={"spring": known()})
    diff = diff_campaigns(found, {"spring": campaign(status="started")}, prune=False)
    assert [(c.action, c.reason, c.remote_id) for c in diff.changes] == [
        ("create", "vanished", ""),
        ("start", "missing", ""),
    ]


def test_a_campaign_that_is_born_started_is_stopped_where_it_shall_not_dial():
    born = with_campaigns(born="started")
    stopped = diff_campaigns(findings(vendor=born), {"spring": campaign(status="stopped")}, prune=False)
    started = diff_campaigns(findings(vendor=born), {"spring": campaign(status="started")}, prune=False)
    assert [c.action for c in stopped.changes] == ["create", "stop"]
    assert [c.action for c in started.changes] == ["create"]
    assert stopped.status == {"spring": "started"}


def test_a_default_of_the_mapping_is_written_at_creation_and_the_manifest_overrides_it():
    fields = {**vendor().campaigns.fields, "speed": CampaignField(name="speed", to="speed", default="1")}
    base = with_campaigns(fields=fields)
    for stated, speed in (({"name": "Spring"}, "1"), ({"name": "Spring", "speed": 9}, 9)):
        diff = diff_campaigns(findings(vendor=base), {"spring": campaign(fields=stated)}, prune=False)
        assert {f.name: f.after for f in diff.changes[0].fields} == {"name": "Spring", "speed": speed}


def test_a_field_that_only_chooses_a_collection_is_not_written():
    found = findings(snapshot=snapshot(actual()), known={"spring": known()})
    wanted = campaign(fields={"name": "Spring", "load": "file"})
    assert diff_campaigns(found, {"spring": wanted}, prune=False).changes == []


def test_a_field_whose_call_the_vendor_lacks_is_as_fixed_as_one_that_is_never_written():
    there = actual(fields={"name": "Spring", "speed": "5"})
    for lacking in (without("set_speed"), with_absent("set_speed")):
        found = findings(vendor=lacking, snapshot=snapshot(there), known={"spring": known()})
        diff = diff_campaigns(found, {"spring": campaign(fields={"name": "Spring", "speed": 7})}, prune=False)
        assert [v.rule for v in diff.violations] == ["not_possible"]


def test_an_update_is_as_sure_as_the_least_sure_of_its_fields_and_drift_only_if_all_of_it_is():
    fields = {name: CampaignField(name=name, to=name, read=name) for name in ("a", "b", "c")}
    there = actual(fields={"a": "other", "c": "other"})
    remembered = known(fields={"a": "new", "b": "old", "c": "new"})
    found = findings(vendor=with_campaigns(fields=fields), snapshot=snapshot(there), known={"spring": remembered})
    mixed = diff_campaigns(found, {"spring": campaign(fields={"a": "new", "b": "new", "c": "new"})}, prune=False)
    drifted = diff_campaigns(found, {"spring": campaign(fields={"a": "new", "c": "new"})}, prune=False)
    assert [(c.reason, c.confidence) for c in mixed.changes] == [("differs", "believed")]
    assert [(c.reason, c.confidence) for c in drifted.changes] == [("drift", "verified")]


def test_a_writable_field_of_which_nothing_is_known_is_written():
    found = findings(snapshot=snapshot(actual()), known={"spring": known()})
    diff = diff_campaigns(found, {"spring": campaign(fields={"name": "Spring", "speed": 7})}, prune=False)
    assert [(c.operation, c.confidence, c.fields[0].before) for c in diff.changes] == [("set_speed", "unknown", None)]


@pytest.mark.parametrize("lacking", [without("start", "stop"), with_absent("start")])
def test_a_status_that_no_call_brings_about_is_refused(lacking):
    found = findings(vendor=lacking, snapshot=snapshot(actual()), known={"spring": known()})
    diff = diff_campaigns(found, {"spring": campaign(status="started")}, prune=False)
    assert diff.changes == []
    assert "no call to start" in diff.violations[0].message


def test_start_looks_at_the_stated_value_then_at_the_reading_then_at_what_was_applied():
    strict = with_campaigns(start_only_when={"type": ("manual",)})
    wanted = {"spring": campaign(status="started")}
    for there, remembered, starts in (
        ({"name": "Spring", "type": "manual"}, {"type": "always"}, True),
        ({"name": "Spring"}, {"type": "manual"}, True),
        ({"name": "Spring"}, {"type": "always"}, False),
    ):
        found = findings(
            vendor=strict, snapshot=snapshot(actual(fields=there)), known={"spring": known(fields=remembered)}
        )
        diff = diff_campaigns(found, wanted, prune=False)
        assert [c.action for c in diff.changes] == (["start"] if starts else [])


def test_a_new_campaign_starts_where_the_default_of_its_mode_allows_it():
    fields = {"type": CampaignField(name="type", to="type", write="never", default="manual")}
    able = with_campaigns(fields=fields, start_only_when={"type": ("manual", "ready")})
    diff = diff_campaigns(findings(vendor=able), {"spring": campaign(status="started", fields={})}, prune=False)
    assert [c.action for c in diff.changes] == ["create", "start"]


def test_a_lost_creation_that_the_manifest_no_longer_has_is_left_to_whoever_settles_it():
    found = findings(known={"spring": known(remote_id="", state="unknown")})
    diff = diff_campaigns(found, {}, prune=True)
    assert (diff.changes, diff.notes) == ([], [])


@pytest.mark.parametrize("lacking", [without("delete"), with_absent("delete")])
def test_a_campaign_that_no_call_deletes_stays_and_that_is_said(lacking):
    found = findings(vendor=lacking, snapshot=snapshot(actual()), known={"spring": known()})
    diff = diff_campaigns(found, {}, prune=True)
    assert diff.changes == []
    assert "no call to delete" in diff.notes[0]


def test_a_campaign_that_is_gone_or_going_is_not_deleted_again():
    for there in (snapshot(), snapshot(actual(ending=True))):
        found = findings(snapshot=there, known={"spring": known()})
        assert diff_campaigns(found, {}, prune=True).changes == []


def test_a_stopped_campaign_is_deleted_without_a_stop_and_so_is_one_that_nothing_stops():
    stopped = findings(snapshot=snapshot(actual()), known={"spring": known()})
    assert [c.action for c in diff_campaigns(stopped, {}, prune=True).changes] == ["delete"]
    for lacking in (without("stop"), with_absent("stop")):
        started = findings(vendor=lacking, snapshot=snapshot(actual(status="started")), known={"spring": known()})
        assert [c.action for c in diff_campaigns(started, {}, prune=True).changes] == ["delete"]


def test_a_campaign_that_was_not_read_is_deleted_on_the_ledger_s_word():
    found = findings(snapshot=snapshot(source="ledger"), known={"spring": known(status="started")})
    diff = diff_campaigns(found, {}, prune=True)
    assert [(c.action, c.confidence) for c in diff.changes] == [("stop", "believed"), ("delete", "believed")]


def test_lists_and_mappings_are_compared_by_their_meaning():
    assert same_value(("a", 2), ["a", "2"])
    assert not same_value(("a", "b"), ("b", "a"))
    assert same_value({"x": 1, "y": True}, {"y": "true", "x": "1"})


def test_duplicates_count_only_for_wanted_campaigns_with_a_policy():
    wanted = {"a": campaign("a", duplicates="keep_first"), "b": campaign("b")}
    found = {"b": 3, "a": 2, "gone": 1}
    assert [(c.key, groups) for c, groups in stated_duplicates(wanted, found)] == [("a", 2)]
    assert list(stated_duplicates(wanted, {"a": 0})) == []


def test_a_campaign_that_somebody_else_has_started_is_drift():
    found = findings(snapshot=snapshot(actual(status="started")), known={"spring": known(status="stopped")})
    diff = diff_campaigns(found, {"spring": campaign(status="stopped")}, prune=False)
    assert actions(diff) == [("stop", "stop", "drift")]
