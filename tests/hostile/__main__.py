"""``python -m tests.hostile [FAMILY ...] [--every N]``: a line a family, and every case that is wrong."""

import argparse
import gc
import sys
from collections import Counter
from dataclasses import replace

from tests.hostile.case import BESIDE, FAMILIES
from tests.hostile.corpus import cases_of, sample
from tests.hostile.worker import Finding, attempt, prepare


def main() -> int:
    """Attempt the cases; 1 when any of them is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile")
    parser.add_argument("families", nargs="*", choices=[[], *FAMILIES, *BESIDE], metavar="FAMILY")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one case of N, and one of each verdict")
    parser.add_argument("--case", default="", metavar="NAME", help="only cases whose name holds this")
    parser.add_argument("--list", action="store_true", help="print what became of every case")
    parser.add_argument("--expect", default="", metavar="VERDICT", help="another verdict than theirs, to see it told")
    asked = parser.parse_args()
    prepare()
    wrong = 0
    total = right = 0
    print(f"{'family':<15}{'cases':>7}{'right':>7}{'worst CPU s':>13}{'worst MB':>10}  verdicts")
    for family in asked.families or [*FAMILIES, *BESIDE]:
        cases = [case for case in sample(cases_of(family), asked.every) if asked.case in case.name]
        found = [attempt(replace(case, verdict=asked.expect) if asked.expect else case) for case in cases]
        wrong += _report(family, found, everything=asked.list)
        total, right = total + len(found), right + sum(not finding.problem for finding in found)
    print(f"{'all':<15}{total:>7}{right:>7}")
    return 1 if wrong else 0


def _report(family: str, found: list[Finding], *, everything: bool) -> int:
    bad = [finding for finding in found if finding.problem]
    worst_cpu = max((finding.seconds for finding in found), default=0.0)
    worst_mb = max((finding.megabytes for finding in found), default=0.0)
    counted = Counter(verdict for f in found for verdict in (f.case.verdict, f.case.as_dnd) if verdict)
    verdicts = ", ".join(f"{n} {verdict}" for verdict, n in sorted(counted.items()))
    row = f"{family:<15}{len(found):>7}{len(found) - len(bad):>7}{worst_cpu:>13.2f}{worst_mb:>10.0f}  {verdicts}"
    print(row, flush=True)
    for finding in found if everything else bad:
        print(f"  {family}/{finding.case.name}: {finding.problem or finding.verdict} ({finding.seconds:.2f} s)")
    return len(bad)


if __name__ == "__main__":
    code = main()
    gc.unfreeze()
    sys.exit(code)
