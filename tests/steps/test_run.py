"""Where a run keeps its own files."""

import pytest

from syncengine.errors import SyncEngineError
from tests.steps.projects import Made


def test_what_a_run_keeps_stands_beside_the_ledger(made: Made) -> None:
    elsewhere = made.root / "owner"
    made.project["ledger"] = f"sqlite:///{elsewhere}/l.db"
    with made.run() as run:
        assert run.folder == elsewhere
        assert run.phone_book == elsewhere / "phones.parquet"
        assert run.row_copies == elsewhere / "rows"
        assert run.shown(made.root / ".syncengine" / "x") == ".syncengine/x"


def test_a_link_in_place_of_the_folder_is_refused(made: Made) -> None:
    (made.root / ".syncengine").symlink_to(made.root / "data")
    with made.run() as run, pytest.raises(SyncEngineError, match="symbolic link"):
        assert run.folder
