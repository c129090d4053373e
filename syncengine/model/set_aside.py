"""A row of a source that could not be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """One such row."""

    row: int
    file: str
    reason: str
    # Column of the source -> text as it stands there: personal data.
    cells: Mapping[str, str] = field(default_factory=dict)
