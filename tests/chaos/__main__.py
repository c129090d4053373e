"""``python -m tests.chaos SUITE``: one line of figures, and a section of RESULTS.md where that is asked for."""

import argparse
import platform
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from syncengine import __version__
from tests.chaos import seeds
from tests.chaos.registry import SUITES, Outcome, Size
from tests.ledger.postgres_server import NONE, running

RESULTS = Path(__file__).with_name("RESULTS.md")


def main(words: list[str] | None = None) -> int:
    """Run suites; the exit code is 1 when anything failed."""
    given = _parser().parse_args(words)
    with _ledger_url(given.ledger) as ledger:
        return _run(given, ledger)


@contextmanager
def _ledger_url(wanted: str) -> Iterator[str]:
    """Yield the URL of the ledger; the word postgresql stands for a server that is started for this."""
    if wanted != "postgresql":
        yield wanted
        return
    with running() as server:
        if server is None:
            raise SystemExit(NONE)
        yield server.url


def _run(given: argparse.Namespace, ledger: str) -> int:
    failed = False
    for name in SUITES if given.suite == "all" else [given.suite]:
        size = Size(
            count=SUITES[name].count if given.count is None else given.count,
            seed=given.seed,
            workers=given.workers,
            ledger=ledger,
        )
        outcome = SUITES[name].run(size)
        print(line_of(name, outcome), flush=True)
        for failure in outcome.failures:
            failed = True
            kept = " (kept in seeds.txt)" if seeds.keep(failure.line, failure.reason) else ""
            print(f"  FAILED {failure.line}{kept}\n         {failure.reason}", flush=True)
        if given.append:
            append(name, size, outcome)
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument(
        "suite", choices=[*SUITES, "all"], help="; ".join(f"{n}: {e.summary}" for n, e in SUITES.items())
    )
    parser.add_argument("--count", type=int, help="how much; left out: the whole")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument(
        "--ledger",
        default="",
        help="URL of a PostgreSQL ledger, or postgresql for a server of its own; left out: SQLite",
    )
    parser.add_argument("--append", action="store_true", help="add a section to RESULTS.md")
    return parser


def line_of(name: str, outcome: Outcome) -> str:
    """Return the figures as one line."""
    return f"{name}: " + ", ".join(f"{value:,} {what}" for what, value in outcome.figures.items())


def append(name: str, size: Size, outcome: Outcome) -> None:
    """Add a section to the file of results."""
    kind = "PostgreSQL" if size.ledger else f"SQLite {sqlite3.sqlite_version}"
    moment = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%d")
    rows = "\n".join(f"| {what} | {value:,} |" for what, value in outcome.figures.items())
    command = f"python -m tests.chaos {name} --count {size.count} --seed {size.seed} --workers {size.workers}"
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(
            f"\n## {name}, {moment}\n\n"
            f"`{command}`; syncengine {__version__}, Python {platform.python_version()}, {kind}, {platform.system()}.\n\n"
            f"| what | figure |\n|---|---|\n{rows}\n"
        )


if __name__ == "__main__":
    sys.exit(main())
