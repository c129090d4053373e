"""A credential that cannot be printed by accident."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """Holds a credential; every way of turning it into text masks it, only ``reveal`` gives it out."""

    _value: str

    def reveal(self) -> str:
        """Return the credential, for the one place that puts it on the wire."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(•••)"

    def __str__(self) -> str:
        return "•••"

    def __format__(self, spec: str) -> str:
        return "•••"
