"""What a workbook admits before anything of it is believed: its size, its files, and where its cells stand.

A workbook is a zip archive from a stranger, and its reader takes memory for the rectangle around all cells: two cells
in opposite corners of a sheet are half a terabyte. Of two cells at one place, and of two files of one name, a reader
takes one and drops the other, which may be somebody who must not be called.
"""

import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from syncengine.errors import SourceError

_MAX_UNPACKED: Final = 500_000_000
_MAX_MEMBERS: Final = 5_000
_MAX_RATIO: Final = 100
_RATIO_FROM: Final = 1_000_000
_CHUNK: Final = 1 << 20

# Limits of Excel itself.
_ROWS, _COLUMNS = 1_048_576, 16_384
# Rectangles up to here cost next to nothing; beyond, most of their cells must be there.
_SMALL_RECTANGLE: Final = 200_000
_LARGEST_RECTANGLE: Final = 20_000_000
_SPARSE: Final = 50

_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_PLACE: Final = re.compile(rb"""<(?:\w+:)?(?:row|c)(?=[\s/>])(?:[^>]*?\sr\s*=\s*["']([A-Za-z]*)([0-9]+)["'])?""")


def check_archive(path: Path, label: str) -> None:
    """Look at a workbook without unpacking more than its sheets, piece by piece.

    Raises:
        SourceError: it is no workbook, it is a bomb, or it states something twice.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(members, label)
            for member in members:
                if member.filename.lower().endswith((".xml", ".rels")):
                    _check_document(archive, member, label)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise SourceError(
            f"{label}: cannot be read as an Excel workbook (.xlsx): it is damaged, cut off, encrypted or something else"
        ) from error


def _check_members(members: list[zipfile.ZipInfo], label: str) -> None:
    if len(members) > _MAX_MEMBERS:
        raise SourceError(f"{label}: {len(members):,} files are packed in it, as in no workbook; export it as CSV")
    if len({member.filename.lower() for member in members}) < len(members):
        raise SourceError(f"{label}: two of the files packed in it have one name, as in no workbook; export it as CSV")
    if sum(member.file_size for member in members) > _MAX_UNPACKED:
        raise SourceError(f"{label}: unpacks to more than {_MAX_UNPACKED // 1_000_000} MB; export it as CSV")
    for member in members:
        if member.file_size > _RATIO_FROM and member.file_size > _MAX_RATIO * max(member.compress_size, 1):
            raise SourceError(
                f"{label}: {member.filename!a} unpacks to more than {_MAX_RATIO} times its size, as a bomb does;"
                " export it as CSV"
            )


def _check_document(archive: zipfile.ZipFile, member: zipfile.ZipInfo, label: str) -> None:
    with archive.open(member) as stream:
        head = stream.read(4_096)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\0" in head:
        raise SourceError(f"{label}: {member.filename!a} defines words of its own, as in no workbook")
    if _SHEET.fullmatch(member.filename):
        _Extent(label).check(_places(archive, member))


def _places(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[list[tuple[bytes, bytes]]]:
    """Walk the places of rows (without letters) and cells, in the order in which they stand, many at once."""
    rest = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            text = rest + chunk
            end = text.rfind(b">") + 1
            if not end and len(text) > 2 * _CHUNK:
                raise ValueError("a tag without an end")
            yield _PLACE.findall(text, 0, end)
            rest = text[end:]


class _Extent:
    """The rectangle around the cells seen so far."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._cells = self._placed = self._unplaced = 0
        self._first_row = self._last_row = 0
        self._last_column = 0
        self._widest = 0

    def check(self, places: Iterator[list[tuple[bytes, bytes]]]) -> None:
        for some in places:
            for letters, digits in some:
                self._take(letters, digits)
            self._check_rectangle()

    def _take(self, letters: bytes, digits: bytes) -> None:
        self._cells += 1
        if not digits:
            self._unplaced += 1
            return
        row, column = int(digits[:9]), _column(letters)
        if row > _ROWS or not row or column > _COLUMNS or len(digits) > 9:
            raise SourceError(f"{self._label}: a cell stands where no sheet has one; export it as CSV")
        if row < self._last_row or (row == self._last_row and column <= self._last_column):
            raise SourceError(f"{self._label}:{row}: a row or a cell is stated twice or out of order; save it anew")
        self._first_row = self._first_row or row
        self._last_row, self._last_column = row, column
        self._placed += bool(letters)
        self._widest = max(self._widest, column)

    def _check_rectangle(self) -> None:
        if self._unplaced and self._placed:
            raise SourceError(f"{self._label}: some cells state their place and some do not; save it anew")
        size = (self._last_row - self._first_row + 1) * self._widest
        if size > _LARGEST_RECTANGLE or size > max(_SMALL_RECTANGLE, _SPARSE * self._cells):
            raise SourceError(
                f"{self._label}: its few cells are spread over {self._last_row:,} rows and {self._widest:,} columns;"
                " remove those that stand far off, or export it as CSV"
            )


@lru_cache(maxsize=2_048)
def _column(letters: bytes) -> int:
    """Return the number of a column from 1; 0 for none, which is a row."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number
