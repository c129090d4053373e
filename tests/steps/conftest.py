"""A dialer on loopback and a project that knows it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.conftest import running, sandbox
from tests.steps.acme import Acme, serving
from tests.steps.projects import Made

# The five dialers, for the tests that go through a vendor file as it is shipped.
__all__ = ["acme", "made", "running", "sandbox"]


@pytest.fixture
def acme() -> Iterator[Acme]:
    with serving() as dialer:
        yield dialer


@pytest.fixture
def made(tmp_path: Path, acme: Acme) -> Made:
    return Made(tmp_path, acme)
