"""Enumerated histories beside the random ones: eleven short scripts, at each kind of vendor, with every single fault.

Random search hardly meets a fault that needs one lost answer at one certain request; going through all of them costs
little. A case is a script in which, in one apply, at one writing request, one thing goes wrong, once or twice.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.dnd_model.dialer import Misfortune
from tests.dnd_model.monitor import BrokenInvariantError
from tests.dnd_model.steps import Step, do
from tests.dnd_model.vendors import KINDS
from tests.dnd_model.walks import Figures
from tests.dnd_model.world import DAY, World

_BEGIN: Step = ("begin", {"started": True})
_APPLY: Step = ("apply", {})
_LATER: Step = ("wait", {"seconds": 200.0, "fetch": True})


def _contact(campaign: str, number: int | None, slot: int = 0) -> Step:
    return "set contact", {"campaign": campaign, "slot": slot, "number": number}


def _state(number: int, name: str = "everyone") -> Step:
    return "state", {"name": name, "number": number}


def _want(campaign: str, status: str) -> Step:
    return "want", {"campaign": campaign, "status": status}


SCRIPTS: dict[str, Sequence[Step]] = {
    "opt-out, then start": [
        _contact("spring", 0),
        _contact("spring", 1, 1),
        _APPLY,
        _LATER,
        _state(0),
        _want("spring", "started"),
        _APPLY,
    ],
    "release and re-state": [
        _BEGIN,
        _state(0),
        _APPLY,
        _LATER,
        ("release", {"name": "everyone", "number": 0}),
        ("apply", {"allow_release": True}),
        _LATER,
        ("forget the releases", {"name": "everyone"}),
        _state(0),
        _APPLY,
    ],
    "number moved": [_BEGIN, _state(1), _contact("spring", 2), _APPLY, _LATER, _contact("spring", 1), _APPLY],
    "two campaigns": [
        _contact("spring", 0),
        _contact("autumn", 0),
        _want("spring", "started"),
        _want("autumn", "started"),
        _state(0, "only-spring"),
        _APPLY,
    ],
    "source lost": [
        _BEGIN,
        _state(1),
        _APPLY,
        ("source", {"name": "everyone", "how": "missing", "broken": True}),
        _contact("spring", 1, 1),
        _APPLY,
        ("mend", {"name": "everyone"}),
        _APPLY,
    ],
    "old source": [
        _BEGIN,
        _state(1),
        _contact("autumn", 1),
        ("wait", {"seconds": 8 * DAY, "fetch": False}),
        _APPLY,
        ("mend", {"name": "everyone"}),
        _APPLY,
    ],
    "stale plan": [_BEGIN, _contact("spring", 1, 1), ("plan", {}), _state(1), ("apply the saved plan", {}), _APPLY],
    "dropped line": [
        _BEGIN,
        _state(1),
        ("plan", {}),
        ("drop", {"name": "everyone", "number": 1}),
        _contact("spring", 1, 1),
        _APPLY,
        _LATER,
        _APPLY,
    ],
    "campaign already running": [_BEGIN, _state(0), _APPLY, _LATER, _APPLY],
    "saved plan gone stale": [
        _BEGIN,
        _contact("autumn", 1),
        ("plan", {}),
        ("start by hand", {"campaign": "autumn"}),
        _state(1, "here"),
        ("apply the saved plan", {}),
        _APPLY,
    ],
    "stopped, emptied and started again": [
        _BEGIN,
        _want("spring", "stopped"),
        _contact("spring", None),
        _state(0),
        _APPLY,
        _contact("spring", 0),
        _want("spring", "started"),
        _APPLY,
    ],
}

FAULTS: dict[str, Sequence[Misfortune]] = {
    "lost before": ["lost_before"],
    "lost before, twice": ["lost_before", "lost_before"],
    "lost after": ["lost_after"],
    "lost after, twice": ["lost_after", "lost_after"],
    "crash before": ["crash_before"],
    "crash after": ["crash_after"],
    "refused": ["refused"],
}
# The first so many writing requests of an apply.
REQUESTS = 7


@dataclass(frozen=True, slots=True)
class Case:
    """A script at a kind of vendor, and what goes wrong in it."""

    script: str
    kind: str
    # Which of its applies, which writing request of it, and what happens to that; empty: all goes well.
    apply: int = 0
    request: int = 0
    fault: str = ""

    def __str__(self) -> str:
        where = f", apply {self.apply + 1}, request {self.request + 1}: {self.fault}" if self.fault else ""
        return f"{self.script} at {self.kind}{where}"


def cases() -> Iterator[Case]:
    """Walk all cases: how many requests an apply makes is found out by playing the script once without a fault."""
    for script in SCRIPTS:
        for kind in KINDS:
            whole = Case(script, kind)
            yield whole
            for apply, writes in enumerate(_writes_of(whole)):
                for request in range(min(writes, REQUESTS)):
                    for fault in FAULTS:
                        yield Case(script, kind, apply, request, fault)


def _writes_of(case: Case) -> list[int]:
    world = World(case.kind)
    found = []
    try:
        for step in SCRIPTS[case.script]:
            before = _writes(world)
            do(world, step)
            if step[0].startswith("apply"):
                found.append(_writes(world) - before)
    finally:
        world.close()
    return found


def _writes(world: World) -> int:
    return sum(count for kind, count in world.dialer.requests.items() if not kind.startswith("list"))


def play_case(case: Case) -> World:
    """Play one case, bring it to rest, and return the world as it is then.

    Raises:
        BrokenInvariantError: the engine has done what it must never do.
    """
    world = World(case.kind)
    applies = 0
    try:
        for step in SCRIPTS[case.script]:
            hit = step[0].startswith("apply") and case.fault and applies == case.apply
            applies += step[0].startswith("apply")
            if hit:
                world.dialer.next.extend(["ok"] * case.request)
                world.dialer.next.extend(FAULTS[case.fault])
            do(world, step)
            world.dialer.next.clear()
        world.come_to_rest()
    finally:
        world.close()
    return world


def play_all(*, every: int = 1, first: int = 0) -> Figures:
    """Play every so many-th case and return what they came to."""
    figures = Figures()
    began = time.perf_counter()
    for position, case in enumerate(cases()):
        if position % every != first:
            continue
        try:
            world = play_case(case)
        except BrokenInvariantError as problem:
            figures.violations.append(f"{case}: {problem}")
            continue
        finally:
            figures.examples += 1
            figures.steps += len(SCRIPTS[case.script])
        figures.requests += world.dialer.requests
        figures.blocks += world.events + world.monitor.blocks
    figures.seconds = time.perf_counter() - began
    return figures
