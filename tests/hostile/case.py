"""One hostile input, what must become of it, and the table of how many there are of each kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Verdict = Literal["refused", "quarantined", "held", "harmless"]
VERDICTS: frozenset[str] = frozenset({"refused", "quarantined", "held", "harmless"})

CPU_SECONDS = 2.0
MEGABYTES = 300

# Families and counts of the threat model, and beside them what leads a call elsewhere.
FAMILIES: Mapping[str, int] = {
    "yaml": 60,
    "templates": 120,
    "text-tables": 80,
    "workbooks": 50,
    "answers": 160,
    "urls": 80,
    "paths": 60,
    "phones": 150,
    "injection": 100,
    "secrets": 60,
    "pull-requests": 40,
    "patterns": 30,
    "clock": 30,
}
BESIDE: Mapping[str, int] = {"redirects": 45}

CASES = Path(__file__).parent / "cases"


class WrongError(Exception):
    """The input came to something that it must not come to; the text says what."""


@dataclass(frozen=True, slots=True)
class Case:
    """One input. ``attempt`` does with it what the program does, in an empty folder, and returns the verdict."""

    family: str
    name: str
    verdict: Verdict
    attempt: Callable[[Path], str]
    # Whether it is about calls: then, and only then, sockets on loopback may be opened.
    calls: bool = False
    # What must become of it as a do-not-call list, where it is a list: an opt-out is never lost.
    as_dnd: Verdict | None = None

    @property
    def wanted(self) -> str:
        """Return all that must become of it."""
        return both(self.verdict, self.as_dnd)


@dataclass(frozen=True, slots=True)
class Written:
    """One input that stands in a file: its name, its verdict, further words of its heading, and the text."""

    name: str
    verdict: Verdict
    text: str
    words: Mapping[str, str] = field(default_factory=dict)


def written(family: str) -> Iterator[Written]:
    """Walk the inputs of a file: each begins with a line ``=== name : verdict key=value ...``."""
    blocks = ("\n" + (CASES / f"{family}.txt").read_text(encoding="utf-8")).split("\n=== ")
    for block in blocks[1:]:
        heading, _, text = block.partition("\n")
        name, _, rest = heading.partition(" : ")
        verdict, *words = rest.split()
        assert verdict in VERDICTS, heading
        pairs = dict(word.partition("=")[::2] for word in words)
        yield Written(name.strip(), verdict, text.removesuffix("\n"), pairs)  # type: ignore[arg-type]  # just checked


def table(family: str) -> Iterator[list[str]]:
    r"""Walk the lines of a file whose cells stand between bars; ``\n`` and ``\u200b`` are what they mean in Python."""
    for line in (CASES / f"{family}.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [unescaped(cell.strip()) for cell in line.split(" | ")]


def unescaped(text: str) -> str:
    """Return a text with its escapes undone."""
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\" in text else text


def both(verdict: str, as_dnd: str | None) -> str:
    """Return a verdict, and the one as a do-not-call list."""
    return f"{verdict}, as do-not-call list {as_dnd}" if as_dnd else verdict


def demand(condition: object, what: str) -> None:
    """Go on only if a condition holds."""
    if not condition:
        raise WrongError(what)
