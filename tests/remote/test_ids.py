import pytest

from syncengine.remote.ids import TASK_ID, handed_out_id
from tests.remote.dialing import answer

CAMPAIGN = r"[A-Za-z0-9_-]{1,64}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"data": [{"id_campaing": "11540"}]}, "11540"),
        ({"data": [{"id_campaign": 11540}]}, "11540"),
        ({"data": [{}]}, ""),
        ({"data": [{"id_campaign": "1/../../dnd/2?x="}]}, ""),
        ({"data": [{"id_campaign": ".."}]}, ""),
        ({"data": [{"id_campaign": "12\n"}]}, "12"),
        ({"data": [{"id_campaign": None}]}, ""),
        (b"11540", ""),
    ],
)
def test_only_an_id_that_looks_like_one_is_taken(body: object, expected: str) -> None:
    path = "data.0.id_campaing | data.0.id_campaign"
    assert handed_out_id(answer(body), path, CAMPAIGN) == expected


@pytest.mark.parametrize("id_", ["../x", ".", "..", "a/b", "a?b", "a b", "x" * 200, "%2e%2e"])
def test_a_task_id_cannot_lead_elsewhere(id_: str) -> None:
    assert handed_out_id(answer({"task": id_}), "task", TASK_ID) == ""
    assert handed_out_id(answer({"task": "3c6f10ec-91"}), "task", TASK_ID) == "3c6f10ec-91"
