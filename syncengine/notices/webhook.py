"""A webhook: one JSON document, signed, so that whoever gets it knows who wrote it, and that nobody has kept it since.

Headers of a delivery::

    X-Syncengine-Timestamp: seconds since 1970
    X-Syncengine-Signature: v1=<hex HMAC-SHA256, keyed with the secret, over timestamp, a full stop and the body>
    X-Syncengine-Delivery: a name of this delivery, the same on every try

A receiver takes a timestamp that is at most 300 seconds off its own clock, compares the signature in constant time,
and remembers the deliveries of that window, so that none counts twice.
"""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable

import httpx

from syncengine.model.secret import Secret
from syncengine.notices.notice import Notice

WINDOW = 300
_TRIES = 3
_TIMEOUT = 5.0


def deliver(
    notice: Notice,
    url: str,
    secret: Secret,
    *,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Send a notice; return why it did not get there, or an empty text. Never raises for what is at the other end."""
    delivery, problem = uuid.uuid4().hex, ""
    body = json.dumps(notice.document(now()), ensure_ascii=False, separators=(",", ":")).encode()
    # No proxy of the environment and no redirect: it goes where the owner allowed, or nowhere.
    with httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client:
        for attempt in range(_TRIES):
            if attempt:
                sleep(2.0**attempt)
            # Signed anew on each try, so that a late one is not taken for an old one that somebody has kept.
            headers = {**signed(body, secret, int(now())), "X-Syncengine-Delivery": delivery}
            try:
                answer = client.post(url, content=body, headers=headers)
            except httpx.HTTPError as error:
                problem = f"no answer ({type(error).__name__})"
                continue
            if answer.is_success:
                return ""
            problem = f"it answered {answer.status_code}"
            if answer.status_code < 500 and answer.status_code != 429:
                break
    return problem


def signed(body: bytes, secret: Secret, timestamp: int) -> dict[str, str]:
    """Return the headers that prove who wrote a body, and when."""
    text = f"{timestamp}.".encode() + body
    mark = hmac.new(secret.reveal().encode(), text, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Syncengine-Timestamp": str(timestamp),
        "X-Syncengine-Signature": f"v1={mark}",
    }
