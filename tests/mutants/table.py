"""Each row of reliability, F1-F51, D1-D18 and T1-T28: what tests it, and which mutant shows that the test can fail.

A row without a mutant says why. ``pending`` rows wait for suites that are written elsewhere and are counted by a test.
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
_SCRIPTS = "tests/dnd_model/test_model.py::test_a_sample_of_the_enumerated_faults_breaks_nothing"

INVARIANTS: Mapping[str, Row] = {
    "D1": Row(
        (
            "tests/remote/test_rows_writer.py::test_a_listed_number_is_held_and_the_rest_of_its_batch_goes_out",
            "tests/remote/test_gate.py::test_a_number_is_found_wherever_it_stands",
            "tests/rows/test_gate.py::test_a_listed_number_is_found_in_every_spelling",
            _MODEL,
        ),
        ("no last gate",),
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
            _SCRIPTS,
        ),
        ("a failed listing holds nothing", "a refused listing is given up"),
    ),
    "D4": Row(
        (
            "tests/ledger/test_statements.py::test_a_line_that_is_gone_releases_nobody",
            "tests/engine/test_guards.py::test_every_entry_that_leaves_a_do_not_call_list_needs_an_allowance",
            "tests/test_sync.py::test_a_release_is_allowed_for_one_plan_only",
            "tests/ledger/test_statements.py::test_a_new_statement_beats_an_earlier_release",
            _MODEL,
        ),
        ("absence releases", "a release needs no leave"),
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
            _MODEL,
        ),
        ("who is there already stays", "the account's list protects everybody"),
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
            _SCRIPTS,
        ),
        ("open calls are forgotten",),
    ),
    "D11": Row(
        (
            "tests/steps/test_listed.py::test_what_another_process_reads_counts_at_once",
            "tests/steps/test_applying.py::test_a_number_that_another_run_reads_meanwhile_is_not_called",
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
        ),
        ("no fence", "statements as of planning"),
    ),
    "D15": Row(
        reason="nothing erases a person yet: no command removes anybody's rows or statements from the ledger",
        pending="erasure that keeps a keyed digest, and the gate that matches on it",
    ),
    "D16": Row(
        (_MODEL,),
        reason="none of the five vendors documents such a switch, and the vocabulary has no word for one yet",
        pending="a word of the vendor file for switches whose default is unsafe, refused by validate where left out",
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

_KILLS = "kill tests and failpoints"
_RACES = "races, stalls and recovery of the ledger"
_NETWORK = "remote faults"
_HOSTILE = "hostile corpus"

FAULTS: Mapping[str, Row] = {
    "F1": Row((_SCRIPTS,), reason="nothing is done before the intent", pending=_KILLS),
    "F2": Row(
        (
            "tests/remote/test_rows_writer.py::test_the_intent_is_in_the_ledgers_file_before_the_dialer_sees_the_request",
        ),
        ("sent before it is written down",),
    ),
    "F3": Row(
        (
            "tests/ledger/test_journal.py::test_a_killed_run_leaves_its_call_unfinished_and_the_file_sound",
            "tests/ledger/test_journal.py::test_a_waiting_row_is_not_sent_again",
            _SCRIPTS,
        ),
        ("open calls are forgotten", "a waiting row is sent again", "no second create is refused"),
    ),
    "F4": Row(
        ("tests/ledger/test_journal.py::test_a_killed_run_leaves_its_call_unfinished_and_the_file_sound",),
        reason="the atomic commit is the database's own",
        pending=_KILLS,
    ),
    "F5": Row(
        ("tests/ledger/test_crash_model.py::test_no_row_that_may_be_at_the_dialer_is_ever_absent",),
        ("open calls are forgotten",),
        pending=_KILLS,
    ),
    "F6": Row(
        (
            "tests/remote/test_executor.py::"
            "test_interrupted_between_batches_what_is_under_way_is_booked_and_the_rest_is_skipped",
        ),
        reason="an interruption that is not obeyed only goes on with an approved plan",
        pending=_KILLS,
    ),
    "F7": Row(
        ("tests/ledger/test_connection.py::test_durability_and_privacy_are_switched_on",),
        reason="durability is a setting of the database, and its test reads it back",
        pending=_KILLS,
    ),
    "F8": Row(pending=_KILLS),
    "F9": Row(pending=_KILLS),
    "F10": Row(
        (
            "tests/remote/test_connection.py::test_a_refused_connection_was_not_sent",
            "tests/remote/test_connection.py::test_every_exception_of_httpx_is_classified",
        ),
        reason="a call that surely was not sent may be repeated or not, neither harms",
        pending=_NETWORK,
    ),
    "F11": Row(
        (
            "tests/remote/test_connection.py::test_an_answer_cut_at_any_byte_is_a_lost_answer",
            "tests/remote/test_rows_writer.py::test_a_lost_answer_leaves_the_rows_unknown_and_they_are_not_sent_again",
        ),
        ("a lost answer is success",),
    ),
    "F12": Row(
        (
            "tests/remote/test_retry_after.py::test_forms_of_retry_after",
            "tests/remote/test_client.py::test_the_dialers_own_wish_to_wait_is_granted_up_to_a_quarter_of_an_hour",
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
        ("tests/remote/test_judge.py::test_a_page_or_half_an_answer_never_proves_that_something_is_done",),
        ("a word of success is enough",),
    ),
    "F16": Row(
        ("tests/remote/test_judge.py::test_every_prefix_of_a_good_answer_is_unknown",),
        ("a word of success is enough",),
        pending=_NETWORK,
    ),
    "F17": Row(("tests/remote/test_judge.py::test_a_write_is_done_only_by_its_predicate",), pending=_NETWORK),
    "F18": Row(
        ("tests/remote/test_judge.py::test_what_the_vendor_file_does_not_describe_is_never_success_for_a_write",),
        pending=_NETWORK,
    ),
    "F19": Row(
        ("tests/remote/test_items.py::test_an_answer_that_does_not_fit_the_batch_makes_it_unknown_and_rings",),
        pending=_NETWORK,
    ),
    "F20": Row(
        ("tests/remote/test_items.py::test_a_total_that_differs_makes_the_whole_batch_unknown",), pending=_NETWORK
    ),
    "F21": Row(
        ("tests/remote/test_rows_writer.py::test_a_refused_batch_of_which_a_part_may_have_arrived_is_not_halved",),
        ("every refused batch is halved",),
    ),
    "F22": Row(
        ("tests/operations/test_trouble.py::test_a_lynn_token_that_expires_within_a_run_is_renewed_once",),
        pending=_NETWORK,
    ),
    "F23": Row(
        (
            "tests/remote/test_client.py::test_the_days_budget_ends_calls_before_they_are_sent_and_keeps_its_reserve",
            "tests/ledger/test_budget.py::test_the_count_survives_a_restart_and_begins_anew_with_the_day",
        ),
        ("no lane for suppression",),
    ),
    "F24": Row(
        ("tests/remote/test_connection.py::test_a_drip_ends_at_the_deadline_of_the_whole_call",), pending=_NETWORK
    ),
    "F25": Row(
        ("tests/remote/test_connection.py::test_a_redirect_is_an_answer_and_is_not_followed",),
        reason="there is no client that could follow one",
        pending=_NETWORK,
    ),
    "F26": Row(
        ("tests/remote/test_listing.py::test_a_link_elsewhere_is_not_followed_and_carries_no_credential_away",),
        pending=_NETWORK,
    ),
    "F27": Row(("tests/remote/test_tasks.py::test_a_failed_task_leaves_its_rows_unknown",), pending=_NETWORK),
    "F28": Row(
        ("tests/steps/test_settling.py::test_before_the_settle_time_is_over_a_listing_tells_nothing", _MODEL),
        ("a proof is taken at once",),
    ),
    "F29": Row(
        ("tests/remote/test_client.py::test_writes_stop_soon_when_the_dialer_does_not_answer",), pending=_NETWORK
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
        pending=_RACES,
    ),
    "F31": Row(
        ("tests/ledger/test_lock.py::test_a_lapsed_lease_is_taken_over_and_the_sleeper_can_write_nothing",),
        ("no fence",),
        pending=_RACES,
    ),
    "F32": Row(pending=_RACES),
    "F33": Row(
        ("tests/test_planfile.py::test_another_plan_is_stale_and_both_ids_are_named", _SCRIPTS),
        ("stale plans are applied",),
        pending=_RACES,
    ),
    "F34": Row(("tests/test_sync.py::test_only_the_plan_that_was_read_is_applied", _SCRIPTS), pending=_RACES),
    "F35": Row(pending=_KILLS),
    "F36": Row(pending="watch"),
    "F37": Row(pending="watch"),
    "F38": Row(
        (
            "tests/rows/test_dnd.py::test_a_missing_file_holds_and_the_other_files_count",
            "tests/engine/test_guards.py::test_an_empty_source_stops_only_what_would_remove_somebody",
        ),
        ("an empty source removes",),
    ),
    "F39": Row(pending="watch"),
    "F40": Row(
        (
            "tests/remote/test_listing.py::test_a_listing_that_disagrees_with_itself_is_not_complete",
            "tests/remote/test_listing.py::test_a_complete_listing_holds_every_record_that_was_there_throughout",
        ),
        pending=_NETWORK,
    ),
    "F41": Row(
        ("tests/steps/test_settling.py::test_of_two_campaigns_of_that_name_a_person_chooses",), pending=_NETWORK
    ),
    "F42": Row(
        ("tests/remote/test_executor.py::test_a_ledger_that_cannot_be_written_ends_the_run_before_the_call",),
        ("sent before it is written down",),
        pending=_KILLS,
    ),
    "F43": Row(pending=_KILLS),
    "F44": Row(pending=_RACES),
    "F45": Row(pending=_RACES),
    "F46": Row(
        ("tests/ledger/test_connection.py::test_a_network_file_system_is_refused",),
        ("network disks are taken",),
    ),
    "F47": Row(("tests/ledger/test_schema.py::test_a_newer_schema_is_refused",), ("newer ledgers are opened",)),
    "F48": Row(("tests/rows/test_dnd.py::test_a_list_from_the_future_holds",), pending=_KILLS),
    "F49": Row((_MODEL,), ("entries lapse unrenewed",)),
    "F50": Row(
        ("tests/engine/test_guards.py::test_a_source_within_its_limit_or_without_one_stops_nothing",), pending=_HOSTILE
    ),
    "F51": Row(
        ("tests/rows/test_dnd.py::test_a_line_that_cannot_be_read_holds_and_the_others_count", _SCRIPTS),
        ("a list of any quality",),
        pending=_HOSTILE,
    ),
}

ATTACKS: Mapping[str, Row] = {
    "T1": Row(pending=_HOSTILE),
    "T2": Row(
        ("tests/config/test_origins.py::test_an_override_and_a_vendor_file_of_the_project_need_the_owners_word",),
        ("secrets go to any origin",),
        pending=_HOSTILE,
    ),
    **{f"T{number}": Row(pending=_HOSTILE) for number in range(3, 9)},
    "T9": Row(
        (
            "tests/test_sync.py::test_a_release_is_allowed_for_one_plan_only",
            "tests/engine/test_guards.py::test_a_release_counts_even_where_no_dialer_holds_the_number",
        ),
        ("a release needs no leave",),
    ),
    "T10": Row(
        ("tests/test_planfile.py::test_another_plan_is_stale_and_both_ids_are_named",),
        ("stale plans are applied",),
        pending=_RACES,
    ),
    **{f"T{number}": Row(pending=_HOSTILE) for number in range(11, 22)},
    "T22": Row(
        ("tests/rows/test_gate.py::test_a_listed_number_is_found_in_every_spelling", _MODEL),
        ("no last gate",),
        pending=_HOSTILE,
    ),
    **{f"T{number}": Row(pending=_HOSTILE) for number in range(23, 29)},
}

ROWS: Mapping[str, Row] = {**FAULTS, **INVARIANTS, **ATTACKS}
