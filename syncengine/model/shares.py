"""Short room shared fairly: what is small is kept whole, and only the largest give way."""

from collections.abc import Sequence


def fair_shares(sizes: Sequence[int], room: int) -> list[int]:
    """Return how much of each size fits, when all together may take no more than ``room``."""
    allowed = [0] * len(sizes)
    left = max(room, 0)
    for turn, position in enumerate(sorted(range(len(sizes)), key=sizes.__getitem__)):
        allowed[position] = min(sizes[position], left // (len(sizes) - turn))
        left -= allowed[position]
    return allowed
