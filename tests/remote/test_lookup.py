"""People are looked up before they are added, since the vendor would add them twice."""

import httpx
import orjson
import pytest

from syncengine.model.address import Address
from syncengine.model.exchange import Request
from syncengine.model.vendor import Listed
from tests.remote.applying import DIALER, Bench, Seen, call, directory, item, items, only, records, rows_change, vendor

PEOPLE = Address(DIALER, "directory", "account")
# A question that shows which row it is about.
FIND = call(
    "people.find",
    writes=False,
    records="found",
    render=lambda scope: Request("POST", "/people.find", body=orjson.dumps({"row": scope["row"]})),
)
KEYS = [row.key for row in items(*range(4))]


def looking_up(bench: Bench, found: object, *numbers: int, listed: Listed | None = None) -> None:
    """Plan additions to a directory that answers ``found`` when it is asked about a row."""
    people = directory(
        operations={"lookup": FIND},
        listed=listed or Listed(key="ours", remote_id="theirs"),
    )
    bench.vendor = vendor(records(), people)
    bench.dialers.answers = {"people.find": found, "people.add": lambda _: {"made": "P9"}}
    bench.rows("people", items(*numbers))
    change = rows_change("add", "people", len(numbers), address=PEOPLE, collection="people", effect="neutral")
    bench.level("directory entries", change)


def asked_for(seen: Seen) -> str:
    return str(seen.body["row"]["key"])


def kept(bench: Bench) -> dict[str, str]:
    table = bench.ledger.rows_table(PEOPLE)
    return dict(zip(table.column("key").to_pylist(), table.column("remote_id").to_pylist(), strict=True))


def test_who_is_there_is_taken_over_and_only_the_others_are_added(bench: Bench) -> None:
    there = {KEYS[0]: "P0"}
    looking_up(
        bench,
        lambda seen: {
            "found": [{"ours": asked_for(seen), "theirs": there[asked_for(seen)]}] if asked_for(seen) in there else []
        },
        0,
        1,
    )
    report = bench.apply()
    assert bench.dialers.keys("people.add") == [KEYS[1]]
    assert dict(only(report).outcomes) == {"already_present": 1, "applied": 1}
    assert kept(bench) == {KEYS[0]: "P0", KEYS[1]: "P9"}
    # Two questions and one addition.
    assert only(report).calls == 3


def test_two_people_under_one_key_are_left_to_a_person(bench: Bench) -> None:
    looking_up(
        bench,
        lambda seen: {"found": [{"ours": asked_for(seen), "theirs": "P0"}, {"ours": asked_for(seen), "theirs": "P1"}]},
        0,
    )
    report = bench.apply()
    assert bench.dialers.keys("people.add") == []
    assert dict(only(report).outcomes) == {"rejected": 1}
    assert "2 entries under this key" in next(iter(only(report).messages))
    assert kept(bench) == {}


def test_the_same_person_named_twice_is_one(bench: Bench) -> None:
    looking_up(bench, lambda seen: {"found": [{"ours": asked_for(seen), "theirs": "P0"}] * 2}, 0)
    assert kept(bench) == {}
    bench.apply()
    assert kept(bench) == {KEYS[0]: "P0"}


def test_an_entry_without_its_id_is_there_and_is_not_added_again(bench: Bench) -> None:
    looking_up(bench, lambda seen: {"found": [{"ours": asked_for(seen), "id": "P0"}]}, 0)
    report = bench.apply()
    assert bench.dialers.keys("people.add") == []
    assert dict(only(report).outcomes) == {"failed": 1}


def test_an_entry_under_another_key_is_not_taken_for_ours(bench: Bench) -> None:
    # A search that finds parts of words.
    looking_up(bench, lambda seen: {"found": [{"ours": asked_for(seen) + "0", "theirs": "P0"}]}, 0)
    report = bench.apply()
    assert kept(bench) == {}
    assert bench.dialers.keys("people.add") == []
    assert dict(only(report).outcomes) == {"rejected": 1}


def test_where_the_file_names_no_key_what_is_found_counts(bench: Bench) -> None:
    looking_up(bench, lambda _: {"found": [{"theirs": "P0"}]}, 0, listed=Listed(remote_id="theirs"))
    bench.apply()
    assert kept(bench) == {KEYS[0]: "P0"}


@pytest.mark.parametrize("answer", [500, 404, (200, {"other": []}), httpx.ReadError("cut")])
def test_who_could_not_be_looked_up_is_not_added(bench: Bench, answer: object) -> None:
    looking_up(bench, lambda seen: answer if asked_for(seen) == KEYS[0] else {"found": []}, 0, 1)
    report = bench.apply()
    assert bench.dialers.keys("people.add") == [KEYS[1]]
    assert dict(only(report).outcomes) == {"failed": 1, "applied": 1}


def test_a_refusal_meant_for_all_is_asked_for_once(bench: Bench) -> None:
    looking_up(bench, lambda _: 403, 0, 1, 2, 3)
    report = bench.apply()
    assert bench.dialers.names() == ["people.find"]
    assert dict(only(report).outcomes) == {"failed": 1, "skipped": 3}


def test_an_interruption_ends_the_questions(bench: Bench) -> None:
    looking_up(bench, lambda _: {"found": []}, 0, 1, 2)
    bench.interrupted = lambda: bool(bench.dialers.calls)
    report = bench.apply()
    assert bench.dialers.names() == ["people.find"]
    assert dict(only(report).outcomes) == {"skipped": 3}


def test_a_row_is_shown_to_the_question_as_to_any_call(bench: Bench) -> None:
    looking_up(bench, lambda _: {"found": []}, 0)
    bench.apply()
    assert bench.dialers.of("people.find")[0].body["row"] == {
        "key": KEYS[0],
        "phone": item(0).phones[0],
        "phones": [KEYS[0]],
        "remote_id": "",
    }
