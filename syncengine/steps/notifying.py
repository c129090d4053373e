"""Say to people what waits for them, in the ways that the project file names; a way that fails stops nothing."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from syncengine.config.origins import allowed_origins, check_webhook
from syncengine.config.project import NotificationFile
from syncengine.config.secrets import resolve_secret
from syncengine.errors import ConfigError, SyncEngineError
from syncengine.notices.notice import Event, Notice
from syncengine.steps.loading import Loaded


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which the project wants people to be told."""

    # As people count them in the project file.
    number: int
    file: NotificationFile
    root: Path

    @property
    def name(self) -> str:
        """Return what stays the same when other ways come before it; no address can be read from it."""
        return hashlib.sha256(f"{self.file.webhook} {self.file.apprise}".encode()).hexdigest()[:12]

    def wants(self, event: Event) -> bool:
        """Whether people want to hear of it in this way."""
        return event in self.file.on

    def send(self, notice: Notice) -> str:
        """Send a notice; return why it did not get there, in words for people, or an empty text. Never raises."""
        try:
            problem = _deliver(self.file, notice, self.root)
        except ConfigError as error:
            problem = "; ".join(f"{found.message}. {found.hint}".rstrip() for found in error.diagnostics)
        except SyncEngineError as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - whatever a chat's library raises, the run goes on; no text of it is shown
            problem = f"unexpected {type(error).__name__}"
        return f"notification {self.number} ({notice.event}) was not sent: {problem}" if problem else ""


def ways(loaded: Loaded) -> tuple[Way, ...]:
    """Return the ways that a project names."""
    return tuple(Way(number, file, loaded.root) for number, file in enumerate(loaded.project.file.notifications, 1))


def notify(loaded: Loaded, notices: Sequence[Notice]) -> list[str]:
    """Send notices to all who want them; return, for people, which could not be sent and why."""
    wanted = [(way, notice) for way in ways(loaded) for notice in notices if way.wants(notice.event)]
    return [problem for way, notice in wanted if (problem := way.send(notice))]


def _deliver(way: NotificationFile, notice: Notice, root: Path) -> str:
    if way.apprise is not None:
        from syncengine.notices import chat

        return chat.deliver(notice, resolve_secret(way.apprise, root, "apprise"))
    from syncengine.notices import webhook

    check_webhook(way.webhook, allowed_origins(os.environ))
    assert way.secret is not None, "the project file says both or none"
    return webhook.deliver(notice, way.webhook, resolve_secret(way.secret, root, "the secret of the webhook"))
