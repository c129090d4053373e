"""Whose turn it is on a ledger's connection: one transaction after another, the end of some of them in a thread.

A commit waits for the disk or for a server, and meanwhile the event loop has answers to read and requests to send. So
the loop's thread fills a transaction and another thread ends it; one that is large is filled there, too, since the
database works beside the interpreter. Nobody else uses the connection before that end: whoever comes without a loop
waits for it.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Transaction(Generic[Made]):
    """What a transaction does, in three parts."""

    fill: Callable[[], Made]
    commit: Callable[[], None]
    undo: Callable[[], None]


class Turns:
    """The turns on one connection."""

    def __init__(self) -> None:
        self._taken = threading.Lock()
        self._thread: ThreadPoolExecutor | None = None

    def take(self, *, wait: bool = True) -> bool:
        """Wait until nobody is at it, where ``wait`` says so; False when somebody is."""
        return self._taken.acquire(blocking=wait)

    def give(self) -> None:
        """Let the next one have it."""
        self._taken.release()

    async def run(self, transaction: Transaction[Made], *, aside: bool) -> Made:
        """Carry a transaction out in a turn of its own; ``aside`` is all of it in the thread, else only its commit."""
        self.take()
        if aside:
            return await self._elsewhere(lambda: self._whole(transaction))
        try:
            made = transaction.fill()
        except BaseException:
            self._undone(transaction)
            raise
        await self._elsewhere(lambda: self._ended(transaction))
        return made

    def _whole(self, transaction: Transaction[Made]) -> Made:
        try:
            made = transaction.fill()
        except BaseException:
            self._undone(transaction)
            raise
        self._ended(transaction)
        return made

    def _undone(self, transaction: Transaction[Made]) -> None:
        # What cannot be undone, as on a connection that is gone, must not keep the turn.
        try:
            transaction.undo()
        finally:
            self.give()

    def _ended(self, transaction: Transaction[Made]) -> None:
        try:
            transaction.commit()
        except BaseException:
            transaction.undo()
            raise
        finally:
            self.give()

    async def _elsewhere(self, work: Callable[[], Made]) -> Made:
        loop = asyncio.get_running_loop()
        try:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
            working = loop.run_in_executor(self._thread, work)
        except RuntimeError:
            # There is no thread to be had: then the loop waits.
            return work()
        # Shielded: a commit that was asked for is made, and the turn given back, though the asking task is cancelled.
        return await asyncio.shield(working)

    def close(self) -> None:
        """Wait for what is under way and let the thread go."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
