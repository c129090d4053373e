"""A text file as bytes: which encoding, which line ends, how many lines; never a guess that loses a character.

A file that is not UTF-8 is written anew as UTF-8 inside the workspace. Nothing is replaced: a byte that the encoding
does not know is an error with its line, since a damaged digit could be a number that must not be called.
"""

import codecs
import hashlib
import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from syncengine.errors import SourceError

_CHUNK: Final = 4 << 20
_SAMPLE: Final = 256 << 10
# Longest first: the mark of UTF-32 begins with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC: Final = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook (.xlsx)"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls) or an encrypted one"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"SQLite format 3", "a database"),
)
# What lists are met in besides UTF-8; a wider choice makes the guess worse.
_CANDIDATES: Final = ["cp1252", "latin_1", "cp1250", "iso8859_2", "cp1251", "cp1258"]
# Central European letters read as western text: a sign inside a word.
_CENTRAL_EUROPEAN: Final = re.compile("[A-Za-zóÓ][¹³¿¥¶±¼¾]|[£¯][a-zó]|œ[^u]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A file that is known to be valid UTF-8 without NUL bytes, perhaps with a byte order mark."""

    path: Path
    label: str
    # SHA-256 of the original's bytes.
    digest: str
    # "\n" or "\r\n"; empty: mixed, or bare carriage returns.
    line_end: str
    # Physical lines, the last one also when it has no line end.
    lines: int


def open_text(path: Path, label: str, *, encoding: str | None, folder: Path) -> TextFile:
    """Find out how a file is written, and make it UTF-8.

    Args:
        path: the file.
        label: how people call it, for messages.
        encoding: as stated; None: found out.
        folder: where a UTF-8 copy may be put.

    Raises:
        SourceError: it is not text, or not all of it is text in one encoding.
    """
    head = _head(path, label)
    for magic, what in _MAGIC:
        if head.startswith(magic):
            raise SourceError(f"{label}: this is {what}, not text; state its format or export it as CSV")
    if encoding is not None:
        _check_known(encoding, label)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    known = marked or encoding or _wide(head)
    if known is None or codecs.lookup(known).name == "utf-8":
        try:
            return _scan(path, label, digest=None)
        except UnicodeDecodeError as error:
            if known is not None:
                raise _undecodable(path, label, "UTF-8") from error
        known = _guess(path, label)
    return _transcoded(path, label, encoding=known, folder=folder)


def _head(path: Path, label: str) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_SAMPLE)
    except OSError as error:
        raise SourceError(f"{label}: cannot be read: {error.strerror}") from error


def _check_known(encoding: str, label: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise SourceError(
            f'{label}: there is no encoding "{encoding}"; usual ones are utf-8, cp1252, utf-16'
        ) from error


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of western text is zero."""
    sample = head[:4096]
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = sample[first::2].count(0)
        if len(sample) >= 8 and zeros > len(sample) // 2 * 0.4 and sample[1 - first :: 2].count(0) == 0:
            return name
    return None


def _scan(path: Path, label: str, *, digest: str | None) -> TextFile:
    """Read all bytes once: validity, NUL, line ends, digest."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    hashing = hashlib.sha256()
    feeds = returns = pairs = 0
    last = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if b"\0" in chunk:
                line = feeds + chunk[: chunk.index(b"\0")].count(b"\n") + 1
                raise SourceError(f"{label}:{line}: a NUL byte; the file is damaged or is not text")
            decoder.decode(chunk)
            hashing.update(chunk)
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            last = chunk[-1:]
    decoder.decode(b"", final=True)
    line_end = "\n" if not returns else "\r\n" if returns == feeds == pairs else ""
    return TextFile(
        path=path,
        label=label,
        digest=digest or hashing.hexdigest(),
        line_end=line_end,
        lines=feeds + (last not in {b"", b"\n"}),
    )


def _guess(path: Path, label: str) -> str:
    """Name the encoding of a file that is not UTF-8, from a sample around its first odd byte."""
    from charset_normalizer import from_bytes

    raw = _sample_around_odd(path)
    valid = sum(not c.isascii() for c in raw.decode("utf-8", "ignore"))
    odd = raw.decode("utf-8", "replace").count("\ufffd")
    if valid and valid >= odd:
        raise _undecodable(path, label, "UTF-8, in which the rest of the file is written")
    matches = from_bytes(raw, cp_isolation=list(_CANDIDATES))
    best = matches.best()
    if best is None:
        raise SourceError(f'{label}: the encoding cannot be told; state it as "encoding: cp1252" or save as UTF-8')
    # Short lists fit several alphabets equally well; the western one is by far the most frequent.
    equal = {name for m in matches if m.chaos <= best.chaos for name in (m.encoding, *(s.encoding for s in m.submatch))}
    if "cp1252" not in equal:
        return best.encoding
    central = next((name for name in ("cp1250", "iso8859_2") if name in equal), None)
    return central if central and _CENTRAL_EUROPEAN.search(raw.decode("cp1252", "ignore")) else "cp1252"


def _sample_around_odd(path: Path) -> bytes:
    with path.open("rb") as stream:
        for number in count():
            chunk = stream.read(_CHUNK)
            try:
                chunk.decode("ascii")
            except UnicodeDecodeError as error:
                stream.seek(max(0, number * _CHUNK + error.start - _SAMPLE // 4))
                return stream.read(_SAMPLE)
            if not chunk:
                return b""
    return b""


def _transcoded(path: Path, label: str, *, encoding: str, folder: Path) -> TextFile:
    target = folder / f"text-{hashlib.sha256(str(path).encode()).hexdigest()[:16]}.txt"
    hashing = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as stream, target.open("wb") as out:
            while chunk := stream.read(_CHUNK):
                hashing.update(chunk)
                out.write(decoder.decode(chunk).encode())
            out.write(decoder.decode(b"", final=True).encode())
        return _scan(target, label, digest=hashing.hexdigest())
    except UnicodeError as error:
        raise _undecodable(path, label, encoding) from error


def _undecodable(path: Path, label: str, encoding: str) -> SourceError:
    """Say in which line the first byte stands that an encoding does not know."""
    place = label
    try:
        decoder = codecs.getincrementaldecoder(encoding.split(",", 1)[0])("strict")
        line = 1
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                line += decoder.decode(chunk).count("\n")
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line += error.object[: error.start].count(b"\n")
        place = f"{label}:{line}"
    return SourceError(f'{place}: a character is not {encoding}; save the file as UTF-8, or state "encoding:"')
