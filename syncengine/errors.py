"""The errors a caller can meet.

::

    SyncEngineError            exit 1 unless said otherwise
    ├─ ConfigError             carries Diagnostics; raised once, after every file was looked at
    ├─ UsageError              the command line asks for something impossible (exit 64)
    ├─ GuardError              the plan may not be applied as it is (exit 4)
    ├─ StalePlanError          the world has moved since the plan was made (exit 5)
    ├─ LockedError             another run holds a dialer (exit 5)
    ├─ LedgerError             the ledger cannot be read or written
    │  └─ DoubtfulLedgerError  it is damaged, gone or not the one that was left here (exit 5)
    ├─ SourceError             a data file cannot be read as what it says it is
    ├─ RenderError             a request cannot be made of these values; nothing was sent
    └─ RemoteError             a dialer; carries dialer and operation, never a secret or a phone
       ├─ TransportError       no answer; ``sent`` tells whether any byte may have reached the dialer
       ├─ AnswerError          an answer that is not what the vendor file says
       └─ RefusedError         the dialer said no to a reading call
"""

from syncengine.diagnostics import Diagnostics


class SyncEngineError(Exception):
    """Root of all errors of this program; its text is meant for people."""

    exit_code = 1


class ConfigError(SyncEngineError):
    """Files that people wrote are wrong; every mistake is in ``diagnostics``."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics
        errors = sum(1 for item in diagnostics.items if item.severity == "error")
        super().__init__(f"{errors} mistake{'' if errors == 1 else 's'} in the configuration")


class UsageError(SyncEngineError):
    """The command line asks for something that cannot be done."""

    exit_code = 64


class GuardError(SyncEngineError):
    """A guard stops the plan."""

    exit_code = 4


class StalePlanError(SyncEngineError):
    """The plan was made for a world that has moved on."""

    exit_code = 5


class LockedError(SyncEngineError):
    """Another run holds a dialer, or the whole ledger, or has taken it over."""

    exit_code = 5


class LedgerError(SyncEngineError):
    """The ledger cannot be read or written."""


class DoubtfulLedgerError(LedgerError):
    """The ledger is damaged, gone, older than it was or another one; nothing is sent on its word."""

    exit_code = 5

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}. Nothing is planned or sent until: syncengine ledger recover")


class SourceError(SyncEngineError):
    """A data file cannot be read as what it says it is."""


class RenderError(SyncEngineError):
    """A request cannot be made of these values, as an id that is empty; nothing was sent, and no value is shown."""


class RemoteError(SyncEngineError):
    """A dialer could not do what was asked."""

    def __init__(self, dialer: str, operation: str, detail: str) -> None:
        self.dialer = dialer
        self.operation = operation
        self.detail = detail
        super().__init__(f"{dialer}: {operation}: {detail}")


class TransportError(RemoteError):
    """No answer came back.

    ``sent`` is False only where no byte of the request can have reached the dialer (name not resolved, connection
    refused, TLS not agreed): then, and only then, a repeat is safe for every call.
    """

    def __init__(self, dialer: str, operation: str, detail: str, *, sent: bool) -> None:
        super().__init__(dialer, operation, detail)
        self.sent = sent


class AnswerError(RemoteError):
    """An answer that is not what the vendor file says."""


class RefusedError(RemoteError):
    """The dialer refused a reading call."""
