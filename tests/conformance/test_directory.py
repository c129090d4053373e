"""A dialer's directory of people, kept by a contact list without any campaign."""

from pathlib import Path

import pytest

from syncengine.sandbox.faults import FaultKind
from syncengine.sandbox.server import Sandbox
from tests.conformance.project import HERE, Project
from tests.conformance.variants import VARIANTS, Variant

_LYNN = next(variant for variant in VARIANTS if variant.name == "lynn-data")
_THULIUM = next(variant for variant in VARIANTS if variant.name == "thulium-crm")
_SETTLED = 400.0


def _project(sandbox: Sandbox, root: Path, variant: Variant) -> Project:
    project = Project(root=root, sandbox=sandbox, vendor=variant.vendor, settings=variant.dialer_settings)
    _state(project, variant, 1, 2, 3)
    return project


def _state(project: Project, variant: Variant, *numbers: int, **renamed: str) -> None:
    rows = [variant.row(number) for number in numbers]
    rows[0] |= renamed
    project.contacts("people", rows, region=variant.region, on_absent="remove", directory=[HERE])


def _held(sandbox: Sandbox, vendor: str) -> list[tuple[str, str]]:
    """Return number and name of everybody in the directory."""
    if vendor == "lynn":
        return sorted((one.phone, one.name) for one in sandbox.lynn.contacts.held.values())
    return sorted((one.numbers[0], one.fields["name"]) for one in sandbox.thulium.customers.held.values())


@pytest.mark.parametrize("variant", [_LYNN, _THULIUM], ids=lambda variant: variant.vendor)
def test_people_are_made_known_changed_and_only_ours_are_taken_out(
    variant: Variant, sandbox: Sandbox, tmp_path: Path
) -> None:
    theirs = (variant.phone(700), "Theirs")
    if variant.vendor == "lynn":
        sandbox.lynn.contacts._add({"phone": theirs[0], "name": theirs[1]})
    else:
        sandbox.thulium.customers.add({"phone_number": theirs[0], "name": theirs[1], "surname": "x", "identifier": "x"})
    project = _project(sandbox, tmp_path, variant)
    people = [(variant.phone(number), f"First{number}") for number in (1, 2, 3)]

    project.carry_out()
    assert _held(sandbox, variant.vendor) == [*people, theirs]
    project.nothing_left()

    _state(project, variant, 1, 2, 3, first_name="Renamed")
    project.carry_out()
    assert _held(sandbox, variant.vendor) == [(people[0][0], "Renamed"), *people[1:], theirs]
    project.nothing_left()

    _state(project, variant, 1, 2, first_name="Renamed")
    if variant.vendor == "lynn":
        project.carry_out()
        del people[2]
    assert _held(sandbox, variant.vendor) == [(people[0][0], "Renamed"), *people[1:], theirs]
    project.nothing_left()


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_a_lost_answer_doubles_nobody_and_loses_nobody(kind: FaultKind, sandbox: Sandbox, tmp_path: Path) -> None:
    project = _project(sandbox, tmp_path, _LYNN)
    people = [(_LYNN.phone(number), f"First{number}") for number in (1, 2, 3)]
    sandbox.lynn.faults.add(kind, method="POST", path="PostContact")
    for _ in range(3):
        project.apply()
        assert sandbox.lynn.doubled() == []
        sandbox.clock.advance(_SETTLED)
    assert _held(sandbox, "lynn") == people
    project.nothing_left()

    _state(project, _LYNN, 1, 2)
    sandbox.lynn.faults.add(kind, method="DELETE", path="DeleteContact")
    for _ in range(3):
        project.apply()
        sandbox.clock.advance(_SETTLED)
    assert _held(sandbox, "lynn") == people[:2]
    project.nothing_left()


def test_somebody_listed_is_not_made_known(sandbox: Sandbox, tmp_path: Path) -> None:
    project = _project(sandbox, tmp_path, _LYNN)
    project.dnd("opt-outs", ["+" + _LYNN.phone(2)])
    project.carry_out()
    assert _held(sandbox, "lynn") == [(_LYNN.phone(number), f"First{number}") for number in (1, 3)]
    project.nothing_left()
