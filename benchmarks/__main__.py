"""Runs benchmarks by name, all of them without one, and prints a table for benchmarks/README.md."""

import sys
from collections.abc import Callable

from benchmarks import (
    demo_plan,
    hundred_thousand,
    many_campaigns,
    plan_page,
    planning,
    sending,
    startup,
    watch_idle,
    write_back,
)
from benchmarks.table import Figure, as_markdown, machine

BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "startup": startup.measure,
    "demo_plan": demo_plan.measure,
    "hundred_thousand": hundred_thousand.measure,
    "planning": planning.measure,
    "many_campaigns": many_campaigns.measure,
    "plan_page": plan_page.measure,
    "watch_idle": watch_idle.measure,
    "sending": sending.measure,
    "write_back": write_back.measure,
}


def main(names: list[str]) -> int:
    """Measure and print; 64 when a name is not known."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 64
    print(machine())
    for name in names or BENCHMARKS:
        print(f"\n### {name}\n\n{as_markdown(BENCHMARKS[name]())}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
