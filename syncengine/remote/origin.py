"""Where calls go: one origin, and only below the base path.

A credential goes to the origin of the dialer's base URL and nowhere else. The URL is put together as text, parsed by
the library that will use it, and refused when the two do not agree: a parsed URL can silently lead elsewhere.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, quote, urljoin, urlsplit

from syncengine.errors import RemoteError
from syncengine.model.exchange import Request

if TYPE_CHECKING:
    import httpx

# Headers that frame a message; a template must not write them.
_FRAMING = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "expect"})


# Parsing an URL takes a tenth of a small call, and most calls of an apply go to a handful of them.
_KNOWN = 64


@dataclass(frozen=True)
class Origin:
    """The base URL of one dialer."""

    dialer: str
    # Without a slash at its end.
    base_url: str

    def __post_init__(self) -> None:
        """Check the base URL; raises RemoteError."""
        base = urlsplit(self.base_url)
        sound = base.scheme in {"http", "https"} and base.hostname and "@" not in base.netloc
        if not sound or base.query or base.fragment or self.base_url.endswith("/"):
            raise RemoteError(self.dialer, "base URL", "expected http(s)://host[:port][/path] and nothing else")

    def url(self, operation: str, path: str, query: tuple[tuple[str, str], ...]) -> "httpx.URL":
        """Return the whole URL of a call.

        Raises:
            RemoteError: it would lead out of the dialer's origin or base path.
        """
        import httpx

        if not query and (known := self._known.get(path)) is not None:
            return known
        text = self.base_url + path
        if query:
            text += "?" + "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
        try:
            parsed = httpx.URL(text)
        except httpx.InvalidURL:
            raise RemoteError(self.dialer, operation, "the path or the query cannot be part of a URL") from None
        # httpx resolves "..": then the parsed path is not the one that was written.
        asked = parsed.raw_path.partition(b"?")[0].decode("ascii")
        if not path.startswith("/") or _place(parsed) != self._base_place or asked != self._base_path + path:
            raise RemoteError(self.dialer, operation, "the path leads out of the dialer's own address")
        if not query and len(self._known) < _KNOWN:
            self._known[path] = parsed
        return parsed

    @cached_property
    def _known(self) -> dict[str, "httpx.URL"]:
        """Paths that were found to be sound; never with a query, which may hold a credential."""
        return {}

    @cached_property
    def _base_place(self) -> tuple[str, str, int | None, bytes]:
        import httpx

        return _place(httpx.URL(self.base_url))

    @cached_property
    def _base_path(self) -> str:
        return urlsplit(self.base_url).path

    def follow(self, request: Request, link: str) -> Request | None:
        """Return the request for a link that an answer to ``request`` gave, or None when it leads elsewhere."""
        try:
            here = urljoin(self.base_url + request.path, link)
            target, base = urlsplit(here), urlsplit(self.base_url)
            same_place = _origin(target) == _origin(base)
        except ValueError:
            return None
        if not same_place or "@" in target.netloc or not target.path.startswith(base.path + "/"):
            return None
        query = tuple(parse_qsl(target.query, keep_blank_values=True))
        return Request(
            request.method,
            target.path.removeprefix(base.path),
            query,
            request.headers,
            request.body,
            request.content_type,
        )

    def check_headers(self, operation: str, headers: tuple[tuple[str, str], ...]) -> None:
        """Refuse headers that would break out of their line or frame the message anew.

        Raises:
            RemoteError: naming the header.
        """
        for name, value in headers:
            sound = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
            if not sound or name.lower() in _FRAMING or not value.isprintable() or not value.isascii():
                raise RemoteError(self.dialer, operation, f"the header {name[:40]!r} cannot be sent like this")


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or {"https": 443, "http": 80}.get(url.scheme)


def _place(url: "httpx.URL") -> tuple[str, str, int | None, bytes]:
    return url.scheme, url.host, url.port, url.userinfo
