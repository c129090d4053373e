"""The headers that every call carries, unless its operation states them itself."""

from syncengine import __version__
from syncengine.model.exchange import Request
from syncengine.remote.auth import Pairs


def headers_of(request: Request) -> Pairs:
    """Return the headers of a request: those that its operation states win over ours."""
    ours = [("User-Agent", f"syncengine/{__version__}"), ("Accept", "application/json"), ("Accept-Encoding", "gzip")]
    if request.content_type:
        ours.append(("Content-Type", request.content_type))
    stated = {name.lower() for name, _ in request.headers}
    return (*((name, value) for name, value in ours if name.lower() not in stated), *request.headers)
