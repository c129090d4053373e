"""``python -m tests.dnd_model --examples N --seed S --workers W``: one line of figures; 1 when anything was broken."""

import argparse
import sys

from tests.dnd_model.running import missing, run


def main() -> int:
    """Run and tell."""
    arguments = argparse.ArgumentParser(prog="python -m tests.dnd_model", description=__doc__)
    arguments.add_argument("--examples", type=int, default=2_000, help="random histories of 50 steps")
    arguments.add_argument("--seed", type=int, default=0, help="the first seed; each history has its own")
    arguments.add_argument("--workers", type=int, default=2, help="processes")
    arguments.add_argument("--every-script", type=int, default=1, help="every so many-th enumerated case; 0: none")
    given = arguments.parse_args()
    figures = run(given.examples, seed=given.seed, workers=given.workers, every_script=given.every_script)
    for violation in figures.violations:
        print(violation)  # noqa: T201 - a program of its own
    never = missing(figures) if given.examples >= 500 else []
    if never:
        print(f"never seen: {', '.join(never)}")  # noqa: T201 - as above
    print(figures.line())  # noqa: T201 - as above
    return 1 if figures.violations or never else 0


if __name__ == "__main__":
    sys.exit(main())
