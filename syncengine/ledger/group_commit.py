"""Intents and outcomes that are ready in the same turn of the event loop share one transaction.

A commit waits for the disk, and a vendor that takes one record a call needs two of them for each. So what becomes
ready while one group is being committed makes up the next one, or the next ones: see ``group_size.py``. Each caller
still waits until its own line is durable, so not a byte leaves before that. When one line of a group is refused, none
of them is written together: each is then written alone, so that a refusal stays its own caller's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from syncengine.ledger.group_size import GroupSize

Line = TypeVar("Line")


@dataclass(slots=True)
class GroupCommit(Generic[Line]):
    """What waits to be written."""

    together: Callable[[list[Line]], Awaitable[list[int]]]
    alone: Callable[[Line], Awaitable[int]]
    size: GroupSize = field(default_factory=GroupSize)
    _waiting: list[tuple[Line, asyncio.Future[int]]] = field(default_factory=list)
    _under_way: list[tuple[Line, asyncio.Future[int]]] = field(default_factory=list)
    _flushing: asyncio.Task[None] | None = None

    def write(self, line: Line) -> "asyncio.Future[int]":
        """Put one line in its place and return what ends when it is durable, or with what its writing raises."""
        loop = asyncio.get_running_loop()
        written: asyncio.Future[int] = loop.create_future()
        self._waiting.append((line, written))
        if self._flushing is None or self._flushing.done():
            # It begins after everything that is ready in this turn has had its say.
            self._flushing = loop.create_task(self._flush())
            self._flushing.add_done_callback(self._give_up)
        return written

    async def _flush(self) -> None:
        await asyncio.sleep(0)
        while self._waiting:
            most, began = self.size.lines, self.size.clock()
            self._under_way, self._waiting = self._waiting[:most], self._waiting[most:]
            if len(self._under_way) == 1 or not await self._write_together(self._under_way):
                for line, written in self._under_way:
                    await self._write_alone(line, written)
            self.size.learn(self.size.clock() - began)

    def _give_up(self, flushing: asyncio.Task[None]) -> None:
        """Where this task itself is cut short, as all are by Ctrl-C, nobody may wait for its lines for ever."""
        if flushing.cancelled() or flushing.exception() is not None:
            left, self._waiting = [*self._under_way, *self._waiting], []
            for _, written in left:
                written.cancel()

    async def _write_together(self, waiting: list[tuple[Line, asyncio.Future[int]]]) -> bool:
        try:
            numbers = await self.together([line for line, _ in waiting])
        except Exception:  # noqa: BLE001 - each line hears of its own when it is written alone
            return False
        for (_, written), number in zip(waiting, numbers, strict=True):
            _settle(written, number)
        return True

    async def _write_alone(self, line: Line, written: asyncio.Future[int]) -> None:
        try:
            _settle(written, await self.alone(line))
        except Exception as problem:  # noqa: BLE001 - handed to whoever waits for it
            _settle(written, problem)


def _settle(written: asyncio.Future[int], outcome: int | Exception) -> None:
    if written.cancelled():
        # Whoever waited is gone; what was written is in the ledger all the same.
        return
    if isinstance(outcome, Exception):
        written.set_exception(outcome)
    else:
        written.set_result(outcome)
