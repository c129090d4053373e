"""Intents and outcomes that are ready in the same turn of the event loop share one transaction.

A commit waits for the disk, and a vendor that takes one record a call needs two of them for each. Each caller still
waits until its own line is durable, so not a byte leaves before that. When one line of a group is refused, none of them
is written together: each is then written alone, so that a refusal stays its own caller's.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Line = TypeVar("Line")


@dataclass(slots=True)
class GroupCommit(Generic[Line]):
    """What waits to be written in this turn."""

    together: Callable[[list[Line]], list[int]]
    alone: Callable[[Line], int]
    _waiting: list[tuple[Line, asyncio.Future[int]]] = field(default_factory=list)

    async def write(self, line: Line) -> int:
        """Write one line, durable on return; raises what its writing raises."""
        loop = asyncio.get_running_loop()
        written: asyncio.Future[int] = loop.create_future()
        self._waiting.append((line, written))
        if len(self._waiting) == 1:
            # After everything that is ready in this turn has had its say.
            loop.call_soon(self._flush)
        return await written

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        lines = [line for line, _ in waiting]
        try:
            numbers = self.together(lines) if len(lines) > 1 else [self.alone(lines[0])]
        except Exception as problem:  # noqa: BLE001 - handed to whoever waits for it
            if len(lines) == 1:
                _settle(waiting[0][1], problem)
                return
            for line, written in waiting:
                self._write_alone(line, written)
            return
        for (_, written), number in zip(waiting, numbers, strict=True):
            _settle(written, number)

    def _write_alone(self, line: Line, written: asyncio.Future[int]) -> None:
        try:
            _settle(written, self.alone(line))
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
