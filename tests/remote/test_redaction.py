import base64
from urllib.parse import quote

import orjson
import pytest

from syncengine.remote.redaction import echoes_of, redacted, redacted_text

SECRET = 'k3y/with+"odd" chars'


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET, safe=""),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
        orjson.dumps(SECRET).decode()[1:-1],
    ],
)
def test_an_echo_is_hidden_in_every_spelling(spelling: str) -> None:
    shown = redacted(f"before {spelling} after".encode(), echoes_of([SECRET]))
    assert spelling.encode().rstrip(b"=") not in shown
    assert shown.startswith(b"before ***")
    assert shown.endswith(b" after")


def test_the_longest_echo_goes_first() -> None:
    assert redacted_text("abcdefgh-long", echoes_of(["abcdefgh", "abcdefgh-long"])) == "***"


@pytest.mark.parametrize("word", ["", "admin", "1234567890"])
def test_what_could_be_data_is_left_alone(word: str) -> None:
    assert echoes_of([word]) == ()
