import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from syncengine.ledger.turns import Transaction, Turns


def nothing() -> None:
    pass


def ending(commit: Callable[[], None], undo: Callable[[], None] = nothing) -> Transaction[None]:
    return Transaction(nothing, commit, undo)


@pytest.mark.parametrize("aside", [True, False])
def test_the_loop_goes_on_while_a_transaction_ends_and_who_comes_without_it_waits(aside: bool) -> None:
    order: list[str] = []
    ended, main = [], threading.current_thread()

    def end() -> None:
        time.sleep(0.1)
        order.append("ended")
        ended.append(threading.current_thread())

    async def run() -> None:
        turns = Turns()
        running = asyncio.create_task(turns.run(ending(end), aside=aside))
        await asyncio.sleep(0.02)
        order.append("the loop goes on")
        turns.take()
        order.append("next")
        turns.give()
        await running
        turns.close()

    asyncio.run(run())
    assert order == ["the loop goes on", "ended", "next"]
    assert ended != [main]


def test_a_turn_is_given_back_when_the_end_fails_and_when_nobody_waits_for_it_any_more() -> None:
    done: list[int] = []
    undone: list[int] = []

    def undo() -> None:
        undone.append(1)
        if len(undone) > 2:
            raise OSError("gone")

    def fail() -> None:
        raise ValueError("the disk")

    def slowly() -> None:
        time.sleep(0.05)
        done.append(1)

    async def run() -> None:
        turns = Turns()
        for parts in (Transaction(fail, nothing, undo), ending(fail, undo)):
            for aside in (True, False):
                with pytest.raises((ValueError, OSError)):
                    await turns.run(parts, aside=aside)
        assert undone == [1] * 4
        running = asyncio.create_task(turns.run(ending(slowly), aside=False))
        await asyncio.sleep(0)
        running.cancel()
        turns.take()
        assert done == [1]
        turns.give()
        turns.close()

    asyncio.run(run())


def test_where_there_is_no_thread_the_loop_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("syncengine.ledger.turns.ThreadPoolExecutor", no_thread)
    done: list[int] = []

    async def run() -> None:
        turns = Turns()
        await turns.run(ending(lambda: done.append(1)), aside=True)
        turns.take()
        turns.give()
        turns.close()

    asyncio.run(run())
    assert done == [1]


def test_a_commit_that_has_not_begun_is_made_though_nobody_waits_for_it_any_more() -> None:
    done: list[int] = []

    async def run() -> None:
        turns = Turns()
        await turns.run(ending(nothing), aside=True)
        assert turns._thread is not None
        turns._thread.submit(time.sleep, 0.1)
        running = asyncio.create_task(turns.run(ending(lambda: done.append(1)), aside=False))
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.sleep(0.3)
        assert (done, turns.take(wait=False)) == ([1], True)
        turns.give()
        turns.close()

    asyncio.run(run())
