"""A bench on which plans are carried out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remote.applying import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.ledger.close()
