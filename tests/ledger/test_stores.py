import pytest

from syncengine.errors import LedgerError
from syncengine.ledger.stores import is_sqlite, open_store


def test_the_kind_of_store_is_told_by_the_url() -> None:
    assert is_sqlite("sqlite:///x.db")
    assert not is_sqlite("postgresql://db/x")
    assert not is_sqlite("postgres://db/x")


@pytest.mark.parametrize("url", ["mysql://db/x", "sqlite://", "sqlite:///", "x.db", ""])
def test_another_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(LedgerError, match="expected sqlite:///PATH or postgresql://HOST/DATABASE"):
        open_store(url)
