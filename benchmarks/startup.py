"""What a person waits for before anything happens: the interpreter, the imports, the command line."""

import sys

from benchmarks.measuring import median, syncengine
from benchmarks.table import Figure

TIMES = 11


def measure(*, times: int = TIMES) -> list[Figure]:
    """Measure --help and version, beside a Python that does nothing."""
    bare = median([sys.executable, "-c", "pass"], times=times)
    figures = [Figure(what="`python -c pass`", wall=bare.wall, cpu=bare.cpu)]
    for words in (["--help"], ["version"], ["plan", "--help"]):
        found = median(syncengine(*words), times=times)
        note = f"{found.wall / bare.wall:.1f} x bare Python"
        figures.append(Figure(what=f"`syncengine {' '.join(words)}`", wall=found.wall, cpu=found.cpu, note=note))
    return figures
