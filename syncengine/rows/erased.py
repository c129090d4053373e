# ruff: noqa: S608  # SQL is put together from table names of our own
"""Do-not-call statements of people who were erased: no number any more, but a keyed digest that still matches.

A plain hash would protect nobody: all ten thousand million numbers can be hashed in an afternoon. So digests are
HMAC-SHA256 under a key that the ledger does not hold. A statement keeps the digest of the number in E.164, by which
rows of a plan are found, and those of the endings under which the last gate finds the same number in any spelling: what
ends so is few, and each of them is asked whether some number that it may spell has the whole digest. A number that is
found so is matched like every other one from then on, so that the two ways of stating it cannot differ.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from syncengine.errors import SyncEngineError
from syncengine.model.phone import ERASED_MARK
from syncengine.model.secret import Secret
from syncengine.rows.gate import TAIL, ListedIndex, runs_ending_in, tails, unescaped, with_joined_groups
from syncengine.rows.workspace import Workspace

_SHORTEST_KEY: Final = 32
_BLOCK: Final = 64
_LONGEST: Final = 15
# A national number of seven digits is known by its ending with the trunk zero before it.
_SHORTEST_NATIONAL: Final = TAIL - 1


class DigestKeyError(SyncEngineError):
    """The key is of no use, or is not the one that digests were made with."""


class DigestKey:
    """Makes digests of numbers."""

    def __init__(self, secret: Secret) -> None:
        """Take a key.

        Raises:
            DigestKeyError: it is so short that it could be guessed.
        """
        self._key = secret.reveal().encode()
        if len(self._key) < _SHORTEST_KEY:
            raise DigestKeyError(f"it is shorter than {_SHORTEST_KEY} characters and could be guessed")
        # Tells keys apart; nothing can be computed from it.
        self.name = self._of(b"key")[:8]

    def statement(self, number: str) -> str:
        """Return what stands in a statement in the place of a number in E.164."""
        endings = {number[1:].encode()} if len(number) <= TAIL else set()
        return ".".join(
            [f"{ERASED_MARK}{self.name}", self.digest(number), *sorted(map(self.ending, endings | tails(number)))]
        )

    def digest(self, number: str) -> str:
        """Return the digest of a number in E.164."""
        return self._of(b"number" + number[1:].encode())

    def ending(self, digits: bytes) -> str:
        """Return the digest of the end of a number, after its length: a short number is looked for as a whole."""
        return f"{len(digits)}{self._of(b'ending' + digits)[:16]}"

    def digests(self, workspace: Workspace, numbers: str) -> str:
        """Make a table of ``number`` and ``digest`` from one of ``number``, in columns."""
        key = self._key if len(self._key) <= _BLOCK else hashlib.sha256(self._key).digest()
        inner, outer = (bytes(byte ^ mask for byte in key.ljust(_BLOCK, b"\0")) for mask in (0x36, 0x5C))
        made = "sha256(?::BLOB || unhex(sha256(?::BLOB || encode('number' || substr(number, 2)))))"
        return workspace.table("digests", f"SELECT number, {made} AS digest FROM {numbers}", [outer, inner])

    def _of(self, data: bytes) -> str:
        return hmac.digest(self._key, data, "sha256").hex()


class _Endings:
    """The endings of eight digits of which a digest is known; gate.py asks whether one is among them."""

    def __init__(self, key: DigestKey, known: frozenset[str]) -> None:
        self._key, self._known = key, known

    def __contains__(self, digits: object) -> bool:
        return isinstance(digits, bytes) and self._key.ending(digits) in self._known


class ErasedIndex:
    """Numbers that must not be dialled and of which only digests are known."""

    def __init__(self, key: DigestKey, statements: Iterable[str]) -> None:
        """Index what stands in statements.

        Raises:
            DigestKeyError: some were made with another key, so that they would never match.
        """
        parted = [statement.removeprefix(ERASED_MARK).split(".") for statement in statements]
        others = sum(name != key.name for name, *_ in parted)
        if others:
            raise DigestKeyError(f"{others:,} of the numbers were erased under another key")
        self._key = key
        self._digests = frozenset(digest for _, digest, *_ in parted)
        endings = frozenset(ending for _, _, *endings in parted for ending in endings)
        self._endings = _Endings(key, endings)
        self._short = frozenset(int(ending[0]) for ending in endings) - {TAIL}

    def __contains__(self, number: str) -> bool:
        return self._key.digest(number) in self._digests

    def hits(self, data: bytes) -> set[str]:
        """Return the numbers of erased people that occur in some bytes, in any spelling."""
        text = unescaped(data)
        candidates = {c for run in runs_ending_in(self._endings, text) for c in _candidates(run.decode())}
        if self._short:
            candidates.update(f"+{digits}" for digits in self._short_ones(text))
        # What has the digest is asked again as a plain number, by the rules that hold for those.
        return ListedIndex(number for number in candidates if number in self).hits(data)

    def _short_ones(self, text: bytes) -> set[str]:
        squeezed = with_joined_groups(text)
        every = {squeezed[at : at + length] for length in self._short for at in range(len(squeezed) - length + 1)}
        return {digits.decode() for digits in every if digits.isdigit() and digits in self._endings}


class Revealed:
    """The numbers that a run meets and that are known by their digests alone, found one table after another.

    Each number is digested once, however many campaigns it is wanted in.
    """

    def __init__(self, workspace: Workspace, key: DigestKey) -> None:
        self._workspace, self._key = workspace, key
        self._seen = workspace.table("seen", "SELECT '' AS number")
        # Digest -> number.
        self._numbers: dict[str, str] = {}

    def look(self, queries: Iterable[str], digests: Iterable[str]) -> None:
        """Look at all numbers of some tables or queries of ``phones``, parted by blanks, for any of some digests."""
        every = " UNION ALL ".join(f"SELECT phones FROM {query}" for query in queries)
        numbers = f"SELECT DISTINCT unnest(string_split(phones, ' ')) AS number FROM ({every})"
        new = self._workspace.table("unseen", f"SELECT number FROM ({numbers}) ANTI JOIN {self._seen} USING (number)")
        self._workspace.run(f"INSERT INTO {self._seen} SELECT number FROM {new}")
        made = self._key.digests(self._workspace, new)
        found = self._workspace.run(
            f"SELECT digest, number FROM {made} WHERE digest IN (SELECT unnest(?::VARCHAR[]))", [sorted(digests)]
        ).fetchall()
        self._numbers.update(found)
        self._workspace.drop(new, made)

    def among(self, digests: Iterable[str]) -> set[str]:
        """Return the numbers met so far that have any of some digests."""
        return {self._numbers[digest] for digest in digests if digest in self._numbers}


def digests_in(statements: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return list -> digest of a whole number -> first reading, of what stands in its statements."""
    return {name: {one.split(".")[1]: at for one, at in found.items()} for name, found in statements.items()}


def _candidates(run: str) -> Iterator[str]:
    """Walk the numbers of which some digits may be a spelling: what ``gate.py`` makes of numbers, the other way round.

    Hundreds; but they are asked for only where the ending is one that is known.
    """
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    codes = ["", *map(str, COUNTRY_CODE_TO_REGION_CODE)]
    for length in range(_SHORTEST_NATIONAL, min(len(run), _LONGEST) + 1):
        end = run[-length:]
        yield from (f"+{code}{end}" for code in codes if len(code) + length <= _LONGEST)
        # The trunk zero of a short national number, after its code.
        yield from (f"+{code}{end[len(code) + 1 :]}" for code in codes if end.startswith(f"{code}0"))
        # Argentine mobiles as they are written at home.
        yield from (f"+549{end[:area]}{end[area + 2 :]}" for area in (2, 3, 4) if end[area : area + 2] == "15")
