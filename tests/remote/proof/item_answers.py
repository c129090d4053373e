"""Answers to batches, right and spoiled: what is booked of a row is what the dialer's own record says, or unknown."""

from random import Random
from typing import Any

from syncengine.model.answers import Items, ListedItems
from syncengine.model.exchange import RowItem
from syncengine.remote.items import item_results
from tests.remote.dialing import answer, writing
from tests.remote.proof.figures import Figures, expect

_WORDS = {"new": "applied", "old": "already_present", "bad": "rejected", "later": "deferred"}
_SPOILS = ("", "", "missing", "extra", "doubled", "unknown word", "no list", "blank name", "shuffled", "total")
_SHAPES = ("map", "map_of_lists", "list", "lists", "none")
_DONE = {"applied", "already_present"}


def run(count: int, seed: int) -> Figures:
    """Judge ``count`` answers."""
    known = unknown = 0
    for number in range(count):
        case = f"{seed}/{number}"
        settled, left = _one(Random(case), case)
        known, unknown = known + settled, unknown + left
    return Figures({"answers": count, "rows booked as the dialer has them": known, "rows unknown": unknown, "wrong": 0})


def _one(random: Random, case: str) -> tuple[int, int]:
    shape, spoil = random.choice(_SHAPES), random.choice(_SPOILS)
    keys = [f"k{n}" for n in range(random.randrange(1, 12))]
    # What became of each row at the dialer.
    words = list(_WORDS)
    fate = {key: random.choice(words if shape != "none" else ["new"]) for key in keys}
    if shape == "lists":
        fate = {key: word if word in {"new", "bad"} else "new" for key, word in fate.items()}
    body, unfit = _answer(random, shape, spoil, fate)
    rows = [RowItem(key, (), {}) for key in keys]
    results, summary = item_results(writing(items=_ITEMS[shape]), rows, answer(body))
    expect(list(results) == keys, f"answer {case}: not every row has an outcome")
    for key, found in results.items():
        if unfit:
            expect(
                found.outcome == "unknown", f"answer {case}: {key} is {found.outcome} though the answer does not fit"
            )
        there = fate[key] in {"new", "old"}
        if found.outcome in _DONE:
            expect(there, f"answer {case}: {key} is booked and not there ({shape}, {spoil})")
        if found.outcome in {"rejected", "deferred"}:
            expect(not there, f"answer {case}: {key} is booked as refused and is there ({shape}, {spoil})")
    expect(bool(summary.alarm) == unfit, f"answer {case}: alarm {summary.alarm!r} ({shape}, {spoil})")
    settled = sum(found.outcome != "unknown" for found in results.values())
    if not spoil:
        expect(settled == len(keys), f"answer {case}: a sound answer left rows unknown ({shape})")
    return settled, len(keys) - settled


_ITEMS = {
    "map": Items(shape="map", at="rows", status="s", outcomes=_WORDS),  # type: ignore[arg-type]
    "map_of_lists": Items(shape="map_of_lists", at="rows", status="s", outcomes=_WORDS),  # type: ignore[arg-type]
    "list": Items(shape="list", at="rows", key="id", status="s", outcomes=_WORDS),  # type: ignore[arg-type]
    "lists": Items(
        shape="lists",
        lists=(ListedItems(at="bad", outcome="rejected"), ListedItems(at="new", outcome="applied")),
    ),
    "none": Items(shape="none", total="taken"),
}


def _answer(random: Random, shape: str, spoil: str, fate: dict[str, str]) -> tuple[Any, bool]:
    """Return a body and whether it does not fit the batch as a whole."""
    named = list(fate.items())
    unfit = False
    if spoil == "missing":
        named.pop(random.randrange(len(named)))
    if spoil == "extra" and shape != "none":
        named.insert(random.randrange(len(named) + 1), (random.choice(("k99", "0", "K0")), "new"))
        unfit = True
    if spoil == "blank name" and shape != "none":
        named.append(("", "new"))
        unfit = True
    if spoil == "doubled" and shape in {"list", "lists"}:
        named.append(random.choice(named))
        unfit = True
    if spoil == "unknown word" and shape != "lists":
        at = random.randrange(len(named))
        named[at] = (named[at][0], "NEW!")
    if spoil == "shuffled":
        random.shuffle(named)
    if spoil == "no list" and shape not in {"none", "lists"}:
        return random.choice(({}, {"rows": "all"}, {"rows": 7}, [])), True
    if shape == "none":
        right = len(fate)
        taken = right + random.choice((-1, 1, 5)) if spoil == "total" else right
        return {"taken": random.choice((taken, str(taken)))}, taken != right
    return _BODIES[shape](named), unfit


def _lists(named: list[tuple[str, str]]) -> Any:
    return {word: [key for key, found in named if found == word] for word in ("new", "bad")}


_BODIES = {
    "map": lambda named: {"rows": {key: {"s": word} for key, word in named}},
    "map_of_lists": lambda named: {"rows": {key: [{"s": word}] for key, word in named}},
    "list": lambda named: {"rows": [{"id": key, "s": word} for key, word in named]},
    "lists": _lists,
}
