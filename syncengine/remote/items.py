"""What became of each row of a batch, read out of one answer.

Rows are found by the value that the answer names them with, never by their place. An answer that names rows which were
not sent, or one row twice, is not an answer to this batch as we understand it: then every row of it is unknown.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncengine.model.answers import ItemOutcome, Items, ListedItems
from syncengine.model.exchange import Answer, RowItem
from syncengine.model.vendor import Operation
from syncengine.remote.paths import MISSING, as_count, as_list, as_text, find, is_blank
from syncengine.remote.wording import presentable

# Of several results for one row the first of these that occurs is the row's.
_GRAVEST_FIRST: tuple[ItemOutcome, ...] = (
    "unknown",
    "deferred",
    "rejected",
    "applied",
    "already_present",
    "already_absent",
)
# What needs no reason.
_DONE: frozenset[ItemOutcome] = frozenset({"applied", "already_present", "already_absent"})


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one row."""

    outcome: ItemOutcome
    # Vendor's words, masked; empty where there are none.
    message: str = ""
    remote_id: str = ""


@dataclass(frozen=True, slots=True)
class ItemsSummary:
    """What is odd about the answer as a whole; ``alarm`` is empty when nothing is."""

    alarm: str = ""


class _UnfitError(Exception):
    """The answer does not have the shape that the vendor file states."""


@dataclass(frozen=True, slots=True)
class _Named:
    """One row value of the answer, with what was said about it."""

    value: str
    result: ItemResult


def item_results(
    operation: Operation, rows: Sequence[RowItem], answer: Answer
) -> tuple[dict[str, ItemResult], ItemsSummary]:
    """Return each row's outcome by its key, and an alarm when the answer does not fit the batch.

    Only for answers that were judged as applied: the call as a whole succeeded. A row that the answer does not name is
    what the vendor file says of such rows (``unlisted``).
    """
    items = operation.items
    if items is None:
        return dict.fromkeys((row.key for row in rows), ItemResult("applied")), ItemsSummary()
    if items.shape == "none":
        return _by_total(items, rows, answer)
    try:
        named = list(_named(items, answer.body))
        results = _by_row(items, rows, named)
    except _UnfitError as problem:
        return _all_unknown(rows, str(problem)), ItemsSummary(str(problem))
    return results, ItemsSummary()


def _by_total(items: Items, rows: Sequence[RowItem], answer: Answer) -> tuple[dict[str, ItemResult], ItemsSummary]:
    total = find(answer.body, items.total) if items.total else MISSING
    if is_blank(total) or as_count(total) == len(rows):
        return dict.fromkeys((row.key for row in rows), ItemResult("applied")), ItemsSummary()
    problem = f"{len(rows)} rows were sent and the dialer says it took {presentable(as_text(total))[:20]}"
    return _all_unknown(rows, problem), ItemsSummary(problem)


def _all_unknown(rows: Sequence[RowItem], why: str) -> dict[str, ItemResult]:
    return dict.fromkeys((row.key for row in rows), ItemResult("unknown", why))


def _by_row(items: Items, rows: Sequence[RowItem], named: Sequence[_Named]) -> dict[str, ItemResult]:
    """Bring rows and named values together; raises _UnfitError when they do not fit."""
    phones = items.row == "phone"
    sent = {row.key: _row_value(items.row, row) for row in rows}
    rows_of = Counter(_comparable(value, phones=phones) for value in sent.values())
    said: dict[str, list[ItemResult]] = {}
    for one in named:
        said.setdefault(_comparable(one.value, phones=phones), []).append(one.result)
    _check_extra(said, rows_of)
    results = {}
    for key, value in sent.items():
        found = said.get(_comparable(value, phones=phones), []) if value else []
        # Two rows can share one value, such as a number: then what is said of either is true of the graver.
        results[key] = _gravest(found) if found else ItemResult(items.unlisted, _unlisted_words(items))
    return results


def _check_extra(said: Mapping[str, Sequence[ItemResult]], rows_of: Counter[str]) -> None:
    extra = sum(1 for value in said if not value or value not in rows_of)
    if extra:
        raise _UnfitError(f"the answer names {extra} rows that were not sent")
    doubled = sum(1 for value, results in said.items() if len(results) > rows_of[value])
    if doubled:
        raise _UnfitError(f"the answer names {doubled} rows more than once")


def _unlisted_words(items: Items) -> str:
    return "the answer does not name this row" if items.unlisted == "unknown" else ""


def _gravest(results: Sequence[ItemResult]) -> ItemResult:
    return min(results, key=lambda result: _GRAVEST_FIRST.index(result.outcome))


def _row_value(row_word: str, row: RowItem) -> str:
    if row_word == "phone":
        return row.phones[0] if row.phones else ""
    if row_word == "remote_id":
        return row.remote_id
    if row_word.startswith("record."):
        return as_text(find(row.record, row_word.removeprefix("record.")))
    return row.key


def _comparable(value: str, *, phones: bool) -> str:
    return re.sub(r"[^0-9]", "", value) if phones else value.strip()


# ------------------------------------------------------------------------------------------ one reader per shape


def _named(items: Items, body: object) -> Iterator[_Named]:
    match items.shape:
        case "map":
            yield from _from_map(items, body)
        case "map_of_lists":
            yield from _from_map_of_lists(items, body)
        case "list":
            yield from _from_list(items, body)
        case "lists":
            for listed in items.lists:
                yield from _from_listed(listed, body)


def _mapping_at(items: Items, body: object) -> Mapping[str, object]:
    found = find(body, items.at)
    if isinstance(found, Mapping):
        return found
    # An empty object is written as an empty list by some languages.
    if found == []:
        return {}
    raise _UnfitError(f"the answer has no object of rows at {items.at or 'its root'}")


def _from_map(items: Items, body: object) -> Iterator[_Named]:
    for value, result in _mapping_at(items, body).items():
        yield _Named(value, _read_result(items, result))


def _from_map_of_lists(items: Items, body: object) -> Iterator[_Named]:
    for value, found in _mapping_at(items, body).items():
        results = as_list(found)
        if results is None:
            results = [found]
        read = [_read_result(items, result) for result in results]
        yield _Named(value, _gravest(read) if read else ItemResult("unknown", "the answer says nothing of this row"))


def _from_list(items: Items, body: object) -> Iterator[_Named]:
    results = as_list(find(body, items.at))
    if results is None:
        raise _UnfitError(f"the answer has no list of rows at {items.at or 'its root'}")
    for result in results:
        yield _Named(as_text(find(result, items.key)), _read_result(items, result))


def _read_result(items: Items, result: object) -> ItemResult:
    word = as_text(find(result, items.status)).strip()
    words = as_text(find(result, items.message)).strip() if items.message else ""
    remote_id = as_text(find(result, items.remote_id)).strip() if items.remote_id else ""
    outcome = items.outcomes.get(word, "unknown")
    return ItemResult(outcome, presentable(words or ("" if outcome in _DONE else word)), remote_id)


def _from_listed(listed: ListedItems, body: object) -> Iterator[_Named]:
    # All that such an answer says of a row is where it stands.
    why = "" if listed.outcome in _DONE else f"the answer names it under {listed.at or 'its root'}"
    for element in _elements(listed, body):
        yield _Named(as_text(find(element, listed.value)), ItemResult(listed.outcome, why))


def _elements(listed: ListedItems, body: object) -> Iterable[object]:
    found = find(body, listed.at)
    if is_blank(found) or found == {}:
        return ()
    elements = as_list(found)
    if elements is None:
        raise _UnfitError(f"the answer has no list of rows at {listed.at}")
    if listed.after is None:
        return elements
    texts = [as_text(element).strip() for element in elements]
    return elements[texts.index(listed.after) + 1 :] if listed.after in texts else ()
