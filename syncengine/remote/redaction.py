"""Taking our own credentials out of what a dialer sends back: some servers echo them in their errors."""

import base64
import binascii
import html
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

_HIDDEN = b"***"
# A shorter word would be found everywhere, and a number cannot be told from data.
_SHORTEST = 8


def echoes_of(secrets: Iterable[str]) -> tuple[bytes, ...]:
    """Return the spellings in which secrets could come back, longest first."""
    spellings: set[bytes] = set()
    for secret in secrets:
        if len(secret) < _SHORTEST or secret.isdigit():
            continue
        raw = secret.encode()
        spellings |= {spelling.encode() for text in _written(secret) for spelling in _escaped(text)}
        spellings |= _inside_base64(raw)
        spellings |= {
            base64.b64encode(raw).rstrip(b"="),
            base64.urlsafe_b64encode(raw).rstrip(b"="),
            binascii.hexlify(raw),
            binascii.hexlify(raw).upper(),
            secret.encode("utf-16-le"),
        }
    return tuple(sorted(spellings, key=lambda spelling: (-len(spelling), spelling)))


def _written(secret: str) -> set[str]:
    """Return a secret as a page, an address or a careless program writes it."""
    quoted = quote(secret, safe="")
    return {
        secret,
        quoted,
        quoted.lower(),
        quote(quoted, safe=""),
        quote_plus(secret),
        html.escape(secret),
        secret[::-1],
        secret.upper(),
        secret.lower(),
        " ".join(secret),
        "".join(f"\\u{ord(character):04x}" for character in secret),
        *_beginning(secret),
    }


def _escaped(text: str) -> set[str]:
    """Return a text as it is, as JSON, and as JSON inside of JSON; some languages escape the slash too."""
    once = text.replace("\\", "\\\\").replace('"', '\\"')
    twice = once.replace("\\", "\\\\").replace('"', '\\"')
    return {text, once, twice, once.replace("/", "\\/"), twice.replace("/", "\\\\/")}


def _inside_base64(raw: bytes) -> set[bytes]:
    """Return what is always the same where a secret stands inside a longer text that was encoded, as after "user:"."""
    found: set[bytes] = set()
    for before in (1, 2):
        encoded = base64.b64encode(b"\0" * before + raw)
        # The first group mixes with what stands before, the last one with what follows.
        inner = encoded[4 : len(encoded) - 4]
        if len(inner) >= _SHORTEST:
            found |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def _beginning(secret: str) -> set[str]:
    """Return the beginning of a long secret, as "the key abcd1234... is not valid" shows it.

    Only where it has letters and digits: a word could stand in data, and data must not be changed.
    """
    start = secret[:_SHORTEST]
    mixed = any(c.isdigit() for c in start) and any(c.isalpha() for c in start)
    return {start} if len(secret) >= 2 * _SHORTEST and mixed else set()


def redacted(data: bytes, echoes: Iterable[bytes]) -> bytes:
    """Return data with every echo of a secret hidden."""
    for echo in echoes:
        if echo in data:
            data = data.replace(echo, _HIDDEN)
    return data


def redacted_text(text: str, echoes: Iterable[bytes]) -> str:
    """Return text with every echo of a secret hidden."""
    return redacted(text.encode(errors="replace"), echoes).decode(errors="replace")
