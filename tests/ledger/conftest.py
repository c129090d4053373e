"""A ledger on a real file, its lock held by the test's run, and short ways to write calls."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.ledger.ledger import Ledger
from tests.ledger.writing import NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path, "acme") as opened:
        yield opened


@pytest.fixture
def locked(ledger: Ledger) -> Iterator[Ledger]:
    with ledger.lock("apply", now=NOW):
        yield ledger
