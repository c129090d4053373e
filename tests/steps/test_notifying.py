"""Notices go where the owner allows, and one that fails stops nothing."""

import pytest

from syncengine.errors import ConfigError
from syncengine.model.secret import Secret
from syncengine.notices import chat, webhook
from syncengine.notices.notice import Notice
from syncengine.steps.notifying import notify
from tests.steps.projects import Made

NOTICE = Notice(event="guard", project="tests", plan_id="4f1c2a9b8e7d6c50")
HOOK = {"webhook": "https://hooks.example/x", "secret": "env:HOOK_SECRET"}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def take(notice: Notice, url: str, secret: Secret) -> str:
        found.append((url, secret.reveal()))
        return ""

    monkeypatch.setattr(webhook, "deliver", take)
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    return found


def test_a_webhook_that_the_owner_has_not_allowed_gets_nothing(
    made: Made, sent: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made.project["notifications"] = [HOOK]
    (problem,) = notify(made.load(), [NOTICE])
    assert "https://hooks.example, which is not allowed yet" in problem
    assert sent == []
    monkeypatch.setenv("SYNCENGINE_ALLOW_ORIGINS", "https://hooks.example")
    assert notify(made.load(), [NOTICE]) == []
    assert sent == [("https://hooks.example/x", "s3cret")]


@pytest.mark.parametrize(
    "url", ["http://hooks.example/x", "https://hooks.example@evil.example/", "https://hooks.example/?q"]
)
def test_an_address_that_is_not_plain_gets_nothing(
    made: Made, sent: list[tuple[str, str]], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCENGINE_ALLOW_ORIGINS", "https://hooks.example,http://hooks.example")
    made.project["notifications"] = [{**HOOK, "webhook": url}]
    assert len(notify(made.load(), [NOTICE])) == 1
    assert sent == []


def test_only_what_was_asked_for_is_sent(made: Made, sent: list[tuple[str, str]]) -> None:
    made.project["notifications"] = [{**HOOK, "webhook": "http://127.0.0.1:9/", "on": ["drift"]}]
    assert notify(made.load(), [NOTICE]) == []
    assert sent == []


def test_a_secret_that_is_missing_and_a_library_that_fails_are_said(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("canary")

    monkeypatch.setattr(chat, "deliver", fail)
    monkeypatch.setenv("CHAT", "json://x")
    made.project["notifications"] = [{**HOOK, "webhook": "http://127.0.0.1:9/"}, {"apprise": "env:CHAT"}]
    problems = notify(made.load(), [NOTICE])
    assert "HOOK_SECRET is not set" in problems[0]
    assert "unexpected RuntimeError" in problems[1]
    assert "canary" not in "".join(problems)


@pytest.mark.parametrize(
    "way",
    [
        {},
        {"webhook": "https://h.example"},
        {"secret": "env:X"},
        {**HOOK, "apprise": "env:CHAT"},
        {"apprise": "file:chat"},
        {**HOOK, "on": []},
        {**HOOK, "on": ["everything"]},
        {"apprise": "json://evil.example"},
    ],
)
def test_a_notification_that_means_nothing_or_lets_a_branch_choose_is_refused(
    made: Made, way: dict[str, object]
) -> None:
    made.project["notifications"] = [way]
    with pytest.raises(ConfigError):
        made.load()
