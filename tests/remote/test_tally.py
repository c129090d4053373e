"""A report that is complete whatever happens, and progress that does not flood."""

from syncengine.model.plan import Level
from syncengine.model.ports import RowOutcome
from syncengine.model.report import Progress
from syncengine.remote.tally import ChangeTally, Tally
from tests.remote.applying import Bench, campaign_change, rows_change


def test_what_was_never_tried_is_skipped() -> None:
    tally = ChangeTally("contact additions and updates", rows_change("add", "r", 10))
    tally.add_rows([RowOutcome("applied"), RowOutcome("rejected", "no mobile"), RowOutcome("rejected", "no mobile")])
    report = tally.report()
    assert dict(report.outcomes) == {"applied": 1, "rejected": 2, "skipped": 7}
    assert report.messages == {"no mobile": 2}
    assert not report.done
    # Asking twice counts nothing twice.
    assert tally.report() == report


def test_a_campaign_is_one() -> None:
    tally = ChangeTally("starts", campaign_change("start"))
    assert tally.size == 1
    assert dict(tally.report().outcomes) == {"skipped": 1}
    tally.add("applied")
    assert dict(tally.report().outcomes) == {"applied": 1}
    assert tally.report().done


class Shown:
    """A tally on a clock of the test's own, with what it has told."""

    def __init__(self, bench: Bench) -> None:
        self.now = 100.0
        self.told: list[Progress] = []
        change = rows_change("add", "r", 100)
        bench.levels = [Level("contact additions and updates", (change,)), Level("starts", (campaign_change("start"),))]
        self.tally = Tally(plan=bench.plan(), clock=lambda: self.now, on_progress=self.told.append)
        self.rows = self.tally.of(change)


def test_progress_is_told_at_most_ten_times_a_second(bench: Bench) -> None:
    shown = Shown(bench)
    for _ in range(1000):
        shown.now += 0.001
        shown.tally.show("acme-co", "starts")
    assert 9 <= len(shown.told) <= 11


def test_what_is_waited_for_is_told_at_once(bench: Bench) -> None:
    shown = Shown(bench)
    for _ in range(3):
        shown.tally.show("acme-co", "starts", waiting="rate limit")
    assert [found.waiting for found in shown.told] == ["rate limit"] * 3


def test_rate_and_remaining_are_over_the_whole_apply(bench: Bench) -> None:
    shown = Shown(bench)
    shown.tally.show("acme-co", "starts")
    assert (shown.told[-1].done, shown.told[-1].remaining) == (0, None)
    shown.now += 10
    shown.rows.add("applied", count=50)
    shown.tally.show("acme-co", "starts")
    told = shown.told[-1]
    assert (told.done, told.total, told.rate) == (50, 101, 5.0)
    assert told.remaining == 51 / 5


def test_nobody_need_listen(bench: Bench) -> None:
    Tally(plan=bench.plan(), clock=lambda: 0.0).show("acme-co", "starts")
