"""Each row of reliability, F1-F51, D1-D18 and T1-T28: what tests it, and which mutant shows that the test can fail.

A row without a mutant says why. A row that is not whole says in ``pending`` what is still to be written; the test of
this table counts those.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row of reliability."""

    tests: tuple[str, ...] = ()
    mutants: tuple[str, ...] = ()
    # Why there is no mutant.
    reason: str = ""
    # What is still to be written; empty: the row is whole.
    pending: str = ""


_MODEL = "tests/dnd_model/test_model.py::test_random_histories_break_nothing"
_CORPUS = "tests/hostile/test_corpus.py::test_every_input_of_the_sample_comes_to_the_right_end_within_its_limits"
_CANARIES = (
    "tests/hostile/test_canary.py::test_a_run_with_faults_leaves_no_secret_anywhere_and_no_person_where_none_may_be"
)
_KILLS = "tests/chaos/test_chaos.py::test_a_sample_commits_no_crime"
_PROOFS = "tests/remote/test_proof.py::test_a_sample_of_the_proof_holds"
_SCRIPTS = "tests/dnd_model/test_model.py::test_a_sample_of_the_enumerated_faults_breaks_nothing"

INVARIANTS: Mapping[str, Row] = {
    "D1": Row(
        (
            "tests/remote/test_rows_writer.py::test_a_listed_number_is_held_and_the_rest_of_its_batch_goes_out",
            "tests/remote/test_gate.py::test_a_number_is_found_wherever_it_stands",
            "tests/rows/test_gate.py::test_a_listed_number_is_found_in_every_spelling",
            "tests/remote/test_dialer_run.py::test_the_people_of_a_request_that_names_them_by_an_id_alone_are_looked_at",
            "tests/dnd_model/test_found.py::test_a_fault_that_was_found_stays_mended",
            _MODEL,
        ),
        ("no last gate", "who is named by an id alone is not looked at"),
    ),
    "D2": Row(
        (
            "tests/engine/test_levels.py::"
            "test_a_list_is_written_first_unless_it_belongs_to_a_campaign_that_the_plan_creates",
            _MODEL,
        ),
        ("lists after contacts",),
    ),
    "D3": Row(
        (
            "tests/remote/test_executor.py::"
            "test_a_failed_addition_to_the_accounts_list_holds_additions_and_starts_of_all_its_campaigns",
            "tests/dnd_model/test_found.py::test_a_fault_that_was_found_stays_mended",
            "tests/engine/test_holds.py::test_an_entry_that_is_not_listed_yet_is_sent_again_before_a_start",
            "tests/rows/test_difference.py::test_an_entry_that_was_taken_lately_and_is_not_listed_is_sent_where_it_matters",
            "tests/rows/test_difference.py::test_a_listing_that_may_still_have_what_we_took_off_is_not_believed",
            _SCRIPTS,
        ),
        (
            "a failed listing holds nothing",
            "a refused listing is given up",
            "a start goes out over an entry that nobody can see",
            "a late listing of what was taken off is believed",
        ),
    ),
    "D4": Row(
        (
            "tests/ledger/test_statements.py::test_a_line_that_is_gone_releases_nobody",
            "tests/engine/test_guards.py::test_every_entry_that_leaves_a_do_not_call_list_needs_an_allowance",
            "tests/test_sync.py::test_a_release_is_allowed_for_one_plan_only",
            "tests/ledger/test_statements.py::test_a_new_statement_beats_an_earlier_release",
            "tests/steps/test_listed.py::"
            "test_nothing_is_released_when_anybody_else_has_changed_the_statements_since",
            "tests/conformance/test_meanwhile.py::"
            "test_somebody_who_is_released_and_whom_another_run_reads_as_listed_again_is_not_rung",
            _MODEL,
        ),
        ("absence releases", "a release needs no leave", "a release stands whatever another run has read"),
    ),
    "D5": Row(
        (
            "tests/engine/test_holds.py::test_an_unsound_list_holds_what_could_ring_somebody_and_says_what",
            "tests/steps/test_sources.py::"
            "test_a_do_not_call_list_that_is_not_sound_holds_everything_dialable_in_its_scope",
            _SCRIPTS,
        ),
        ("an unsound list holds nothing",),
    ),
    "D6": Row(
        (
            "tests/rows/test_dnd.py::test_an_old_list_holds_but_counts",
            "tests/steps/test_overdue.py::test_an_entry_that_a_dialer_does_not_take_for_a_day_is_an_alarm",
            _SCRIPTS,
        ),
        ("a list of any age", "no alarm after a day"),
    ),
    "D7": Row(
        (
            "tests/rows/test_dnd.py::test_a_number_that_several_regions_understand_is_listed_in_all_of_them",
            "tests/rows/test_dnd.py::test_a_line_that_cannot_be_read_holds_and_the_others_count",
        ),
        ("one reading of a number",),
    ),
    "D8": Row(
        (
            "tests/dnd_model/test_found.py::test_a_listed_contact_leaves_a_running_campaign",
            "tests/dnd_model/test_found.py::test_a_fault_that_was_found_stays_mended",
            "tests/rows/test_difference.py::"
            "test_a_row_that_we_freed_lately_is_blocked_again_whatever_a_late_listing_shows",
            _MODEL,
        ),
        (
            "who is there already stays",
            "the account's list protects everybody",
            "a late listing of who was freed is believed",
        ),
    ),
    "D9": Row(
        (
            "tests/engine/test_holds.py::"
            "test_a_running_campaign_that_a_listed_number_does_not_leave_is_stopped_after_some_tries",
            "tests/remote/test_executor.py::"
            "test_a_listed_row_that_resists_holds_the_start_and_counts_and_a_later_success_clears_it",
            _MODEL,
        ),
        ("a stubborn campaign runs on", "tries are not counted", "a parked removal is waited for"),
    ),
    "D10": Row(
        (
            "tests/ledger/test_journal.py::test_an_intent_shows_its_rows_as_perhaps_there",
            "tests/remote/test_campaigns_writer.py::test_a_start_that_may_have_arrived_counts_as_running",
            "tests/remote/test_campaigns_writer.py::test_a_stop_that_may_not_have_arrived_counts_as_running",
            "tests/ledger/test_unsettled.py::test_one_word_does_not_settle_an_addition_and_the_removal_after_it",
            _SCRIPTS,
        ),
        ("open calls are forgotten", "one word settles every call"),
    ),
    "D11": Row(
        (
            "tests/steps/test_listed.py::test_what_another_process_reads_counts_at_once",
            "tests/steps/test_applying.py::test_a_number_that_another_run_reads_meanwhile_is_not_called",
            "tests/conformance/test_meanwhile.py::"
            "test_somebody_new_whom_another_run_reads_as_listed_is_not_rung",
            "tests/conformance/test_meanwhile.py::test_no_campaign_is_started_over_what_another_run_reads",
            _MODEL,
        ),
        ("statements as of planning",),
    ),
    "D12": Row(
        (
            "tests/steps/test_sources.py::test_a_plan_keeps_what_a_list_states",
            "tests/test_sync.py::test_a_statement_is_kept_by_a_plan_though_the_line_is_gone_when_it_is_applied",
            _MODEL,
        ),
        ("a plan keeps no statement",),
    ),
    "D13": Row(
        (
            "tests/ledger/test_budget.py::test_the_reserve_is_for_suppressing_calls_alone",
            "tests/steps/test_clients.py::"
            "test_a_lane_of_the_days_calls_is_kept_for_suppression_whatever_the_vendor_file_says",
            "tests/remote/test_executor.py::"
            "test_the_budget_of_the_day_stops_a_dialer_before_the_calls_kept_for_suppression",
        ),
        ("no lane for suppression", "a lane of fifty calls"),
    ),
    "D14": Row(
        (
            "tests/ledger/test_lock.py::test_a_lapsed_lease_is_taken_over_and_the_sleeper_can_write_nothing",
            "tests/ledger/test_lock.py::test_two_processes_never_hold_it_at_once",
            "tests/steps/test_listed.py::test_what_another_process_reads_counts_at_once",
            "tests/steps/test_listed.py::"
            "test_what_anybody_else_changes_moves_the_statements_and_an_own_release_does_not",
            "tests/remote/test_campaigns_writer.py::"
            "test_a_start_is_held_when_another_run_has_read_a_list_since_the_plan",
            "tests/remote/test_dialer_run.py::"
            "test_what_another_run_reads_while_a_start_waits_for_its_next_attempt_holds_it",
        ),
        ("no fence", "statements as of planning", "a start goes out over what another run has read"),
    ),
    "D15": Row(
        (
            "tests/steps/test_erasing.py::"
            "test_a_person_is_gone_from_every_byte_of_ours_and_not_called_though_the_file_names_them",
            "tests/steps/test_erasing.py::test_without_the_key_everything_that_the_list_covers_is_held",
            "tests/rows/test_erased.py::test_an_erased_number_is_found_in_every_spelling_in_which_a_plain_one_is",
            "tests/steps/test_listed.py::test_whoever_was_erased_is_found_in_any_spelling_wherever_the_list_holds",
            "tests/ledger/test_erasure.py::"
            "test_a_statement_in_force_keeps_its_list_and_its_date_and_one_that_was_released_is_forgotten",
        ),
        (
            "an erased number is wanted again",
            "the last gate knows no digests",
            "without the key of erased numbers nothing is held",
            "a statement goes with its person",
        ),
    ),
    "D16": Row(
        (
            "tests/config/test_safe_switches.py::test_left_out_it_is_refused_with_what_to_write",
            "tests/config/test_safe_switches.py::test_stated_otherwise_it_is_refused",
            _MODEL,
        ),
        ("a vendor's own check may stay off",),
    ),
    "D17": Row(
        (
            "tests/ledger/test_journal.py::test_a_dialable_call_without_evidence_is_refused",
            "tests/steps/test_applying.py::test_every_dialable_call_has_its_evidence_and_no_number_in_it",
            _MODEL,
        ),
        ("no evidence asked for",),
    ),
    "D18": Row(
        (
            "tests/remote/test_dialer_run.py::test_a_request_that_means_everybody_on_a_do_not_call_list_is_not_sent",
            "tests/remote/test_gate.py::test_a_word_for_everybody_is_found",
            _MODEL,
        ),
        ("everybody may be meant",),
    ),
}

FAULTS: Mapping[str, Row] = {
    "F1": Row(
        (
            _KILLS,
            "tests/ledger/test_write_log.py::test_no_prefix_of_the_log_has_a_sent_call_without_its_intent",
            "tests/remote/test_rows_writer.py::test_the_intent_is_in_the_ledgers_file_before_the_dialer_sees_the_request",
            _SCRIPTS,
        ),
        ("sent before it is written down",),
    ),
    "F2": Row(
        (
            _KILLS,
            "tests/remote/test_rows_writer.py::test_the_intent_is_in_the_ledgers_file_before_the_dialer_sees_the_request",
        ),
        ("sent before it is written down",),
    ),
    "F3": Row(
        (
            _KILLS,
            "tests/ledger/test_journal.py::test_a_killed_run_leaves_its_call_unfinished_and_the_file_sound",
            "tests/ledger/test_journal.py::test_a_waiting_row_is_not_sent_again",
            _SCRIPTS,
        ),
        ("open calls are forgotten", "a waiting row is sent again", "no second create is refused"),
    ),
    "F4": Row(
        (
            _KILLS,
            "tests/ledger/test_journal.py::test_a_killed_run_leaves_its_call_unfinished_and_the_file_sound",
            "tests/ledger/test_connection.py::test_a_failed_block_leaves_nothing_behind",
        ),
        ("a failed transaction stands",),
    ),
    "F5": Row(
        (
            _KILLS,
            "tests/ledger/test_crash_model.py::test_no_row_that_may_be_at_the_dialer_is_ever_absent",
        ),
        ("open calls are forgotten",),
    ),
    "F6": Row(
        (
            _KILLS,
            "tests/remote/test_executor.py::test_interrupted_between_batches_what_is_under_way_is_booked_and_the_rest_is_skipped",
            "tests/cli/test_interrupt.py::test_the_first_signal_is_a_wish",
            "tests/cli/test_apply.py::test_a_stopped_apply_is_continued_by_the_next",
        ),
        ("a wish to stop is not heard",),
    ),
    "F7": Row(
        (
            "tests/ledger/test_connection.py::test_durability_and_privacy_are_switched_on",
            "tests/ledger/test_write_log.py::test_no_prefix_of_the_log_has_a_sent_call_without_its_intent",
            "tests/ledger/test_write_log.py::test_the_log_is_on_the_disk_before_a_call_is_sent",
        ),
        ("the disk is not waited for",),
    ),
    "F8": Row(
        (
            "tests/steps/test_applying.py::test_a_run_that_runs_out_of_memory_between_answer_and_booking_doubles_nobody",
            _KILLS,
        ),
        ("open calls are forgotten",),
    ),
    "F9": Row(
        (
            "tests/cli/test_apply.py::test_a_run_whose_words_nobody_takes_does_its_work_or_leaves_it_whole",
            "tests/cli/test_exits.py::test_a_reader_that_has_seen_enough_is_no_error",
        ),
        ("open calls are forgotten",),
    ),
    "F10": Row(
        (
            "tests/remote/test_connection.py::test_a_refused_connection_was_not_sent",
            "tests/remote/test_connection.py::test_a_name_that_is_not_found_was_not_sent",
            "tests/remote/test_connection.py::test_every_exception_of_httpx_is_classified",
        ),
        ("whatever fails was sent",),
    ),
    "F11": Row(
        (
            "tests/remote/test_connection.py::test_an_answer_cut_at_any_byte_is_a_lost_answer",
            "tests/remote/test_rows_writer.py::test_a_lost_answer_leaves_the_rows_unknown_and_they_are_not_sent_again",
            _PROOFS,
        ),
        ("a lost answer is success",),
    ),
    "F12": Row(
        (
            "tests/remote/test_retry_after.py::test_forms_of_retry_after",
            "tests/remote/test_client.py::test_the_dialers_own_wish_to_wait_is_granted_up_to_a_quarter_of_an_hour",
            _PROOFS,
        ),
        ("a dialer's wish to wait is not heard",),
    ),
    "F13": Row(
        ("tests/remote/test_client.py::test_a_call_is_repeated_only_where_that_is_harmless",),
        ("every call is repeated",),
    ),
    "F14": Row(
        ("tests/operations/test_trouble.py::test_the_meanings_of_a_wolkvox_403_are_told_apart",),
        reason="the meanings stand in the vendor file, not in a function",
    ),
    "F15": Row(
        (
            "tests/remote/test_judge.py::test_a_page_or_half_an_answer_never_proves_that_something_is_done",
            "tests/operations/test_every_operation.py::test_a_page_of_some_proxy_is_never_taken_for_success",
        ),
        ("a word of success is enough",),
    ),
    "F16": Row(
        (
            "tests/remote/test_judge.py::test_every_prefix_of_a_good_answer_is_unknown",
            "tests/remote/test_decode.py::test_what_is_not_sound_json_stays_text",
            _PROOFS,
            _CORPUS,
        ),
        ("a word of success is enough", "answers have no depth"),
    ),
    "F17": Row(
        (
            "tests/remote/test_judge.py::test_a_write_is_done_only_by_its_predicate",
            "tests/config/test_operation_checks.py::test_an_operation_without_success_is_refused_with_its_place",
        ),
        ("a status is enough",),
    ),
    "F18": Row(
        ("tests/remote/test_judge.py::test_what_the_vendor_file_does_not_describe_is_never_success_for_a_write",),
        ("what is not described is done",),
    ),
    "F19": Row(
        (
            "tests/remote/test_items.py::test_an_answer_that_does_not_fit_the_batch_makes_it_unknown_and_rings",
            "tests/remote/test_items.py::test_what_is_booked_is_what_the_dialer_did",
            _PROOFS,
        ),
        ("rows that nobody sent are passed over",),
    ),
    "F20": Row(
        (
            "tests/remote/test_items.py::test_a_total_that_differs_makes_the_whole_batch_unknown",
            _PROOFS,
        ),
        ("a wrong total is passed over",),
    ),
    "F21": Row(
        (
            "tests/remote/test_rows_writer.py::test_a_refused_batch_of_which_a_part_may_have_arrived_is_not_halved",
            "tests/remote/test_rows_writer.py::test_one_bad_row_is_found_by_halving",
        ),
        ("every refused batch is halved",),
    ),
    "F22": Row(
        (
            "tests/remote/test_auth.py::test_eight_workers_renew_an_expired_token_once",
            "tests/remote/test_auth.py::test_a_second_refusal_stops_the_dialer",
            "tests/operations/test_trouble.py::test_a_lynn_token_that_expires_within_a_run_is_renewed_once",
            _PROOFS,
        ),
        ("every worker renews the token",),
    ),
    "F23": Row(
        (
            "tests/remote/test_client.py::test_the_days_budget_ends_calls_before_they_are_sent_and_keeps_its_reserve",
            "tests/ledger/test_budget.py::test_the_count_survives_a_restart_and_begins_anew_with_the_day",
            _PROOFS,
        ),
        ("no lane for suppression",),
    ),
    "F24": Row(
        (
            "tests/remote/test_connection.py::test_a_drip_ends_at_the_deadline_of_the_whole_call",
            "tests/remote/test_connection.py::test_an_endless_body_is_stopped_at_the_cap",
            "tests/remote/test_connection.py::test_a_packed_bomb_is_stopped",
            _CORPUS,
        ),
        ("no deadline for the whole call", "answers have no cap"),
    ),
    "F25": Row(
        (
            "tests/remote/test_connection.py::test_a_redirect_is_an_answer_and_is_not_followed",
            _CORPUS,
        ),
        reason="there is no client that could follow one",
    ),
    "F26": Row(
        (
            "tests/remote/test_listing.py::test_a_link_elsewhere_is_not_followed_and_carries_no_credential_away",
            "tests/remote/test_origin.py::test_a_link_that_leads_elsewhere_is_not_followed",
            _CORPUS,
        ),
        ("links lead anywhere",),
    ),
    "F27": Row(
        (
            "tests/remote/test_tasks.py::test_a_failed_task_leaves_its_rows_unknown",
            "tests/remote/test_tasks.py::test_any_other_word_means_still_running_until_the_deadline",
            "tests/operations/test_trouble.py::test_rows_of_a_lynn_task_that_does_not_succeed_are_unknown_and_never_sent_again",
        ),
        ("any end of a task is a good one",),
    ),
    "F28": Row(
        (
            "tests/steps/test_settling.py::test_before_the_settle_time_is_over_a_listing_tells_nothing",
            "tests/steps/test_settling.py::test_a_listing_that_began_before_the_settle_time_was_over_tells_nothing",
            _MODEL,
        ),
        ("a proof is taken at once",),
    ),
    "F29": Row(
        (
            "tests/remote/test_client.py::test_writes_stop_soon_when_the_dialer_does_not_answer",
            "tests/remote/test_retries.py::test_it_opens_after_five_failures_in_ten_calls",
            _PROOFS,
        ),
        ("the breaker never opens",),
    ),
    "F30": Row(
        (
            "tests/ledger/test_lock.py::test_two_processes_never_hold_it_at_once",
            "tests/ledger/test_leases.py::test_all_or_none_is_taken_and_who_is_in_the_way_is_named",
            "tests/ledger/test_two_writers.py::test_two_writers_never_send_at_once",
            "tests/cli/test_runners.py::test_two_runners_work_at_two_dialers_at_the_same_time",
            "tests/cli/test_runners.py::"
            "test_the_dialer_of_a_killed_runner_is_taken_over_after_its_lease_and_nobody_is_lost_or_doubled",
        ),
        (
            "a dialer is held by two runs",
            "a run writes about dialers that it does not hold",
            "calls that another run has under way are settled",
        ),
    ),
    "F31": Row(
        (
            "tests/ledger/test_lock.py::test_a_lapsed_lease_is_taken_over_and_the_sleeper_can_write_nothing",
            "tests/ledger/test_held.py::test_while_a_request_leaves_the_process_ends_before_its_lease_is_untrusted",
            "tests/ledger/test_held.py::test_a_stop_between_two_looks_at_clocks_makes_no_lease_newer_than_it_is",
            "tests/ledger/test_two_writers.py::test_a_writer_that_was_stopped_beyond_its_lease_sends_nothing_more",
            "tests/test_alarm.py::test_a_process_that_was_stopped_past_its_time_ends_before_it_writes",
            "tests/test_alarm.py::test_it_is_the_kernels_and_only_who_sends_takes_it",
            "tests/test_alarm.py::test_the_command_line_allows_it_from_the_beginning",
            "tests/remote/test_one_connection.py::test_a_request_has_left_when_the_operating_system_has_all_of_it",
            "tests/ledger/test_held.py::"
            "test_a_lease_that_is_nearly_over_by_the_steady_clock_is_not_trusted_whatever_the_ledger_says",
        ),
        (
            "no fence",
            "who wakes up after the lease sends on",
            "a lease is trusted to its end",
            "a request leaves without an alarm",
            "the rest of a large request leaves without an alarm",
            "no alarm is allowed",
        ),
    ),
    "F32": Row(
        (
            "tests/ledger/test_postgres.py::test_a_server_that_may_forget_commits_is_refused",
            "tests/ledger/test_postgres.py::test_an_outcome_is_booked_over_a_new_connection_when_the_old_one_is_lost",
            "tests/ledger/test_postgres.py::test_a_server_that_crashed_and_came_back_has_every_commit",
            "tests/ledger/test_postgres.py::test_a_server_that_came_back_without_the_last_commits_is_refused",
            "tests/ledger/test_postgres.py::test_nothing_of_ours_outlives_a_transaction",
        ),
        ("a server may forget",),
    ),
    "F33": Row(
        (
            "tests/test_planfile.py::test_another_plan_is_stale_and_both_ids_are_named",
            "tests/steps/test_basis.py::test_a_saved_plan_is_refused_when_anything_it_was_made_from_has_moved",
            "tests/test_plan_tampering.py::test_every_tampering_with_a_plan_is_refused_and_the_plan_itself_is_applied",
            _SCRIPTS,
        ),
        ("stale plans are applied", "a sealed plan may be changed"),
    ),
    "F34": Row(
        (
            "tests/test_sync.py::test_only_the_plan_that_was_read_is_applied",
            _SCRIPTS,
        ),
        ("another plan is as good",),
    ),
    "F35": Row(
        (
            "tests/steps/test_applying.py::test_files_that_change_while_calls_are_made_change_nothing_of_them",
            "tests/cli/test_watch.py::test_nothing_is_sent_on_account_of_files_that_moved_while_they_were_read",
        ),
        reason="after planning nothing reads a file, so that there is nothing to take out",
    ),
    "F36": Row(
        (
            "tests/watch/test_storm.py::test_a_storm_gives_few_plans_none_of_half_a_file_and_the_right_one_at_the_end",
            "tests/watch/test_folders.py::test_lost_events_wake_the_loop",
            "tests/watch/test_loop.py::test_a_lost_event_is_made_good_by_the_next_rescan",
        ),
        ("lost events are not made good",),
    ),
    "F37": Row(
        (
            "tests/watch/test_files.py::test_nothing_is_at_rest_while_git_is_at_work",
            "tests/watch/test_files.py::test_bytes_that_change_under_a_look_that_stays_are_no_rest",
            "tests/watch/test_loop.py::test_a_file_written_in_pieces_is_read_whole",
            "tests/watch/test_loop.py::test_an_editor_that_replaces_by_rename_is_seen",
            "tests/cli/test_watch.py::test_a_broken_file_keeps_the_last_good_plan_and_says_where_it_is_broken",
        ),
        ("files need no rest",),
    ),
    "F38": Row(
        (
            "tests/rows/test_dnd.py::test_a_missing_file_holds_and_the_other_files_count",
            "tests/engine/test_guards.py::test_an_empty_source_stops_only_what_would_remove_somebody",
        ),
        ("an empty source removes",),
    ),
    "F39": Row(
        (
            "tests/steps/test_watch_notes.py::test_an_attempt_is_kept_until_it_ended_well",
            "tests/test_landing.py::test_what_is_tried_is_written_down_before_the_first_call_and_forgotten_when_it_ended_well",
            "tests/cli/test_watch.py::test_files_that_did_not_land_are_not_tried_again_before_a_while_though_the_watcher_is_new",
            "tests/cli/test_watch_kills.py::test_a_watcher_that_is_killed_at_random_loses_nothing_doubles_nobody_and_rings_nobody_listed",
        ),
        ("an attempt is forgotten",),
    ),
    "F40": Row(
        (
            "tests/remote/test_listing.py::test_a_listing_that_disagrees_with_itself_is_not_complete",
            "tests/remote/test_listing.py::test_a_page_in_the_middle_that_holds_fewer_than_another_was_cut",
            "tests/remote/test_listing.py::test_a_complete_listing_holds_every_record_that_was_there_throughout",
            "tests/steps/test_second_look.py::test_a_row_that_slipped_through_one_reading_is_not_gone",
            _PROOFS,
        ),
        ("a listing may disagree with itself", "a page may be cut", "one look is enough"),
    ),
    "F41": Row(
        (
            "tests/steps/test_settling.py::test_of_two_campaigns_of_that_name_a_person_chooses",
            "tests/rows/test_difference.py::test_of_two_records_that_are_one_of_ours_none_is_touched_and_both_are_named",
        ),
        ("the first of two campaigns is ours",),
    ),
    "F42": Row(
        (
            "tests/ledger/test_reserve.py::test_a_disk_that_is_full_at_an_intent_lets_nothing_be_sent_however_much_is_left",
            "tests/remote/test_executor.py::test_a_ledger_that_cannot_be_written_ends_the_run_before_the_call",
            _KILLS,
        ),
        ("sent before it is written down",),
    ),
    "F43": Row(
        (
            "tests/ledger/test_reserve.py::test_a_disk_that_is_full_at_an_outcome_has_room_for_it_and_nothing_new_is_begun",
            "tests/ledger/test_reserve.py::test_a_reserve_is_spent_once",
        ),
        ("the reserve is not released",),
    ),
    "F44": Row(
        ("tests/ledger/test_failures.py::test_a_busy_file_is_waited_for_and_then_refused",),
        ("a transaction reserves nothing",),
    ),
    "F45": Row(
        (
            "tests/ledger/test_opening.py::test_every_page_that_is_flipped_is_found_when_the_ledger_is_opened",
            "tests/ledger/test_opening.py::test_any_older_copy_is_refused",
            "tests/ledger/test_opening.py::test_a_deleted_emptied_or_swapped_ledger_is_refused",
            "tests/ledger/test_recovery.py::test_what_a_dialer_was_told_of_do_not_call_counts_as_undone",
            "tests/steps/test_recovering.py::test_without_a_listing_everybody_is_parked",
        ),
        ("a damaged page is not looked for", "any ledger is the one that was left"),
    ),
    "F46": Row(
        ("tests/ledger/test_connection.py::test_a_network_file_system_is_refused",),
        ("network disks are taken",),
    ),
    "F47": Row(
        ("tests/ledger/test_schema.py::test_a_newer_schema_is_refused",),
        ("newer ledgers are opened",),
    ),
    "F48": Row(
        (
            "tests/rows/test_dnd.py::test_a_list_from_the_future_holds",
            "tests/steps/test_watch_notes.py::test_a_clock_that_shows_a_time_that_is_over_is_not_believed",
            "tests/steps/test_applying.py::test_progress_is_told_by_a_clock_that_is_never_set_back",
            "tests/ledger/test_held.py::test_a_lease_that_is_nearly_over_by_the_steady_clock_is_not_trusted_whatever_the_ledger_says",
            _CORPUS,
        ),
        ("a list may come from the future", "a clock that was set back is believed"),
    ),
    "F49": Row(
        (
            "tests/conformance/test_expiring.py::test_entries_are_renewed_before_they_lapse",
            _MODEL,
        ),
        ("entries lapse unrenewed",),
    ),
    "F50": Row(
        (
            "tests/rows/test_contacts.py::test_a_row_without_a_usable_phone_is_set_aside_and_the_others_go_on",
            "tests/rows/test_contacts.py::test_the_same_phone_twice_keeps_the_first_row",
            "tests/engine/test_guards.py::test_a_source_within_its_limit_or_without_one_stops_nothing",
            _CORPUS,
        ),
        ("every row is a good one",),
    ),
    "F51": Row(
        (
            "tests/rows/test_dnd.py::test_a_line_that_cannot_be_read_holds_and_the_others_count",
            _CORPUS,
            _SCRIPTS,
        ),
        ("a list of any quality",),
    ),
}

ATTACKS: Mapping[str, Row] = {
    "T1": Row(
        (
            "tests/steps/test_isolation.py::test_nothing_reaches_out",
            "tests/pull_requests/test_secrets_stay.py::test_a_plan_of_an_untrusted_branch_has_no_credential_and_opens_nothing",
            "tests/conformance/test_offline.py::test_an_untrusted_job_makes_the_plan_of_the_trusted_one",
        ),
        ("an untrusted plan may open sockets",),
    ),
    "T2": Row(
        (
            "tests/config/test_origins.py::test_an_override_and_a_vendor_file_of_the_project_need_the_owners_word",
            "tests/config/test_base_urls.py::test_a_pattern_that_fits_another_host_is_refused",
            "tests/pull_requests/test_secrets_stay.py::test_a_setting_in_the_branch_moves_no_host",
            _CORPUS,
        ),
        ("secrets go to any origin", "a setting may name any host"),
    ),
    "T3": Row(
        (
            "tests/config/test_template_scope.py::test_a_name_that_the_call_is_not_given_is_refused",
            "tests/pull_requests/test_secrets_stay.py::test_a_template_in_the_branch_reads_no_secret",
            _CORPUS,
        ),
        ("a template may name anything",),
    ),
    "T4": Row(
        (
            "tests/config/test_template_rules.py::test_hostile_templates_are_refused_quickly_and_before_they_run",
            "tests/config/test_templates.py::test_nothing_of_jinja_is_left_to_reach",
            _CORPUS,
        ),
        ("a template may say anything",),
    ),
    "T5": Row(
        (
            "tests/config/test_template_filters.py::test_the_texts_of_one_call_together_cannot_grow_without_bound",
            "tests/pull_requests/test_the_runner_lives.py::test_a_template_that_would_wear_out_the_runner_is_refused",
            _CORPUS,
        ),
        ("a template may write without end",),
    ),
    "T6": Row(
        (
            "tests/config/test_template_filters.py::test_a_header_cannot_be_ended_by_a_value",
            "tests/config/test_request_templates.py::test_a_hostile_id_stays_one_segment",
            "tests/config/test_bodies.py::test_any_text_survives_a_json_body_unchanged",
            "tests/config/test_bodies.py::test_any_text_survives_a_form_unchanged",
            "tests/config/test_multipart.py::test_a_name_cannot_end_its_heading",
            _CORPUS,
        ),
        ("a value may end a header", "a value may end a segment"),
    ),
    "T7": Row(
        (
            "tests/config/test_document.py::test_what_cannot_be_read_is_refused",
            "tests/config/test_document.py::test_the_number_of_values_has_a_limit",
            "tests/pull_requests/test_the_runner_lives.py::test_a_manifest_that_is_a_bomb_is_refused",
            _CORPUS,
        ),
        ("aliases are followed",),
    ),
    "T8": Row(
        (
            "tests/test_opening.py::test_a_link_is_refused_wherever_it_stands_in_the_path",
            "tests/config/test_sources.py::test_a_path_that_does_not_stay_below_the_project_is_refused",
            "tests/pull_requests/test_files_stay.py::test_a_source_that_is_a_link_out_of_the_project_is_not_read",
            _CORPUS,
        ),
        ("links are followed", "paths may climb"),
    ),
    "T9": Row(
        (
            "tests/test_sync.py::test_a_release_is_allowed_for_one_plan_only",
            "tests/engine/test_guards.py::test_a_release_counts_even_where_no_dialer_holds_the_number",
            "tests/pull_requests/test_the_runner_lives.py::test_an_allowance_to_release_holds_for_one_plan_and_not_for_other_numbers",
        ),
        ("a release needs no leave",),
    ),
    "T10": Row(
        (
            "tests/test_planfile.py::test_another_plan_is_stale_and_both_ids_are_named",
            "tests/test_planfile.py::test_a_file_in_which_anything_was_changed_is_refused",
            "tests/test_plan_tampering.py::test_every_tampering_with_a_plan_is_refused_and_the_plan_itself_is_applied",
            "tests/cli/test_ci_example.py::test_a_saved_plan_is_no_artefact",
        ),
        ("stale plans are applied", "a sealed plan may be changed"),
    ),
    "T11": Row(
        (
            "tests/views/test_wording.py::test_what_could_rearrange_a_terminal_is_shown_and_not_obeyed",
            "tests/views/test_markup.py::test_text_is_shown_as_it_stands_and_not_rendered",
            "tests/views/test_page_text.py::test_a_text_can_neither_be_markup_nor_end_a_value_nor_rearrange",
            "tests/pull_requests/test_the_runner_lives.py::test_a_name_of_the_branch_writes_nothing_into_the_comment",
            _CORPUS,
        ),
        ("a terminal obeys", "a comment renders", "a page obeys"),
    ),
    "T12": Row(
        (
            "tests/cli/test_ci_example.py::test_it_runs_on_pull_requests_on_main_and_by_the_clock_and_never_with_a_strangers_trigger",
            "tests/cli/test_ci_example.py::test_a_branch_gets_no_secret_and_a_fork_no_runner_of_ours",
            "tests/cli/test_ci_example.py::test_what_is_used_is_pinned_by_a_whole_commit",
        ),
        reason="it is a file of the host's own, which these tests read; no function decides on it",
    ),
    "T13": Row(
        (
            "tests/remote/test_connection.py::test_a_redirect_is_an_answer_and_is_not_followed",
            "tests/remote/test_origin.py::test_a_link_that_leads_elsewhere_is_not_followed",
            "tests/remote/test_tasks.py::test_a_task_id_that_leads_elsewhere_is_not_sent",
            _CORPUS,
        ),
        ("links lead anywhere",),
    ),
    "T14": Row(
        (
            "tests/remote/test_decode.py::test_a_body_beyond_the_limit_is_refused",
            "tests/remote/test_decode.py::test_a_bomb_is_stopped_before_it_fills_the_memory",
            "tests/remote/test_decode.py::test_what_is_not_sound_json_stays_text",
            "tests/remote/test_connection.py::test_a_flood_of_headers_is_a_lost_answer",
            "tests/remote/test_listing.py::test_an_endless_listing_ends_at_the_cap",
            _CORPUS,
        ),
        ("answers have no cap", "answers have no depth"),
    ),
    "T15": Row(
        (
            "tests/remote/test_ids.py::test_only_an_id_that_looks_like_one_is_taken",
            "tests/config/test_request_templates.py::test_a_hostile_id_stays_one_segment",
            _CORPUS,
        ),
        ("ids are taken as they come", "a value may end a segment"),
    ),
    "T16": Row(
        (
            "tests/remote/test_redaction.py::test_an_echo_is_hidden_in_every_spelling",
            "tests/remote/test_auth.py::test_credentials_echoed_by_the_dialer_are_taken_out_of_its_answer",
            _CANARIES,
            _CORPUS,
        ),
        ("echoes are kept",),
    ),
    "T17": Row(
        (
            "tests/remote/test_items.py::test_an_answer_that_does_not_fit_the_batch_makes_it_unknown_and_rings",
            "tests/rows/test_difference.py::test_rows_of_others_are_never_touched",
            "tests/steps/test_reading.py::test_what_other_people_have_in_the_account_is_nobodys_business",
            _PROOFS,
        ),
        ("rows that nobody sent are passed over",),
    ),
    "T18": Row(
        (
            "tests/remote/test_connection.py::test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent",
            "tests/remote/test_connection.py::test_proxies_of_the_environment_are_not_used",
            "tests/config/test_origins.py::test_plain_http_is_refused_even_where_allowed",
        ),
        ("certificates are believed",),
    ),
    "T19": Row(
        (
            "tests/config/test_generated_files.py::test_a_csv_file_is_read_back_unchanged_but_for_formulas",
            "tests/config/test_generated_files.py::test_a_workbook_holds_every_cell_as_text_and_no_formula",
            "tests/rows/test_rejects.py::test_the_rejects_file_is_private_and_holds_no_formula",
            _CORPUS,
        ),
        ("formulas live",),
    ),
    "T20": Row(
        (
            "tests/rows/test_workbook_archive.py::test_cells_that_hide_others_or_cost_gigabytes_are_refused",
            "tests/rows/test_workbook_archive.py::test_two_files_of_one_name_are_refused_whatever_their_case",
            _CORPUS,
        ),
        ("workbooks are opened unseen",),
    ),
    "T21": Row(
        (
            "tests/rows/test_csv_text.py::test_line_breaks_inside_fields_are_refused_on_request",
            "tests/rows/test_csv_text.py::test_a_wrong_file_is_refused_with_its_place",
            _CORPUS,
        ),
        ("a field may hold lines",),
    ),
    "T22": Row(
        (
            "tests/rows/test_gate.py::test_a_listed_number_is_found_in_every_spelling",
            _MODEL,
            _CORPUS,
        ),
        ("no last gate",),
    ),
    "T23": Row(
        (
            "tests/test_matching.py::test_what_takes_years_elsewhere_ends_at_once",
            "tests/config/test_patterns.py::test_a_pattern_that_is_broken_or_unbounded_is_refused",
            _CORPUS,
        ),
        ("any pattern is taken",),
    ),
    "T24": Row(
        (
            "tests/ledger/test_tenants.py::test_two_projects_in_one_ledger_do_not_touch_each_other",
            "tests/ledger/test_schema.py::test_projects_in_one_file_do_not_see_each_other",
            "tests/ledger/test_journal.py::test_a_call_of_another_project_is_not_found",
            "tests/ledger/test_statements.py::test_lists_of_another_project_are_not_ours",
        ),
        ("a call of another project is found",),
    ),
    "T25": Row(
        (
            "tests/model/test_secret.py::test_a_secret_is_masked_in_every_way_of_turning_it_into_text",
            "tests/model/test_phone.py::test_no_number_survives_in_a_vendors_message",
            "tests/remote/test_connection.py::test_http_libraries_log_nothing",
            "tests/test_planfile.py::test_the_file_is_for_its_owner_alone_also_where_it_replaces_an_open_one",
            _CANARIES,
        ),
        ("secrets print", "numbers are not masked"),
    ),
    "T26": Row(
        (
            "tests/ledger/test_connection.py::test_durability_and_privacy_are_switched_on",
            "tests/ledger/test_connection.py::test_file_and_folder_are_readable_by_their_owner_alone",
            "tests/ledger/test_erasure.py::test_those_who_were_erased_are_in_no_byte_of_the_file_or_its_log",
        ),
        ("deleted rows stay in the file",),
    ),
    "T27": Row(
        (
            "tests/test_packaging.py::test_the_lock_has_every_dependency_with_a_hash_in_a_version_that_the_project_allows",
            "tests/test_packaging.py::test_no_file_says_where_packages_come_from",
            "tests/pull_requests/test_secrets_stay.py::test_a_vendor_file_in_the_branch_under_a_shipped_name_gets_no_token",
            "tests/pull_requests/test_secrets_stay.py::test_a_secret_of_the_machine_is_no_secret_of_the_project",
        ),
        ("secrets go to any origin",),
    ),
    "T28": Row(
        (
            "tests/test_packaging.py::test_the_wheel_carries_each_file_of_the_folders_beside_the_package",
            "tests/test_packaging.py::test_the_wheel_holds_the_package_once_and_nobodys_own_data",
        ),
        reason="nothing is published from here: there is no release whose provenance a program could decide on",
    ),
}

ROWS: Mapping[str, Row] = {**FAULTS, **INVARIANTS, **ATTACKS}
