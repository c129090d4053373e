import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.model.answers import Items, ListedItems
from syncengine.model.exchange import RowItem
from syncengine.remote.items import ItemResult, item_results
from tests.remote.dialing import answer, writing

WORDS = {"ADDED": "applied", "ALREADY_EXISTS": "already_present", "FAILED": "rejected", "BUSY": "deferred"}


def rows(count: int) -> list[RowItem]:
    return [RowItem(f"k{n}", (f"+4830000{n:04}",), {"customer_id": n}, remote_id=f"r{n}") for n in range(count)]


def read(items: Items, sent: list[RowItem], body: object) -> tuple[dict[str, str], str]:
    results, summary = item_results(writing(items=items), sent, answer(body))
    assert list(results) == [row.key for row in sent]
    return {key: result.outcome for key, result in results.items()}, summary.alarm


MAP = Items(shape="map", row="record.customer_id", status="status", outcomes=WORDS, message="message", remote_id="id")  # type: ignore[arg-type]
LIST = Items(shape="list", at="rows", key="who", status="status", outcomes=WORDS)  # type: ignore[arg-type]
MANY = Items(shape="map_of_lists", row="phone", status="status", outcomes=WORDS)  # type: ignore[arg-type]
LISTS = Items(
    shape="lists",
    row="phone",
    unlisted="applied",
    lists=(
        ListedItems(at="data.skipped", outcome="already_present"),
        ListedItems(at="data.invalid", outcome="rejected"),
    ),
)
MARKED = Items(
    shape="lists",
    row="remote_id",
    unlisted="applied",
    lists=(ListedItems(at="data", outcome="already_present", after="contactexistis"),),
)


def test_results_carry_the_vendors_words_and_ids() -> None:
    body = {
        "0": {"status": "ADDED", "id": 111, "message": None},
        "1": {"status": "FAILED", "message": "Bad number +48300001234"},
    }
    results, _ = item_results(writing(items=MAP), rows(2), answer(body))
    assert results["k0"] == ItemResult("applied", "", "111")
    assert results["k1"].outcome == "rejected"
    assert results["k1"].message.startswith("Bad number")
    assert "300001234" not in results["k1"].message


def test_a_refusal_without_words_shows_the_vendors_word() -> None:
    results, _ = item_results(writing(items=MAP), rows(1), answer({"0": {"status": "BUSY"}}))
    assert results["k0"].message == "BUSY"


def test_a_refusal_that_is_only_a_place_in_the_answer_names_the_place() -> None:
    body = {"data": {"skipped": ["48300000001"], "invalid": ["+48300000000"]}}
    results, _ = item_results(writing(items=LISTS), rows(2), answer(body))
    assert results["k0"] == ItemResult("rejected", "the answer names it under data.invalid")
    assert results["k1"] == ItemResult("already_present", "")


@pytest.mark.parametrize(
    ("items", "body", "expected"),
    [
        (MAP, {"0": {"status": "ADDED"}, "1": {"status": "NEW_WORD"}}, ["applied", "unknown"]),
        (MAP, {"1": {"status": "ADDED"}}, ["unknown", "applied"]),
        (MAP, {}, ["unknown", "unknown"]),
        (MAP, [], ["unknown", "unknown"]),
        (
            LIST,
            {"rows": [{"who": "k1", "status": "FAILED"}, {"who": "k0", "status": "ADDED"}]},
            ["applied", "rejected"],
        ),
        (LIST, {"rows": {"0": {"who": "k1", "status": "ADDED"}}}, ["unknown", "applied"]),
        (
            MANY,
            {"+48 300000000": [{"status": "ADDED"}, {"status": "BUSY"}], "48300000001": [{"status": "ADDED"}]},
            ["deferred", "applied"],
        ),
        (MANY, {"48300000000": [], "48300000001": {"status": "ADDED"}}, ["unknown", "applied"]),
        (LISTS, {"data": {"skipped": ["48300000001"], "invalid": []}}, ["applied", "already_present"]),
        (LISTS, {"data": {"skipped": [], "invalid": ["+48300000000"]}}, ["rejected", "applied"]),
        (LISTS, {"data": {}}, ["applied", "applied"]),
        (MARKED, {"data": ["contactexistis", "r1"]}, ["applied", "already_present"]),
        (MARKED, {"data": ["r1"]}, ["applied", "applied"]),
        (MARKED, {}, ["applied", "applied"]),
    ],
)
def test_rows_are_found_by_value_in_every_shape(items: Items, body: object, expected: list[str]) -> None:
    outcomes, alarm = read(items, rows(2), body)
    assert list(outcomes.values()) == expected
    assert alarm == ""


@pytest.mark.parametrize(
    ("items", "body"),
    [
        (MAP, {"0": {"status": "ADDED"}, "77": {"status": "ADDED"}}),
        (MAP, "text"),
        (MAP, [{"status": "ADDED"}, {"status": "ADDED"}]),
        (LIST, {"rows": [{"who": "k0", "status": "ADDED"}, {"who": "k0", "status": "ADDED"}]}),
        (LIST, {"rows": [{"status": "ADDED"}]}),
        (LIST, {}),
        # The vendor spells the number in another way: which row was skipped cannot be told.
        (LISTS, {"data": {"skipped": ["0300000001"], "invalid": []}}),
        (LISTS, {"data": {"skipped": "48300000001", "invalid": []}}),
        (LISTS, {"data": {"skipped": ["48300000001"], "invalid": ["48300000001"]}}),
    ],
)
def test_an_answer_that_does_not_fit_the_batch_makes_it_unknown_and_rings(items: Items, body: object) -> None:
    outcomes, alarm = read(items, rows(2), body)
    assert set(outcomes.values()) == {"unknown"}
    assert alarm


def test_two_rows_with_one_number_share_the_graver_word() -> None:
    sent = [RowItem("a", ("+48300",)), RowItem("b", ("+48300",))]
    assert read(MANY, sent, {"48300": [{"status": "ADDED"}]})[0] == {"a": "applied", "b": "applied"}
    listed = Items(shape="list", key="phone", row="phone", status="status", outcomes=WORDS)  # type: ignore[arg-type]
    body = [{"phone": "48300", "status": "ADDED"}, {"phone": "48300", "status": "FAILED"}]
    assert read(listed, sent, body) == ({"a": "rejected", "b": "rejected"}, "")


@pytest.mark.parametrize(
    ("total", "applied"),
    [
        ("3", True),
        (3, True),
        (" ", True),
        (None, True),
        ("", True),
        (2, False),
        ("0", False),
        (4, False),
        ("all", False),
    ],
)
def test_a_total_that_differs_makes_the_whole_batch_unknown(total: object, applied) -> None:
    outcomes, alarm = read(Items(shape="none", total="data.0.total"), rows(3), {"data": [{"total": total}]})
    assert set(outcomes.values()) == ({"applied"} if applied else {"unknown"})
    assert bool(alarm) is not applied


def test_a_call_without_item_results_stands_for_its_rows() -> None:
    results, summary = item_results(writing(), rows(2), answer({"ok": True}))
    assert {result.outcome for result in results.values()} == {"applied"}
    assert not summary.alarm


# What the dialer did with each row, and which faults its answer has.
_TRUTH = st.lists(st.sampled_from(["ADDED", "ALREADY_EXISTS", "FAILED", "BUSY"]), min_size=1, max_size=20)


@given(_TRUTH, st.sampled_from(["map", "map_of_lists", "list"]), st.randoms(use_true_random=False), st.data())
@settings(max_examples=150)
def test_what_is_booked_is_what_the_dialer_did(
    truth: list[str], shape: str, dice: random.Random, data: st.DataObject
) -> None:
    sent = rows(len(truth))
    named = [number for number in range(len(truth)) if data.draw(st.booleans(), label="named")]
    extra = data.draw(st.booleans(), label="extra")
    dice.shuffle(named)
    said: list[tuple[str, dict[str, Any]]] = [(f"k{n}", {"who": f"k{n}", "status": truth[n]}) for n in named]
    if extra:
        said.append(("k999", {"who": "k999", "status": "ADDED"}))
    body: object = {key: ([result] if shape == "map_of_lists" else result) for key, result in said}
    if shape == "list":
        body = [result for _, result in said]
    items = Items(shape=shape, key="who", status="status", outcomes=WORDS)  # type: ignore[arg-type]
    outcomes, alarm = read(items, sent, body)
    assert bool(alarm) is extra
    for number, word in enumerate(truth):
        booked = outcomes[f"k{number}"]
        assert booked == (WORDS[word] if number in named and not extra else "unknown")
