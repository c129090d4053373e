"""JSON Lines as columns: one object a line; the columns are the names that occur, in the order of their first use.

A line that is no flat object is kept as a row with a problem, so that a contact list goes on and a do-not-call list
stops. A name twice in one object is such a problem too: decoders silently take the last value.
"""

import json
from collections.abc import Iterator
from itertools import islice

from syncengine.rows.cell_text import text_of
from syncengine.rows.columnar import Rows
from syncengine.rows.source_table import checked_header
from syncengine.rows.text_file import TextFile
from syncengine.rows.workspace import Workspace

_BATCH = 20_000
_Record = dict[str, str]


def read_json_lines(workspace: Workspace, text: TextFile) -> Rows:
    """Read a file into a table.

    Raises:
        SourceError: the names in it cannot be headings.
    """
    columns: dict[str, None] = {}
    for _, _, record in _records(text):
        columns.update(dict.fromkeys(record))
    rows = Rows.empty(workspace, checked_header(list(columns), text.label))
    records = _records(text)
    while batch := list(islice(records, _BATCH)):
        cells = [
            (line, problem, [record.get(name, "") for name in list(columns)[: len(rows.columns)]])
            for line, problem, record in batch
        ]
        rows.append(workspace, text.label, cells)
    return rows


def _records(text: TextFile) -> Iterator[tuple[int, str, _Record]]:
    with text.path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            content = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
            if content:
                problem, record = _record(content)
                yield number, problem, record


def _record(line: bytes) -> tuple[str, _Record]:
    import orjson

    try:
        decoded = orjson.loads(line)
    except orjson.JSONDecodeError:
        return "not a JSON object", {}
    if not isinstance(decoded, dict):
        return "not a JSON object", {}
    problem = ""
    try:
        if line.count(b":") > len(decoded) and _has_double_names(line):
            problem = "a name occurs twice in the object"
    except RecursionError:
        problem = "nested too deeply"
    record: _Record = {}
    for name, value in decoded.items():
        text = text_of(value)
        if text is None:
            problem = problem or "a value is a list or an object"
        record[name] = text or ""
    if not any(record.values()):
        # Nobody writes a line for nobody: its values were lost on the way here.
        problem = problem or "an object without any text"
    return problem, record


def _has_double_names(line: bytes) -> bool:
    """Decode anew with the slower reader that shows every pair; most lines never come here."""
    doubled = False

    def look(pairs: list[tuple[str, object]]) -> None:
        nonlocal doubled
        doubled = doubled or len({name for name, _ in pairs}) < len(pairs)

    json.loads(line, object_pairs_hook=look)
    return doubled
