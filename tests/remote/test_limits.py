import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.remote.limits import Pace, Unlimited
from tests.remote.dialing import Clockwork


def pace(time: Clockwork, calls: int | None, per: float, waits: list[str] | None = None) -> Pace:
    told = waits if waits is not None else []
    return Pace(calls=calls, per=per, longest=900.0, clock=time, sleep=time.sleep, on_wait=told.append)


async def begin(pace: Pace, time: Clockwork, count: int, gap: float = 0.0) -> list[float]:
    begun = []
    for _ in range(count):
        await pace.turn()
        begun.append(time.time)
        time.time += gap
    return begun


@given(st.integers(1, 6), st.floats(0.5, 300), st.integers(1, 40), st.floats(0, 2))
@settings(max_examples=60)
def test_no_window_holds_more_calls_than_allowed(calls: int, per: float, count: int, gap: float) -> None:
    time = Clockwork()
    begun = asyncio.run(begin(pace(time, calls, per), time, count, gap))
    for earlier, later in zip(begun, begun[calls:], strict=False):
        assert later - earlier >= per * (1 - 1e-9)


def test_the_limit_is_used_to_the_full() -> None:
    time = Clockwork()
    begun = asyncio.run(begin(pace(time, 2, 10.0), time, 6))
    assert [moment - begun[0] for moment in begun] == [0, 0, 10, 10, 20, 20]


def test_without_a_limit_nothing_waits() -> None:
    time = Clockwork()
    asyncio.run(begin(pace(time, None, 1.0), time, 100))
    assert time.slept == []


@pytest.mark.parametrize("calls", [None, 5])
def test_a_pause_holds_everybody_and_is_told(calls: int | None) -> None:
    time, told = Clockwork(), list[str]()
    limiter = pace(time, calls, 1.0, told)
    limiter.pause(30.0)
    limiter.pause(10.0)
    begun = asyncio.run(begin(limiter, time, 3))
    assert begun == [1_000_030.0] * 3
    assert told == ["rate limit", ""]


def test_many_workers_wait_in_the_order_of_asking() -> None:
    time = Clockwork()
    limiter = pace(time, 1, 1.0)
    order: list[int] = []

    async def worker(number: int) -> None:
        await limiter.turn()
        order.append(number)

    async def run() -> None:
        await asyncio.gather(*(worker(number) for number in range(8)))

    asyncio.run(run())
    assert order == list(range(8))
    assert time.time == 1_000_007.0


def test_no_budget_never_ends() -> None:
    assert all(Unlimited().take(suppressing=flag) for flag in (True, False))


def test_a_pause_longer_than_we_wait_gives_no_turn_until_it_is_over() -> None:
    time = Clockwork()
    one = pace(time, None, 1.0)
    one.pause(901.0)

    async def turns() -> None:
        assert not await one.turn()
        assert time.slept == []
        time.time += 1.0
        # What is left is as long as we wait.
        assert await one.turn()
        assert time.slept == [900.0]

    asyncio.run(turns())
