"""Every operation of every vendor file does at the dialer what it is there for, and its answer is judged so."""

from pathlib import Path

import pytest

from syncengine.remote.ids import handed_out_id
from syncengine.remote.items import item_results
from syncengine.remote.paths import as_list, find
from syncengine.sandbox.server import Sandbox
from tests.operations.calling import NAMES, call, loaded_project, operations_of
from tests.operations.tables import CALLS

_ALL = [(vendor, name) for vendor in NAMES for name in CALLS[vendor]]


@pytest.mark.parametrize("vendor", NAMES)
def test_no_operation_of_the_vendor_file_is_left_out(vendor: str, sandbox: Sandbox, tmp_path: Path) -> None:
    loaded = loaded_project(sandbox, tmp_path, vendor).load()
    assert sorted(operations_of(loaded.vendors[vendor].vendor)) == sorted(CALLS[vendor])


@pytest.mark.parametrize(("vendor", "name"), _ALL, ids=lambda value: value)
def test_an_operation_does_what_it_is_there_for(vendor: str, name: str, sandbox: Sandbox, tmp_path: Path) -> None:
    wanted = CALLS[vendor][name]
    project = loaded_project(sandbox, tmp_path, vendor)
    wanted.prepare(sandbox)

    operation, result = call(project, name, wanted)

    assert (result.judgement.outcome, result.judgement.message) == (wanted.outcome, ""), result.answer
    assert result.answer is not None
    if wanted.items is not None:
        items, summary = item_results(operation, wanted.rows, result.answer)
        assert ({key: found.outcome for key, found in items.items()}, summary.alarm) == (wanted.items, "")
    if wanted.records is not None:
        assert len(as_list(find(result.answer.body, operation.records)) or []) == wanted.records
    if wanted.new_id:
        pattern = operation.id_pattern or project.load().vendors[vendor].vendor.campaigns.id_pattern
        assert handed_out_id(result.answer, operation.id, pattern)
    assert wanted.then(sandbox), sandbox.dialers[vendor].state()
    assert operation.writes == any(entry.applied for entry in sandbox.dialers[vendor].record.entries())


@pytest.mark.parametrize(("vendor", "name"), _ALL, ids=lambda value: value)
def test_a_page_of_some_proxy_is_never_taken_for_success(
    vendor: str, name: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    wanted = CALLS[vendor][name]
    project = loaded_project(sandbox, tmp_path, vendor)
    wanted.prepare(sandbox)
    sandbox.dialers[vendor].faults.add("html", times=50)

    operation, result = call(project, name, wanted)

    # Where the page stands in the way of the token, too, nothing was sent.
    no_token = "stop_dialer" if vendor == "lynn" else ""
    # A write may have been carried out behind the page; a question is merely not answered.
    expected = "unknown" if operation.writes else "rejected"
    assert result.judgement.outcome in {expected, no_token}
