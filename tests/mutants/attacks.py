"""Mutants of what stands against hostile files, branches, vendors and readers."""

import ssl
from collections.abc import Callable, Mapping
from typing import Any

from tests.mutants.mutant import Mutant, nothing, passed_on


def _every_row_is_good(_: Any) -> Callable[..., Any]:
    return lambda known: f"SELECT place, reason, own_id, phone FROM {known} WHERE false"


def _taken_as_it_came(_: Any) -> Callable[..., Any]:
    from syncengine.remote.paths import as_text, find

    return lambda answer, path, _pattern: as_text(find(answer.body, path))


def _unverified(_: Any) -> Callable[..., Any]:
    def context() -> ssl.SSLContext:
        made = ssl.create_default_context()
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        return made

    return context


def _followed(_: Any) -> Callable[..., Any]:
    return lambda _self, request, _link: request


def _shown(real: Callable[..., Any]) -> Callable[..., Any]:
    del real
    return lambda self, *_: self.reveal()


def _everybody_s(real: Callable[..., Any]) -> Callable[..., Any]:
    """Find a call whatever the project that asks for it."""

    def heads(connection: Any, _project: str, calls: Any) -> Any:
        (owner,) = connection.execute("SELECT project FROM call WHERE call_id = ?", (calls[0],)).fetchone()
        return real(connection, owner, calls)

    return heads


MUTANTS: Mapping[str, Mutant] = {
    "a vendor's own check may stay off": Mutant(
        "syncengine.config.safe_switches:_is_just",
        nothing(result=True),
        "tests/config/test_safe_switches.py::test_stated_otherwise_it_is_refused",
    ),
    "every row is a good one": Mutant(
        "syncengine.rows.duplicates:_bad",
        _every_row_is_good,
        "tests/rows/test_contacts.py::test_the_same_phone_twice_keeps_the_first_row",
    ),
    "an untrusted plan may open sockets": Mutant(
        "syncengine.steps.isolation:_refuse",
        nothing(),
        "tests/steps/test_isolation.py::test_nothing_reaches_out",
    ),
    "a setting may name any host": Mutant(
        "syncengine.config.base_urls:_check_setting",
        nothing(),
        "tests/config/test_base_urls.py::test_a_pattern_that_fits_another_host_is_refused",
    ),
    "a template may name anything": Mutant(
        "syncengine.config.template_rules:_check_member",
        nothing(()),
        "tests/config/test_template_scope.py::test_a_name_that_the_call_is_not_given_is_refused",
    ),
    "a template may say anything": Mutant(
        "syncengine.config.template_rules:breaches",
        nothing(()),
        "tests/config/test_template_rules.py::test_hostile_templates_are_refused_quickly_and_before_they_run",
    ),
    "a template may write without end": Mutant(
        "syncengine.config.template_filters:_Allowance.take",
        nothing(),
        "tests/config/test_template_filters.py::test_the_texts_of_one_call_together_cannot_grow_without_bound",
    ),
    "a value may end a header": Mutant(
        "syncengine.config.template_filters:header_value",
        passed_on(),
        "tests/config/test_template_filters.py::test_a_header_cannot_be_ended_by_a_value",
    ),
    "a value may end a segment": Mutant(
        "syncengine.config.template_filters:segment",
        passed_on(),
        "tests/config/test_request_templates.py::test_a_hostile_id_stays_one_segment",
    ),
    "aliases are followed": Mutant(
        "syncengine.config.yaml_builder:Tree._alias",
        nothing(),
        "tests/config/test_document.py::test_what_cannot_be_read_is_refused",
    ),
    "links are followed": Mutant(
        "syncengine.opening:_is_link",
        nothing(result=False),
        "tests/test_opening.py::test_a_link_is_refused_wherever_it_stands_in_the_path",
    ),
    "paths may climb": Mutant(
        "syncengine.config.sources:_written_wrongly",
        nothing(""),
        "tests/config/test_sources.py::test_a_path_that_does_not_stay_below_the_project_is_refused",
    ),
    "a terminal obeys": Mutant(
        "syncengine.views.wording:clean",
        passed_on(),
        "tests/views/test_wording.py::test_what_could_rearrange_a_terminal_is_shown_and_not_obeyed",
    ),
    "a comment renders": Mutant(
        "syncengine.views.markup:escape",
        passed_on(),
        "tests/views/test_markup.py::test_text_is_shown_as_it_stands_and_not_rendered",
    ),
    "a page obeys": Mutant(
        "syncengine.views.page_text:escape",
        passed_on(),
        "tests/views/test_page_text.py::test_a_text_can_neither_be_markup_nor_end_a_value_nor_rearrange",
    ),
    "links lead anywhere": Mutant(
        "syncengine.remote.origin:Origin.follow",
        _followed,
        "tests/remote/test_origin.py::test_a_link_that_leads_elsewhere_is_not_followed",
    ),
    "answers have no cap": Mutant(
        "syncengine.remote.decode:_check_size",
        nothing(),
        "tests/remote/test_decode.py::test_a_body_beyond_the_limit_is_refused",
    ),
    "answers have no depth": Mutant(
        "syncengine.remote.decode:_too_deep",
        nothing(result=False),
        "tests/remote/test_decode.py::test_what_is_not_sound_json_stays_text",
    ),
    "ids are taken as they come": Mutant(
        "syncengine.remote.ids:handed_out_id",
        _taken_as_it_came,
        "tests/remote/test_ids.py::test_only_an_id_that_looks_like_one_is_taken",
    ),
    "echoes are kept": Mutant(
        "syncengine.remote.redaction:redacted",
        passed_on(),
        "tests/remote/test_redaction.py::test_an_echo_is_hidden_in_every_spelling",
    ),
    "certificates are believed": Mutant(
        "syncengine.remote.connection:_public_certificates",
        _unverified,
        "tests/remote/test_connection.py::"
        "test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent",
    ),
    "formulas live": Mutant(
        "syncengine.config.generated_files:_csv_cell",
        passed_on(),
        "tests/config/test_generated_files.py::test_a_csv_file_is_read_back_unchanged_but_for_formulas",
    ),
    "workbooks are opened unseen": Mutant(
        "syncengine.rows.workbook_archive:check_archive",
        nothing(),
        "tests/rows/test_workbook_archive.py::test_cells_that_hide_others_or_cost_gigabytes_are_refused",
    ),
    "a field may hold lines": Mutant(
        "syncengine.rows.csv_text:_check_line_breaks",
        nothing(),
        "tests/rows/test_csv_text.py::test_line_breaks_inside_fields_are_refused_on_request",
    ),
    "any pattern is taken": Mutant(
        "syncengine.config.patterns:pattern_fault",
        nothing(""),
        "tests/config/test_patterns.py::test_a_pattern_that_is_broken_or_unbounded_is_refused",
    ),
    "a call of another project is found": Mutant(
        "syncengine.ledger.journal:_heads",
        _everybody_s,
        "tests/ledger/test_journal.py::test_a_call_of_another_project_is_not_found",
    ),
    "secrets print": Mutant(
        "syncengine.model.secret:Secret.__repr__",
        _shown,
        "tests/model/test_secret.py::test_a_secret_is_masked_in_every_way_of_turning_it_into_text",
    ),
    "numbers are not masked": Mutant(
        "syncengine.model.phone:mask_numbers_in",
        passed_on(),
        "tests/model/test_phone.py::test_no_number_survives_in_a_vendors_message",
    ),
    "deleted rows stay in the file": Mutant(
        "syncengine.ledger.connection:_prepare",
        lambda real: (
            lambda connection, seconds: (real(connection, seconds), connection.execute("PRAGMA secure_delete=0"))
        ),
        "tests/ledger/test_connection.py::test_durability_and_privacy_are_switched_on",
    ),
}
