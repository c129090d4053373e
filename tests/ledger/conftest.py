"""A ledger on a real store, its lock held by the test's run, and short ways to write calls.

Tests that ask for ``ledger``, ``locked`` or ``home`` run on SQLite and on PostgreSQL; those that ask for ``path`` are
about the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncengine.ledger.ledger import Ledger
from tests.ledger.postgres_server import NONE, Server, running
from tests.ledger.writing import NOW


@dataclass(frozen=True)
class Home:
    """Where ledgers are kept in one test."""

    url: str

    def open(self, project: str = "acme") -> Ledger:
        return Ledger.open(self.url, project)


@pytest.fixture(scope="session")
def _server() -> Iterator[Server | None]:
    with running() as server:
        yield server


@pytest.fixture
def server(_server: Server | None) -> Server:
    """A running PostgreSQL server with an empty database."""
    if _server is None:
        pytest.skip(NONE)
    if _server.process is None:
        _server.start()
    _server.sql("DROP SCHEMA IF EXISTS syncengine CASCADE")
    return _server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.db"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "home" in metafunc.fixturenames:
        stores = ["sqlite"] if "path" in metafunc.fixturenames else ["sqlite", "postgresql"]
        metafunc.parametrize("home", stores, indirect=True)


@pytest.fixture
def home(request: pytest.FixtureRequest) -> Home:
    """A place for ledgers, on each kind of store."""
    if request.param == "sqlite":
        return Home(f"sqlite:///{request.getfixturevalue('path')}")
    return Home(request.getfixturevalue("server").url)


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with home.open() as opened:
        yield opened


@pytest.fixture
def locked(ledger: Ledger) -> Iterator[Ledger]:
    with ledger.lock("apply", now=NOW):
        yield ledger
