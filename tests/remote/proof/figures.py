"""What a proof has counted, in one line."""

from collections.abc import Mapping
from dataclasses import dataclass


class ProofFailedError(AssertionError):
    """A promise that did not hold; the message names the case."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was tried and what came of it."""

    counts: Mapping[str, float | str]

    def line(self) -> str:
        """Return the figures as one line."""
        return ", ".join(f"{_number(value)} {what}" for what, value in self.counts.items())


def _number(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}"


def expect(holds: object, otherwise: str) -> None:
    """Raise ProofFailedError with ``otherwise`` where something does not hold."""
    if not holds:
        raise ProofFailedError(otherwise)
