"""Taking our own credentials out of what a dialer sends back: some servers echo them in their errors."""

import base64
import binascii
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
        # As JSON text; some languages escape the slash too.
        escaped = secret.replace("\\", "\\\\").replace('"', '\\"')
        spellings |= {
            raw,
            quote(secret, safe="").encode(),
            quote_plus(secret).encode(),
            escaped.encode(),
            escaped.replace("/", "\\/").encode(),
            base64.b64encode(raw).rstrip(b"="),
            base64.urlsafe_b64encode(raw).rstrip(b"="),
            binascii.hexlify(raw),
            binascii.hexlify(raw).upper(),
        }
    return tuple(sorted(spellings, key=lambda spelling: (-len(spelling), spelling)))


def redacted(data: bytes, echoes: Iterable[bytes]) -> bytes:
    """Return data with every echo of a secret hidden."""
    for echo in echoes:
        if echo in data:
            data = data.replace(echo, _HIDDEN)
    return data


def redacted_text(text: str, echoes: Iterable[bytes]) -> str:
    """Return text with every echo of a secret hidden."""
    return redacted(text.encode(errors="replace"), echoes).decode(errors="replace")
