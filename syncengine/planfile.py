"""A saved plan: one file that only its owner can read, holding the plan and its row changes in columns.

The file says what was decided, and is good for a day. ``apply FILE`` makes the plan anew and goes on only when it is
the same one, so a file that was tampered with, or that the world has left behind, is refused: nothing in it is ever
sent on its own word. The rows inside are for people and programs that want to see them.
"""

import json
import os
import types
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from syncengine.diagnostics import Location
from syncengine.errors import StalePlanError, SyncEngineError
from syncengine.model.address import Address
from syncengine.model.plan import FORMAT_VERSION, Basis, Plan
from syncengine.views.as_json import jsonable

LIFETIME = 24 * 3600.0
_PLAN = "plan.json"


def save_plan(path: Path, plan: Plan, rows: Iterable[Path]) -> None:
    """Write a plan, with the files that hold its rows, into one new or replaced file of mode 0600."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
            packed.writestr(_PLAN, json.dumps(jsonable(plan), ensure_ascii=False))
            for file_of_rows in rows:
                packed.write(file_of_rows, f"rows/{file_of_rows.name}")
        scratch.replace(path)
    except OSError as problem:
        scratch.unlink(missing_ok=True)
        raise SyncEngineError(f"the plan cannot be written to {path}: {problem.strerror}") from problem


def load_plan(path: Path) -> Plan:
    """Read a saved plan.

    Raises:
        SyncEngineError: the file is no saved plan, or one of another format.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            document = json.loads(packed.read(_PLAN))
    except FileNotFoundError as problem:
        raise SyncEngineError(f"there is no plan at {path}") from problem
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as problem:
        raise SyncEngineError(f"{path} is not a saved plan; write one with: syncengine plan --out {path}") from problem
    found = document.get("format_version") if isinstance(document, dict) else None
    if found != FORMAT_VERSION:
        raise SyncEngineError(f"{path} has format {found}, this program writes {FORMAT_VERSION}; plan anew")
    try:
        plan = _decode(Plan, document)
    except (KeyError, TypeError, ValueError) as problem:
        raise SyncEngineError(f"{path} is damaged: {type(problem).__name__}; plan anew") from problem
    assert isinstance(plan, Plan)
    return plan


def refuse_stale(saved: Plan, fresh: Plan, *, now: float) -> None:
    """Go on only when a fresh plan would do exactly what the saved one said.

    Raises:
        StalePlanError: the plan is too old, or something has moved since; the message says what.
    """
    if now - saved.created_at > LIFETIME or saved.created_at > now + 300:
        raise StalePlanError("the saved plan is more than a day old; plan anew and read it")
    if saved.plan_id == fresh.plan_id:
        return
    moved = moved_since(saved.basis, fresh.basis)
    why = f"moved since: {', '.join(moved)}" if moved else "a dialer holds something else now"
    raise StalePlanError(
        f"the saved plan {saved.plan_id} is stale, today's would be {fresh.plan_id} ({why}); plan anew and read it"
    )


def moved_since(before: Basis, after: Basis) -> list[str]:
    """Return what a plan was made from and has moved, in words."""
    pairs = {
        "the ledger was replaced": before.lineage != after.lineage,
        "the ledger": before.serial != after.serial,
        "the manifests": before.manifests != after.manifests,
        "a vendor file or mapping": before.vendors != after.vendors,
        "a contact source": before.sources != after.sources,
        "a do-not-call source": before.dnd != after.dnd,
        "a dialer's settings": dict(before.dialers) != dict(after.dialers),
    }
    return [words for words, moved in pairs.items() if moved]


def _decode(kind: Any, value: Any) -> Any:
    """Turn JSON values back into the model's values, by the types that the model states."""
    if kind is Address:
        return Address.parse(value)
    if kind is Location:
        return _location(value)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{f.name: _decode(hints[f.name], value[f.name]) for f in fields(kind)})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return tuple(_decode(arguments[0], inner) for inner in value)
    if origin in (Union, types.UnionType):
        return _decode_union(arguments, value)
    if origin is not None and _is_below(origin, Mapping):
        return {key: _decode(arguments[1], inner) for key, inner in value.items()}
    if origin is Literal and value not in arguments:
        raise ValueError(f"{value!r} is not one of {arguments}")
    return value


def _decode_union(arguments: tuple[Any, ...], value: Any) -> Any:
    if value is None:
        return None
    dataclasses = [a for a in arguments if is_dataclass(a)]
    if isinstance(value, dict) and dataclasses:
        best = next(a for a in dataclasses if {f.name for f in fields(a)} == set(value))
        return _decode(best, value)
    if isinstance(value, str) and Address in arguments:
        return Address.parse(value)
    if isinstance(value, str) and Location in arguments:
        return _location(value)
    return tuple(value) if isinstance(value, list) else value


def _location(value: str) -> Location:
    file, _, rest = value.rpartition(":")
    file, _, line = file.rpartition(":")
    return Location(file, int(line), int(rest)) if file else Location(value)


def _is_below(kind: Any, parent: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, parent)
