"""GitLab's own ways."""

import pytest

from syncengine.hosts.gitlab import GitLab
from syncengine.hosts.reviews import host_of
from syncengine.hosts.web import HostError, Web
from tests.hosts.fake import Fake


def test_a_merge_is_found_by_its_own_commit_only(fake: Fake) -> None:
    host = host_of(fake.environment("gitlab"))
    assert host is not None
    assert host.pull_of("c0ffee") == 5
    assert host.pull_of("abad1dea") is None


@pytest.mark.parametrize("level", [0, 10, 20, 30])
def test_less_than_a_maintainer_approves_nothing(fake: Fake, level: int) -> None:
    fake.rights = {"2": level}
    host = host_of(fake.environment("gitlab"))
    assert host is not None
    assert not host.may_approve("2")
    assert not host.may_approve("3")
    assert not host.may_approve("../2")


def test_a_project_is_named_by_number(fake: Fake) -> None:
    with pytest.raises(HostError):
        GitLab(Web(fake.url, {}), "acme/../x")


def test_a_failure_is_called_failed(fake: Fake) -> None:
    host = host_of(fake.environment("gitlab"))
    assert host is not None
    host.set_status("abc", "failure", "a guard")
    assert fake.last_status() == ("failed", "a guard")
