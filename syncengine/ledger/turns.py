"""Whose turn it is on a ledger's connection: one transaction after another, the end of some of them in a thread.

A commit waits for the disk or for a server, and meanwhile the event loop has answers to read and requests to send. So
a transaction can be filled by the loop's thread and ended in another one; nobody else uses the connection before that
end. Whoever comes without a loop waits for it.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class Turns:
    """The turns on one connection."""

    def __init__(self) -> None:
        self._taken = threading.Lock()
        self._thread: ThreadPoolExecutor | None = None

    def take(self) -> None:
        """Wait until nobody is at it."""
        self._taken.acquire()

    def give(self) -> None:
        """Let the next one have it."""
        self._taken.release()

    async def end_aside(self, end: Callable[[], None]) -> None:
        """End a transaction in a thread, then give the turn back, whatever becomes of who waits for it."""
        loop = asyncio.get_running_loop()
        try:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger-commit")
            ending = loop.run_in_executor(self._thread, self._end, end)
        except RuntimeError:
            # There is no thread to be had: then the loop waits.
            self._end(end)
            return
        # Shielded: a commit that was asked for is made, and the turn given back, though the asking task is cancelled.
        await asyncio.shield(ending)

    def _end(self, end: Callable[[], None]) -> None:
        try:
            end()
        finally:
            self.give()

    def close(self) -> None:
        """Wait for what is under way and let the thread go."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
