"""What a plan was made from: each digest moves with its own input and with no other."""

import os
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from syncengine import sync
from syncengine.errors import StalePlanError
from tests.steps.projects import Made, tel


def basis(made: Made) -> dict[str, Any]:
    return asdict(made.plan(refresh="none").basis)


def manifest(made: Made) -> None:
    made.campaigns["spring"]["name"] = "Spring again"


def project(made: Made) -> None:
    made.project["guards"] = {"max_starts": 1}


def vendor_file(made: Made) -> None:
    made.vendor += "# a word\n"


def mapping(made: Made) -> None:
    made.mapping += "# a word\n"


def contacts(made: Made) -> None:
    made.people("leads", 1, 2)


def do_not_call(made: Made) -> None:
    made.opt_outs("opt-outs", 900, 901, 902, 903)


def settings(made: Made) -> None:
    made.dialers["main"]["settings"] = {"zone": "south"}


def origin(made: Made) -> None:
    made.dialers["main"]["base_url"] = "http://127.0.0.1:1"


MOVES: list[tuple[Callable[[Made], None], set[str]]] = [
    (manifest, {"manifests"}),
    (project, {"manifests"}),
    # A vendor file is a part of what the dialer is, too.
    (vendor_file, {"vendors", "dialers"}),
    (mapping, {"vendors", "dialers"}),
    (contacts, {"sources"}),
    # A new statement is written down at once.
    (do_not_call, {"dnd", "serial"}),
    (settings, {"manifests", "dialers"}),
    (origin, {"manifests", "dialers"}),
]


@pytest.mark.parametrize(("change", "moved"), MOVES, ids=lambda found: getattr(found, "__name__", ""))
def test_a_change_moves_what_it_is_a_part_of(made: Made, change: Callable[[Made], None], moved: set[str]) -> None:
    basis(made)
    before = basis(made)
    assert basis(made) == before
    change(made)
    after = basis(made)
    assert {name for name in before if before[name] != after[name]} == moved


def test_an_apply_moves_the_serial_and_another_ledger_the_lineage(made: Made) -> None:
    before = basis(made)
    made.carry_out()
    applied = basis(made)
    assert applied["serial"] > before["serial"]
    assert applied["lineage"] == before["lineage"]
    for path in (made.root / ".syncengine").glob("ledger.*"):
        path.unlink()
    assert basis(made)["lineage"] != before["lineage"]


@pytest.mark.parametrize("change", [change for change, _ in MOVES])
def test_a_saved_plan_is_refused_when_anything_it_was_made_from_has_moved(
    made: Made, change: Callable[[Made], None]
) -> None:
    made.plan(refresh="none")
    saved = made.plan(refresh="none")
    change(made)
    with pytest.raises(StalePlanError):
        sync.apply(made.load(), made.options(), sync.Applying(saved=saved))
    assert not made.acme.writes()


def test_a_file_that_was_only_touched_moves_nothing(made: Made) -> None:
    basis(made)
    before = basis(made)
    os.utime(made.root / "data" / "leads.csv", (made.now - 60,) * 2)
    assert basis(made) == before
    assert tel(1) not in str(before)
