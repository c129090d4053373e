"""Calls to a code host: limits are waited for, answers are bounded, nothing leads elsewhere."""

import pytest

from syncengine.hosts.web import HostError, Web
from tests.hosts.fake import Fake


def web(fake: Fake, waits: list[float]) -> Web:
    return Web(f"{fake.url}/github", {"Authorization": "Bearer t0ken"}, sleep=waits.append)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"retry-after": "7"}, 7.0),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, 1.0),
        (403, {"retry-after": "900"}, 60.0),
        (502, {}, 5.0),
    ],
)
def test_a_limit_is_waited_for_and_no_longer_than_a_minute(
    fake: Fake, status: int, headers: dict[str, str], expected: float
) -> None:
    waits: list[float] = []
    fake.first = [(status, headers)]
    with web(fake, waits) as calls:
        assert calls.call("GET", "/repos/acme/dialers/pulls/5") == {"user": {"login": "ann"}}
    assert waits == [expected]


def test_a_limit_that_stays_is_an_error(fake: Fake) -> None:
    fake.first = [(429, {"retry-after": "1"})] * 4
    waits: list[float] = []
    with web(fake, waits) as calls, pytest.raises(HostError, match="answered 429"):
        calls.call("GET", "/repos/acme/dialers/pulls/5")
    assert len(waits) == 3


def test_a_refusal_of_a_forks_token_is_an_error_without_the_token(fake: Fake) -> None:
    fake.read_only = True
    with web(fake, []) as calls, pytest.raises(HostError, match="403") as refused:
        calls.call("POST", "/repos/acme/dialers/issues/5/comments", {"body": "x"})
    assert "t0ken" not in str(refused.value)


def test_a_redirect_is_not_followed(fake: Fake) -> None:
    fake.first = [(302, {"location": f"{fake.url}/elsewhere"})]
    with web(fake, []) as calls, pytest.raises(HostError, match="302"):
        calls.call("GET", "/repos/acme/dialers/pulls/5")
    assert len(fake.asked) == 1


def test_a_token_does_not_go_out_unencrypted() -> None:
    with pytest.raises(HostError, match="https"):
        Web("http://git.example.com/api", {"Authorization": "Bearer t0ken"})


def test_an_answer_that_is_too_large_is_dropped(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncengine.hosts.web._MAX_BYTES", 5)
    with web(fake, []) as calls, pytest.raises(HostError, match="larger"):
        calls.call("GET", "/repos/acme/dialers/pulls/5")


def test_pages_that_never_end_are_left(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncengine.hosts.web._MOST_PAGES", 2)
    for number in range(9):
        fake.say("bob", str(number))
    with web(fake, []) as calls, pytest.raises(HostError, match="pages"):
        list(calls.pages("/repos/acme/dialers/issues/5/comments"))


def test_no_answer_is_an_error(fake: Fake) -> None:
    with Web("http://127.0.0.1:1", {}) as calls, pytest.raises(HostError, match="no answer"):
        calls.call("GET", "/")
