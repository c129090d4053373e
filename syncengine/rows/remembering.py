# ruff: noqa: S608  # SQL is put together from table names of our own
"""After a comparison: which rows of a list are remembered, so that the next plan need not read them again."""

from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.errors import SourceError
from syncengine.rows.contacts import Contacts
from syncengine.rows.remembered import Memory, remember, worth_remembering
from syncengine.rows.sources import source_lines
from syncengine.rows.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A list as a collection wants it."""

    # Table or query: src, place, content_hash.
    wanted: str
    # Its src there.
    position: int
    # Table of src and place: rows that are not there as they are wanted; empty: it wants too few rows to ask.
    unsettled: str
    hash_column: str
    # Of the collection as the ledger has it now.
    mark: str


def remember_list(
    workspace: Workspace, memory: Memory, contacts: Contacts, mapped: Sequence[Mapped], *, state: str
) -> None:
    """Remember those rows of a list that are there as they are wanted in every collection that it feeds."""
    if not contacts.version or not all(one.unsettled for one in mapped):
        return
    settled = workspace.table("settled", _settled(contacts, mapped))
    if worth_remembering(workspace.count(settled)):
        rows = _with_digests(workspace, contacts, settled)
        if rows:
            columns = sorted({name for one in mapped for name in (one.hash_column, one.mark)})
            remember(workspace, memory, rows, version=contacts.version, columns=columns, state=state)
            workspace.drop(rows)
    workspace.drop(settled)


def _settled(contacts: Contacts, mapped: Sequence[Mapped]) -> str:
    """SQL for row, key_id, phone, phones, dropped and content hashes of the rows to remember."""
    cells = "row, key_id, phone, phones, dropped"
    known = f" UNION ALL SELECT {cells} FROM {contacts.known.table}" if contacts.known else ""
    joins, hashes = [], {}
    for n, one in enumerate(mapped):
        mine = f"SELECT place, content_hash FROM {one.wanted} w WHERE src = {one.position}"
        moving = f"SELECT place FROM {one.unsettled} WHERE src = {one.position}"
        joins.append(f" JOIN (SELECT * FROM ({mine}) ANTI JOIN ({moving}) USING (place)) m{n} ON m{n}.place = c.row")
        hashes[one.hash_column] = f", m{n}.content_hash AS {one.hash_column}"
        hashes[one.mark] = f", true AS {one.mark}"
    return (
        f"SELECT c.*{''.join(hashes[name] for name in sorted(hashes))}"
        f" FROM (SELECT {cells} FROM {contacts.table}{known}) c{''.join(joins)}"
    )


def _with_digests(workspace: Workspace, contacts: Contacts, settled: str) -> str:
    """Return a table of the rows with the digests of their lines; empty where the file is not what it was."""
    if contacts.known is not None:
        lines = contacts.known.lines.table
        return workspace.table("remembered", f"SELECT l.digest, s.* FROM {settled} s JOIN {lines} l USING (row)")
    try:
        with source_lines(workspace, contacts.list.source) as file:
            if file is None or file.lines.text.digest != contacts.digest:
                return ""
            lines = file.lines.table
            return workspace.table("remembered", f"SELECT l.digest, s.* FROM {settled} s JOIN {lines} l USING (row)")
    except SourceError:
        return ""
