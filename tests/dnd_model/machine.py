"""Random histories: everything that people, dialers, networks and power cuts can do, in any order."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.dnd_model.dialer import Misfortune
from tests.dnd_model.vendors import KINDS
from tests.dnd_model.world import CAMPAIGNS, DAY, LISTS, PEOPLE, SPELLINGS, World

STEPS = 50
_NUMBERS = st.integers(0, len(PEOPLE) - 1)
_LISTS = st.sampled_from(sorted(LISTS))
_CAMPAIGNS = st.sampled_from(CAMPAIGNS)
_SPELLINGS = st.integers(0, len(SPELLINGS) - 1)
_MISFORTUNES: "st.SearchStrategy[Misfortune]" = st.sampled_from(["lost_before", "lost_after", "refused"])
_REFUSABLE = st.sampled_from(["remove", "block", "dnd add", "stop"])


class DoNotCall(RuleBasedStateMachine):
    """One history of one project at one dialer."""

    # What all histories of a run came to.
    requests: ClassVar[Counter[str]] = Counter()
    events: ClassVar[Counter[str]] = Counter()
    steps: ClassVar[int] = 0
    kinds: ClassVar[tuple[str, ...]] = tuple(KINDS)

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None

    @property
    def _world(self) -> World:
        assert self.world is not None
        DoNotCall.steps += 1
        return self.world

    @initialize(kind=st.sampled_from(tuple(KINDS)), started=st.booleans())
    def begin(self, *, kind: str, started: bool) -> None:
        self.world = World(kind)
        if started:
            # Most harm needs a campaign that is running already.
            self.world.set_contact("spring", 0, 0)
            self.world.status = dict.fromkeys(CAMPAIGNS, "started")
            self.world.apply()
            self.world.wait(300)

    # ---------------------------------------------------------------------------------------------- what people do

    @rule(name=_LISTS, number=_NUMBERS, spelling=_SPELLINGS)
    def state(self, *, name: str, number: int, spelling: int) -> None:
        self._world.state(name, number, spelling)

    @rule(name=_LISTS, number=_NUMBERS)
    def drop_the_line(self, *, name: str, number: int) -> None:
        self._world.drop(name, number)

    @rule(name=_LISTS, number=_NUMBERS)
    def release(self, *, name: str, number: int) -> None:
        self._world.release(name, number)

    @rule(name=_LISTS)
    def forget_the_releases(self, *, name: str) -> None:
        self._world.files[name].release.clear()

    @rule(
        campaign=_CAMPAIGNS,
        slot=st.integers(0, 1),
        number=st.none() | _NUMBERS | _NUMBERS,
        spelling=_SPELLINGS,
        second=st.none() | st.none() | _NUMBERS,
    )
    def set_contact(self, *, campaign: str, slot: int, number: int | None, spelling: int, second: int | None) -> None:
        self._world.set_contact(campaign, slot, number, spelling, second)

    @rule(campaign=_CAMPAIGNS, status=st.sampled_from(["started", "started", "stopped", None]))
    def want(self, *, campaign: str, status: str | None) -> None:
        self._world.status[campaign] = status

    @rule(name=_LISTS, how=st.sampled_from(["missing", "empty", "garbled", "thin"]), broken=st.booleans())
    def source(self, *, name: str, how: str, broken: bool) -> None:
        file = self._world.files[name]
        if how == "thin":
            file.fillers = 1 if broken else 4
        else:
            setattr(file, how, broken)

    @rule(name=_LISTS)
    def mend_the_source(self, *, name: str) -> None:
        file = self._world.files[name]
        file.missing = file.empty = file.garbled = False
        file.fillers = 4
        self._world.fetch(name)

    # ------------------------------------------------------------------------------------------------------- time

    @rule(seconds=st.sampled_from([10.0, 200.0, 200.0, 2 * DAY, 8 * DAY]), fetch=st.sampled_from([True, True, True, False]))
    def wait(self, *, seconds: float, fetch: bool) -> None:
        self._world.wait(seconds)
        if fetch:
            for name in LISTS:
                self._world.fetch(name)

    # ------------------------------------------------------------------------------------------------ running it

    @rule()
    def plan(self) -> None:
        self._world.plan()

    @rule()
    def apply(self) -> None:
        self._world.apply()

    @rule()
    def apply_with_releases(self) -> None:
        self._world.apply(allow_release=True)

    @rule()
    def apply_the_saved_plan(self) -> None:
        self._world.apply_saved()

    @rule(before=st.integers(0, 3), what=st.lists(_MISFORTUNES, min_size=1, max_size=6))
    def apply_in_trouble(self, *, before: int, what: list[Misfortune]) -> None:
        self._world.dialer.next.extend(["ok"] * before)
        self._world.dialer.next.extend(what)
        self._world.apply()
        self._world.dialer.next.clear()

    @rule(before=st.integers(0, 6), after=st.booleans(), releases=st.sampled_from([False, False, True]))
    def apply_and_crash(self, *, before: int, after: bool, releases: bool) -> None:
        self._world.dialer.next.extend(["ok"] * before)
        self._world.dialer.next.append("crash_after" if after else "crash_before")
        self._world.apply(allow_release=releases)
        self._world.dialer.next.clear()

    @rule()
    def resolve(self) -> None:
        self._world.resolve()

    @rule(name=_LISTS, number=_NUMBERS)
    def apply_while_another_reads(self, *, name: str, number: int) -> None:
        self._world.read_meanwhile(name, number)
        self._world.apply()

    # ---------------------------------------------------------------------------------------------- at the dialer

    @rule(what=_REFUSABLE, refused=st.booleans())
    def refuse(self, *, what: str, refused: bool) -> None:
        (self._world.dialer.refuses.add if refused else self._world.dialer.refuses.discard)(what)

    @rule(late=st.booleans())
    def list_late(self, *, late: bool) -> None:
        self._world.dialer.lag = 20.0 if late else 0.0

    @rule(number=_NUMBERS, campaign=_CAMPAIGNS, what=st.sampled_from(["remove entry", "add", "start"]))
    def by_hand(self, *, number: int, campaign: str, what: str) -> None:
        match what:
            case "remove entry":
                self._world.by_hand_remove_entry(number)
            case "add":
                self._world.by_hand_add(campaign, number)
            case _:
                self._world.by_hand_start(campaign)

    def teardown(self) -> None:
        if self.world is None:
            return
        try:
            if not self.world.monitor.broken:
                self.world.come_to_rest()
        finally:
            DoNotCall.requests.update(self.world.dialer.requests)
            DoNotCall.events.update(self.world.events)
            DoNotCall.events.update(self.world.monitor.blocks)
            self.world.close()


def explore(examples: int, *, steps: int = STEPS, number: int = 0, shrink: bool = True) -> None:
    """Try so many histories; ``number`` seeds them.

    Raises:
        BrokenInvariantError: with the shortest history that was found.
    """
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=phases,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    with _counting():
        run_state_machine_as_test(seed(number)(DoNotCall), settings=chosen)


@contextmanager
def _counting() -> Iterator[None]:
    DoNotCall.requests.clear()
    DoNotCall.events.clear()
    DoNotCall.steps = 0
    yield
