import asyncio
from dataclasses import replace

import pytest

from syncengine.errors import RemoteError
from syncengine.model.answers import Match
from syncengine.model.vendor import Operation
from syncengine.remote.admission import Admission
from syncengine.remote.limits import Pace
from syncengine.remote.retries import Breaker

READ = Operation(name="list", ability="documented", effect="neutral", writes=False, render=None, success=Match())
WRITE = replace(READ, name="add", effect="dialable", writes=True)


class World:
    """A clock that sleeping moves on, a budget and credentials that can be made to refuse."""

    def __init__(self):
        self.time, self.slept, self.left, self.credential = 0.0, 0.0, 10, None
        self.breaker = Breaker(lambda: self.time)
        pace = Pace(
            calls=None, per=1.0, longest=900.0, clock=lambda: self.time, sleep=self.sleep, on_wait=lambda _: None
        )
        self.gate = Admission(pace=pace, breaker=self.breaker, budget=self, sleep=self.sleep, on_wait=lambda _: None)

    async def sleep(self, seconds):
        self.slept += seconds
        self.time += seconds

    def take(self, *, suppressing):
        self.left -= 1
        return self.left >= (0 if suppressing else 1)

    async def ready(self):
        if self.credential:
            raise self.credential

    def fall_silent(self, *, answered_before=True):
        if answered_before:
            self.breaker.record(failed=False)
        for _ in range(5):
            self.breaker.record(failed=True)

    def refusal(self, operation, ask=None):
        return asyncio.run(self.gate.refusal(operation, self, ask))


@pytest.fixture
def world():
    return World()


def test_a_call_is_let_through_where_nothing_stands_against_it(world):
    assert world.refusal(WRITE) is None
    assert (world.left, world.slept) == (9, 0.0)


def test_a_write_to_a_silent_dialer_without_a_probe_is_refused_and_costs_no_budget(world):
    world.fall_silent()
    found = world.refusal(WRITE)
    assert (found.outcome, found.name) == ("stop_dialer", "breaker")
    assert world.left == 10


def test_a_write_waits_until_a_reading_probe_is_answered(world):
    world.fall_silent()
    asked = []

    async def ask():
        asked.append(world.time)
        world.breaker.record(failed=len(asked) < 2)

    assert world.refusal(WRITE, ask) is None
    assert asked == [30.0, 60.0]


def test_a_reading_call_is_a_probe_itself(world):
    world.fall_silent()
    assert world.refusal(READ) is None
    assert world.slept == 30.0


def test_the_last_calls_of_a_day_are_for_suppressing(world):
    world.left = 1
    assert world.refusal(WRITE).outcome == "budget_exhausted"
    world.left = 1
    assert world.refusal(replace(WRITE, effect="suppressing")) is None


def test_a_locked_out_dialer_gets_nothing_more(world):
    world.gate.locked_out = "its credential was refused twice"
    found = world.refusal(READ)
    assert (found.outcome, found.message) == ("stop_dialer", "its credential was refused twice")


def test_a_credential_that_cannot_be_had_stops_the_dialer(world):
    world.credential = RemoteError("acme", "login", "the vendor refused user and password")
    found = world.refusal(WRITE)
    assert (found.outcome, found.name) == ("stop_dialer", "credentials")
    assert "refused" in found.message


def test_a_dialer_that_has_never_answered_is_not_waited_for(world):
    world.fall_silent(answered_before=False)

    async def ask():
        raise AssertionError("there is nothing to probe")

    assert world.refusal(READ).name == "breaker"
    assert world.refusal(WRITE, ask).name == "breaker"
    assert world.slept == 0.0
