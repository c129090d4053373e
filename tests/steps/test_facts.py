"""What the ledger knows, without a person in it."""

import json
from pathlib import Path

import pytest

from syncengine import sync
from syncengine.errors import SyncEngineError
from syncengine.steps.facts import load_facts
from tests.steps.projects import Made, tel

SALT = "5a" * 16


def export(made: Made, file: Path) -> dict[str, object]:
    facts = sync.export_facts(made.load(), made.options(), salt=SALT)
    file.write_text(json.dumps(facts), encoding="utf-8")
    return facts


def test_it_names_nobody_and_has_no_hash_of_anybody(made: Made, tmp_path: Path) -> None:
    made.carry_out()
    export(made, tmp_path / "facts.json")
    text = (tmp_path / "facts.json").read_text()
    people = [tel(number) for number in (1, 2, 3, 900, 901, 902)]
    assert [number for number in people if number[1:] in text or number[-7:] in text] == []
    # All that hangs on people's numbers hangs on all of them together.
    with made.planned(refresh="none") as planned:
        hashes = {row["content_hash"] for row in planned.run.ledger.rows_table(_leads()).to_pylist()}
    assert [found for found in hashes if found and found in text] == []


def _leads() -> object:
    from tests.steps.projects import LEADS

    return LEADS


def test_what_only_the_ledger_knows_is_counted_and_left_out(made: Made, tmp_path: Path) -> None:
    made.carry_out()
    # A line is gone and its number stays in force; a person is gone and stays with the dialer.
    made.opt_outs("opt-outs", 900, 901)
    made.people("leads", 1, 2)
    facts = export(made, tmp_path / "facts.json")
    assert facts["lists"]["opt-outs"]["unknown"] == 1  # type: ignore[index]
    assert facts["collections"]["main/contacts/spring"]["left_out"] == 1  # type: ignore[index]


def test_it_is_read_back_as_it_was_written(made: Made, tmp_path: Path) -> None:
    made.carry_out()
    file = tmp_path / "facts.json"
    export(made, file)
    facts = load_facts(file)
    assert facts.collections["main/contacts/spring"].groups[0].state == "present"
    assert facts.campaigns["main"][0].key == "spring"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format_version": 9}', "[" * 100_000, '{"format_version": 1}'])
def test_another_file_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(text)
    with pytest.raises(SyncEngineError, match="ledger export"):
        load_facts(file)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SyncEngineError, match="cannot be read"):
        load_facts(tmp_path / "none.json")
