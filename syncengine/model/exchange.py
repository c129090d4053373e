"""One request and one answer, as values.

A :class:`Request` is complete but for credentials: those are filled in by ``remote/auth.py`` at the last moment, so a
request can be shown, hashed and kept in a plan without holding a secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from syncengine.model.phone import mask_key


@dataclass(frozen=True, slots=True)
class Request:
    """A rendered call, relative to the dialer's base URL."""

    method: str
    # Path below the base URL, already percent-encoded per segment; starts with "/".
    path: str
    # Query in order, values as text, names may repeat.
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = ""

    def __repr__(self) -> str:
        """Return what can be printed: everything else may hold people."""
        return f"Request({self.method}, {len(self.body)} bytes of body)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers in lower case, and the body both raw and leniently decoded."""

    status: int
    headers: Mapping[str, str]
    raw: bytes
    # The decoded JSON, or None where the body is empty or not JSON; then ``text`` is what there is.
    body: object = None
    # The body as text (replacement characters for what is not UTF-8), for phrases in bodies that are not JSON.
    text: str = ""
    is_json: bool = False

    def __repr__(self) -> str:
        """Return what can be printed: everything else may hold people."""
        return f"Answer({self.status}, {len(self.raw)} bytes)"


@dataclass(frozen=True, slots=True)
class RowItem:
    """One row on its way to a dialer.

    ``record`` holds the vendor's field names and spellings, made from our columns by the mapping; empty values are
    left out of it. ``phones`` are all numbers of the row in E.164.
    """

    key: str
    phones: tuple[str, ...]
    record: Mapping[str, object] = field(default_factory=dict)
    # Digest of the content that would be written; the ledger keeps it.
    content_hash: str = ""
    # The vendor's own id of the row, where known.
    remote_id: str = ""

    def __repr__(self) -> str:
        """Return what can be printed: key, phones and record are a person."""
        return f"RowItem({mask_key(self.key)})"
