"""A network and vendors that spoil some requests, by a seed: lost before, lost after, an error after it was applied."""

from dataclasses import dataclass, field
from random import Random

from syncengine.sandbox.faults import Fault, FaultKind

_KINDS: tuple[FaultKind, ...] = ("drop_before", "drop_after", "error_after", "error_before", "latency")
_LONGEST_LATENCY = 0.03


@dataclass(slots=True, kw_only=True)
class Spoiling(Fault):
    """Spoils a share of all requests."""

    share: float
    random: Random = field(default_factory=Random)
    times: int = 1_000_000
    hits: int = 0

    def takes(self, method: str, target: str) -> bool:
        """Whether this request is spoilt, and how."""
        del method, target
        if self.random.random() >= self.share:
            return False
        self.kind = self.random.choice(_KINDS)
        self.seconds = self.random.uniform(0.0, _LONGEST_LATENCY) if self.kind == "latency" else 0.0
        self.hits += 1
        return True
