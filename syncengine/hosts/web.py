"""Calls to a code host: one origin, its token in one header, pages to the end, and patience with its limits.

What comes back was written by whoever may comment, so it is bounded and never followed to another place.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from syncengine.errors import SyncEngineError

_TRIES = 4
_LONGEST_WAIT = 60.0
_MAX_BYTES = 8 * 1024 * 1024
_MOST_PAGES = 100
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class HostError(SyncEngineError):
    """A code host did not do what was asked; the text has no token in it."""


class Web:
    """One host's API; a context manager."""

    def __init__(self, api: str, headers: Mapping[str, str], *, sleep: Callable[[float], None] = time.sleep) -> None:
        place = urlsplit(api)
        local = place.hostname in _LOOPBACK
        if place.scheme != "https" and not (local and place.scheme == "http"):
            raise HostError("the address of the host's API is not https; its token would be readable on the way")
        self._api = api.rstrip("/")
        self._sleep = sleep
        self._client = httpx.Client(headers=dict(headers), timeout=30.0, follow_redirects=False, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Make one call and return its answer; None where there is none (404).

        Raises:
            HostError: it was refused, or no sound answer came.
        """
        for attempt in range(_TRIES):
            answer = self._send(method, path, body)
            wait = _wait(answer)
            if wait is None or attempt == _TRIES - 1:
                return _decoded(answer, method, path)
            self._sleep(min(wait, _LONGEST_WAIT))
        raise AssertionError("the last try returns")

    def pages(self, path: str) -> Iterator[Any]:
        """Walk the items of a listing to its last page."""
        for page in range(1, _MOST_PAGES + 1):
            sign = "&" if "?" in path else "?"
            found = self.call("GET", f"{path}{sign}per_page=100&page={page}")
            if not isinstance(found, list):
                raise HostError(f"GET {path}: the answer is no list")
            yield from found
            # Hosts may give shorter pages than were asked for: only an empty one is the last.
            if not found:
                return
        raise HostError(f"GET {path}: more than {_MOST_PAGES} pages")

    def _send(self, method: str, path: str, body: Mapping[str, object] | None) -> httpx.Response:
        try:
            with self._client.stream(method, self._api + path, json=body) as answer:
                chunks, size = [], 0
                for chunk in answer.iter_bytes():
                    size += len(chunk)
                    if size > _MAX_BYTES:
                        raise HostError(f"{method} {path}: the answer is larger than 8 MB")
                    chunks.append(chunk)
                return httpx.Response(answer.status_code, headers=_plain(answer.headers), content=b"".join(chunks))
        except httpx.HTTPError as problem:
            raise HostError(f"{method} {path}: no answer ({type(problem).__name__})") from None


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """Return the headers without those that say how the body was packed: it is unpacked already."""
    return {name: value for name, value in headers.items() if name not in {"content-encoding", "content-length"}}


def _wait(answer: httpx.Response) -> float | None:
    """Return how long the host asks to wait; None: it does not ask."""
    limited = answer.status_code == 429 or (
        answer.status_code == 403
        and (answer.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in answer.headers)
    )
    if not limited and answer.status_code not in {502, 503}:
        return None
    after = answer.headers.get("retry-after", "")
    if after.isdigit():
        return float(after)
    reset = answer.headers.get("x-ratelimit-reset", "") or answer.headers.get("ratelimit-reset", "")
    return max(1.0, float(reset) - time.time()) if reset.isdigit() else 5.0


def _decoded(answer: httpx.Response, method: str, path: str) -> Any:
    if answer.status_code == 404 and method == "GET":
        return None
    if not 200 <= answer.status_code < 300:
        raise HostError(f"{method} {path}: the host answered {answer.status_code}")
    if not answer.content:
        return None
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        raise HostError(f"{method} {path}: the answer is not JSON") from None
