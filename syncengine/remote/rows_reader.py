"""Rows as a dialer lists them: keys, numbers as the vendor writes them, ids, and whether they are blocked there."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial

from syncengine.model.counted import plural
from syncengine.model.snapshot import ListedRow, RowsReading
from syncengine.model.vendor import Collection, Listed, Operation
from syncengine.remote.client import DialerClient
from syncengine.remote.listing import Listing
from syncengine.remote.paths import as_list, as_text, find, is_blank


class RowListing:
    """One reading of a collection: walk its pages, then look at ``reading``.

    A row that comes twice tells that the pages shifted while they were read, so another may have been left out: then
    the reading is not complete.
    """

    def __init__(self, client: DialerClient, operation: Operation, listed: Listed, scope: Mapping[str, object]) -> None:
        self._listing = Listing(client, operation, scope)
        self._row = row_reader(listed)
        self._rows = 0
        self._unreadable = 0
        self._paged = operation.pagination.kind != "none"
        # Hashes of keys and ids, which take a tenth of the room: two that are equal by chance only cost completeness.
        self._seen: set[int] = set()

    @property
    def reading(self) -> RowsReading:
        """Return how well the rows were read; complete only after all pages were walked."""
        problem = self._listing.end.problem
        if not problem and self._unreadable:
            rows = plural(self._unreadable, "listed row has", "listed rows have")
            problem = f"{rows} neither a key nor a number where the vendor file says"
        if not problem and self._paged and len(self._seen) < self._rows:
            problem = "rows came twice, since the pages shifted while they were read; others may be missing"
        return RowsReading(complete=not problem, rows=self._rows, problem=problem)

    async def pages(self) -> AsyncIterator[list[ListedRow]]:
        """Walk the pages; raises nothing that a dialer can cause."""
        async for records in self._listing.pages():
            rows = [row for record in records if (row := self._row(record)) is not None]
            self._unreadable += len(records) - len(rows)
            self._rows += len(rows)
            before = len(self._seen)
            if self._paged:
                self._seen.update(hash((row.key, row.remote_id)) for row in rows)
            yield rows
            if self._paged and rows and len(self._seen) == before:
                # A page with nobody new on it: such a listing can go on for ever, and is not whole any more anyway.
                return


def read_rows(
    client: DialerClient, collection: Collection, *, campaign: Mapping[str, object] | None = None, role: str = "list"
) -> RowListing:
    """Return a reading of a collection, not begun yet; ``campaign`` is the template scope of its campaign, if any."""
    assert collection.listed is not None
    scope: dict[str, object] = {} if campaign is None else {"campaign": campaign}
    return RowListing(client, collection.operations[role], collection.listed, scope)


def row_reader(listed: Listed) -> Callable[[object], ListedRow | None]:
    """Return a function that does what :func:`listed_row` does, quicker for plain records, of which there are millions.

    Plain is an object with what is wanted directly in it: a number is a text of digits, an id is a text.
    """
    paths = [path for path in (*listed.phones, listed.key, listed.remote_id, listed.state) if path]
    if len(listed.phones) != 1 or not all(path.isidentifier() for path in paths):
        return partial(listed_row, listed)
    phone_at, key_at, id_at, state_at = listed.phones[0], listed.key, listed.remote_id, listed.state

    def read(record: object) -> ListedRow | None:
        if not isinstance(record, dict):
            return listed_row(listed, record)
        phone = record.get(phone_at)
        key = record.get(key_at) if key_at else phone
        remote_id = record.get(id_at) if id_at else ""
        if phone.__class__ is not str or not phone.isdecimal() or key.__class__ is not str:
            return listed_row(listed, record)
        if remote_id.__class__ is not str or state_at or not (key := key.strip()):
            return listed_row(listed, record)
        return ListedRow(key, (phone,), remote_id.strip(), False)

    return read


def listed_row(listed: Listed, record: object) -> ListedRow | None:
    """Return one listed record as a row, or None when it has neither key nor number."""
    phones = tuple(phone for path in listed.phones for phone in _phones(find(record, path)))
    key = as_text(find(record, listed.key)).strip() if listed.key else next(iter(phones), "")
    if not key:
        return None
    state = as_text(find(record, listed.state)).strip() if listed.state else ""
    return ListedRow(
        key=key,
        phones=phones,
        remote_id=as_text(find(record, listed.remote_id)).strip() if listed.remote_id else "",
        blocked=bool(state) and state in listed.blocked,
    )


def _phones(found: object) -> list[str]:
    """Return the numbers at a path, which names one, several in one text, or a list."""
    if is_blank(found):
        return []
    listed = as_list(found)
    if listed is not None:
        return [phone for element in listed for phone in _phones(element)]
    if isinstance(found, Mapping):
        return []
    text = as_text(found)
    if text.isdecimal():
        return [text]
    return [part.strip() for part in re.split(r"[,;|]", text) if part.strip()]
