"""Answers that send us elsewhere: redirects, links to the next page, ids of tasks. Nothing follows, nothing leaks."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from syncengine.model.answers import Match
from syncengine.model.calling import Link
from syncengine.model.credentials import Auth, BasicAuth, HeaderAuth, QueryAuth
from syncengine.model.exchange import Answer, Request
from syncengine.model.secret import Secret
from syncengine.remote.client import DialerClient
from syncengine.remote.ids import TASK_ID, handed_out_id
from syncengine.remote.listing import Listing
from tests.building import operation, vendor
from tests.hostile.case import Case, Verdict, demand
from tests.hostile.trap import Trap, answer_of
from tests.hostile.urls_cases import TOKEN

FAMILY = "redirects"

PHONE = "+573001234567"
_AUTH: dict[str, Auth] = {
    "header": HeaderAuth(scheme="header", header="x-api-key", secret="token"),
    "query": QueryAuth(scheme="query", parameter="key", secret="token"),
    "user and password": BasicAuth(scheme="basic", user="user", password="token"),
}
_SECRETS = {"token": Secret(TOKEN), "user": Secret("somebody")}


def cases() -> list[Case]:
    redirects = [
        (f"a redirect {status} to {where} with the secret in the {kind}", partial(_redirect, status, where, kind))
        for status in (301, 302, 303, 307, 308)
        for where in ("another origin", "the same origin")
        for kind in _AUTH
    ]
    links = [(f"a next page at {name}", partial(_link, link)) for name, link in _LINKS.items()]
    tasks = [(f"a task whose id is {name}", partial(_task, text)) for name, text in _TASKS.items()]
    verdict: Verdict = "refused"
    return [Case(FAMILY, name, verdict, attempt, calls=True) for name, attempt in (*redirects, *links, *tasks)]


async def _with_client(own: Trap, kind: str, do: Callable[[DialerClient], Any]) -> Any:
    made = vendor(auth=_AUTH[kind], secrets={"token": "the token", "user": "the user"})
    secrets = _SECRETS if kind == "user and password" else {"token": _SECRETS["token"]}
    async with DialerClient("main", made, f"http://{own.place}/api", secrets) as client:
        return await do(client)


def _redirect(status: int, where: str, kind: str, folder: Path) -> str:
    del folder
    with Trap() as trap, Trap() as own:
        target = trap if where == "another origin" else own
        own.answering = lambda _: answer_of(b"{}", f"{status} Moved", f"location: http://{target.place}/api/leads?x=1")
        render = lambda _: Request("POST", "/add", body=json.dumps({"tel": PHONE}).encode())  # noqa: E731 - two uses
        adding = operation("leads.add", render=render, success=Match(status=("2xx",)), proof=None)
        found = asyncio.run(_with_client(own, kind, lambda client: client.call(adding, {})))
        demand(not trap.received, "the redirect was followed")
        demand(len(own.received) == 1, f"{len(own.received)} calls were made")
        demand(found.judgement.outcome == "unknown", f"a write came to {found.judgement.outcome}")
        demand(TOKEN not in found.judgement.message and "x=1" not in found.judgement.message, "the message tells all")
        demand("redirect" in found.judgement.message, "the message does not say what happened")
        return "refused"


def _link(link: str, folder: Path) -> str:
    """Read a listing whose first page names the next one."""
    del folder
    with Trap() as trap, Trap() as own:
        link = link.replace("{trapport}", str(trap.port)).replace("{trap}", trap.place).replace("{own}", own.place)
        own.answering = lambda _: answer_of(json.dumps({"data": [{"id": 1}], "next": link}).encode())
        reading = operation(
            "leads.list",
            writes=False,
            render=lambda _: Request("GET", "/leads"),
            success=Match(status=(200,)),
            proof=None,
            records="data",
            pagination=Link(kind="link", next="next"),
        )

        async def read(client: DialerClient) -> Any:
            listing = Listing(client, reading, {})
            async for _ in listing.pages():
                pass
            return listing.end

        end = asyncio.run(_with_client(own, "header", read))
        demand(not trap.received, "the link was followed to the trap")
        demand(not end.complete, "the listing counts as complete")
        demand(len(own.received) <= 2, f"{len(own.received)} pages were asked for")
        demand(all(line.startswith(b"GET /api/") for line in own.requests), "a call left the base path")
        return "refused"


_LINKS = {
    "another origin": "http://{trap}/api/leads?page=2",
    "another port of this origin": "http://127.0.0.1:{trapport}/api/leads",
    "another scheme": "https://{own}/api/leads",
    "a place without scheme": "//{trap}/api/leads",
    "the right place as a user": "http://{own}@{trap}/api/leads",
    "a user at the right place": "http://u:p@{own}/api/leads",
    "a path that climbs": "http://{own}/api/../admin",
    "a path beside the base": "/apix/leads",
    "a backslash path": "\\\\{trap}\\api\\leads",
    "a script": "javascript:alert(1)",
}


def _task(text: str, folder: Path) -> str:
    """Take the id of a task from an answer, by the pattern that holds where the vendor file states none."""
    del folder
    answer = Answer(200, {}, b"", {"task": text}, "", is_json=True)
    demand(not handed_out_id(answer, "task", TASK_ID), "the id was taken")
    return "refused"


_TASKS = {
    "an address": "http://127.0.0.1:9/x",
    "a path that climbs": "../../admin",
    "a path": "1/cancel",
    "a query": "1?delete=all",
    "as long as a book": "a" * 100_000,
}
