"""A mapping as SQL: the vendor's fields made from our columns, why a row cannot be mapped, and the content hash.

Every value stays text; ``batches.py`` gives whole numbers and numbers their JSON type when a row leaves. The hash is
taken over the record as it would be sent (vendor's field and value, empty ones left out, by field name), so it moves
when content or mapping move, and not when a column is added that this person has no value in. The directory's id is no
content.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from syncengine.model.vendor import Column
from syncengine.rows.workspace import quoted

# Spellings of a moment that are read; one with a zone is not, since nothing tells the zone the vendor means.
_MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_ISO = "%Y-%m-%dT%H:%M:%S"
_UNIT = "chr(31)"
# SQL of a text that is always blank.
BLANK = "''"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Rows with our columns: what a mapping is laid over."""

    table: str
    # SQL of what identifies a row, its main phone, and all its phones parted by blanks.
    key: str
    phone: str
    phones: str
    # Our column -> SQL; a column that is not here is blank.
    cells: Mapping[str, str] = field(default_factory=dict)
    # Custom column -> SQL.
    custom: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordField:
    """One field of the vendor's record and the column (``v0``...) that holds its text."""

    to: str
    kind: Literal["text", "integer", "number", "custom", "spread", "remote_id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """SQL expressions over a relation."""

    values: tuple[str, ...]
    # Text: why the row cannot be mapped; blank: it can.
    problem: str
    content_hash: str
    # Joins that the expressions need.
    joins: str = ""


def record_fields(columns: Sequence[Column]) -> tuple[RecordField, ...]:
    """Return the fields of a mapping's record, in its order."""
    return tuple(RecordField(to=column.to, kind=_kind(column)) for column in columns)


def national_sources(columns: Sequence[Column]) -> tuple[str, ...]:
    """Return our phone columns that a mapping wants in national form."""
    return tuple(dict.fromkeys(c.source for c in columns if c.form == "national" and not _constant(c)))


def mapped(columns: Sequence[Column], relation: Relation, *, book: str, national: str) -> Mapped:
    """Lay a mapping over a relation.

    Args:
        columns: the mapping.
        relation: the rows.
        book: table of the phone book.
        national: the region under which national forms stand in it.
    """
    # A row that is identified by id but has none is identified, and sent, with its phone.
    values, problems, parts = [], [], []
    joins = {
        source: f"LEFT JOIN {book} n{n} ON n{n}.raw = {relation.cells[source]} AND n{n}.region = {quoted(national)}"
        for n, source in enumerate(national_sources(columns))
        if source in relation.cells
    }
    numbers = {source: f"coalesce(n{n}.number, '')" for n, source in enumerate(national_sources(columns))}
    for column in columns:
        value, problem = _value(column, relation, numbers if column.source in joins else {})
        values.append(value)
        problems += problem
        parts += _content(column, value, relation)
    content = ", ".join(part for _, part in sorted(parts)) or "''"
    return Mapped(
        values=tuple(values),
        problem=f"CASE {' '.join(problems)} ELSE '' END" if problems else "''",
        content_hash=f"md5(concat_ws({_UNIT}, {content}))",
        joins=" ".join(joins.values()),
    )


def _kind(column: Column) -> Literal["text", "integer", "number", "custom", "spread", "remote_id"]:
    if column.form == "custom":
        return "spread" if column.to in {"", "*"} else "custom"
    if column.source == "remote_id":
        return "remote_id"
    return column.form if column.form in {"integer", "number"} else "text"


def _constant(column: Column) -> bool:
    return column.source.startswith("=") or column.source == "remote_id"


def _value(column: Column, relation: Relation, national: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return SQL of a field's text, and the arms of the CASE that finds its problems."""
    if column.form == "custom":
        pairs = ", ".join(f"{quoted(name)}, {sql}" for name, sql in sorted(relation.custom.items()))
        return f"CAST(json_object({pairs}) AS VARCHAR)", []
    if column.source == "remote_id":
        return BLANK, []
    if column.source.startswith("="):
        return quoted(column.source[1:]), []
    raw = relation.cells.get(column.source, relation.custom.get(column.source, BLANK))
    if raw == BLANK and "" not in column.values:
        # Most vendors have dozens of fields that a list says nothing about: they cost a million rows nothing.
        missing = f"WHEN true THEN {quoted(f'{column.source} is missing')}"
        return BLANK, [missing] if column.required else []
    value, expected = _FORMS.get(column.form, _as_it_stands)(column, raw)
    if column.form == "national":
        value = national.get(column.source, "''")
    problems = [f"WHEN {raw} <> '' AND {value} = '' THEN {quoted(f'{column.source} {expected}')}"] if expected else []
    if column.required:
        problems.append(f"WHEN {value} = '' THEN {quoted(f'{column.source} is missing')}")
    return value, problems


def _content(column: Column, value: str, relation: Relation) -> list[tuple[str, str]]:
    """Return (place in the order, SQL that is null where there is nothing) for the hash."""
    if (column.source == "remote_id" and column.form != "custom") or value == BLANK:
        return []
    if column.form != "custom":
        return [(column.to, f"CASE WHEN {value} <> '' THEN {quoted(column.to + '=')} || {value} END")]
    lead = "" if column.to in {"", "*"} else f"{column.to}."
    return [
        (lead + name, f"CASE WHEN {sql} <> '' THEN {quoted(lead + name + '=')} || {sql} END")
        for name, sql in relation.custom.items()
    ]


def _as_it_stands(column: Column, raw: str) -> tuple[str, str]:
    if not column.values:
        return raw, ""
    arms = " ".join(f"WHEN {quoted(ours)} THEN {quoted(theirs)}" for ours, theirs in column.values.items())
    return f"CASE {raw} {arms} ELSE '' END", f"is none of {', '.join(column.values)}"


def _digits(_: Column, raw: str) -> tuple[str, str]:
    return f"replace({raw}, '+', '')", ""


def _integer(_: Column, raw: str) -> tuple[str, str]:
    whole = f"regexp_full_match({raw}, '-?[0-9]{{1,18}}')"
    return f"CASE WHEN {whole} THEN CAST(TRY_CAST({raw} AS BIGINT) AS VARCHAR) ELSE '' END", "is not a whole number"


def _number(_: Column, raw: str) -> tuple[str, str]:
    pattern = quoted(r"-?[0-9]{1,15}([.][0-9]{1,15})?")
    return f"CASE WHEN regexp_full_match({raw}, {pattern}) THEN {raw} ELSE '' END", "is not a number"


def _moment(column: Column, raw: str) -> tuple[str, str]:
    forms = ", ".join(quoted(form) for form in _MOMENTS)
    read = f"try_strptime(replace({raw}, 'T', ' '), [{forms}])"
    return (
        f"coalesce(strftime({read}, {quoted(column.pattern or _ISO)}), '')",
        "is no date and time as 2026-11-20 14:30",
    )


_FORMS: Mapping[str, Callable[[Column, str], tuple[str, str]]] = {
    "digits": _digits,
    "integer": _integer,
    "number": _number,
    "datetime": _moment,
}
