"""Apprise is used where it is there, and missed where it is not."""

import sys

import pytest

from syncengine.model.secret import Secret
from syncengine.notices import chat
from syncengine.notices.notice import Notice

# Apprise loads all its plugins at once, and some use what this Python calls old.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

NOTICE = Notice(event="drift", project="acme", plan_id="4f1c2a9b8e7d6c50", about=["co"])


def test_a_notice_gets_to_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    apprise = pytest.importorskip("apprise")
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(apprise.Apprise, "notify", lambda _self, **said: sent.append(said) or True)
    assert chat.deliver(NOTICE, Secret("json://127.0.0.1:9/")) == ""
    assert sent == [{"title": "syncengine: the dialers differ from what was applied", "body": NOTICE.text}]


def test_what_is_no_address_is_said_without_it() -> None:
    pytest.importorskip("apprise")
    problem = chat.deliver(NOTICE, Secret("canary"))
    assert problem
    assert "canary" not in problem


def test_without_apprise_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert "syncengine[notify]" in chat.deliver(NOTICE, Secret("x"))
