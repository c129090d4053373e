# ruff: noqa: S608  # SQL is put together from table names of our own
"""A dialer's listing of rows, in our spelling of numbers and keys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from syncengine.model.snapshot import ListedRow
from syncengine.model.vendor import Collection
from syncengine.rows.known_rows import KnownRows
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.workspace import Workspace

_BATCH = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The rows of one collection as a dialer lists them.

    ``complete`` must only be claimed when the end was seen and every write of ours is older than the settle window:
    what a complete listing lacks counts as gone.
    """

    # key, phones (E.164, parted by blanks), remote_id, blocked; one row a key. ids: of several records that share the
    # key, parted by commas, else blank.
    table: str
    complete: bool
    rows: int
    # Records beyond the first that share a key with another.
    doubled: int = 0


def load_listing(
    workspace: Workspace,
    rows: Iterable[ListedRow],
    *,
    collection: Collection,
    regions: Sequence[str],
    complete: bool,
    book: PhoneBook,
) -> Listing:
    """Take in a listing, page by page.

    Args:
        workspace: where the table is made.
        rows: as the reader yields them, numbers as the vendor writes them.
        collection: whose rows they are.
        regions: regions of the lists involved, for numbers written nationally; the first that fits counts for the key.
        complete: whether the listing is whole.
        book: what numbers mean.
    """
    raw = _taken_in(workspace, rows)
    form = collection.listed.phone_form if collection.listed else "digits"
    split = "string_split(phones, chr(31))"
    spelt = workspace.table(
        "spelt", f"SELECT place, unnest({split}) AS number, generate_subscripts({split}, 1) AS n FROM {raw}"
    )
    by_phone = collection.key == "phone"
    texts = f"SELECT number FROM {spelt}" + (f" UNION ALL SELECT key FROM {raw}" if by_phone else "")
    kind = book.learn_listed(texts, regions, form=form)
    read = f"{book.table} b ON b.region = '{kind}' AND b.raw"
    numbers = (
        f"SELECT s.place, string_agg(b.number, ' ' ORDER BY s.n) AS phones FROM {spelt} s JOIN {read} = s.number"
        " WHERE b.number <> '' GROUP BY s.place"
    )
    # The book puts the likeliest reading first.
    first = "split_part(coalesce(nullif(b.number, ''), n.phones, ''), ' ', 1)"
    key = f"coalesce(nullif({first}, ''), r.key)" if by_phone else f"coalesce(nullif(r.key, ''), {first})"
    placed = (
        f"SELECT {key} AS key, concat_ws(' ', nullif(b.number, ''), nullif(n.phones, b.number)) AS phones, r.remote_id,"
        f" r.blocked, r.place FROM {raw} r LEFT JOIN ({numbers}) n USING (place)"
        f" LEFT JOIN {read} = r.key AND {'true' if by_phone else 'false'}"
    )
    table = workspace.table(
        "listing",
        f"SELECT key, string_agg(phones, ' ' ORDER BY place) AS phones, arg_min(remote_id, place) AS remote_id,"
        f" bool_and(blocked) AS blocked, CASE WHEN count(DISTINCT nullif(remote_id, '')) > 1"
        f" THEN string_agg(DISTINCT remote_id, ', ' ORDER BY remote_id) ELSE '' END AS ids"
        f" FROM ({placed}) WHERE key <> '' GROUP BY key",
    )
    total, kept = workspace.count(raw), workspace.count(table)
    workspace.drop(spelt, raw)
    return Listing(table=table, complete=complete, rows=total, doubled=total - kept)


def _taken_in(workspace: Workspace, rows: Iterable[ListedRow]) -> str:
    import pyarrow as pa

    name = workspace.new_name("listed_raw")
    workspace.run(
        f"CREATE TABLE {name} (place BIGINT, key VARCHAR, phones VARCHAR, remote_id VARCHAR, blocked BOOLEAN)"
    )
    remaining, place = iter(rows), 0
    while batch := list(islice(remaining, _BATCH)):
        page = pa.table(
            {
                "place": pa.array(range(place, place + len(batch)), pa.int64()),
                "key": pa.array([row.key for row in batch], pa.string()),
                "phones": pa.array(["\x1f".join(row.phones) for row in batch], pa.string()),
                "remote_id": pa.array([row.remote_id for row in batch], pa.string()),
                "blocked": pa.array([row.blocked for row in batch], pa.bool_()),
            }
        )
        with workspace.registered(page) as view:
            workspace.run(f"INSERT INTO {name} SELECT * FROM {view}")
        place += len(batch)
    return name


def lacks_ours(workspace: Workspace, listing: Listing, ledger: KnownRows, *, until: float, present: bool) -> bool:
    """Whether a listing lacks rows of ours whose last call came before ``until`` and is or may be in force.

    Rows that are known to be there count where ``present`` says so; those of a lost call always.
    """
    waiting = "a.state LIKE 'unknown%'" + (" OR a.state = 'present'" if present else "")
    (lacking,) = workspace.one(
        f"SELECT count(*) FROM {ledger.table} a ANTI JOIN {listing.table} r ON r.key = a.key"
        f" WHERE ({waiting}) AND coalesce(a.updated_at, 0) <= {until!r}::DOUBLE"
    )
    return lacking > 0


def keys_listed(
    workspace: Workspace, listing: Listing, keys: Sequence[str], *, blocked: bool = False
) -> frozenset[str]:
    """Return those of some keys that a listing has; with ``blocked`` only those that it shows as held back."""
    found = workspace.run(
        f"SELECT key FROM {listing.table} SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS key) USING (key)"
        f" WHERE blocked OR NOT {'true' if blocked else 'false'}",
        [list(keys)],
    ).fetchall()
    return frozenset(key for (key,) in found)
