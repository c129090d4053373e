"""GitHub's own ways."""

import pytest

from syncengine.hosts.github import GitHub
from syncengine.hosts.reviews import host_of
from syncengine.hosts.web import HostError, Web
from tests.hosts.fake import Fake


def test_a_merge_is_found_by_its_own_commit_only(fake: Fake) -> None:
    host = host_of(fake.environment("github"))
    assert host is not None
    assert host.pull_of("c0ffee") == 5
    # A commit of the branch itself, which the host lists for the same pull request.
    assert host.pull_of("abad1dea") is None


def test_an_account_of_another_bot_is_not_ours(fake: Fake) -> None:
    fake.say("other[bot]", "x", bot=True)
    host = host_of(fake.environment("github"))
    assert host is not None
    assert [comment.ours for comment in host.comments(5)] == [False]


@pytest.mark.parametrize("name", ["acme", "acme/../x", "a/b/c", ""])
def test_a_repository_is_owner_and_name(fake: Fake, name: str) -> None:
    with pytest.raises(HostError):
        GitHub(Web(fake.url, {}), name)


def test_a_status_is_set_on_the_commit(fake: Fake) -> None:
    host = host_of(fake.environment("github"))
    assert host is not None
    host.set_status("abc", "success", "x" * 300)
    assert fake.statuses == [{"state": "success", "context": "syncengine", "description": "x" * 140, "sha": "abc"}]
