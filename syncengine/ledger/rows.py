"""Rows of a collection: what is settled, overlaid with the calls that have no outcome yet.

Overlaid rows are shown pessimistically: a row whose removal is unknown is still there, a row whose addition is unknown
may be there, and its phones are those it had together with those it was to get. Where the lost call may simply be made
again, the row says so, and the next plan makes it again if it is still wanted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from syncengine.errors import LedgerError
from syncengine.ledger.booking import REPEATABLE, close_open_rows, has_open_rows, stage_keys
from syncengine.ledger.records import RowState
from syncengine.ledger.store import Columns, Session
from syncengine.model.address import Address
from syncengine.model.exchange import RowItem

if TYPE_CHECKING:
    import pyarrow as pa

# A lost block leaves the row as a lost removal does: still there, perhaps still dialled. A lost unblock leaves it
# there, perhaps dialled again, as a lost update does.
_SHOWN_ACTION = {"add": "add", "update": "update", "unblock": "update", "remove": "remove", "block": "remove"}
_SUPPRESSIONS = frozenset({"remove", "block"})
_SETTLED = Columns(
    source="collection_row",
    where="collection_id = ? AND key NOT IN (SELECT w.key FROM open_call c JOIN call_row w ON w.call_id = c.call_id"
    " WHERE c.project = ? AND c.address = ?)",
    key="key",
    texts=("key", "phones", "content_hash", "remote_id", "state", "message", "refused_hash"),
    reals=("expires_at", "updated_at"),
    integers=("call_id",),
)
_ROW = ("key", "phones", "content_hash", "remote_id")
# Of a row that was seen at the dialer: no call has brought it there, and nothing was said of it.
_UNTOLD = {"message": "", "refused_hash": "", "call_id": 0}
_SEEN_AGAIN = (
    "(collection_id, key) DO UPDATE SET phones = excluded.phones, state = excluded.state,"
    " content_hash = excluded.content_hash, remote_id = excluded.remote_id, message = '', refused_hash = '',"
    " expires_at = coalesce(excluded.expires_at, collection_row.expires_at), updated_at = excluded.updated_at"
)
_PIECE = 10_000


def collection_id(connection: Session, project: str, address: Address) -> int:
    """Return the number that stands for a collection, 0 when the ledger has never seen it."""
    found = connection.execute(
        "SELECT collection_id FROM collection WHERE project = ? AND address = ?", (project, str(address))
    ).fetchone()
    return int(found[0]) if found else 0


def enter_collection(connection: Session, project: str, address: Address) -> int:
    """Return the number that stands for a collection, given to it now if need be."""
    connection.execute(
        "INSERT INTO collection (project, address) VALUES (?, ?) ON CONFLICT (project, address) DO NOTHING",
        (project, str(address)),
    )
    return collection_id(connection, project, address)


def count_change(connection: Session, project: str, address: str) -> None:
    """Count a change of what :func:`table` shows of a collection."""
    connection.execute(
        "INSERT INTO collection (project, address, generation) VALUES (?, ?, 1)"
        " ON CONFLICT (project, address) DO UPDATE SET generation = collection.generation + 1",
        (project, address),
    )


def generation(connection: Session, project: str, address: Address) -> int:
    """Return a number that moves with every change of a collection's rows; 0: there were none yet."""
    found = connection.execute(
        "SELECT generation FROM collection WHERE project = ? AND address = ?", (project, str(address))
    ).fetchone()
    return int(found[0]) if found else 0


def removals(connection: Session, project: str) -> dict[str, float]:
    """Return collection -> when a call of ours last took a row away there, in seconds since 1970."""
    return dict(
        connection.execute(
            "SELECT address, removed_at FROM collection WHERE project = ? AND removed_at > 0", (project,)
        ).fetchall()
    )


def collections(connection: Session, project: str) -> frozenset[str]:
    """Return the addresses of all collections of which :func:`table` may have a row."""
    found = connection.execute(
        "SELECT address FROM collection WHERE project = ? UNION SELECT address FROM open_call WHERE project = ?",
        (project, project),
    ).fetchall()
    return frozenset(str(address) for (address,) in found)


def table(connection: Session, project: str, address: Address) -> "pa.Table":
    """Return all rows of a collection, in the order of their keys."""
    number = collection_id(connection, project, address)
    settled = connection.read_columns(_SETTLED, (number, project, str(address)))
    waiting = list(_waiting(connection, project, address, number))
    if not waiting:
        return settled
    import pyarrow as pa

    return pa.concat_tables([settled, pa.Table.from_pylist(waiting, schema=settled.schema)]).sort_by("key")


def _waiting(connection: Session, project: str, address: Address, number: int) -> Iterator[dict[str, object]]:
    found = connection.execute(
        "SELECT w.key, w.phones, w.content_hash, w.remote_id, c.call_id, c.action, c.state, c.message, c.started_at,"
        " c.proof, r.phones, r.content_hash, r.remote_id, r.refused_hash, r.expires_at"
        " FROM open_call c JOIN call_row w ON w.call_id = c.call_id"
        " LEFT JOIN collection_row r ON r.collection_id = ? AND r.key = w.key"
        " WHERE c.project = ? AND c.address = ? ORDER BY w.key, c.call_id",
        (number, project, str(address)),
    ).fetchall()
    for key, group in groupby(found, key=itemgetter(0)):
        yield _overlaid(key, list(group))


def _overlaid(key: str, calls: Sequence[tuple[object, ...]]) -> dict[str, object]:
    """Return one row as its open calls leave it; the last of them decides, all of them add their phones."""
    _, _, sent_hash, sent_id, call, action, _, message, started_at, _, *settled = calls[-1]
    had_phones, had_hash, had_id, refused_hash, expires_at = settled
    phones = " ".join(str(found) for found in (had_phones, *(entry[1] for entry in calls)) if found).split()
    return {
        "key": key,
        "phones": " ".join(dict.fromkeys(phones)),
        "content_hash": sent_hash or had_hash or "",
        "remote_id": sent_id or had_id or "",
        "state": _shown_state(str(action), [(str(entry[6]), str(entry[9])) for entry in calls]),
        "message": message,
        "refused_hash": refused_hash or "",
        "expires_at": expires_at,
        "updated_at": started_at,
        "call_id": call,
    }


def _shown_state(action: str, calls: Sequence[tuple[str, str]]) -> str:
    """Return how a row with open calls (state, proof; the last one's action) is shown.

    A lost call that may be repeated is shown as such, since nothing else ever settles it: a listing is not asked, and
    nobody parks it. A suppression may be repeated whatever else is open; any other call only when all of them may.
    """
    deciding = calls[-1:] if action in _SUPPRESSIONS else calls
    if all(state != "parked" and proof in REPEATABLE for state, proof in deciding):
        return f"repeat_{action}"
    return f"{'parked' if calls[-1][0] == 'parked' else 'unknown'}_{_SHOWN_ACTION[action]}"


def row_values(row: RowItem) -> tuple[str, str, str, str]:
    """Return a row as it is kept: key, phones, content hash, the vendor's id.

    Raises:
        LedgerError: its key cannot be kept; the key itself is not in the message.
    """
    if not row.key or "\0" in row.key:
        raise LedgerError("a row has an empty key, or one with a NUL character in it; give the row another key")
    return row.key, " ".join(row.phones), row.content_hash, row.remote_id


def save(
    connection: Session,
    project: str,
    address: Address,
    rows: Iterable[RowItem],
    *,
    state: RowState,
    expires_at: float | None,
    now: float,
) -> int:
    """Write rows that were seen to be so at the dialer; that settles open calls about them. Return how many."""
    number = enter_collection(connection, project, address)
    count_change(connection, project, str(address))
    saved, waiting = 0, has_open_rows(connection, project, str(address))
    last = _last_key(connection, number)
    same = {"collection_id": number, "state": state, "expires_at": expires_at, "updated_at": now, **_UNTOLD}
    for piece in _pieces(rows):
        values = sorted(row_values(row) for row in piece)
        # Where all of them come after what is there, none can be there: looking costs PostgreSQL more than the rest.
        new = values[0][0] > last and all(one[0] < other[0] for one, other in pairwise(values))
        connection.insert("collection_row", _ROW, values, same=same, conflict="" if new else _SEEN_AGAIN)
        last = max(last, values[-1][0])
        if waiting:
            stage_keys(connection, [value[0] for value in values], booking=state)
            close_open_rows(connection, project, str(address))
        saved += len(values)
    return saved


def _last_key(connection: Session, number: int) -> str:
    """Return the last key of a collection; keys are compared byte by byte, as Python compares them."""
    (last,) = connection.execute("SELECT max(key) FROM collection_row WHERE collection_id = ?", (number,)).fetchone()
    return last or ""


def restore(
    connection: Session,
    project: str,
    address: Address,
    table: "pa.Table",
    *,
    state: str,
    expires_at: float | None,
) -> None:
    """Write rows as another ledger holds them; when they were written, and what is open about them, it keeps."""
    number = enter_collection(connection, project, address)
    columns = (*_ROW, "refused_hash")
    same = {"collection_id": number, "state": state, "expires_at": expires_at, "updated_at": 0.0}
    for batch in table.select(columns).to_batches(max_chunksize=_PIECE):
        values = zip(*(batch.column(name).to_pylist() for name in columns), strict=True)
        connection.insert("collection_row", columns, values, same={**same, "message": "", "call_id": 0})
    count_change(connection, project, str(address))


def _pieces(rows: Iterable[RowItem]) -> Iterator[list[RowItem]]:
    piece: list[RowItem] = []
    for row in rows:
        piece.append(row)
        if len(piece) == _PIECE:
            yield piece
            piece = []
    if piece:
        yield piece


def forget(connection: Session, project: str, address: Address, keys: Iterable[str] | None) -> int:
    """Forget settled rows (None: all of them) and return how many; rows of open calls stay until those are settled."""
    number = enter_collection(connection, project, address)
    count_change(connection, project, str(address))
    if keys is None:
        return connection.execute("DELETE FROM collection_row WHERE collection_id = ?", (number,)).rowcount
    return connection.executemany(
        "DELETE FROM collection_row WHERE collection_id = ? AND key = ?", [(number, key) for key in sorted(set(keys))]
    )


def remote_ids(connection: Session, project: str, address: Address, keys: Iterable[str]) -> Mapping[str, str]:
    """Return key -> the vendor's id, for the rows that are known to be there and have one."""
    number = collection_id(connection, project, address)
    found = {}
    for key in keys:
        row = connection.execute(
            "SELECT remote_id FROM collection_row WHERE collection_id = ? AND key = ?"
            " AND state IN ('present', 'blocked') AND remote_id <> ''",
            (number, key),
        ).fetchone()
        if row:
            found[key] = row[0]
    return found
