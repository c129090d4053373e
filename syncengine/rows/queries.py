"""The answers to all queries of a run, each in a file of the workspace, as sources that can be read from there.

They are asked once, together and before anything else is read, so that lists from one database are of one moment.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from syncengine.errors import SourceError
from syncengine.model.desired import Source
from syncengine.model.secret import Secret
from syncengine.rows.file_query import write_file_answer
from syncengine.rows.postgres_query import postgres, write_answer
from syncengine.rows.text_writer import DELIMITER, TextWriter
from syncengine.rows.workspace import Workspace

if TYPE_CHECKING:
    import psycopg

# From a reference as "env:CRM_URL" to the URL.
FindUrl = Callable[[str], Secret]


def answered(workspace: Workspace, sources: Mapping[str, Source], url_of: FindUrl, *, now: float) -> dict[str, Source]:
    """Return the sources with the answers to their queries as files of this moment; what failed has a ``problem``."""
    found: dict[str, Source] = {}
    with ExitStack() as stack:
        connections: dict[str, psycopg.Connection] = {}
        for name, source in sources.items():
            if source.query is None:
                found[name] = source
                continue
            try:
                found[name] = _answered(workspace, source, url_of, connections, stack)
                os.utime(found[name].paths[0], (now, now))
            except SourceError as problem:
                found[name] = replace(source, problem=str(problem))
    return found


def _answered(
    workspace: Workspace,
    source: Source,
    url_of: FindUrl,
    connections: "dict[str, psycopg.Connection]",
    stack: ExitStack,
) -> Source:
    query = source.query
    assert query is not None
    path = workspace.folder.resolve() / f"{workspace.new_name('answer')}.txt"
    with TextWriter(path, source.label) as out:
        if query.database.startswith("env:"):
            if query.database not in connections:
                opening = postgres(url_of(query.database), source.label)
                connections[query.database] = stack.enter_context(opening)
            write_answer(connections[query.database], query, source.label, out)
        else:
            write_file_answer(query, source.label, out)
    return Source(
        format="csv",
        paths=(str(path),),
        label=source.label,
        encoding="utf-8",
        delimiter=DELIMITER,
        location=source.location,
    )
