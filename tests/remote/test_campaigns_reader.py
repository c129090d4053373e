import asyncio
from typing import Any

import pytest

from syncengine.errors import AnswerError, RefusedError
from syncengine.model.answers import Match
from syncengine.model.calling import Offset
from syncengine.model.exchange import Request
from syncengine.model.snapshot import CampaignSnapshot
from syncengine.model.vendor import CampaignField, Campaigns
from syncengine.remote.campaigns_reader import DuplicateGroup, read_campaigns, read_duplicates, read_one
from tests.remote.dialing import Script, client, reading

FIELDS = {
    "speed": CampaignField(name="speed", to="sp", read="speed", kind="integer"),
    "type": CampaignField(name="type", to="type_campaign", read="type", values={"predictive": "3"}),
    "ends": CampaignField(name="ends", to="end_time"),
    "starts_at": CampaignField(name="starts_at", to="start_time", read="start", kind="epoch_ms"),
}
OK = Match(body={"r": (0,)})


def campaigns(**more: Any) -> Campaigns:
    operations = {
        "list": reading(records="data", success=OK),
        "read": reading(
            records="data", success=OK, render=lambda scope: Request("GET", f"/campaigns/{scope['campaign']['id']}")
        ),
        "find_duplicates": reading(records="data", success=OK, id="id"),
    }
    stated: dict[str, Any] = {
        "operations": operations,
        "fields": FIELDS,
        "id": "id",
        "name": "name",
        "status": "status",
        "started": ("Started", "2"),
        "stopped": ("Stopped",),
        "ending": "removal",
    }
    return Campaigns(**(stated | more))


def read(*answers: Any, **more: Any) -> CampaignSnapshot:
    dialer = client(Script(*answers), vendor_words={"campaigns": campaigns(**more)})
    return asyncio.run(read_campaigns(dialer, dialer.vendor))


def listed(*records: object) -> dict[str, object]:
    return {"r": 0, "data": list(records)}


def test_records_become_campaigns_in_our_words() -> None:
    record = {"id": "00011", "name": "Spring", "status": "Started", "speed": "5", "type": 3, "start": 1772352000000}
    snapshot = read(listed({"id": 9, "name": None, "removal": "queued"}, record))
    assert (snapshot.complete, snapshot.source, snapshot.dialer, snapshot.problem) == (True, "read", "acme-co", "")
    spring, nameless = snapshot.campaigns
    assert (spring.id, spring.name, spring.status, spring.ending) == ("00011", "Spring", "started", False)
    assert spring.fields == {"speed": 5, "type": "predictive", "starts_at": "2026-03-01T08:00:00Z"}
    assert spring.raw == {"sp": "5", "type_campaign": 3, "start_time": 1772352000000}
    assert (nameless.id, nameless.name, nameless.status, nameless.ending) == ("9", "", "unknown", True)
    assert nameless.fields == {}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Started", "started"),
        (2, "started"),
        ("Stopped", "stopped"),
        ("started", "unknown"),
        ("Paused", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_status_word_that_is_not_listed_is_unknown(word: object, status: str) -> None:
    assert read(listed({"id": "1", "status": word})).campaigns[0].status == status


@pytest.mark.parametrize("value", ["five", None, "", [], {}])
def test_an_unreadable_value_is_left_out(value: object) -> None:
    assert "speed" not in read(listed({"id": "1", "speed": value})).campaigns[0].fields


@pytest.mark.parametrize("id_", ["1/../2", "", None, "a b", {"x": 1}, "x" * 65])
def test_a_campaign_without_a_usable_id_makes_the_snapshot_incomplete(id_: object) -> None:
    snapshot = read(listed({"id": id_}, {"id": "1"}))
    assert [campaign.id for campaign in snapshot.campaigns] == ["1"]
    assert not snapshot.complete
    assert "usable id" in snapshot.problem


@pytest.mark.parametrize("answer", [500, 403, {"r": 3}, {"r": 0}, {"r": 0, "data": {}}])
def test_trouble_makes_the_snapshot_incomplete_and_never_raises(answer: object) -> None:
    snapshot = read(answer)
    assert (snapshot.campaigns, snapshot.complete, snapshot.source) == ((), False, "read")
    assert snapshot.problem


def test_campaigns_that_came_twice_are_a_doubt() -> None:
    operations = {"list": reading(records="data", success=OK, pagination=Offset(kind="offset", limit=2))}
    pages = (listed({"id": "1"}, {"id": "2"}), listed({"id": "2"}, {"id": "3"}), listed())
    snapshot = read(*pages, operations=operations)
    assert [campaign.id for campaign in snapshot.campaigns] == ["1", "2", "3"]
    assert not snapshot.complete


def test_a_vendor_without_a_listing_is_not_asked() -> None:
    snapshot = read(operations={})
    assert (snapshot.source, snapshot.complete, snapshot.campaigns) == ("none", False, ())


def one(*answers: Any) -> Any:
    dialer = client(Script(*answers), vendor_words={"campaigns": campaigns()})
    return asyncio.run(read_one(dialer, dialer.vendor, "1"))


@pytest.mark.parametrize("data", [{"id": "1", "speed": 4}, [{"id": 1, "speed": "4"}]])
def test_one_campaign_is_read(data: object) -> None:
    assert one({"r": 0, "data": data}).fields == {"speed": 4}


@pytest.mark.parametrize("data", [{"id": "2"}, [], [{"id": "1"}, {"id": "1"}], None, "1"])
def test_an_answer_about_something_else_is_an_error(data: object) -> None:
    with pytest.raises(AnswerError):
        one({"r": 0, "data": data})


@pytest.mark.parametrize("answer", [404, 500, 403, {"r": 9}])
def test_a_refusal_never_proves_that_a_campaign_is_absent(answer: object) -> None:
    with pytest.raises(RefusedError):
        one(answer)


def duplicates(answer: object) -> tuple[DuplicateGroup, ...]:
    dialer = client(Script(answer), vendor_words={"campaigns": campaigns()})
    return asyncio.run(read_duplicates(dialer, dialer.vendor, {"id": "1"}))


def test_duplicates_are_groups_of_ids_by_number() -> None:
    rows = {"84368646891": [{"id": 1}, {"id": "2"}], "84346608877": {"0": {"id": 5}, "1": {"id": 6}}, "1": [{"id": 9}]}
    assert duplicates({"r": 0, "data": rows}) == (
        DuplicateGroup("84368646891", (1, "2")),
        DuplicateGroup("84346608877", (5, 6)),
    )
    assert duplicates({"r": 0, "data": []}) == ()


@pytest.mark.parametrize("data", [{"1": [{"name": "x"}]}, {"1": "x"}, "none", [1]])
def test_duplicates_in_another_shape_are_an_error(data: object) -> None:
    with pytest.raises(AnswerError):
        duplicates({"r": 0, "data": data})


def test_a_refused_question_about_duplicates_is_an_error() -> None:
    with pytest.raises(RefusedError):
        duplicates({"r": 3})
