"""Bodies of multipart/form-data, the same bytes for the same content.

The boundary comes from a digest of the parts instead of from chance, because a plan is named by a digest of what it
will send. Text and JSON parts are plain form fields without a content type, as a browser's form sends them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One part; ``filename`` and ``content_type`` are empty for plain fields."""

    name: str
    content: bytes
    filename: str = ""
    content_type: str = ""


def encode_parts(parts: Sequence[Part]) -> tuple[bytes, str]:
    """Return body and content type."""
    boundary = f"part-{_digest(parts)}"
    chunks: list[bytes] = []
    for part in parts:
        chunks += [f"--{boundary}\r\n{_heading(part)}\r\n\r\n".encode(), part.content, b"\r\n"]
    chunks.append(f"--{boundary}--\r\n".encode())
    return b"".join(chunks), f"multipart/form-data; boundary={boundary}"


def _digest(parts: Sequence[Part]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        for piece in (_heading(part).encode(), part.content):
            digest.update(len(piece).to_bytes(8, "big"))
            digest.update(piece)
    return digest.hexdigest()[:40]


def _heading(part: Part) -> str:
    lines = [f'Content-Disposition: form-data; name="{_quoted(part.name)}"']
    if part.filename:
        lines[0] += f'; filename="{_quoted(part.filename)}"'
    if part.content_type:
        lines.append(f"Content-Type: {part.content_type}")
    return "\r\n".join(lines)


def _quoted(name: str) -> str:
    # As browsers do; a line end or a quote would end the heading.
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
