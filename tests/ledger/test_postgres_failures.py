import psycopg
import pytest

from syncengine.errors import LedgerError
from syncengine.ledger.postgres_failures import is_lost, translated


class Refusal(psycopg.OperationalError):
    def __init__(self, state: str | None) -> None:
        super().__init__("Key (number)=(+573001112233) already exists")
        self.sqlstate = state


@pytest.mark.parametrize(
    ("state", "words", "lost"),
    [
        ("08006", "the connection was lost", True),
        ("57P01", "shutting down", True),
        ("28P01", "PGPASSWORD", False),
        ("3D000", "no such database", False),
        ("42501", "give it the right", False),
        ("53100", "disk is full", False),
        ("53300", "one more connection", False),
        ("40P01", "run again", False),
        ("XX000", "refused a statement", False),
        (None, "cannot be reached or has gone away", True),
    ],
)
def test_each_state_has_words_that_say_what_to_do_and_no_data(state: str | None, words: str, lost: bool) -> None:
    with pytest.raises(LedgerError, match=words) as refused, translated("postgresql://db/x"):
        raise Refusal(state)
    assert "3001112233" not in str(refused.value)
    assert is_lost(refused.value.__cause__) is lost


def test_other_errors_are_no_lost_connections() -> None:
    assert not is_lost(None)
    assert not is_lost(ValueError("x"))
    assert not is_lost(psycopg.DataError("x"))
    with pytest.raises(LedgerError, match="a text cannot be kept there"), translated("postgresql://db/x"):
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
