"""Groups are small while the processor has time to spare, and large when it has none or a commit is slow."""

import asyncio

import pytest

from syncengine.ledger.group_commit import GroupCommit
from syncengine.ledger.group_size import GroupSize


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def after(busy: float, *, groups: int, lines: int, seconds: float = 0.001) -> int:
    """Return the size after some groups, of which each ends a window in which so much of the time was worked."""
    clock, worked = Clock(), Clock()
    size = GroupSize(clock=clock, worked=worked, lines=lines)
    size.learn(seconds)
    for _ in range(groups):
        clock.now += 0.1
        worked.now += 0.1 * busy
        size.learn(seconds)
    return size.lines


@pytest.mark.parametrize(
    ("busy", "lines", "seconds", "expected"),
    [
        (0.1, 256, 0.001, 4),
        (0.8, 256, 0.001, 256),
        (1.0, 4, 0.001, 4_096),
        # A slow disk or a server far away: each commit takes more lines, whatever time there is to spare.
        (0.1, 4, 0.02, 40),
        (0.1, 4, 60.0, 4_096),
    ],
)
def test_the_size_follows_the_processor_and_the_commit(busy: float, lines: int, seconds: float, expected: int) -> None:
    assert after(busy, groups=20, lines=lines, seconds=seconds) == expected


def test_one_short_moment_says_nothing() -> None:
    clock = Clock()
    size = GroupSize(clock=clock, worked=clock, lines=16)
    for _ in range(9):
        size.learn(0.001)
        clock.now += 0.005
    assert size.lines == 16


def test_what_is_ready_beyond_a_groups_size_is_the_next_group() -> None:
    groups: list[list[int]] = []

    async def together(lines: list[int]) -> list[int]:
        groups.append(lines)
        return lines

    async def alone(line: int) -> int:
        return (await together([line]))[0]

    async def work() -> list[int]:
        group = GroupCommit(together=together, alone=alone, size=GroupSize(lines=3))
        return await asyncio.gather(*(group.write(line) for line in range(7)))

    assert asyncio.run(work()) == list(range(7))
    assert groups == [[0, 1, 2], [3, 4, 5], [6]]
