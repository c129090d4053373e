"""The do-not-call statements of people who were erased, as one run matches them: by keyed digests (D15).

The key is the owner's, outside the ledger. Without it, or with another one, nobody can tell whom these statements are
about: then everything in their scope that could ring somebody is held, as it is for a list that cannot be read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from syncengine.config.secrets import resolve_secret
from syncengine.errors import ConfigError
from syncengine.rows.erased import DigestKey, DigestKeyError, ErasedIndex, Revealed, digests_in
from syncengine.steps.loading import Loaded
from syncengine.steps.run import Run

_WHOSE = "the key of erased numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedNumbers:
    """The numbers that lists keep by their digests alone."""

    # Do-not-call list -> digest of a whole number -> first reading of its statement.
    digests: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    # Do-not-call list -> why nobody can tell whom it is about.
    problems: Mapping[str, str] = field(default_factory=dict)
    # None: there is nothing to match, or no key.
    revealed: Revealed | None = None
    # Do-not-call list -> numbers, where an export has told them by their place.
    told: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def lists(self) -> frozenset[str]:
        """Return the lists that keep any."""
        return frozenset({*self.digests, *self.told})

    def look(self, queries: Iterable[str]) -> None:
        """Look at the numbers of tables or queries of ``phones``."""
        if self.revealed is not None:
            self.revealed.look(queries, {digest for found in self.digests.values() for digest in found})

    def among(self, lists: Iterable[str]) -> set[str]:
        """Return the numbers that were looked at so far and are on any of some lists by their digest."""
        names = list(lists)
        told = {number for name in names for number in self.told.get(name, ())}
        if self.revealed is None:
            return told
        return told | self.revealed.among(digest for name in names for digest in self.digests.get(name, ()))

    def first_read(self, lists: Iterable[str]) -> dict[str, float]:
        """Return those of the numbers looked at so far whose statements have a date, with the earliest."""
        found: dict[str, float] = {}
        for digest, at in (item for name in lists for item in self.digests.get(name, {}).items()):
            for number in self.revealed.among([digest]) if self.revealed is not None else ():
                found[number] = min(at, found.get(number, at))
        return found

    def unmet(self, name: str) -> int:
        """Return how many digests of a list no number has been met for."""
        return len(self.digests.get(name, ())) - len(self.among([name]))


def erased_numbers(run: Run) -> ErasedNumbers:
    """Return what the lists of a run keep by digests; nothing is asked for while there is none."""
    if run.told_erased:
        return ErasedNumbers(told=run.told_erased)
    statements = run.ledger.erased()
    if not statements:
        return ErasedNumbers()
    digests = digests_in(statements)
    try:
        key = key_of(run.loaded)
    except DigestKeyError as problem:
        return ErasedNumbers(digests=digests, problems=dict.fromkeys(statements, _held(problem)))
    problems = {}
    for name, found in statements.items():
        try:
            ErasedIndex(key, found)
        except DigestKeyError as problem:
            problems[name] = _held(problem)
    return ErasedNumbers(digests=digests, problems=problems, revealed=Revealed(run.workspace, key))


def key_of(loaded: Loaded) -> DigestKey:
    """Return the project's key.

    Raises:
        DigestKeyError: it states none, or it cannot be had, or is of no use; the text says which.
    """
    reference = loaded.project.file.erasure_key
    if reference is None:
        raise DigestKeyError("the project file states no erasure_key: env:NAME or file:path")
    try:
        return DigestKey(resolve_secret(reference, loaded.root, _WHOSE))
    except ConfigError as problem:
        found = [". ".join(filter(None, [item.message, item.hint])) for item in problem.diagnostics]
        raise DigestKeyError("; ".join(found)) from None
    except DigestKeyError as problem:
        raise DigestKeyError(f"{_WHOSE} ({reference}): {problem}") from None


def _held(problem: DigestKeyError) -> str:
    return f"it keeps numbers of people who were erased, and nobody can tell which they are: {problem}"
