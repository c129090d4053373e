"""Mutants: each takes one defence out of the engine by replacing one function of it, in the tests' process alone."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.mutants.attacks import MUTANTS as _OF_ATTACKS
from tests.mutants.faults import MUTANTS as _OF_FAULTS
from tests.mutants.mutant import Mutant, instead, nothing


def _dnd_after_contacts(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda change, created: "dnd removals" if change.action == "add" else real(change, created)


def _absence_releases(real: Callable[..., Any]) -> Callable[..., Any]:
    def record(connection: Any, project: str, list_name: str, *args: Any, **more: Any) -> Any:
        found = real(connection, project, list_name, *args, **more)
        connection.execute(
            "UPDATE statement SET released_at = 0 WHERE project = ? AND list_name = ? AND absent_since IS NOT NULL",
            (project, list_name),
        )
        return found

    return record


def _without_problems(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda run: replace(real(run), problems={})


def _endless(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda dnd_list, *args, **more: real(replace(dnd_list, max_age=1e18), *args, **more)


def _first_reading_only(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda raw, regions: frozenset(sorted(real(raw, regions))[:1])


def _one_word_for_every_call(real: Any) -> Any:
    """A word about a row is booked for the addition and for the removal after it, whatever each of them did."""

    def changed(connection: Any, project: str, address: Any, key: str, assume: str, *, call: Any, now: float) -> int:
        found = connection.execute(
            "SELECT c.call_id FROM open_call c JOIN call_row w ON w.call_id = c.call_id WHERE w.key = ?", (key,)
        ).fetchall()
        return sum(real(connection, project, address, key, assume, call=each, now=now) for (each,) in found)

    return changed


def _open_rows_forgotten(_: Any) -> Callable[..., Any]:
    return lambda *_args: iter(())


def _as_of_planning(real: Callable[..., Any]) -> Callable[..., Any]:
    def hits(self: Any, address: Any, data: bytes) -> set[str]:
        self._version = self.ledger.dnd_serial()
        return real(self, address, data)  # type: ignore[no-any-return]

    return hits


def _no_reserve(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **more: real(*args, **{**more, "reserve": 0})


def _any_evidence(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, evidence, **more: real(*args, evidence=evidence or "-", **more)


def _send_first(real: Callable[..., Any]) -> Callable[..., Any]:
    """Send a write without an intent."""
    del real

    async def announce(*_: Any) -> None:
        return None

    return announce


def _answered_is_done(real: Callable[..., Any]) -> Callable[..., Any]:
    def without_answer(self: Any, course: Any, problem: Any) -> Any:
        found = real(self, course, problem)
        return replace(found, judgement=replace(found.judgement, outcome="applied"), again="no")

    return without_answer


def _no_wait(_: Any) -> Callable[..., Any]:
    async def handed_over(_: Any) -> None:
        return None

    return handed_over


def _every_refusal_repeated(_: Any) -> Callable[..., Any]:
    return lambda _operation: True


MUTANTS: Mapping[str, Mutant] = {
    **_OF_FAULTS,
    **_OF_ATTACKS,
    "no last gate": Mutant(
        "syncengine.remote.dialer_run:DialerRun._gate",
        nothing(),
        "tests/remote/test_rows_writer.py::test_a_listed_number_is_held_and_the_rest_of_its_batch_goes_out",
    ),
    "an erased number is wanted again": Mutant(
        "syncengine.steps.erased:ErasedNumbers.among",
        nothing(frozenset()),
        "tests/steps/test_erasing.py::"
        "test_a_person_is_gone_from_every_byte_of_ours_and_not_called_though_the_file_names_them",
    ),
    "the last gate knows no digests": Mutant(
        "syncengine.rows.erased:ErasedIndex.hits",
        nothing(frozenset()),
        "tests/steps/test_erasing.py::test_a_number_hidden_in_another_field_is_stopped_by_the_last_gate",
    ),
    "without the key of erased numbers nothing is held": Mutant(
        "syncengine.steps.erased:erased_numbers",
        _without_problems,
        "tests/steps/test_erasing.py::test_without_the_key_everything_that_the_list_covers_is_held",
    ),
    "a statement goes with its person": Mutant(
        "syncengine.ledger.erasure:_lists_with",
        nothing(()),
        "tests/ledger/test_erasure.py::"
        "test_a_statement_in_force_keeps_its_list_and_its_date_and_one_that_was_released_is_forgotten",
    ),
    "lists after contacts": Mutant(
        "syncengine.engine.levels:_dnd_level",
        _dnd_after_contacts,
        "tests/engine/test_levels.py::test_a_list_is_written_first_unless_it_belongs_to_a_campaign_that_the_plan_creates",
    ),
    "a failed listing holds nothing": Mutant(
        "syncengine.remote.rows_writer:_after",
        nothing(),
        "tests/remote/test_executor.py::"
        "test_a_failed_addition_to_the_accounts_list_holds_additions_and_starts_of_all_its_campaigns",
    ),
    "a refused listing is given up": Mutant(
        "syncengine.rows.verdicts:dnd_verdict",
        instead(
            "CASE ", "CASE WHEN wanted AND state = 'rejected' AND refused_hash = own_hash THEN 'note/rejected before' "
        ),
        "tests/dnd_model/test_found.py::test_a_fault_that_was_found_stays_mended",
    ),
    "absence releases": Mutant(
        "syncengine.ledger.statements:record",
        _absence_releases,
        "tests/ledger/test_statements.py::test_a_line_that_is_gone_releases_nobody",
    ),
    "a release needs no leave": Mutant(
        "syncengine.engine.guards:dnd_removals",
        nothing(()),
        "tests/engine/test_guards.py::test_every_entry_that_leaves_a_do_not_call_list_needs_an_allowance",
    ),
    "an unsound list holds nothing": Mutant(
        "syncengine.engine.holds:_why_held",
        nothing(""),
        "tests/engine/test_holds.py::test_an_unsound_list_holds_what_could_ring_somebody_and_says_what",
    ),
    "a list of any age": Mutant(
        "syncengine.rows.dnd:_doubts",
        _endless,
        "tests/rows/test_dnd.py::test_an_old_list_holds_but_counts",
    ),
    "no alarm after a day": Mutant(
        "syncengine.steps.overdue:overdue",
        nothing(()),
        "tests/steps/test_overdue.py::test_an_entry_that_a_dialer_does_not_take_for_a_day_is_an_alarm",
    ),
    "one reading of a number": Mutant(
        "syncengine.rows.phones:plausible",
        _first_reading_only,
        "tests/rows/test_dnd.py::test_a_number_that_several_regions_understand_is_listed_in_all_of_them",
    ),
    "who is there already stays": Mutant(
        "syncengine.rows.verdicts:contact_verdict",
        instead("listed AND (there OR NOT", "false AND (there OR NOT"),
        "tests/dnd_model/test_found.py::test_a_listed_contact_leaves_a_running_campaign",
    ),
    "the account's list protects everybody": Mutant(
        "syncengine.rows.difference:_Comparison.protected_by",
        nothing(10**6),
        "tests/dnd_model/test_found.py::test_a_fault_that_was_found_stays_mended",
    ),
    "a start goes out over an entry that nobody can see": Mutant(
        "syncengine.engine.holds:_relying",
        nothing(frozenset()),
        "tests/engine/test_holds.py::test_an_entry_that_is_not_listed_yet_is_sent_again_before_a_start",
    ),
    "a late listing of what was taken off is believed": Mutant(
        "syncengine.ledger.rows:removals",
        nothing({}),
        "tests/dnd_model/test_found.py::test_a_fault_that_was_found_stays_mended",
    ),
    "a late listing of who was freed is believed": Mutant(
        "syncengine.rows.verdicts:contact_verdict",
        instead("(blocked_there AND NOT freed_lately)", "blocked_there"),
        "tests/dnd_model/test_found.py::test_a_fault_that_was_found_stays_mended",
    ),
    "a stubborn campaign runs on": Mutant(
        "syncengine.engine.holds:_stop_the_stubborn",
        nothing(),
        "tests/engine/test_holds.py::"
        "test_a_running_campaign_that_a_listed_number_does_not_leave_is_stopped_after_some_tries",
    ),
    "a parked removal is waited for": Mutant(
        "syncengine.rows.verdicts:contact_verdict",
        instead("'note/parked and listed'", "'note/waiting and listed'"),
        "tests/dnd_model/test_found.py::test_a_fault_that_was_found_stays_mended",
    ),
    "tries are not counted": Mutant(
        "syncengine.remote.executor:_count_suppressions",
        nothing(),
        "tests/remote/test_executor.py::"
        "test_a_listed_row_that_resists_holds_the_start_and_counts_and_a_later_success_clears_it",
    ),
    "open calls are forgotten": Mutant(
        "syncengine.ledger.rows:_waiting",
        _open_rows_forgotten,
        "tests/ledger/test_journal.py::test_an_intent_shows_its_rows_as_perhaps_there",
    ),
    "one word settles every call": Mutant(
        "syncengine.ledger.unsettled:resolve_row",
        _one_word_for_every_call,
        "tests/ledger/test_unsettled.py::test_one_word_does_not_settle_an_addition_and_the_removal_after_it",
    ),
    "statements as of planning": Mutant(
        "syncengine.steps.listed:ListedNow.hits",
        _as_of_planning,
        "tests/steps/test_listed.py::test_what_another_process_reads_counts_at_once",
    ),
    "a plan keeps no statement": Mutant(
        "syncengine.ledger.ledger:Ledger.record_statements",
        lambda real: lambda self, name, _numbers, **more: real(self, name, [], **more),
        "tests/steps/test_sources.py::test_a_plan_keeps_what_a_list_states",
    ),
    "no lane for suppression": Mutant(
        "syncengine.ledger.budget:take",
        _no_reserve,
        "tests/ledger/test_budget.py::test_the_reserve_is_for_suppressing_calls_alone",
    ),
    "a lane of fifty calls": Mutant(
        "syncengine.steps.clients:reserve_of",
        lambda _: lambda _limit, vendor: vendor.limits.reserve,
        "tests/steps/test_clients.py::"
        "test_a_lane_of_the_days_calls_is_kept_for_suppression_whatever_the_vendor_file_says",
    ),
    "who is named by an id alone is not looked at": Mutant(
        "syncengine.steps.listed:ListedNow.hits",
        lambda real: lambda self, address, data, _=(): real(self, address, data),
        "tests/dnd_model/test_found.py::test_a_fault_that_was_found_stays_mended",
    ),
    "a release stands whatever another run has read": Mutant(
        "syncengine.ledger.ledger:Ledger.release",
        lambda real: lambda self, *args, known_at, **more: real(self, *args, **more),  # noqa: ARG005 - left out
        "tests/steps/test_listed.py::"
        "test_nothing_is_released_when_anybody_else_has_changed_the_statements_since",
    ),
    "a start goes out over what another run has read": Mutant(
        "syncengine.steps.listed:ListedNow.has_moved",
        nothing(result=False),
        "tests/steps/test_listed.py::"
        "test_what_anybody_else_changes_moves_the_statements_and_an_own_release_does_not",
    ),
    "no fence": Mutant(
        "syncengine.ledger.lock:require",
        nothing(),
        "tests/ledger/test_lock.py::test_a_lapsed_lease_is_taken_over_and_the_sleeper_can_write_nothing",
    ),
    "who wakes up after the lease sends on": Mutant(
        "syncengine.alarm:set_in",
        nothing(),
        "tests/test_alarm.py::test_it_is_the_kernels_and_only_who_sends_takes_it",
    ),
    "a request leaves without an alarm": Mutant(
        "syncengine.ledger.held:Held.begin_leaving",
        nothing(),
        "tests/ledger/test_held.py::test_while_a_request_leaves_the_process_ends_before_its_lease_is_untrusted",
    ),
    "the rest of a large request leaves without an alarm": Mutant(
        "syncengine.remote.wire:Wire.handed_over",
        _no_wait,
        "tests/remote/test_one_connection.py::test_a_request_has_left_when_the_operating_system_has_all_of_it",
    ),
    "a lease is trusted to its end": Mutant(
        "syncengine.ledger.held:Held._may_be_over",
        lambda _: lambda self, since: since >= self.lease,
        "tests/ledger/test_held.py::"
        "test_a_lease_that_is_nearly_over_by_the_steady_clock_is_not_trusted_whatever_the_ledger_says",
    ),
    "no alarm is allowed": Mutant(
        "syncengine.alarm:allow",
        nothing(),
        "tests/test_alarm.py::test_it_is_the_kernels_and_only_who_sends_takes_it",
    ),
    "a dialer is held by two runs": Mutant(
        "syncengine.ledger.lock:in_the_way",
        nothing(result=()),
        "tests/ledger/test_leases.py::test_all_or_none_is_taken_and_who_is_in_the_way_is_named",
    ),
    "a run writes about dialers that it does not hold": Mutant(
        "syncengine.ledger.held:Held.covers",
        nothing(result=True),
        "tests/ledger/test_leases.py::test_two_runs_hold_different_dialers_at_once_and_write_about_their_own_alone",
    ),
    "calls that another run has under way are settled": Mutant(
        "syncengine.ledger.leases:LeasedLedger.holds",
        nothing(result=True),
        "tests/steps/test_settling.py::test_a_run_at_one_dialer_leaves_the_calls_at_another_one_to_whoever_works_there",
    ),
    "no evidence asked for": Mutant(
        "syncengine.ledger.journal:begin",
        _any_evidence,
        "tests/ledger/test_journal.py::test_a_dialable_call_without_evidence_is_refused",
    ),
    "everybody may be meant": Mutant(
        "syncengine.remote.dialer_run:means_everybody",
        nothing(result=False),
        "tests/remote/test_dialer_run.py::test_a_request_that_means_everybody_on_a_do_not_call_list_is_not_sent",
    ),
    "sent before it is written down": Mutant(
        "syncengine.remote.client:DialerClient._announce",
        _send_first,
        "tests/remote/test_rows_writer.py::test_the_intent_is_in_the_ledgers_file_before_the_dialer_sees_the_request",
    ),
    "a lost answer is success": Mutant(
        "syncengine.remote.client:DialerClient._without_answer",
        _answered_is_done,
        "tests/remote/test_rows_writer.py::test_a_lost_answer_leaves_the_rows_unknown_and_they_are_not_sent_again",
    ),
    "every call is repeated": Mutant(
        "syncengine.remote.retries:repeat_is_harmless",
        _every_refusal_repeated,
        "tests/remote/test_client.py::test_a_call_is_repeated_only_where_that_is_harmless",
    ),
    "no second create is refused": Mutant(
        "syncengine.ledger.journal:_refuse_second_create",
        nothing(),
        "tests/ledger/test_journal.py::test_a_second_create_waits_for_the_first",
    ),
    "a waiting row is sent again": Mutant(
        "syncengine.ledger.journal:_refuse_waiting",
        nothing(),
        "tests/ledger/test_journal.py::test_a_waiting_row_is_not_sent_again",
    ),
    "stale plans are applied": Mutant(
        "syncengine.planfile:refuse_stale",
        nothing(),
        "tests/test_planfile.py::test_another_plan_is_stale_and_both_ids_are_named",
    ),
    "a proof is taken at once": Mutant(
        "syncengine.steps.settling:_is_over",
        nothing(result=True),
        "tests/steps/test_settling.py::test_before_the_settle_time_is_over_a_listing_tells_nothing",
    ),
    "a word of success is enough": Mutant(
        "syncengine.remote.judge:_proves",
        nothing(result=True),
        "tests/remote/test_judge.py::test_a_page_or_half_an_answer_never_proves_that_something_is_done",
    ),
    "an empty source removes": Mutant(
        "syncengine.engine.guards:empty_source",
        nothing(()),
        "tests/engine/test_guards.py::test_an_empty_source_stops_only_what_would_remove_somebody",
    ),
    "secrets go to any origin": Mutant(
        "syncengine.config.origins:check_origin",
        nothing(),
        "tests/config/test_origins.py::test_an_override_and_a_vendor_file_of_the_project_need_the_owners_word",
    ),
    "every refused batch is halved": Mutant(
        "syncengine.remote.rows_writer:_may_bisect",
        lambda _: lambda _operation, rows, result: len(rows) > 1 and result.judgement.outcome == "rejected",
        "tests/remote/test_rows_writer.py::test_a_refused_batch_of_which_a_part_may_have_arrived_is_not_halved",
    ),
    "entries lapse unrenewed": Mutant(
        "syncengine.rows.verdicts:dnd_verdict",
        lambda real: lambda **given: real(**{**given, "renew_before": None}),
        "tests/dnd_model/test_found.py::test_an_entry_that_lapses_is_renewed_before",
    ),
    "a list of any quality": Mutant(
        "syncengine.rows.dnd:_unreadable",
        nothing([]),
        "tests/rows/test_dnd.py::test_a_line_that_cannot_be_read_holds_and_the_others_count",
    ),
    "newer ledgers are opened": Mutant(
        "syncengine.ledger.schema:migrate",
        nothing(),
        "tests/ledger/test_schema.py::test_a_newer_schema_is_refused",
    ),
    "network disks are taken": Mutant(
        "syncengine.ledger.connection:_refuse_network",
        nothing(),
        "tests/ledger/test_connection.py::test_a_network_file_system_is_refused",
    ),
    "a dialer's wish to wait is not heard": Mutant(
        "syncengine.remote.retry_after:retry_after",
        nothing(),
        "tests/remote/test_client.py::test_the_dialers_own_wish_to_wait_is_granted_up_to_a_quarter_of_an_hour",
    ),
}
