"""A saved plan: one file that only its owner can read, holding the plan and its row changes in columns.

The file says what was decided, and is good for a day. It is sealed with a key of the ledger that it was made from:
what was allowed stands in it, so a file that anybody has changed is refused. ``apply FILE`` then makes the plan anew
and goes on only when it is the same one, made from the same things: nothing in the file is ever sent on its own word.
The rows inside are for people and programs that want to see them.
"""

import hashlib
import hmac
import json
import os
import re
import shutil
import tempfile
import types
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import NoneType
from typing import Any, Union, get_args, get_origin, get_type_hints

from syncengine.diagnostics import Location
from syncengine.errors import StalePlanError, SyncEngineError
from syncengine.failpoints import failpoint
from syncengine.model.address import Address
from syncengine.model.plan import FORMAT_VERSION, Basis, Plan
from syncengine.views.as_json import as_bytes

LIFETIME = 24 * 3600.0
# Seconds by which the clocks of two machines may differ.
_CLOCKS_APART = 300.0
_PLAN = "plan.json"
_SEAL = "seal"
# Bytes of the plan itself, without its rows.
_LARGEST = 512 * 1024 * 1024
# Bytes of its rows; they are packed as columns already, so what is stored is what comes out.
_LARGEST_ROWS = 8 * 1024 * 1024 * 1024
# What save_row_sets calls its files; nothing else is ever written to disk.
_ROWS = re.compile(r"rows/(?:rows-[0-9]{4,8}\.parquet|row_sets\.json)")
# What a file that is something else, or half of a plan, can make its readers raise.
_NOT_A_PLAN = (OSError, EOFError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
_SCALARS: tuple[Any, ...] = (str, int, float, bool)
# A type of JSON -> what the model has in its place.
_WRITTEN_AS: dict[Any, Any] = {list: tuple, dict: Mapping}


@dataclass(frozen=True, slots=True)
class Seal:
    """What a saved plan holds, as a digest, and the seal that stands in it."""

    digest: bytes
    seal: bytes

    def refuse_broken(self, key: str) -> None:
        """Go on only with a file that was written with this key and not changed since.

        Raises:
            StalePlanError: it was not.
        """
        if not hmac.compare_digest(self.seal, _sealed(self.digest, key)):
            raise StalePlanError(
                "the saved plan was changed after it was made, or made from another ledger; plan anew and read it"
            )


def _sealed(digest: bytes, key: str) -> bytes:
    return hmac.digest(key.encode(), digest, "sha256")


def _digest_of(packed: zipfile.ZipFile) -> bytes:
    """Return a digest over the names and contents of all that is sealed."""
    hashing = hashlib.sha256()
    for entry in sorted(packed.infolist(), key=attrgetter("filename")):
        if entry.filename == _SEAL:
            continue
        inner = hashlib.sha256()
        with packed.open(entry) as content:
            while piece := content.read(1 << 20):
                inner.update(piece)
        hashing.update(json.dumps([entry.filename, inner.hexdigest()]).encode())
    return hashing.digest()


def save_plan(path: Path, plan: Plan, rows: Iterable[Path], *, key: str) -> None:
    """Write a plan, with the files that hold its rows, into one new or replaced file of mode 0600, sealed with a key.

    Raises:
        SyncEngineError: the file cannot be written there; what stood there before stands there still.
    """
    scratch: Path | None = None
    try:
        # A new file of an unforeseeable name: nobody can have put a link in its place, or have opened it before.
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        scratch = Path(name)
        with os.fdopen(descriptor, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
                packed.writestr(_PLAN, as_bytes(plan))
                for file_of_rows in rows:
                    packed.write(file_of_rows, f"rows/{file_of_rows.name}")
            with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as packed:
                packed.writestr(_SEAL, _sealed(_digest_of(packed), key))
        failpoint("plan.written")
        scratch.replace(path)
    except OSError as problem:
        raise SyncEngineError(f"the plan cannot be written to {path}: {problem.strerror}") from problem
    finally:
        if scratch is not None:
            scratch.unlink(missing_ok=True)


def load_plan(path: Path) -> Plan:
    """Read a saved plan, to be shown.

    Raises:
        SyncEngineError: the file is no saved plan, or one of another format.
    """
    return load_sealed(path)[0]


def load_sealed(path: Path) -> tuple[Plan, Seal]:
    """Read a saved plan with its seal, to be applied.

    Raises:
        SyncEngineError: the file is no saved plan, or one of another format.
    """
    document, seal = _document(path)
    found = document.get("format_version") if isinstance(document, dict) else None
    if found != FORMAT_VERSION:
        raise SyncEngineError(f"{path} has format {found}, this program writes {FORMAT_VERSION}; plan anew")
    try:
        plan = _decode(Plan, document)
    except (TypeError, ValueError, RecursionError) as problem:
        raise SyncEngineError(f"{path} is damaged ({problem}); plan anew") from problem
    assert isinstance(plan, Plan)
    return plan, seal


def _document(path: Path) -> tuple[Any, Seal]:
    try:
        with zipfile.ZipFile(path) as packed:
            if packed.getinfo(_PLAN).file_size > _LARGEST:
                raise SyncEngineError(f"{path} is not a saved plan: it is too large")
            # One opening for both, so that the plan that is read is the one whose seal is checked.
            seal = packed.read(_SEAL) if _SEAL in packed.namelist() else b""
            return json.loads(packed.read(_PLAN)), Seal(_digest_of(packed), seal)
    except FileNotFoundError as problem:
        raise SyncEngineError(f"there is no plan at {path}; write one with: syncengine plan --out {path}") from problem
    except PermissionError as problem:
        raise SyncEngineError(f"{path} may not be read; only who saved a plan can") from problem
    except _NOT_A_PLAN as problem:
        raise SyncEngineError(f"{path} is not a saved plan; write one with: syncengine plan --out {path}") from problem


def unpack_rows(path: Path, folder: Path) -> None:
    """Write the files that hold a saved plan's rows into a folder, each for its owner alone.

    Raises:
        SyncEngineError: the file is no saved plan, or holds more than a plan can.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            files = [info for info in packed.infolist() if _ROWS.fullmatch(info.filename)]
            if sum(info.file_size for info in files) > _LARGEST_ROWS:
                raise SyncEngineError(f"{path} is not a saved plan: its rows are too large")
            for info in files:
                target = folder / info.filename.removeprefix("rows/")
                target.touch(mode=0o600)
                with packed.open(info) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    except _NOT_A_PLAN as problem:
        raise SyncEngineError(f"the rows of the plan {path} cannot be read: {problem}") from problem


def refuse_stale(saved: Plan, fresh: Plan, *, now: float) -> None:
    """Go on only when a fresh plan does exactly what the saved one said, and was made from the same things.

    Raises:
        StalePlanError: the plan is too old, or something has moved since; the message says what.
    """
    if now - saved.created_at > LIFETIME:
        raise StalePlanError(f"the saved plan {saved.plan_id} is more than a day old; plan anew and read it")
    if saved.created_at > now + _CLOCKS_APART:
        raise StalePlanError(
            f"the saved plan {saved.plan_id} was made in the future; set the clock right, then plan anew and read it"
        )
    moved = moved_since(saved.basis, fresh.basis)
    if saved.plan_id == fresh.plan_id and not moved:
        return
    why = f"moved since: {', '.join(moved)}" if moved else "a dialer holds something else now"
    raise StalePlanError(
        f"the saved plan {saved.plan_id} is stale, today's is {fresh.plan_id} ({why}); plan anew and read it"
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
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in _SCALARS:
        return _only(kind, value)
    if kind in _PLACES:
        return _PLACES[kind](_only(str, value))
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind, _only(dict, value))
    if origin in (Union, types.UnionType):
        return _one_of(arguments, value)
    if origin is tuple:
        return tuple(_decode(arguments[0], inner) for inner in _only(list, value))
    if origin is Mapping:
        return {key: _decode(arguments[1], inner) for key, inner in _only(dict, value).items()}
    # Else it is one of a few words.
    if value not in arguments:
        raise ValueError(f"an unknown word where one of {', '.join(map(str, arguments))} stands")
    return value


def _dataclass(kind: type, value: dict[str, Any]) -> Any:
    hints = _hints(kind)
    if set(value) != set(hints):
        raise ValueError(f"these are not the fields of a {kind.__name__}")
    return kind(**{name: _decode(hint, value[name]) for name, hint in hints.items()})


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    """Decode what may be of several kinds: a dataclass, a place or nothing, or what a manifest can state."""
    if value is None and NoneType in kinds:
        return None
    structures: list[Any] = [kind for kind in kinds if is_dataclass(kind)]
    for kind in structures:
        if kind in _PLACES or (isinstance(value, dict) and set(value) == set(_hints(kind))):
            return _decode(kind, value)
    if _WRITTEN_AS.get(type(value), type(value)) not in {get_origin(kind) or kind for kind in kinds}:
        raise ValueError(f"{type(value).__name__} where something else stands")
    return _frozen(value)


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(inner) for inner in value)
    return {key: _frozen(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _only(kind: type, value: Any) -> Any:
    """Return a value that is of just one type; a whole number will do for a number, a truth value for neither."""
    if type(value) is kind or (kind is float and type(value) is int):
        return value
    raise ValueError(f"{type(value).__name__} where {kind.__name__} stands")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    # Finding these out costs more than all the rest, and a plan can have a hundred thousand changes.
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _location(value: str) -> Location:
    found = re.fullmatch(r"(.+):([1-9][0-9]*):([0-9]+)", value, re.DOTALL)
    return Location(found[1], int(found[2]), int(found[3])) if found else Location(value)


_PLACES: dict[Any, Callable[[str], Any]] = {Address: Address.parse, Location: _location}
