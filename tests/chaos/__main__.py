"""``python -m tests.chaos SUITE``: one line of figures, and a section of RESULTS.md where that is asked for."""

import argparse
import platform
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
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
        count = (SUITES[name].count // len(given.seed)) if given.count is None else given.count
        for seed, part in _parts(name, count, given.seed, given.part):
            size = Size(count=count, seed=seed, workers=given.workers, ledger=ledger, part=part)
            outcome = SUITES[name].run(size)
            print(line_of(name, outcome), flush=True)
            for failure in outcome.failures:
                failed = True
                kept = " (kept in seeds.txt)" if seeds.keep(failure.line, failure.reason) else ""
                print(f"  FAILED {failure.line}{kept}\n         {failure.reason}", flush=True)
            if given.append:
                append(name, size, outcome, given.seed)
    return int(failed)


def _parts(name: str, count: int, seeds: range, only: str) -> list[tuple[int, str]]:
    """Return the seed and the name of each part: cases that are drawn have parts by seed, all others by name."""
    if count and only:
        raise SystemExit(f"--part {only} is all cases of that part: leave --count out")
    if count:
        return [(seed, "") for seed in seeds]
    found = [(seeds.start, part) for part in SUITES[name].parts if only in {"", part}]
    if not found:
        raise SystemExit(f"{name} has no part {only}; it has {', '.join(filter(None, SUITES[name].parts)) or 'none'}")
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument(
        "suite", choices=[*SUITES, "all"], help="; ".join(f"{n}: {e.summary}" for n, e in SUITES.items())
    )
    parser.add_argument("--count", type=int, help="how much of it for each seed; left out: the whole, for all together")
    parser.add_argument(
        "--seed",
        type=_seeds,
        default=range(1, 2),
        metavar="N or N-M",
        help="a whole in parts, each told and appended when it is done; none repeats another's cases",
    )
    parser.add_argument("--part", default="", help="of a whole that is no count of cases: this part only")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument(
        "--ledger",
        default="",
        help="URL of a PostgreSQL ledger, or postgresql for a server of its own; left out: SQLite",
    )
    parser.add_argument("--append", action="store_true", help="add a section to RESULTS.md")
    return parser


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    found = range(int(first), int(last or first) + 1)
    if not found or found.start < 1:
        raise argparse.ArgumentTypeError(f"{text} is no seed from 1 on and no range of them, such as 1-10")
    return found


def line_of(name: str, outcome: Outcome) -> str:
    """Return the figures as one line."""
    return f"{name}: " + ", ".join(f"{value:,} {what}" for what, value in outcome.figures.items())


def append(name: str, size: Size, outcome: Outcome, parts: range) -> None:
    """Add a section to the file of results."""
    kind = "PostgreSQL" if size.ledger else f"SQLite {sqlite3.sqlite_version}"
    moment = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%d")
    part = f", seed {size.seed}" if len(parts) == 1 else f", part: seed {size.seed} of {parts.start}-{parts.stop - 1}"
    if size.part:
        part = f", part: {size.part}"
    rows = "\n".join(f"| {what} | {value:,} |" for what, value in outcome.figures.items())
    failures = "".join(
        f"\nFAILED `{failure.line}`: {failure.reason.partition(chr(10))[0]}\n" for failure in outcome.failures
    )
    command = f"python -m tests.chaos {name} --count {size.count} --seed {size.seed} --workers {size.workers}"
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(
            f"\n## {name}, {moment}{part}\n\n"
            f"`{command}`; syncengine {__version__}{_commit()}, Python {platform.python_version()}, {kind},"
            f" {platform.system()}.\n\n| what | figure |\n|---|---|\n{rows}\n{failures}"
        )


def _commit() -> str:
    """Return the commit that the code is of, where it came with its history."""
    git = shutil.which("git")
    if git is None:
        return ""
    ask = partial(subprocess.run, cwd=RESULTS.parent, capture_output=True, text=True, check=False)
    told = ask([git, "describe", "--always"])
    changed = ask([git, "status", "--porcelain", "--", ":/", ":(exclude,top)tests/chaos/RESULTS.md"])
    if told.returncode or changed.returncode:
        return ""
    return f" at {told.stdout.strip()}{' with changes' if changed.stdout else ''}"


if __name__ == "__main__":
    sys.exit(main())
