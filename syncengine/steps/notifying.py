"""Say to people what waits for them, in the ways that the project file names; a way that fails stops nothing."""

import os
from collections.abc import Sequence
from pathlib import Path

from syncengine.config.origins import allowed_origins, check_webhook
from syncengine.config.project import NotificationFile
from syncengine.config.secrets import resolve_secret
from syncengine.errors import ConfigError, SyncEngineError
from syncengine.notices.notice import Notice
from syncengine.steps.loading import Loaded


def notify(loaded: Loaded, notices: Sequence[Notice]) -> list[str]:
    """Send notices to all who want them; return, for people, which could not be sent and why."""
    problems = []
    for number, way in enumerate(loaded.project.file.notifications, 1):
        for notice in notices:
            if notice.event not in way.on:
                continue
            try:
                problem = _deliver(way, notice, loaded.root)
            except ConfigError as error:
                problem = "; ".join(f"{found.message}. {found.hint}".rstrip() for found in error.diagnostics)
            except SyncEngineError as error:
                problem = str(error)
            except Exception as error:  # noqa: BLE001 - whatever a chat's library raises, the run goes on; no text of it is shown
                problem = f"unexpected {type(error).__name__}"
            if problem:
                problems.append(f"notification {number} ({notice.event}) was not sent: {problem}")
    return problems


def _deliver(way: NotificationFile, notice: Notice, root: Path) -> str:
    if way.apprise is not None:
        from syncengine.notices import chat

        return chat.deliver(notice, resolve_secret(way.apprise, root, "apprise"))
    from syncengine.notices import webhook

    check_webhook(way.webhook, allowed_origins(os.environ))
    assert way.secret is not None, "the project file says both or none"
    return webhook.deliver(notice, way.webhook, resolve_secret(way.secret, root, "the secret of the webhook"))
