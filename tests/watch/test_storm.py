"""A storm of file events ends in the right plan, with few plans on the way and none made of half a file.

The bound: a look needs a whole quiet time, so a storm of S seconds has room for S / settle of them; one more is under
way when it begins and one comes after it. STORM_SEEDS and STORM_EVENTS say how much of it: ``make storm`` runs 50 of
10,000, and says how many plans a storm gave.
"""

import os
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine import sync
from syncengine.watch.files import Files
from syncengine.watch.loop import Turn, Watching, watch
from tests.watch.recording import record
from tests.watch.storm import FILES, Storm

SEEDS = int(os.environ.get("STORM_SEEDS", "2"))
EVENTS = int(os.environ.get("STORM_EVENTS", "2000"))
SETTLE = 0.3


class Planner:
    """Plans from the ledger alone, and keeps what it read and what came of it."""

    def __init__(self, storm: Storm) -> None:
        self.storm = storm
        self.plans: list[int] = []
        self.torn: list[str] = []
        self.loaded = sync.load(storm.root)

    def files(self) -> tuple[Path, ...]:
        return self.loaded.files()

    def act(self, _cause, snapshot) -> Turn:
        loaded = self.loaded = sync.load(self.storm.root)
        if not snapshot.covers(loaded.files()):
            return Turn(again=True)
        with sync.planned(loaded, sync.Options(refresh="none")) as made:
            read = {path: path.read_text() if path.exists() else None for path in self.storm.whole}
            if snapshot.moved(loaded.files()):
                return Turn(again=True)
            self.plans.append(made.plan.headline.newly_callable + sum(c.count for c in made.plan.row_changes))
            self.torn += [path.name for path, text in read.items() if text not in self.storm.whole[path]]
        return Turn()


@pytest.fixture(scope="module")
def figures(pytestconfig: pytest.Config) -> Iterator[list[tuple[int, float]]]:
    """Plans and seconds of each storm that ended well."""
    found: list[tuple[int, float]] = []
    yield found
    if found:
        plans, seconds = [plans for plans, _ in found], [seconds for _, seconds in found]
        told = {
            "storms": len(found),
            "file events in each, at least": EVENTS,
            "seconds of a storm (least / median / most)": _spread(seconds, "{:.1f}"),
            "plans of a storm (least / median / most)": _spread(plans, "{:g}"),
            "most plans that the bound allowed": max(int(seconds / SETTLE + 2) for seconds in seconds),
            "plans made of half a file": 0,
            "wrong states at the end": 0,
        }
        said = record("storms of file events", f"make storm  # {SEEDS} seeds, {EVENTS:,} events", told)
        with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print(f"\n{said}")  # noqa: T201 - the figures are what a long run is for


def _spread(values: list[int] | list[float], form: str) -> str:
    return " / ".join(form.format(value) for value in (min(values), statistics.median(values), max(values)))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_storm_gives_few_plans_none_of_half_a_file_and_the_right_one_at_the_end(
    tmp_path: Path, figures: list[tuple[int, float]], seed: int
) -> None:
    storm = Storm(tmp_path / "project", seed)
    planner, stop = Planner(storm), threading.Event()
    files = Files(named=planner.files, project=storm.root)
    watching = Watching(files=files, settle=SETTLE, interval=3600.0)
    thread = threading.Thread(target=watch, args=(watching, planner.act, stop))
    thread.start()
    try:
        wait_for(lambda: len(planner.plans) == 1)
        seconds = storm.blow(EVENTS)
        before = len(planner.plans)
        wait_for(lambda: len(planner.plans) > before)
        time.sleep(SETTLE * 3)
    finally:
        stop.set()
        thread.join(timeout=20)
    assert not thread.is_alive()
    assert storm.events >= EVENTS
    assert len(planner.plans) - 1 <= seconds / SETTLE + 2
    assert planner.torn == []
    with sync.planned(sync.load(storm.root), sync.Options(refresh="none")) as made:
        (source,) = made.plan.sources
        assert source.accepted == storm.wanted()
        assert planner.plans[-1] == made.plan.headline.newly_callable + sum(c.count for c in made.plan.row_changes)
    assert len(planner.files()) == FILES + 2
    figures.append((len(planner.plans) - 1, seconds))


def wait_for(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
