"""Each part of a plan's basis moves when what it stands for has moved, and at no other time."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
from syncengine.model.plan import Basis
from syncengine.sandbox.server import Sandbox
from tests.conformance.project import HERE
from tests.steps.at_the_sandbox import Project, ledger_of, project_at, variant

_CHECKOUT = Path(__file__).parents[2]
_WAY = variant("wolkvox-predictive")


@pytest.fixture
def project(tmp_path: Path, sandbox: Sandbox) -> Project:
    """A project with vendor files of its own."""
    for kind in ("vendors", "mappings"):
        (tmp_path / kind).mkdir()
        shutil.copy(_CHECKOUT / kind / "wolkvox.yaml", tmp_path / kind)
    return project_at("wolkvox-predictive", tmp_path, sandbox, listed=range(900, 910))


def _moved(project: Project, change: Callable[[Project], object]) -> set[str]:
    """Return what of the basis is another after a change; nothing else happens between the two plans."""
    before = project.plan().basis
    change(project)
    after = project.plan().basis
    return {name for name in Basis.__slots__ if getattr(before, name) != getattr(after, name)}


def _append(path: str, text: str) -> Callable[[Project], object]:
    def change(project: Project) -> None:
        with (project.root / path).open("a", encoding="utf-8") as file:
            file.write(text)

    return change


def test_nothing_moves_by_itself(project: Project) -> None:
    assert _moved(project, lambda _: None) == set()


def test_time_moves_nothing(project: Project) -> None:
    assert _moved(project, lambda found: found.sandbox.clock.advance(3_600)) == set()


def test_a_line_of_the_manifest_moves_the_manifests(project: Project) -> None:
    assert _moved(project, lambda found: found.manifest["campaigns"]["spring"].update(name="Summer")) == {"manifests"}


def test_a_guard_is_part_of_the_manifests(project: Project) -> None:
    def change(found: Project) -> None:
        found.guards = {"max_starts": 1}

    assert _moved(project, change) == {"manifests"}


@pytest.mark.parametrize("kind", ["vendors", "mappings"])
def test_a_line_of_a_vendor_file_moves_the_vendors_and_the_dialers_of_that_vendor(project: Project, kind: str) -> None:
    assert _moved(project, _append(f"{kind}/wolkvox.yaml", "\n# A note.\n")) == {"vendors", "dialers"}


def test_a_vendor_file_that_is_not_in_use_moves_nothing(project: Project) -> None:
    assert _moved(project, lambda found: shutil.copy(_CHECKOUT / "vendors/lynn.yaml", found.root / "vendors")) == set()


def test_a_row_of_a_contact_file_moves_the_sources(project: Project) -> None:
    assert _moved(project, lambda found: found.tables["leads.csv"].append(_WAY.row(9))) == {"sources"}


def test_a_line_of_a_do_not_call_file_moves_its_digest_and_the_ledger_that_keeps_it(project: Project) -> None:
    def change(found: Project) -> None:
        found.tables["opt-outs.csv"].append({"phone": "+" + _WAY.phone(950)})

    assert _moved(project, change) == {"dnd", "serial"}


def test_a_do_not_call_line_that_is_gone_leaves_the_ledger_as_it_is(project: Project) -> None:
    assert _moved(project, lambda found: found.tables["opt-outs.csv"].pop()) == {"dnd"}


def test_a_setting_of_a_dialer_moves_that_dialer(project: Project) -> None:
    def change(found: Project) -> None:
        found.settings = {**found.settings, "expiring_prefix": "8"}

    # The project file, in which it stands, is read with the manifests.
    assert _moved(project, change) == {"dialers", "manifests"}


def test_a_secret_moves_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(found: Project) -> None:
        known = dict(found.dialer.credentials())
        monkeypatch.setattr(found.dialer, "credentials", lambda: known | {"token": "another"})

    assert _moved(project, change) == set()


def test_what_a_run_has_written_moves_the_serial(project: Project) -> None:
    def change(found: Project) -> None:
        row = RowItem("CT001", ("+" + _WAY.phone(1),))
        with ledger_of(found) as ledger, ledger.lock("apply", now=found.now()):
            ledger.save_rows(Address(HERE, "contacts", "spring"), [row], now=found.now())

    assert _moved(project, change) == {"serial"}


def test_another_ledger_has_another_lineage(project: Project) -> None:
    def change(found: Project) -> None:
        for path in (found.root / ".syncengine").glob("ledger.db*"):
            path.unlink()

    assert "lineage" in _moved(project, change)


def test_the_dialers_in_it_are_those_of_the_plan(project: Project) -> None:
    assert list(project.plan().basis.dialers) == [HERE]
