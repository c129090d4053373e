import asyncio
import threading
import time

import pytest

from syncengine.ledger.turns import Turns


def test_the_loop_goes_on_while_a_transaction_ends_and_who_comes_without_it_waits() -> None:
    order: list[str] = []
    ended, main = [], threading.current_thread()

    def end() -> None:
        time.sleep(0.1)
        order.append("ended")
        ended.append(threading.current_thread())

    async def run() -> None:
        turns = Turns()
        turns.take()
        ending = asyncio.create_task(turns.end_aside(end))
        await asyncio.sleep(0.02)
        order.append("the loop goes on")
        turns.take()
        order.append("next")
        turns.give()
        await ending
        turns.close()

    asyncio.run(run())
    assert order == ["the loop goes on", "ended", "next"]
    assert ended != [main]


def test_a_turn_is_given_back_when_the_end_fails_and_when_nobody_waits_for_it_any_more() -> None:
    done: list[int] = []

    def fail() -> None:
        raise ValueError("the disk")

    def slowly() -> None:
        time.sleep(0.05)
        done.append(1)

    async def run() -> None:
        turns = Turns()
        turns.take()
        with pytest.raises(ValueError, match="the disk"):
            await turns.end_aside(fail)
        turns.take()
        ending = asyncio.create_task(turns.end_aside(slowly))
        await asyncio.sleep(0)
        ending.cancel()
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
        turns.take()
        await turns.end_aside(lambda: done.append(1))
        turns.take()
        turns.give()
        turns.close()

    asyncio.run(run())
    assert done == [1]
