"""The five dialers, running once for a module and emptied before each test."""

from collections.abc import Iterator

import pytest

from syncengine.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    # Tasks end at once unless a test is about their time, and no call takes longer than it must.
    running.lynn.switches.task_polls = 1
    running.wolkvox.switches.service_seconds = 0.0
    return running
