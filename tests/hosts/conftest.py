from collections.abc import Iterator

import pytest

from tests.hosts.fake import Fake, hosts


@pytest.fixture
def fake() -> Iterator[Fake]:
    with hosts() as running:
        yield running
