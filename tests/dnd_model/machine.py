"""The same steps for Hypothesis, which finds and shortens histories that a weighted die does not come to."""

from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.dnd_model.steps import CHANCES, Step, do
from tests.dnd_model.vendors import KINDS
from tests.dnd_model.walks import STEPS, Figures
from tests.dnd_model.world import World


class DoNotCall(RuleBasedStateMachine):
    """One history of one project at one dialer."""

    figures = Figures()

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None

    @initialize(kind=st.sampled_from(sorted(KINDS)), started=st.booleans())
    def begin(self, *, kind: str, started: bool) -> None:
        self.world = World(kind)
        self._do(("begin", {"started": started}))

    def _do(self, step: Step) -> None:
        assert self.world is not None
        self.figures.steps += 1
        do(self.world, step)

    def teardown(self) -> None:
        if self.world is None:
            return
        try:
            if not self.world.monitor.broken:
                self.world.come_to_rest()
        finally:
            self.figures.examples += 1
            self.figures.requests += self.world.dialer.requests
            self.figures.blocks += self.world.events + self.world.monitor.blocks
            self.world.close()


def _add_rules() -> None:
    """One rule for each weight of each step, so that both ways of choosing have the same odds."""
    for position, (name, chance) in enumerate(CHANCES):
        for copy in range(chance.weight):

            def happen(self: DoNotCall, dice: Any, *, name: str = name, chance: Any = chance) -> None:
                self._do((name, chance.arguments(dice)))

            happen.__name__ = f"{name.replace(' ', '_')}_{position}_{copy}"
            made = rule(dice=st.randoms(use_true_random=False))(happen)
            setattr(DoNotCall, happen.__name__, made)


_add_rules()


def explore(examples: int, *, steps: int = STEPS, number: int = 0) -> Figures:
    """Try so many histories; ``number`` seeds them.

    Raises:
        BrokenInvariantError: with the shortest history that was found.
    """
    DoNotCall.figures = Figures()
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(DoNotCall), settings=chosen)
    return DoNotCall.figures
