"""Mutants of what keeps faults from doing harm: kills, networks, two writers, disks, watched files."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.mutants.mutant import Mutant, always, nothing


def _committed_anyway(_: Any) -> Any:
    @contextmanager
    def transaction(self: Any, begin: str) -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    return transaction


def _with_pragma(words: str) -> Callable[[Any], Callable[..., Any]]:
    def made(real: Callable[..., Any]) -> Callable[..., Any]:
        def prepare(connection: Any, busy_seconds: float) -> None:
            real(connection, busy_seconds)
            connection.execute(words)

        return prepare

    return made


def _sent_whatever_happened(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda call, detail, **_: real(call, detail, sent=True)


def _any_total(_: Any) -> Callable[..., Any]:
    from syncengine.remote.items import ItemResult, ItemsSummary

    return lambda _items, rows, _answer: ({row.key: ItemResult("applied") for row in rows}, ItemsSummary())


def _each_renews(_: Any) -> Callable[..., Any]:
    async def renew(self: Any, refused: int) -> bool:
        self._token = await self._ask()
        return True

    return renew


def _any_end_is_good(_: Any) -> Callable[..., Any]:
    from syncengine.remote.judge import Judgement

    return lambda *_: Judgement("applied", "task")


def _no_deadline(real: Callable[..., Any]) -> Callable[..., Any]:
    async def send(self: Any, call: Any) -> Any:
        return await real(self, replace(call, seconds=15.0))

    return send


def _undescribed_is_done(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda operation, answer: replace(real(operation, answer), outcome="applied")


def _status_is_enough(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda match, answer: real(replace(match, body={}, present=(), text=()), answer)


def _one_look(_: Any) -> Callable[..., Any]:
    async def look_again(_client: Any, _collection: Any, _scope: Any, first: Any) -> Any:
        return first

    return look_again


def _first_match_is_it(real: Callable[..., Any]) -> Callable[..., Any]:
    def read_back(run: Any, reading: Any, manifest: Any, call: Any, *, now: float) -> None:
        seen: dict[str, Any] = {}
        for found in reading.snapshot.campaigns:
            seen.setdefault(found.name, found)
        kept = replace(reading.snapshot, campaigns=tuple(seen.values()))
        before, reading.snapshot = reading.snapshot, kept
        try:
            real(run, reading, manifest, call, now=now)
        finally:
            reading.snapshot = before

    return read_back


def _begun_late(_: Any) -> Any:
    @contextmanager
    def write(self: Any) -> Iterator[Any]:
        with self._transaction("BEGIN"):
            yield self._session

    return write


def _never_future(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda dnd_list, tally, *, now, **more: real(
        dnd_list, tally, now=max(now, tally.oldest if tally.oldest is not None else now), **more
    )


_LISTING = "tests/remote/test_listing.py::"

MUTANTS: Mapping[str, Mutant] = {
    "a failed transaction stands": Mutant(
        "syncengine.ledger.connection:Database._transaction",
        _committed_anyway,
        "tests/ledger/test_connection.py::test_a_failed_block_leaves_nothing_behind",
    ),
    "a wish to stop is not heard": Mutant(
        "syncengine.remote.dialer_run:DialerRun.why_stopped",
        nothing(""),
        "tests/remote/test_executor.py::"
        "test_interrupted_between_batches_what_is_under_way_is_booked_and_the_rest_is_skipped",
    ),
    "the disk is not waited for": Mutant(
        "syncengine.ledger.connection:_prepare",
        _with_pragma("PRAGMA synchronous = OFF"),
        "tests/ledger/test_connection.py::test_durability_and_privacy_are_switched_on",
    ),
    "whatever fails was sent": Mutant(
        "syncengine.remote.connection:_lost",
        _sent_whatever_happened,
        "tests/remote/test_connection.py::test_a_refused_connection_was_not_sent",
    ),
    "a status is enough": Mutant(
        "syncengine.remote.judge:matches",
        _status_is_enough,
        "tests/remote/test_judge.py::test_a_write_is_done_only_by_its_predicate",
    ),
    "what is not described is done": Mutant(
        "syncengine.remote.judge:_default_for_write",
        _undescribed_is_done,
        "tests/remote/test_judge.py::test_what_the_vendor_file_does_not_describe_is_never_success_for_a_write",
    ),
    "rows that nobody sent are passed over": Mutant(
        "syncengine.remote.items:_check_extra",
        nothing(),
        "tests/remote/test_items.py::test_an_answer_that_does_not_fit_the_batch_makes_it_unknown_and_rings",
    ),
    "a wrong total is passed over": Mutant(
        "syncengine.remote.items:_by_total",
        _any_total,
        "tests/remote/test_items.py::test_a_total_that_differs_makes_the_whole_batch_unknown",
    ),
    "every worker renews the token": Mutant(
        "syncengine.remote.auth:_Exchanged.renew",
        _each_renews,
        "tests/remote/test_auth.py::test_eight_workers_renew_an_expired_token_once",
    ),
    "no deadline for the whole call": Mutant(
        "syncengine.remote.connection:Connection.send",
        _no_deadline,
        "tests/remote/test_connection.py::test_a_drip_ends_at_the_deadline_of_the_whole_call",
    ),
    "any end of a task is a good one": Mutant(
        "syncengine.remote.tasks:_by_word",
        _any_end_is_good,
        "tests/remote/test_tasks.py::test_a_failed_task_leaves_its_rows_unknown",
    ),
    "the breaker never opens": Mutant(
        "syncengine.remote.retries:Breaker.closed",
        always(value=True),
        "tests/remote/test_client.py::test_writes_stop_soon_when_the_dialer_does_not_answer",
    ),
    "a server may forget": Mutant(
        "syncengine.ledger.postgres:_refuse_unfit",
        nothing(),
        "tests/ledger/test_postgres.py::test_a_server_that_may_forget_commits_is_refused",
    ),
    "a sealed plan may be changed": Mutant(
        "syncengine.planfile:Seal.refuse_broken",
        nothing(),
        "tests/test_plan_tampering.py::test_every_tampering_with_a_plan_is_refused_and_the_plan_itself_is_applied",
    ),
    "another plan is as good": Mutant(
        "syncengine.sync:_refuse_another",
        nothing(),
        "tests/test_sync.py::test_only_the_plan_that_was_read_is_applied",
    ),
    "lost events are not made good": Mutant(
        "syncengine.watch.folders:_Overflow.emit",
        nothing(),
        "tests/watch/test_folders.py::test_lost_events_wake_the_loop",
    ),
    "files need no rest": Mutant(
        "syncengine.watch.files:Resting._why_restless",
        nothing(""),
        "tests/watch/test_files.py::test_nothing_is_at_rest_while_git_is_at_work",
    ),
    "an attempt is forgotten": Mutant(
        "syncengine.steps.watch_notes:last_attempt",
        nothing(),
        "tests/steps/test_watch_notes.py::test_an_attempt_is_kept_until_it_ended_well",
    ),
    "a listing may disagree with itself": Mutant(
        "syncengine.remote.listing:Listing._disagreement",
        nothing(""),
        f"{_LISTING}test_a_listing_that_disagrees_with_itself_is_not_complete",
    ),
    "a page may be cut": Mutant(
        "syncengine.remote.listing:Listing._short_page",
        nothing(0),
        f"{_LISTING}test_a_page_in_the_middle_that_holds_fewer_than_another_was_cut",
    ),
    "one look is enough": Mutant(
        "syncengine.steps.second_look:look_again",
        _one_look,
        "tests/steps/test_second_look.py::test_a_row_that_slipped_through_one_reading_is_not_gone",
    ),
    "the first of two campaigns is ours": Mutant(
        "syncengine.steps.settling:_read_creation_back",
        _first_match_is_it,
        "tests/steps/test_settling.py::test_of_two_campaigns_of_that_name_a_person_chooses",
    ),
    "the reserve is not released": Mutant(
        "syncengine.ledger.reserve:Reserve.spend",
        nothing(result=False),
        "tests/ledger/test_reserve.py::test_a_reserve_is_spent_once",
    ),
    "a damaged page is not looked for": Mutant(
        "syncengine.ledger.connection:_check_pages",
        nothing(),
        "tests/ledger/test_opening.py::test_every_page_that_is_flipped_is_found_when_the_ledger_is_opened",
    ),
    "any ledger is the one that was left": Mutant(
        "syncengine.ledger.opening:refuse_doubtful",
        nothing(),
        "tests/ledger/test_opening.py::test_any_older_copy_is_refused",
    ),
    "a transaction reserves nothing": Mutant(
        "syncengine.ledger.connection:Database.write",
        _begun_late,
        "tests/ledger/test_failures.py::test_a_busy_file_is_waited_for_and_then_refused",
    ),
    "a list may come from the future": Mutant(
        "syncengine.rows.dnd:_doubts",
        _never_future,
        "tests/rows/test_dnd.py::test_a_list_from_the_future_holds",
    ),
    "a clock that was set back is believed": Mutant(
        "syncengine.steps.watch_notes:clock_doubt",
        nothing(""),
        "tests/steps/test_watch_notes.py::test_a_clock_that_shows_a_time_that_is_over_is_not_believed",
    ),
}
