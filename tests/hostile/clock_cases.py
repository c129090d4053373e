"""Days that do not exist, waits without end, and clocks that jump."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import jwt

from syncengine.model.credentials import JwtAuth
from syncengine.model.desired import Source
from syncengine.model.secret import Secret
from syncengine.remote.auth import Keyring, credentials_for
from syncengine.remote.retry_after import retry_after
from syncengine.rows.dnd import load_dnd
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.workspace import Workspace
from tests.config.samples import load, write
from tests.hostile.case import Case, demand, table
from tests.rows.conftest import NOW, dnd_list

FAMILY = "clock"


def cases() -> list[Case]:
    return [
        Case(FAMILY, name, verdict, partial(_ATTEMPTS[what], value))  # type: ignore[arg-type]  # a word of the file
        for name, what, value, verdict in table(FAMILY)
    ]


def _in_manifest(field: str, value: str, folder: Path) -> str:
    campaign = f'{{dialer: main, type: preview, contacts: [leads], settings: {{{field}: "{value}"}}}}'
    return _loaded(folder, f"campaigns: {{spring: {campaign}}}\ncontacts: {{leads: {{rows: []}}}}\n")


def _as_max_age(value: str, folder: Path) -> str:
    return _loaded(folder, f'dnd: {{opt-outs: {{rows: ["+573007654321"], max_age: "{value}"}}}}\n')


def _loaded(folder: Path, manifest: str) -> str:
    write(folder, case=manifest)
    desired, _, diagnostics = load(folder)
    if desired is not None:
        return "harmless"
    demand(all(item.location and item.location.line and item.location.column for item in diagnostics), "no place")
    return "refused"


def _as_wait(value: str, folder: Path) -> str:
    del folder
    seconds = retry_after({"retry-after": "9" * 10_000 if value == "NINES" else value}, now=NOW)
    # Whoever waits decides how long is too long; what is read is a span that can be compared.
    demand(seconds is None or 0 <= seconds < float("inf"), f"a wait of {seconds} s")
    return "refused" if seconds is None else "harmless"


def _as_list(value: str, folder: Path) -> str:
    path = folder / "list.csv"
    path.write_text("phone\n+573007654321\n")
    changed = NOW + int(value)
    os.utime(path, (changed, changed))
    with Workspace() as workspace:
        source = Source(paths=(str(path),), label="list.csv", format="csv")
        found = load_dnd(
            workspace, dnd_list(source), regions=["CO"], previous_rows=1, book=PhoneBook(workspace), now=NOW
        )
        demand(workspace.count(found.numbers) == 1, "what could be read is not in force")
        return "held" if found.summary.held else "harmless"


def _as_token(value: str, folder: Path) -> str:
    """Sign a token, set the clock, and see that the next call carries a token of the new time."""
    del folder
    time = [NOW]
    auth = JwtAuth(scheme="jwt", header="x-auth", key_id="key", secret="secret", claims={"iat": "{now}"}, lifetime=600)
    keyring = Keyring("main", {"key": Secret("k1"), "secret": Secret("s" * 32)})
    signed = credentials_for(auth, keyring, settings={}, exchange=_never, clock=lambda: 0.0, now=lambda: time[0])
    asyncio.run(signed.ready())
    time[0] += int(value)
    asyncio.run(signed.ready())
    ((_, token),), _ = signed.apply((), ())
    claims = jwt.decode(token, options={"verify_signature": False})
    demand(claims["iat"] <= time[0] < claims["exp"], "the token is from another time than the call")
    return "harmless"


async def _never(_: Any) -> Any:
    raise AssertionError("nothing is exchanged")


_ATTEMPTS: dict[str, Callable[[str, Path], str]] = {
    "day": partial(_in_manifest, "day"),
    "time": partial(_in_manifest, "start"),
    "moment": partial(_in_manifest, "until"),
    "max_age": _as_max_age,
    "retry": _as_wait,
    "list": _as_list,
    "token": _as_token,
}
