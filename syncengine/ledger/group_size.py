"""How many lines one commit takes: few while there is time to spare, all of them when there is none.

Calls whose intents are committed together leave together, are answered together and wait for each other ever after: 64
calls of 50 ms at once were made no faster than 40. Small groups leave one after the other, so that the work for one is
done while the others are at the dialer. But each commit costs time of its own, the disk's or the server's and ours. So
a group is small only while the processor is not busy, and never so small that its commit outweighs its lines.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

# A finished call and the next one, for each of two workers.
_SMALLEST = 4
_LARGEST = 4_096
# Looked at in steps of so many seconds, within which one group says little.
_WINDOW = 0.05
_SPARE, _BUSY = 0.75, 0.9
# Writing a line takes about half a millisecond at the least, all in all: so many are worth a commit of one second.
_LINES_A_SECOND = 2_000


@dataclass(slots=True)
class GroupSize:
    """The size of the next group, learnt from those before it; for use by the thread of the event loop."""

    clock: Callable[[], float] = time.perf_counter
    # Seconds for which this thread has had the processor.
    worked: Callable[[], float] = time.thread_time
    lines: int = _SMALLEST
    _since: tuple[float, float] | None = field(init=False, default=None)

    def learn(self, seconds: float) -> None:
        """Take in how long a group took to be written, from the first line to the end of its commit."""
        now = (self.clock(), self.worked())
        before = self._since = self._since or now
        if now[0] - before[0] < _WINDOW:
            return
        self._since = now
        busy = (now[1] - before[1]) / (now[0] - before[0])
        if busy > _BUSY:
            self.lines = min(_LARGEST, self.lines * 2)
        elif busy < _SPARE:
            self.lines = max(_SMALLEST, self.lines // 2, min(_LARGEST, int(seconds * _LINES_A_SECOND)))
