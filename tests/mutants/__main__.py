"""``python -m tests.mutants [NAME ...]``: take each defence out and see its test fail; 1 when a mutant survives."""

import sys
import time

from tests.mutants.mutants import MUTANTS
from tests.mutants.running import survives


def main(names: list[str]) -> int:
    """Run the named mutants, or all."""
    began, alive = time.perf_counter(), 0
    for name in names or sorted(MUTANTS):
        if why := survives(name):
            alive += 1
            print(f"SURVIVES  {name}: {why}", flush=True)  # noqa: T201 - a program of its own
        else:
            print(f"killed    {name}", flush=True)  # noqa: T201 - as above
    count = len(names or MUTANTS)
    seconds = time.perf_counter() - began
    print(f"mutants: {count - alive} of {count} killed; {seconds:.0f} s")  # noqa: T201 - as above
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
