import asyncio

import pytest

from syncengine.ledger.group_commit import GroupCommit


def test_lines_of_one_turn_go_together_and_those_of_the_next_on_their_own() -> None:
    groups: list[list[int]] = []

    async def together(lines: list[int]) -> list[int]:
        groups.append(lines)
        return [line * 10 for line in lines]

    async def alone(line: int) -> int:
        return (await together([line]))[0]

    async def work() -> list[int]:
        group = GroupCommit(together=together, alone=alone)
        first = await asyncio.gather(*(group.write(line) for line in (1, 2, 3)))
        return [*first, await group.write(4)]

    assert asyncio.run(work()) == [10, 20, 30, 40]
    assert groups == [[1, 2, 3], [4]]


def test_what_fails_together_is_tried_alone_and_each_hears_of_its_own() -> None:
    async def together(_: list[int]) -> list[int]:
        raise ValueError("together")

    async def alone(line: int) -> int:
        if line == 2:
            raise ValueError("two")
        return line

    async def work() -> list[int | BaseException]:
        group = GroupCommit(together=together, alone=alone)
        return await asyncio.gather(*(group.write(line) for line in (1, 2, 3)), return_exceptions=True)

    one, two, three = asyncio.run(work())
    assert (one, str(two), three) == (1, "two", 3)

    async def single() -> None:
        await GroupCommit(together=together, alone=alone).write(2)

    with pytest.raises(ValueError, match="two"):
        asyncio.run(single())


@pytest.mark.parametrize("moment", [0, 1, 3])
def test_when_all_tasks_are_cancelled_nobody_waits_for_what_will_not_be_written(moment: int) -> None:
    never: list[int] = []

    async def together(lines: list[int]) -> list[int]:
        await asyncio.sleep(60)
        return lines

    async def alone(line: int) -> int:
        await asyncio.sleep(60)
        return line

    async def writer(group: GroupCommit[int], line: int) -> None:
        written = group.write(line)
        try:
            await asyncio.sleep(60)
        finally:
            # As a worker does whose last outcome is on its way.
            never.append(line)
            await written

    async def work() -> None:
        group = GroupCommit(together=together, alone=alone)
        writers = [asyncio.create_task(writer(group, line)) for line in (1, 2)]
        for _ in range(moment + 1):
            await asyncio.sleep(0)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        ended = await asyncio.wait_for(asyncio.gather(*writers, return_exceptions=True), 5)
        assert all(isinstance(problem, asyncio.CancelledError) for problem in ended)

    asyncio.run(work())
    assert sorted(never) == [1, 2]


def test_when_writing_itself_is_cut_short_nobody_waits_for_what_will_not_be_written() -> None:
    class Cut(BaseException):
        pass

    async def together(lines: list[int]) -> list[int]:
        raise Cut

    async def alone(line: int) -> int:
        raise Cut

    async def work() -> list[int | BaseException]:
        group = GroupCommit(together=together, alone=alone)
        written = asyncio.gather(*(group.write(line) for line in (1, 2)), return_exceptions=True)
        return await asyncio.wait_for(written, 5)

    assert [type(each) for each in asyncio.run(work())] == [asyncio.CancelledError] * 2
