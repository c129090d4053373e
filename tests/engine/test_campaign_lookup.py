from dataclasses import replace

import pytest

from syncengine.engine.campaign_lookup import address_of, find_actual, impossible
from syncengine.model.calling import Proof
from syncengine.model.plan import Hold, Violation
from tests.building import HERE, actual, campaign, findings, known, operation, snapshot, vendor

LOST = known(remote_id="", state="unknown")
PART = {"complete": False, "problem": "page 2 is missing"}


def unread():
    return findings(snapshot=snapshot(source="ledger"))


def vendor_whose_create(proof):
    base = vendor()
    create = operation("campaigns.create", proof=Proof(by=proof) if proof else None)
    return replace(base, campaigns=replace(base.campaigns, operations={**base.campaigns.operations, "create": create}))


def test_a_campaign_is_found_by_the_id_that_the_ledger_remembers_even_under_another_name():
    there = actual(name="Renamed by someone")
    assert find_actual(findings(snapshot=snapshot(there)), campaign(), known()) == (there, None)


def test_a_campaign_that_the_dialer_is_about_to_delete_is_not_there():
    ending = findings(snapshot=snapshot(actual(ending=True)))
    assert find_actual(ending, campaign(), known()) == (None, None)
    assert find_actual(ending, campaign(), None) == (None, None)


def test_an_id_that_part_of_a_list_lacks_proves_nothing():
    found, problem = find_actual(findings(snapshot=snapshot(**PART)), campaign(), known())
    assert found is None
    assert isinstance(problem, Hold)
    assert (problem.what, problem.why) == ("all changes", "the dialer's list is not whole: page 2 is missing")


def test_an_adopted_id_that_a_whole_list_lacks_is_a_mistake_of_the_manifest():
    _, problem = find_actual(findings(), campaign(id="99"), None)
    assert isinstance(problem, Violation)
    assert problem.location == HERE


def test_several_campaigns_of_one_name_are_all_named_and_the_first_is_offered():
    twice = findings(snapshot=snapshot(actual(id="17"), actual(id="18")))
    _, problem = find_actual(twice, campaign(), None)
    assert '(id "17", "18")' in problem.message
    assert 'id: "17"' in problem.remedy


def test_a_lost_creation_is_not_taken_from_part_of_a_list_that_could_hold_a_second_one():
    one = findings(snapshot=snapshot(actual(), **PART))
    found, problem = find_actual(one, campaign(), LOST)
    assert found is None
    assert problem.what == "creation"


def test_a_lost_creation_is_not_taken_when_two_have_its_name():
    two = findings(snapshot=snapshot(actual(id="17"), actual(id="18")))
    assert isinstance(find_actual(two, campaign(), LOST)[1], Violation)


@pytest.mark.parametrize("proof", ["read_back", "park", "task", None])
@pytest.mark.parametrize("source", ["read", "ledger"])
def test_a_lost_creation_is_not_sent_a_second_time_where_that_could_make_a_second_campaign(proof, source):
    found = findings(vendor=vendor_whose_create(proof), snapshot=snapshot(source=source))
    _, problem = find_actual(found, campaign(), LOST)
    assert isinstance(problem, Hold)
    assert "answer to an earlier one was lost" in problem.why


@pytest.mark.parametrize("proof", ["repeat", "refusal"])
def test_a_lost_creation_is_sent_again_where_the_vendor_file_says_that_this_is_harmless(proof):
    assert find_actual(findings(vendor=vendor_whose_create(proof)), campaign(), LOST) == (None, None)


def test_a_vendor_that_creates_nothing_has_no_lost_creation():
    base = vendor()
    bare = replace(base, campaigns=replace(base.campaigns, operations={}))
    assert find_actual(findings(vendor=bare), campaign(), LOST) == (None, None)


def test_a_campaign_that_was_not_read_is_believed_as_the_ledger_has_it():
    found, problem = find_actual(unread(), campaign(), known(status="started"))
    assert problem is None
    assert (found.id, found.status, dict(found.fields)) == ("17", "started", {"name": "Spring"})


@pytest.mark.parametrize("remembered", [None, LOST])
def test_an_adopted_campaign_that_was_never_read_is_taken_as_there_and_not_created(remembered):
    found, problem = find_actual(unread(), campaign(id="99"), remembered)
    assert problem is None
    assert (found.id, found.status, dict(found.fields)) == ("99", "unknown", {})


def test_nothing_known_and_nothing_read_is_a_new_campaign():
    assert find_actual(unread(), campaign(), None) == (None, None)


@pytest.mark.parametrize("source", ["read", "ledger"])
def test_another_id_under_the_same_key_is_refused_since_the_remembered_rows_are_in_the_old_campaign(source):
    both = findings(snapshot=snapshot(actual(id="17"), actual(id="18"), source=source))
    _, problem = find_actual(both, campaign(id="18"), known(remote_id="17"))
    assert isinstance(problem, Violation)
    assert '"17"' in problem.message
    assert "key of its own" in problem.remedy


def test_what_is_impossible_names_the_campaign_and_its_place_in_the_manifest():
    found = impossible(campaign(), "it cannot be", "leave it")
    assert found.message == "acme-co/campaign/spring: it cannot be"
    assert (found.rule, found.address, found.location) == ("not_possible", address_of(campaign()), HERE)
