"""Everything that can happen in the model, by name: histories are lists of steps, and can be kept and played again."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tests.dnd_model.dialer import Misfortune
from tests.dnd_model.world import CAMPAIGNS, DAY, FILLERS, LISTS, PEOPLE, SPELLINGS, World

# Name and arguments.
Step = tuple[str, Mapping[str, Any]]


def begin(world: World, *, started: bool) -> None:
    """Begin with campaigns that are running already, where most harm is done."""
    if started:
        world.set_contact("spring", 0, 0)
        world.status = dict.fromkeys(CAMPAIGNS, "started")
        world.apply()
        world.wait(300)


def want(world: World, *, campaign: str, status: str | None) -> None:
    world.status[campaign] = status


def forget_the_releases(world: World, *, name: str) -> None:
    world.files[name].release.clear()


def source(world: World, *, name: str, how: str, broken: bool) -> None:
    """Let a do-not-call file be missing, empty, garbled or thin, or no longer so."""
    if how == "thin":
        world.files[name].fillers = 1 if broken else len(FILLERS)
    else:
        setattr(world.files[name], how, broken)


def mend(world: World, *, name: str) -> None:
    for how in ("missing", "empty", "garbled", "thin"):
        source(world, name=name, how=how, broken=False)
    world.fetch(name)


def wait(world: World, *, seconds: float, fetch: bool) -> None:
    """Let time pass; the files are fetched anew, or grow older."""
    world.wait(seconds)
    if fetch:
        for name in LISTS:
            world.fetch(name)


def apply_in_trouble(world: World, *, before: int, what: Sequence[Misfortune], releases: bool = False) -> None:
    """Apply while some requests are lost, lose their answer, are refused, or are the last that the process sends."""
    world.dialer.next.extend(["ok"] * before)
    world.dialer.next.extend(what)
    world.apply(allow_release=releases)
    world.dialer.next.clear()


def apply_while_another_reads(world: World, *, name: str, number: int) -> None:
    world.read_meanwhile(name, number)
    world.apply()


def refuse(world: World, *, what: str, refused: bool) -> None:
    """Let the dialer refuse a kind of request, or no longer."""
    (world.dialer.refuses.add if refused else world.dialer.refuses.discard)(what)


def list_late(world: World, *, late: bool) -> None:
    world.dialer.lag = 20.0 if late else 0.0


_DOING: Mapping[str, Callable[..., None]] = {
    "begin": begin,
    "state": World.state,
    "drop": World.drop,
    "release": World.release,
    "forget the releases": forget_the_releases,
    "set contact": World.set_contact,
    "want": want,
    "source": source,
    "mend": mend,
    "wait": wait,
    "plan": cast("Callable[..., None]", World.plan),
    "apply": World.apply,
    "apply the saved plan": World.apply_saved,
    "apply in trouble": apply_in_trouble,
    "apply while another reads": apply_while_another_reads,
    "resolve": World.resolve,
    "refuse": refuse,
    "list late": list_late,
    "take an entry off by hand": World.by_hand_remove_entry,
    "add by hand": World.by_hand_add,
    "start by hand": World.by_hand_start,
}


def do(world: World, step: Step) -> None:
    """Let one step happen."""
    name, arguments = step
    _DOING[name](world, **arguments)


def play(kind: str, history: Sequence[Step]) -> World:
    """Play a whole history at a kind of vendor, bring it to rest, and return the world as it is then.

    Raises:
        BrokenInvariantError: the engine has done what it must never do.
    """
    world = World(kind)
    try:
        for step in history:
            do(world, step)
        world.come_to_rest()
    finally:
        world.close()
    return world


@dataclass(frozen=True, slots=True)
class Chance:
    """How often a step happens, and with which arguments."""

    weight: int
    arguments: Callable[[random.Random], Mapping[str, Any]] = lambda _: {}


def _list(dice: random.Random) -> str:
    return dice.choice(sorted(LISTS))


def _number(dice: random.Random) -> int:
    return dice.randrange(len(PEOPLE))


def _contact(dice: random.Random) -> Mapping[str, Any]:
    number = _number(dice) if dice.random() < 0.75 else None
    return {
        "campaign": dice.choice(CAMPAIGNS),
        "slot": dice.randrange(2),
        "number": number,
        "spelling": dice.randrange(len(SPELLINGS)),
        "second": _number(dice) if dice.random() < 0.25 else None,
    }


def _trouble(dice: random.Random) -> Mapping[str, Any]:
    words: list[Misfortune] = ["lost_before", "lost_after", "refused"]
    return {
        "before": dice.choice([0, 0, 1, 2]),
        "what": [dice.choice(words) for _ in range(dice.randint(1, 6))],
        "releases": dice.random() < 0.3,
    }


def _crash(dice: random.Random) -> Mapping[str, Any]:
    words: list[Misfortune] = ["crash_before", "crash_after"]
    return {
        "before": dice.choice([0, 0, 0, 1, 1, 2, 3, 4]),
        "what": [dice.choice(words)],
        "releases": dice.random() < 0.4,
    }


def _time(dice: random.Random) -> Mapping[str, Any]:
    seconds = dice.choice([10.0, 200.0, 200.0, 200.0, 2 * DAY, 8 * DAY])
    return {"seconds": seconds, "fetch": dice.random() < 0.8}


CHANCES: Sequence[tuple[str, Chance]] = (
    ("state", Chance(8, lambda d: {"name": _list(d), "number": _number(d), "spelling": d.randrange(len(SPELLINGS))})),
    ("drop", Chance(3, lambda d: {"name": _list(d), "number": _number(d)})),
    ("release", Chance(3, lambda d: {"name": _list(d), "number": _number(d)})),
    ("forget the releases", Chance(2, lambda d: {"name": _list(d)})),
    ("set contact", Chance(9, _contact)),
    (
        "want",
        Chance(
            5,
            lambda d: {"campaign": d.choice(CAMPAIGNS), "status": d.choice(["started", "started", "stopped", None])},
        ),
    ),
    (
        "source",
        Chance(
            2,
            lambda d: {
                "name": _list(d),
                "how": d.choice(["missing", "empty", "garbled", "thin"]),
                "broken": d.random() < 0.8,
            },
        ),
    ),
    ("mend", Chance(4, lambda d: {"name": _list(d)})),
    ("wait", Chance(7, _time)),
    ("plan", Chance(2)),
    ("apply", Chance(5)),
    ("apply", Chance(4, lambda _: {"allow_release": True})),
    ("apply the saved plan", Chance(2)),
    ("apply in trouble", Chance(6, _trouble)),
    ("apply in trouble", Chance(5, _crash)),
    ("apply while another reads", Chance(2, lambda d: {"name": _list(d), "number": _number(d)})),
    ("resolve", Chance(2)),
    (
        "refuse",
        Chance(
            2,
            lambda d: {
                "what": d.choice(["remove", "block", "dnd add", "stop", "dnd remove"]),
                "refused": d.random() < 0.5,
            },
        ),
    ),
    ("list late", Chance(1, lambda d: {"late": d.random() < 0.5})),
    ("take an entry off by hand", Chance(1, lambda d: {"number": _number(d)})),
    ("add by hand", Chance(1, lambda d: {"campaign": d.choice(CAMPAIGNS), "number": _number(d)})),
    ("start by hand", Chance(1, lambda d: {"campaign": d.choice(CAMPAIGNS)})),
)


def chosen(dice: random.Random) -> Step:
    """Return a step by chance."""
    name, chance = dice.choices(CHANCES, weights=[chance.weight for _, chance in CHANCES])[0]
    return name, chance.arguments(dice)
