# ruff: noqa: S608  # SQL is put together from table names of our own
"""Which files of a source name some numbers, in whatever spelling: what people must still take out by hand."""

from collections.abc import Sequence
from typing import Final

from syncengine.model.desired import Source
from syncengine.rows.gate import ListedIndex
from syncengine.rows.sources import read_source
from syncengine.rows.workspace import Workspace

# All spellings of a number end so; what shares the ending by chance is few and is looked at whole.
_ENDING: Final = 6
_PIECE: Final = 1_000


def files_naming(workspace: Workspace, source: Source, numbers: Sequence[str]) -> list[str]:
    """Return the files of a source in which any of some numbers in E.164 stands, as messages call them.

    Raises:
        SourceError: a file cannot be read as what it says it is.
    """
    read = read_source(workspace, source)
    if not read.table or not read.columns:
        return []
    index = ListedIndex(numbers)
    found: set[str] = set()
    line = f"concat_ws(chr(10), {', '.join(read.columns.values())})"
    digits = f"regexp_replace({line}, '[^0-9]', '', 'g')"
    like = " OR ".join(f"contains({digits}, ?)" for _ in numbers)
    rows = workspace.run(
        f"SELECT file, {line} FROM {read.table} WHERE {like}", [number[-_ENDING:] for number in numbers]
    )
    while piece := rows.fetchmany(_PIECE):
        found.update(file for file, text in piece if index.hits(text.encode()))
    workspace.drop(read.table)
    return sorted(found)
