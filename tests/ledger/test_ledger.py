from pathlib import Path

import pytest

from syncengine.errors import LedgerError
from syncengine.ledger.opening import open_ledger


def test_a_relative_and_an_absolute_path_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_ledger("sqlite:///.syncengine/ledger.db", "acme") as ledger:
        basis = ledger.basis()
    with open_ledger(f"sqlite:///{tmp_path}/.syncengine/ledger.db", "acme") as ledger:
        assert ledger.basis() == basis
    assert [found.name for found in (tmp_path / ".syncengine").iterdir()] == ["ledger.db"]


@pytest.mark.parametrize("url", ["postgresql://me:s3cret@host/db", "postgres://host/db?password=s3cret"])
def test_a_password_in_the_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(LedgerError, match="URL holds a password; set PGPASSWORD") as refused:
        open_ledger(url, "acme")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["", "ledger.db", "mysql://u:s3cret@h/d", "sqlite://", "sqlite:///", "sqlite:///:memory:"]
)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(LedgerError, match="expected sqlite:///PATH") as refused:
        open_ledger(url, "acme")
    assert "s3cret" not in str(refused.value)
