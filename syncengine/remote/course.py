"""One call on its way: what it is, how far it has come, and what it came to in the end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncengine.model.exchange import Answer, Request
from syncengine.model.vendor import Operation
from syncengine.remote.connection import AtWire
from syncengine.remote.judge import DONE, Judgement

if TYPE_CHECKING:
    import httpx

BeforeSend = Callable[[Request], Awaitable[None] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """One call with all its attempts."""

    judgement: Judgement
    # The last answer; None where none came.
    answer: Answer | None
    request: Request
    # How often it was sent.
    attempts: int
    # Whether any byte of it may have reached the dialer.
    sent: bool
    # Whether an earlier attempt than the last may have been applied, its answer having been lost.
    lost: bool = False


@dataclass(slots=True)
class Course:
    """One call while it is under way."""

    operation: Operation
    request: Request
    # Without credentials.
    url: "httpx.URL"
    before_send: BeforeSend | None
    at_wire: AtWire | None
    answer: Answer | None = None
    attempts: int = 0
    sent: bool = False
    # A write whose answer was lost may have been applied, whatever a repeat is answered.
    lost: bool = False
    renewed: bool = False

    def end(self, judgement: Judgement) -> CallResult:
        """Return the result; the outcomes that were dealt with here become final ones."""
        outcome = judgement.outcome
        if outcome == "wait":
            judgement = replace(judgement, outcome="deferred")
        if outcome == "renew_auth":
            judgement = replace(judgement, outcome="stop_dialer")
        if self.operation.writes and self.lost and outcome not in DONE:
            said = judgement.message if outcome != "unknown" else ""
            words = judgement.message if not said else f"an answer was lost; a repeat was answered: {said}"
            judgement = replace(judgement, outcome="unknown", message=words)
        elif not self.operation.writes and outcome == "unknown":
            judgement = replace(judgement, outcome="deferred")
        return CallResult(
            judgement=judgement,
            answer=self.answer,
            request=self.request,
            attempts=self.attempts,
            sent=self.sent,
            lost=self.lost,
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending, or why there was none."""

    judgement: Judgement
    # Whether the call may be sent again: "no", "pause" (after a pause), "now".
    again: str = "no"
    # HTTP status of the answer; 0: none came.
    status: int = 0
