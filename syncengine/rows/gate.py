"""Listed numbers in the bytes of a request, in any spelling: the index behind the last gate.

A template can put a number into any field, with or without plus, country code, trunk zero or separators. So the gate
does not look at fields but at digits: wherever a group of digits ends, its last eight digits are looked up, and the few
that are known are compared whole. Blocking too much is right here; missing one is not.
"""

import re
import sys
import unicodedata
from collections.abc import Container, Iterable, Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

TAIL: Final = 8
# A plus, a calling code of three digits, and less than eight digits.
_LONGEST_WITH_SHORT_NATIONAL: Final = 11
_LONG: Final = re.compile(rb"[0-9]{8,}")

# Digits with what people, templates and form encoding (a plus for a blank) put between them.
# Possessive, and begun at the first digit only: else every long run of digits is tried from each of its digits.
_SPACED: Final = re.compile(rb"(?<![0-9])[0-9]++(?:(?:[ ().+/_\-\t]|\xc2\xa0|\xe2\x80[\x80-\x95\xaf]){1,8}+[0-9]++)+")
# Every byte that may stand between digits; without them groups of digits run together.
_BETWEEN: Final = b" ().+/_-\t\xc2\xa0\xe2\xaf" + bytes(range(0x80, 0x96))
# What separates fields in most bodies, and never the digits of one number.
_FIELD_END: Final = b","
# Every digit as one letter and all else as a blank, so that a long run is one text to look for.
_SHAPE: Final = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))
_LONG_SHAPE: Final = b"0" * TAIL
_GROUP: Final = re.compile(rb"[0-9]+")
_FOREIGN_DIGIT: Final = re.compile("[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]")
_JSON_ESCAPE: Final = re.compile(rb"\\u([0-9a-fA-F]{4})")
_ENTITY: Final = re.compile(rb"&#(?:0*([0-9]{1,7})|[xX]0*([0-9a-fA-F]{1,6}));")


class ListedIndex:
    """Numbers that must not be dialled, found by their digits."""

    def __init__(self, numbers: Iterable[str] = ()) -> None:
        """Index numbers in E.164."""
        # Last eight digits -> numbers in E.164; nearly always one.
        self._by_tail: dict[bytes, tuple[str, ...]] = {}
        # Numbers of less than eight digits, whole; a handful of small countries.
        self._short: set[bytes] = set()
        self.add(numbers)

    def __len__(self) -> int:
        short = {f"+{digits.decode()}" for digits in self._short}
        return len(short.union(*self._by_tail.values()))

    def add(self, numbers: Iterable[str]) -> None:
        """List more numbers."""
        for number in numbers:
            for tail in tails(number):
                known = self._by_tail.get(tail, ())
                if number not in known:
                    self._by_tail[tail] = (*known, number)
            if len(number) <= TAIL:
                self._short.add(number[1:].encode())

    def discard(self, numbers: Iterable[str]) -> None:
        """Forget numbers; unknown ones are passed over."""
        for number in numbers:
            for tail in tails(number):
                left = tuple(known for known in self._by_tail.get(tail, ()) if known != number)
                if left:
                    self._by_tail[tail] = left
                else:
                    self._by_tail.pop(tail, None)
            self._short.discard(number[1:].encode())

    def among(self, numbers: Iterable[str]) -> set[str]:
        """Return those of some numbers in E.164 that are listed; a tenth of what looking for them in bytes takes."""
        known, short = self._by_tail, self._short
        return {n for n in numbers if n in known.get(n[-TAIL:].encode(), ()) or n[1:].encode() in short}

    def hits(self, data: bytes) -> set[str]:
        """Return the listed numbers that occur in some bytes."""
        if not self._by_tail and not self._short:
            return set()
        text = unescaped(data)
        if not self._short:
            text = self._suspicious(text)
        known = self._by_tail
        found = {
            number for run in runs_ending_in(known, text) for number in known[run[-TAIL:]] if _is_spelling(run, number)
        }
        return found | self._short_hits(text) if self._short else found

    def _suspicious(self, text: bytes) -> bytes:
        """Return the fields of a text that may hold a listed number; nearly always none.

        Looking at every group of digits takes ten times as long as all else, so it is done only where digits that run
        together, once nothing stands between them any more, hold the ending of a listed number anywhere.
        """
        # The squeezed text has the same commas, and digits where its shape has them.
        squeezed = text.translate(None, _BETWEEN)
        suspects = {run for run in _long_runs(squeezed, text.translate(_SHAPE, _BETWEEN)) if self._holds_ending(run)}
        if not suspects:
            return b""
        fields = text.split(_FIELD_END)
        looked_at: dict[int, bytes] = {}
        at = seen = 0
        for run in _LONG.finditer(squeezed):
            if run[0] in suspects:
                at, seen = at + squeezed.count(_FIELD_END, seen, run.start()), run.start()
                looked_at[at] = fields[at]
        return _FIELD_END.join(looked_at.values())

    def _holds_ending(self, run: bytes) -> bool:
        known = self._by_tail
        for end in range(TAIL, len(run) + 1):  # noqa: SIM110 - a loop is twice as fast, and there are millions
            if run[end - TAIL : end] in known:
                return True
        return False

    def _short_hits(self, text: bytes) -> set[str]:
        """Look for whole short numbers anywhere, also inside longer ones: there are too few of them to be choosy."""
        squeezed = with_joined_groups(text)
        return {f"+{number.decode()}" for number in self._short if number in squeezed}


def runs_ending_in(known: Container[bytes], text: bytes) -> set[bytes]:
    """Return the runs of digits in a text, joined where people part them, whose last eight digits are known."""
    runs = {run for run in _LONG.findall(text) if run[-TAIL:] in known}
    for groups in _SPACED.findall(text):
        if len(groups) > TAIL:
            runs.update(_joined(groups, known))
    return runs


def with_joined_groups(text: bytes) -> bytes:
    """Return a text followed by its groups of digits without what people put between them."""
    return b"\n".join([text, *(b"".join(_GROUP.findall(groups)) for groups in _SPACED.findall(text))])


def _long_runs(text: bytes, shape: bytes) -> Iterator[bytes]:
    """Walk the runs of digits that are long enough for a number."""
    start = shape.find(_LONG_SHAPE)
    while start >= 0:
        end = shape.find(b" ", start)
        if end < 0:
            yield text[start:]
            return
        yield text[start:end]
        start = shape.find(_LONG_SHAPE, end)


def tails(number: str) -> set[bytes]:
    """Return the endings under which a number is found: its own, and where another spelling ends otherwise."""
    spellings = [number[1:].encode(), *_other_endings(number)]
    return {spelling[-TAIL:] for spelling in spellings if len(spelling) >= TAIL}


def unescaped(data: bytes) -> bytes:
    """Undo what a URL, JSON or XML may do to digits and to what stands between them."""
    text = data
    if b"%" in text:
        # Both readings stay: a percent sign before digits may also be just that.
        text = text + b"\n" + unquote_to_bytes(text)
    # The single characters are looked for first: that takes no time, and nearly always there are none.
    if b"\\" in text and b"\\u" in text:
        text = _JSON_ESCAPE.sub(lambda found: _character(int(found[1], 16)), text)
    if b"&" in text and b"&#" in text:
        text = _ENTITY.sub(lambda found: _character(int(found[1]) if found[1] else int(found[2], 16)), text)
    if not text.isascii():
        shown = text.decode("utf-8", "replace")
        text = _FOREIGN_DIGIT.sub(lambda found: str(unicodedata.digit(found[0])), shown).encode()
    return text


def _character(code: int) -> bytes:
    return chr(code).encode("utf-8", "replace") if code <= sys.maxunicode else b"?"


def _joined(spaced: bytes, known: Container[bytes]) -> Iterator[bytes]:
    """Walk what ends in a known way among groups of digits, from each group on: any of them may begin the number."""
    digits, starts = b"", []
    for group in _GROUP.findall(spaced):
        starts.append(len(digits))
        digits += group
        if digits[-TAIL:] in known:
            yield from (digits[start:] for start in starts if len(digits) - start >= TAIL)


def _is_spelling(run: bytes, number: str) -> bool:
    """Whether digits that end like a number are one of its spellings."""
    digits = number[1:].encode()
    if run.endswith(digits) or any(run.endswith(other) for other in _other_endings(number)):
        return True
    code = _calling_code(number)
    national = digits[len(code) :]
    if len(national) < TAIL or not run.endswith(national):
        return False
    before = run[: -len(national)]
    return len(before) <= 3 or code in before


def _other_endings(number: str) -> list[bytes]:
    """Return spellings whose last eight digits are not those of E.164.

    A short national number has its trunk zero among them; an Argentine mobile number has, at home, 15 after its area
    code (2 to 4 digits) instead of the 9 before it.
    """
    if len(number) > _LONGEST_WITH_SHORT_NATIONAL and not number.startswith("+549"):
        return []
    code = _calling_code(number)
    national = number[1:].encode()[len(code) :]
    if number.startswith("+549"):
        return [national[1 : 1 + area] + b"15" + national[1 + area :] for area in (2, 3, 4)]
    return [b"0" + national] if len(national) == TAIL - 1 else [code + b"0" + national] if len(national) < TAIL else []


def _calling_code(number: str) -> bytes:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    for length in (1, 2, 3):
        if int(number[1 : 1 + length]) in COUNTRY_CODE_TO_REGION_CODE:
            return number[1 : 1 + length].encode()
    return b""
