"""Puts a dialer's endpoints behind the record and the faults, and beside them the sandbox's own control paths.

Handlers are plain functions from call to answer that run under the dialer's lock, so that a test's thread may look at
the state at any time.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.faults import FaultMiddleware, Faults
from syncengine.sandbox.record import Record, RecordMiddleware

Handler = Callable[[Call], Response]
# Answers a call that must not get through (wrong token, wrong tenant), nothing otherwise.
Guard = Callable[[Call], Response | None]
Endpoint = tuple[str, str, Handler]


class Served(Protocol):
    """What the application needs of a dialer."""

    faults: Faults
    record: Record
    lock: threading.RLock

    def state(self) -> dict[str, Any]:
        """Return everything held."""

    def reset(self) -> None:
        """Forget everything."""


def build(
    dialer: Served, endpoints: Sequence[Endpoint], guard: Guard | None = None, gates: Sequence[Middleware] = ()
) -> Starlette:
    """Return the application. Gates stand between the record and the faults; the guard runs before each handler."""
    routes = [_route(dialer, endpoint, guard) for endpoint in endpoints]
    middleware = [Middleware(RecordMiddleware, record=dialer.record), *gates]
    middleware.append(Middleware(FaultMiddleware, faults=dialer.faults))
    return Starlette(routes=[*_control(dialer), *routes], middleware=middleware)


def _route(dialer: Served, endpoint: Endpoint, guard: Guard | None) -> Route:
    method, path, handler = endpoint

    async def serve(request: Request) -> Response:
        call: Call = request.scope["call"]
        call.params = dict(request.path_params)
        with dialer.lock:
            refusal = guard(call) if guard else None
            answer = refusal or handler(call)
            if call.outcome.applied:
                dialer.record.applied(call)
            return answer

    route = Route(path, serve, methods=[method])
    # Starlette answers HEAD wherever GET is served; no vendor documents it.
    route.methods = {method}
    return route


def _control(dialer: Served) -> list[Route]:
    async def state(request: Request) -> Response:
        with dialer.lock:
            held = dialer.state()
        if request.query_params.get("only"):
            held = {request.query_params["only"]: held.get(request.query_params["only"])}
        return _pretty(held)

    async def requests(_: Request) -> Response:
        return _pretty([entry.as_json() for entry in dialer.record.entries()])

    async def reset(_: Request) -> Response:
        with dialer.lock:
            dialer.reset()
        return json_answer({"reset": True})

    async def faults(request: Request) -> Response:
        if request.method == "DELETE":
            dialer.faults.clear()
        if request.method == "POST":
            try:
                dialer.faults.add_json(orjson.loads(await request.body()))
            except ValueError as error:
                return json_answer({"error": str(error)}, 400)
        return json_answer({"pending": dialer.faults.pending()})

    return [
        Route("/_sandbox/state", state, methods=["GET"]),
        Route("/_sandbox/requests", requests, methods=["GET"]),
        Route("/_sandbox/reset", reset, methods=["POST"]),
        Route("/_sandbox/faults", faults, methods=["GET", "POST", "DELETE"]),
    ]


def _pretty(content: Any) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_INDENT_2), media_type="application/json")
