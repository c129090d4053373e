"""``python -m tests.safety [PATTERN ...]``: change the safety modules spot by spot; 1 when too little is noticed."""

import os
import sys

from tests.safety.mutation import score


def main(names: list[str]) -> int:
    """Make the changes and tell the score of each module, and what nobody noticed."""
    outcome = score(os.cpu_count() or 1, names)
    for what, value in outcome.figures.items():
        print(f"{what}: {value:,}")  # noqa: T201 - a program of its own
    for failure in outcome.failures:
        print(f"UNNOTICED {failure.line}\n          {failure.reason}")  # noqa: T201 - as above
    return int(bool(outcome.failures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
