"""How many there are of something, as a sentence says it."""


def plural(count: int, one: str, many: str = "") -> str:
    """Return ``1,204 rows``; many: the plural where it does not end in an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
