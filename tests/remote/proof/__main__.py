"""``python -m tests.remote.proof SUITE --count N --seed S``: one proof, one line of figures."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.remote.proof import (
    budgets,
    cut_exchanges,
    header_forms,
    item_answers,
    outage,
    page_streams,
    renewals,
    spoiled_answers,
)
from tests.remote.proof.figures import Figures, ProofFailedError


class Suite(NamedTuple):
    """A proof, and how much of it is the whole and how much a sample."""

    run: Callable[[int, int], Figures]
    whole: int
    sample: int


SUITES = {
    "pages": Suite(page_streams.run, 5_000, 25),
    "outage": Suite(outage.run, 30, 3),
    "retry-after": Suite(header_forms.run, 60, 60),
    "items": Suite(item_answers.run, 5_000, 500),
    "answers": Suite(spoiled_answers.run, 100_000, 2_000),
    "cuts": Suite(cut_exchanges.run, 2_000, 40),
    "renewals": Suite(renewals.run, 40, 40),
    "budgets": Suite(budgets.run, 30, 30),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one proof and print its figures; 1 where it fails, with the case."""
    parser = argparse.ArgumentParser(prog="python -m tests.remote.proof")
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("--count", type=int, help="how many cases; without it the whole")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    suite = SUITES[chosen.suite]
    count = suite.whole if chosen.count is None else chosen.count
    try:
        figures = suite.run(count, chosen.seed)
    except ProofFailedError as failed:
        sys.stdout.write(f"{chosen.suite}: FAILED (seed {chosen.seed}): {failed}\n")
        return 1
    sys.stdout.write(f"{chosen.suite}: {figures.line()} (seed {chosen.seed})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
