"""One campaign change: what is sent, what the ledger remembers, and when a start is refused."""

from dataclasses import replace

import httpx
import orjson
import pytest

from syncengine.errors import RenderError
from syncengine.model.calling import Proof
from syncengine.model.change import FieldChange
from syncengine.model.exchange import Request
from syncengine.model.findings import KnownCampaign
from syncengine.model.vendor import CampaignField
from syncengine.rows.gate import ListedIndex
from tests.building import known
from tests.remote.applying import (
    DIALER,
    Bench,
    Listed,
    call,
    campaign_change,
    item,
    items,
    name_change,
    only,
    state,
    total,
    vendor,
    with_calls,
)


def remembered(bench: Bench, key: str = "spring") -> KnownCampaign | None:
    return bench.ledger.campaigns(DIALER).get(key)


def creating(bench: Bench, answer: object, **more: object) -> None:
    bench.campaigns["spring"] = state(id="", status="unknown", **more)
    bench.dialers.answers = {"campaigns.create": lambda _: answer}
    bench.level("campaign changes", campaign_change("create", fields=name_change("Spring")))


def test_a_created_campaign_is_remembered_under_its_id_and_used_in_the_same_run(bench: Bench) -> None:
    creating(bench, {"id": "23"})
    bench.adding(1)
    bench.level("starts", campaign_change("start"))
    assert bench.apply().complete
    create, add, start = bench.dialers.calls
    assert create.body["fields"] == {"campaign_name": "Spring"}
    assert add.body["campaign"]["id"] == start.body["campaign"]["id"] == "23"
    found = remembered(bench)
    assert found is not None
    assert (found.remote_id, found.status, found.state) == ("23", "started", "present")
    assert found.fields == {"name": "Spring"}


@pytest.mark.parametrize(
    "answer", [{"id": "../users"}, {"id": ""}, {}, {"id": None}, {"id": ["1", "2"]}, {"id": "1\n"}]
)
def test_an_id_that_does_not_look_like_one_leaves_the_campaign_unknown(bench: Bench, answer: object) -> None:
    creating(bench, answer)
    if answer == {"id": "1\n"}:
        # Blanks around an id are no part of it.
        assert bench.apply().complete
        return
    bench.adding(1)
    report = bench.apply()
    assert total(report) == {"unknown": 1, "skipped": 1}
    assert "holds no id of the form" in next(iter(report.changes[0].messages))
    found = remembered(bench)
    assert found is not None
    assert (found.state, found.remote_id) == ("unknown", "")
    assert [open_call.action for open_call in bench.ledger.unfinished_calls()] == ["create"]


def test_a_lost_answer_to_a_creation_leaves_it_unknown(bench: Bench) -> None:
    creating(bench, httpx.ReadError("cut"))
    assert total(bench.apply()) == {"unknown": 1}
    found = remembered(bench)
    assert found is not None
    assert found.state == "unknown"


def test_a_refused_creation_is_not_remembered(bench: Bench) -> None:
    creating(bench, 422)
    assert total(bench.apply()) == {"rejected": 1}
    assert remembered(bench) is None


def test_a_campaign_that_is_created_anew_begins_without_the_rows_of_the_one_that_is_gone(bench: Bench) -> None:
    bench.ledger_with(items(1, 2))
    creating(bench, {"id": "24"}, known=known(remote_id="17"))
    assert bench.apply().complete
    assert bench.states() == {}
    found = remembered(bench)
    assert found is not None
    assert found.remote_id == "24"


def test_a_vendor_whose_campaigns_are_born_started_is_remembered_so(bench: Bench) -> None:
    base = vendor()
    bench.vendor = replace(base, campaigns=replace(base.campaigns, born="started"))
    creating(bench, {"id": "23"})
    bench.apply()
    found = remembered(bench)
    assert found is not None
    assert found.status == "started"


def test_only_changed_fields_are_sent_and_what_was_known_before_is_kept(bench: Bench) -> None:
    bench.campaigns["spring"] = state(known=known(fields={"name": "Spring", "skill": "7"}))
    fields = (FieldChange("name", "Spring", "Summer"), FieldChange("skill", "7", None))
    bench.level("campaign changes", campaign_change("update", fields=fields))
    assert bench.apply().complete
    assert bench.dialers.calls[0].body["fields"] == {"campaign_name": "Summer"}
    found = remembered(bench)
    assert found is not None
    assert found.fields == {"name": "Summer", "skill": "7"}
    assert found.status == "stopped"


@pytest.mark.parametrize("answer", [422, 500, 429])
def test_an_update_that_is_not_sure_is_not_remembered(bench: Bench, answer: int) -> None:
    bench.dialers.answers = {"campaigns.update": lambda _: answer}
    bench.level("campaign changes", campaign_change("update", fields=name_change("Summer")))
    assert not bench.apply().complete
    assert remembered(bench) is None


@pytest.mark.parametrize(("answer", "status"), [(200, "started"), (500, "unknown"), (422, "stopped")])
def test_a_start_that_may_have_arrived_counts_as_running(bench: Bench, answer: int, status: str) -> None:
    bench.campaigns["spring"] = state(known=known())
    bench.vendor = with_calls(
        start=call("campaigns.start", "dialable", proof=Proof(by="read_back")),
        stop=call("campaigns.stop", "suppressing"),
    )
    bench.dialers.answers = {"campaigns.start": lambda _: answer}
    bench.level("campaign changes", campaign_change("update", fields=name_change("Spring")))
    bench.level("starts", campaign_change("start"))
    bench.apply()
    found = remembered(bench)
    assert found is not None
    assert found.status == status
    # And so it stays, however the lost answer is settled later.
    assert bench.in_file("SELECT status FROM campaign") == [("stopped" if answer == 422 else "started",)]


def test_a_stop_that_may_not_have_arrived_counts_as_running(bench: Bench) -> None:
    bench.campaigns["spring"] = state(status="started", known=known(status="started"))
    bench.dialers.answers = {"campaigns.stop": lambda _: 500}
    bench.level("stops", campaign_change("stop"))
    bench.level("campaign changes", campaign_change("update", fields=name_change("Summer")))
    bench.apply()
    found = remembered(bench)
    assert found is not None
    assert found.status != "stopped"


def test_a_deleted_campaign_is_forgotten_with_its_rows(bench: Bench) -> None:
    bench.ledger_with(items(1))
    bench.campaigns["spring"] = state(known=known())
    bench.level("campaign changes", campaign_change("update", fields=name_change("Spring")))
    bench.apply()
    assert remembered(bench) is not None
    bench.levels.clear()
    bench.level("campaign deletions", campaign_change("delete"))
    assert bench.apply().complete
    assert (remembered(bench), bench.states()) == (None, {})


def test_a_deletion_that_is_refused_forgets_nothing(bench: Bench) -> None:
    bench.ledger_with(items(1))
    bench.dialers.answers = {"campaigns.delete": lambda _: 409}
    bench.level("campaign deletions", campaign_change("delete"))
    assert total(bench.apply()) == {"rejected": 1}
    assert len(bench.states()) == 1


def test_a_start_that_carries_a_listed_number_is_held(bench: Bench) -> None:
    bench.listed = Listed(ListedIndex([item(1).key]))
    bench.campaigns["spring"].raw["transfer_to"] = item(1).key
    bench.level("starts", campaign_change("start"))
    report = bench.apply()
    assert total(report) == {"held": 1}
    assert not bench.dialers.calls
    assert "last gate" in next(iter(only(report).messages))


@pytest.mark.parametrize("effect", ["dialable", "neutral"])
def test_a_start_is_held_by_an_unconfirmed_listing_whatever_the_file_says_of_its_effect(
    bench: Bench, effect: str
) -> None:
    bench.vendor = with_calls(start=call("campaigns.start", effect))
    bench.dialers.answers = {"dnc.add": lambda _: 422}
    bench.listing(1)
    bench.level("starts", campaign_change("start"))
    bench.apply()
    assert bench.dialers.names() == ["dnc.add"]


def test_a_request_that_cannot_be_made_has_failed_and_left_no_intent(bench: Bench) -> None:
    def render(scope):
        raise RenderError("the campaign has no number")

    bench.vendor = with_calls(start=call("campaigns.start", "dialable", render=render))
    bench.level("starts", campaign_change("start"))
    report = bench.apply()
    assert dict(only(report).outcomes) == {"failed": 1}
    assert only(report).messages == {"the campaign has no number": 1}
    assert bench.in_file("SELECT count(*) FROM call") == [(0,)]


def test_of_duplicates_the_first_is_kept_and_they_are_asked_for_once_more(bench: Bench) -> None:
    def render(scope):
        return Request("POST", "/keep", body=orjson.dumps(scope["duplicates"]))

    bench.vendor = with_calls(
        find_duplicates=call("duplicates", writes=False, records="groups"),
        keep_duplicates=call("keep", "suppressing", render=render),
    )
    bench.dialers.answers = {
        "duplicates": lambda _: {"groups": {"573001": [{"id": "a"}, {"id": "b"}], "573002": [{"id": "c"}]}}
    }
    bench.level("contact removals", campaign_change("deduplicate", operation="keep_duplicates", effect="suppressing"))
    assert bench.apply().complete
    assert bench.dialers.calls[-1].request.content == b'{"573001":"a"}'
    bench.dialers.answers = {"duplicates": lambda _: 500}
    assert total(bench.apply()) == {"failed": 1}


def test_templates_see_the_vendors_names_of_our_fields(bench: Bench) -> None:
    bench.campaigns["spring"] = state(fields={"speed": "3"}, raw={"campaign_name": "as it was read", "queue": "q"})
    bench.level("starts", campaign_change("start"))
    bench.apply()
    shown = bench.dialers.calls[0].body["campaign"]
    assert (shown["speed"], shown["queue"], shown["campaign_name"]) == ("3", "q", "as it was read")
    assert isinstance(vendor().campaigns.fields["speed"], CampaignField)


def test_a_start_is_held_when_another_run_has_read_a_list_since_the_plan(bench: Bench) -> None:
    bench.listed.moved = True
    bench.level("campaign changes", campaign_change("stop"))
    bench.level("starts", campaign_change("start"))
    report = bench.apply()
    assert bench.dialers.names() == ["campaigns.stop"]
    assert total(report) == {"applied": 1, "held": 1}
    assert dict(report.changes[1].messages) == {
        "the last gate: another run has read a do-not-call list since the plan; plan again": 1
    }
