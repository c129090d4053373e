"""Proofs that live beside what they prove, in the form in which ``make chaos`` runs a suite."""

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.chaos.registry import Failure, Outcome, Size
from tests.dnd_model import running
from tests.hostile import case as hostile_case
from tests.hostile import corpus, worker
from tests.ledger import two_writers
from tests.mutants.mutants import MUTANTS
from tests.mutants.running import survives
from tests.remote.proof.__main__ import SUITES as PROOFS
from tests.remote.proof.figures import ProofFailedError

ROOT = Path(__file__).parents[2]


def _proof(name: str, size: Size) -> Outcome:
    """Run one of the proofs of calls and listings."""
    try:
        figures = PROOFS[name].run(size.count, size.seed)
    except ProofFailedError as failed:
        line = f"python -m tests.remote.proof {name} --count {size.count} --seed {size.seed}"
        return Outcome(figures={"proven": 0}, failures=[Failure(line=line, reason=str(failed))])
    numbers = {what: value for what, value in figures.counts.items() if not isinstance(value, str)}
    return Outcome(
        figures={what: value if isinstance(value, int) else round(value, 3) for what, value in numbers.items()}
    )


pages = partial(_proof, "pages")
outage = partial(_proof, "outage")
retry_after = partial(_proof, "retry-after")
items = partial(_proof, "items")
answers = partial(_proof, "answers")
cuts = partial(_proof, "cuts")
renewals = partial(_proof, "renewals")
budgets = partial(_proof, "budgets")


def dnd_model(size: Size) -> Outcome:
    """Play so many histories, each from a seed of its own; the first part plays the enumerated scripts, too."""
    first = (size.seed - 1) * size.count
    found = running.run(size.count, seed=first, workers=size.workers, every_script=int(size.seed == 1))
    failures = [Failure(line=f"dnd_model {broken.splitlines()[0]}", reason=broken) for broken in found.violations]
    if size.count >= 500:
        never = running.missing(found)
        failures += [Failure(line=f"dnd_model from {first}", reason=f"never seen: {what}") for what in never]
    figures = {
        "random histories of 50 steps": size.count,
        "seed of the first": first,
        "seed of the last": first + size.count - 1,
        "enumerated cases": found.examples - size.count,
        "violations": len(found.violations),
        "steps": found.steps,
        **{f"requests: {kind}": count for kind, count in sorted(found.requests.items())},
        **{f"held or refused: {kind}": count for kind, count in sorted(found.blocks.items())},
        "seconds": round(found.seconds),
    }
    return Outcome(figures=figures, failures=failures)


def hostile(size: Size) -> Outcome:
    """Attempt every hostile input, or one of so many."""
    del size
    worker.prepare()
    found = [worker.attempt(each) for cases in corpus.whole().values() for each in cases]
    gc.unfreeze()
    verdicts = Counter(verdict for f in found for verdict in (f.case.verdict, f.case.as_dnd) if verdict)
    failures = [
        Failure(line=f"python -m tests.hostile {each.case.family} --case {each.case.name!r}", reason=each.problem)
        for each in found
        if each.problem
    ]
    elsewhere = [each for each in found if each.case.family in {"urls", "redirects"}]
    figures = {
        "inputs of the corpus": sum(hostile_case.FAMILIES.values()),
        "redirects, links and ids beside it": sum(hostile_case.BESIDE.values()),
        "right verdicts": len(found) - len(failures),
        "worst CPU seconds": round(max(each.seconds for each in found), 2),
        "worst MB": round(max(each.megabytes for each in found)),
        "redirect, link and URL cases": len(elsewhere),
        "of them with credentialed bytes elsewhere": sum(bool(each.problem) for each in elsewhere),
        **{f"verdict {verdict}": count for verdict, count in sorted(verdicts.items())},
    }
    return Outcome(figures=figures, failures=failures)


def races(size: Size) -> Outcome:
    """Let two writers race for the ledger."""
    return _writers("races", lambda: two_writers.race(size.count, size.ledger or None))


def stalls(size: Size) -> Outcome:
    """Stop the holder of the ledger's lock for longer than its lease."""
    return _writers("stalls", lambda: two_writers.stall(size.count, size.ledger or None, size.seed))


def _writers(what: str, run: Callable[[], two_writers.Seen]) -> Outcome:
    began = time.monotonic()
    seen = run()
    failures = [Failure(line=f"two writers, {what}", reason=f"{a} and then {b}") for a, b in seen.overlaps]
    figures = {
        "turns": seen.turns,
        "turns beside the other writer's": seen.beside,
        "stalls": seen.stalls,
        "requests": len(seen.requests),
        "overlaps": len(seen.overlaps),
        "losses of the lock noticed before a byte left": seen.noticed,
        "writers ended, since they went on too late": seen.ended,
        "seconds": round(time.monotonic() - began),
    }
    return Outcome(figures=figures, failures=failures)


def mutants(size: Size) -> Outcome:
    """Take each defence out and see a test fail."""
    names = sorted(MUTANTS)[: size.count or None]
    failures = [
        Failure(line=f"python -m tests.mutants {name!r}", reason=why) for name in names if (why := survives(name))
    ]
    return Outcome(figures={"mutants": len(names), "killed": len(names) - len(failures)}, failures=failures)


def canaries(size: Size) -> Outcome:
    """Search every byte that a run with faults leaves behind for secrets and people."""
    del size
    return _pytest("tests/hostile/test_canary.py")


def _pytest(file: str, **environment: str) -> Outcome:
    """Run a file of tests; its figures are what its tests have recorded, added up."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-o",
            "junit_family=xunit1",
            f"--junitxml={told}",
            file,
        ]
        ended = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        cases = list(ET.parse(told).iter("testcase")) if told.is_file() else []
    wrong = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    figures: Counter[str] = Counter()
    for found in (found for case in cases for found in case.iter("property")):
        figures[found.attrib["name"]] += int(found.attrib["value"])
    given = " ".join(f"{name}={value}" for name, value in environment.items())
    again = f"{given} python -m pytest {file}".strip()
    failures = [Failure(line=f"{again} -k {case.attrib['name']!r}", reason=_text(case)) for case in wrong]
    if ended.returncode and not failures:
        failures = [Failure(line=again, reason=ended.stdout[-2_000:] + ended.stderr[-2_000:])]
    seconds = round(time.monotonic() - began)
    return Outcome(
        figures={**figures, "tests": len(cases), "failed": len(failures), "seconds": seconds}, failures=failures
    )


def _text(case: ET.Element) -> str:
    return "\n".join((found.text or "")[-2_000:] for found in case if found.tag in {"failure", "error"})
