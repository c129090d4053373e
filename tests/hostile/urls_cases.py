"""Addresses, settings and ids that would take a credential to another host, or a call to another path."""

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

from syncengine.config.origins import check_origin, origin_of
from syncengine.errors import ConfigError, RemoteError, RenderError
from syncengine.model.secret import Secret
from syncengine.remote.client import DialerClient
from tests.building import dialer, vendor
from tests.config.samples import MANIFEST, PROJECT, load, write
from tests.config.vendor_samples import sound
from tests.hostile.case import Case, demand, table
from tests.hostile.trap import Trap, answer_of

FAMILY = "urls"

TOKEN = "t0ken-that-must-stay"
_ALLOWED = ("https://api.acme.example",)


def cases() -> list[Case]:
    attempts = {"base_url": _as_base_url, "server": _as_setting, "id": _as_id}
    return [
        Case(FAMILY, name, verdict, partial(attempts[where], text), calls=True)  # type: ignore[arg-type]  # of the file
        for name, where, text, verdict in table(FAMILY)
    ]


def _filled(text: str, own: Trap, trap: Trap) -> str:
    return text.replace("{trapport}", str(trap.port)).replace("{trap}", trap.place).replace("{own}", own.place)


def _as_base_url(text: str, folder: Path) -> str:
    """State the address in a project; where its origin is taken, make a call."""
    with Trap() as own, Trap() as trap:
        url = _filled(text, own, trap)
        try:
            check_origin(dialer(base_url=url), vendor(shipped=True), url, _ALLOWED)
        except ConfigError as error:
            said = "\n".join(item.render() for item in error.diagnostics)
            demand(said.isprintable() or "\n" in said, "the address would tear the terminal")
            return "refused"
        if origin_of(url) in _ALLOWED:
            return "harmless"
        asyncio.run(_call(url))
        demand(not trap.received, "the trap was called")
        demand(own.received and TOKEN.encode() in own.received[0], "the dialer was not called")
        return "harmless"


async def _call(url: str) -> None:
    async with DialerClient("main", vendor(), url.rstrip("/"), {"token": Secret(TOKEN)}) as client:
        await client.call(vendor().campaigns.operations["list"], {})


def _as_setting(text: str, folder: Path) -> str:
    """Give the setting that is a part of the host."""
    write(folder, PROJECT.replace('"0016"', f'"{text.encode("unicode_escape").decode()}"'), case=MANIFEST)
    desired, _, diagnostics = load(folder)
    if desired is None:
        demand(all(item.location and item.location.line for item in diagnostics), "no place")
        return "refused"
    return "harmless"


def _as_id(text: str, folder: Path) -> str:
    """Hand the id out, and make the call that has it in its path."""
    with Trap(lambda _: answer_of(b"{}")) as own, Trap() as trap:
        made = sound()
        operation = made.campaigns.operations["update"]
        scope = {"campaign": {"id": _filled(text, own, trap).strip(" ")}, "fields": {}}

        async def call() -> None:
            url = f"http://{own.place}/api"
            async with DialerClient("main", replace(made), url, {"token": Secret(TOKEN)}) as client:
                await client.call(operation, scope)

        try:
            asyncio.run(call())
        except (RenderError, RemoteError):
            demand(not own.received and not trap.received, "something was sent")
            return "refused"
        demand(not trap.received, "the trap was called")
        (line,) = own.requests
        path = line.split(b" ")[1]
        demand(line.startswith(b"PUT /api/campaigns/") and line.endswith(b" HTTP/1.1"), f"{line!r} was asked")
        demand(path.count(b"/") == 3 and not set(path) & set(b"?#\\;@"), f"{path!r} is more than one segment")
        return "harmless"
