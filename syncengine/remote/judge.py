"""What an answer means: an outcome, by the vendor file first and by careful defaults where it is silent.

A status alone never means success. The defaults lean to "unknown" for a write, since a call that is wrongly taken as
not applied would be sent twice.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from syncengine.model.answers import Match, ResponseClass, ResponseOutcome, Scalar
from syncengine.model.exchange import Answer
from syncengine.model.vendor import Operation
from syncengine.remote.paths import MISSING, as_text, find, is_blank
from syncengine.remote.retries import repeat_is_harmless
from syncengine.remote.wording import presentable

# Outcomes that say the dialer holds what was wanted.
# What a call came to when nothing is left to be done about it.
DONE: frozenset[ResponseOutcome] = frozenset({"applied", "already_present", "already_absent"})
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer, or the lack of one, means."""

    outcome: ResponseOutcome
    # Name of the response class, or of our default.
    name: str
    # For people: the vendor's words where there are any; masked.
    message: str = ""
    # For outcome wait: seconds the vendor file states; None: full jitter.
    wait: float | None = None


def judge(operation: Operation, vendor_classes: Sequence[ResponseClass], answer: Answer) -> Judgement:
    """Judge an answer: the operation's classes, its success, the vendor's classes, then the defaults."""
    found = _first(operation.responses, answer)
    if found is not None:
        return found
    if matches(operation.success, answer) and _proves(operation.success, answer):
        return Judgement("applied", "success")
    found = _first(vendor_classes, answer)
    if found is not None:
        return found
    return _default_for_write(operation, answer) if operation.writes else _default_for_read(answer)


def matches(match: Match, answer: Answer) -> bool:
    """Whether all stated parts of a match hold for an answer."""
    if match.status and not any(_status_fits(wanted, answer.status) for wanted in match.status):
        return False
    if (match.body or match.present) and not answer.is_json:
        return False
    if any(not _accepted(find(answer.body, path), values) for path, values in match.body.items()):
        return False
    if any(find(answer.body, path) is MISSING for path in match.present):
        return False
    if match.text and not _says(answer.text, match.text):
        return False
    return match.empty is None or match.empty is (not answer.raw.strip())


def looks_cut(answer: Answer) -> bool:
    """Whether a body begins like JSON and is none: cut short, or garbled."""
    return not answer.is_json and answer.text.lstrip()[:1] in {"{", "["}


def _first(classes: Iterable[ResponseClass], answer: Answer) -> Judgement | None:
    for kind in classes:
        if matches(kind.when, answer) and (kind.outcome not in DONE or _proves(kind.when, answer)):
            words = presentable(as_text(find(answer.body, kind.message))) if kind.message else ""
            return Judgement(kind.outcome, kind.name, words or kind.name, kind.wait)
    return None


def _proves(match: Match, answer: Answer) -> bool:
    """Whether an answer that fits may count as done: half an answer does not, and a page of HTML only by its words."""
    if answer.is_json:
        return True
    return not looks_cut(answer) and (bool(match.text) or not _PAGE.match(answer.text))


def _status_fits(wanted: int | str, status: int) -> bool:
    text = str(wanted).strip().lower()
    if len(text) == 3 and text.endswith("xx"):
        return text[0] == str(status)[0]
    return text == str(status)


def _accepted(value: object, accepted: Sequence[Scalar]) -> bool:
    if is_blank(value) and None in accepted:
        return True
    if value is MISSING:
        return False
    text = as_text(value).strip()
    return any(text == as_text(choice).strip() for choice in accepted if choice is not None)


def _says(text: str, phrases: Iterable[str]) -> bool:
    folded = text.casefold()
    return any(phrase.casefold() in folded for phrase in phrases)


def _default_for_write(operation: Operation, answer: Answer) -> Judgement:
    match answer.status:
        case 429:
            return Judgement("wait", "HTTP 429", "too many requests")
        case 401 if not repeat_is_harmless(operation):
            # Only the vendor file can say that nothing was applied; some gateways ask for a credential afterwards.
            return Judgement("unknown", "HTTP 401", "the credential is not accepted")
        case 401:
            return Judgement("renew_auth", "HTTP 401", "the credential is not accepted")
        case 403:
            return Judgement("stop_dialer", "HTTP 403", _unmatched(answer))
        case status if 400 <= status < 500 and status != 408 and (answer.is_json or not answer.raw.strip()):
            return Judgement("rejected", f"HTTP {status}", _unmatched(answer))
        case status:
            return Judgement("unknown", f"HTTP {status}", _unmatched(answer))


def _default_for_read(answer: Answer) -> Judgement:
    match answer.status:
        case 429:
            return Judgement("wait", "HTTP 429", "too many requests")
        case 401:
            return Judgement("renew_auth", "HTTP 401", "the credential is not accepted")
        case 403:
            return Judgement("stop_dialer", "HTTP 403", _unmatched(answer))
        case status if status >= 500 or status == 408 or (200 <= status < 300 and looks_cut(answer)):
            return Judgement("wait", f"HTTP {status}", _unmatched(answer))
        case status:
            return Judgement("rejected", f"HTTP {status}", _unmatched(answer))


def _unmatched(answer: Answer) -> str:
    """Return a sentence about an answer that the vendor file does not describe."""
    if 300 <= answer.status < 400:
        return f"a redirect to {_target(answer)}; redirects are never followed"
    if not answer.raw.strip():
        return f"HTTP {answer.status} with an empty body, which the vendor file does not describe"
    if _PAGE.match(answer.text):
        return f"HTTP {answer.status} with an HTML page instead of an answer"
    excerpt = presentable(answer.text[:120])
    return presentable(f"HTTP {answer.status}, not described by the vendor file: {excerpt}")


def _target(answer: Answer) -> str:
    # Without its query, which may carry credentials.
    try:
        place = urlsplit(answer.headers.get("location", ""))
    except ValueError:
        return "an unreadable place"
    return presentable(f"{place.scheme}://{place.hostname}{place.path}" if place.hostname else place.path)
