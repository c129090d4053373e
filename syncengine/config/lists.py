"""Contact lists and do-not-call lists of the manifests as values, with their sources found."""

from collections.abc import Mapping
from dataclasses import dataclass

from syncengine.config.manifest import ContactsFile, Manifest, SourceFile, StoreFile
from syncengine.config.places import Complaints
from syncengine.config.project import LEDGER_AS_SOURCE, Project
from syncengine.config.sources import FORMATS, FileFormat, beneath, format_of, is_packed, is_pattern
from syncengine.config.stores import store_source
from syncengine.diagnostics import Diagnostics, Location
from syncengine.model.desired import CONTACT_COLUMNS, PHONE_COLUMNS, ContactList, DndList, Source

# Words about a source -> the formats for which they mean something.
_MEANT_FOR: dict[str, frozenset[str]] = {
    "format": frozenset({"csv", "jsonl", "parquet", "xlsx"}),
    "encoding": frozenset({"csv", "jsonl"}),
    "delimiter": frozenset({"csv"}),
    "sheet": frozenset({"xlsx"}),
    "min_files": frozenset({"csv", "jsonl", "parquet", "xlsx"}),
}
# Formats whose files may be packed with gzip or zstd; the others are packed in themselves.
_PACKABLE = frozenset({"csv", "jsonl"})


def contact_list(project: Project, manifest: Manifest, name: str, diagnostics: Diagnostics) -> ContactList:
    """Return a contact list; mistakes go to ``diagnostics``."""
    written = manifest.file.contacts[name]
    entry = _Entry(project, written, ("contacts", name), Complaints(manifest.document, diagnostics))
    _check_columns(written, entry)
    return ContactList(
        name=name,
        source=_stored(entry) if written.rows is None else _inline(entry, tuple(dict(row) for row in written.rows)),
        region=written.region or "",
        columns=dict(written.columns),
        on_absent=written.on_absent,
        on_vanish=written.on_vanish,
        max_rejected=written.max_rejected,
        location=entry.locate(),
    )


def dnd_list(project: Project, manifest: Manifest, name: str, diagnostics: Diagnostics) -> DndList:
    """Return a do-not-call list; mistakes go to ``diagnostics``."""
    written = manifest.file.dnd[name]
    entry = _Entry(project, written, ("dnd", name), Complaints(manifest.document, diagnostics))
    column = written.column or "phone"
    return DndList(
        name=name,
        source=_stored(entry)
        if written.rows is None
        else _inline(entry, tuple({column: row} if isinstance(row, str) else dict(row) for row in written.rows)),
        region=written.region or "",
        column=written.column or "",
        scope=("all",) if written.scope == "all" else written.scope,
        max_age=written.max_age,
        release=written.release,
        lasts_days=written.lasts_days,
        max_shrink=written.max_shrink,
        location=entry.locate(),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """One list as it is written, and where."""

    project: Project
    written: SourceFile
    path: tuple[str, str]
    complaints: Complaints

    def locate(self, *more: str | int) -> Location:
        return self.complaints.document.locate((*self.path, *more), key=not more)[0]

    @property
    def patterns(self) -> tuple[str, ...]:
        source = self.written.source
        return (source,) if isinstance(source, str) else source if isinstance(source, tuple) else ()


def _check_columns(written: ContactsFile, entry: _Entry) -> None:
    """A near miss of one of our number columns would make a number that can be rung a mere custom column."""
    for column in written.columns:
        plain = column.lower().replace("_", "").replace(" ", "")
        meant = [known for known in PHONE_COLUMNS if known.replace("_", "") == plain]
        if meant and column not in PHONE_COLUMNS:
            entry.complaints.error(
                (*entry.path, "columns", column),
                f'"{column}" is not a column of ours, but looks like one',
                key=True,
                expected=f"one of: {', '.join(CONTACT_COLUMNS)}; or a name of your own, unlike these",
                hint=f'Did you mean "{meant[0]}"?',
            )


def _inline(entry: _Entry, rows: tuple[Mapping[str, str], ...]) -> Source:
    _check_file_words("inline", entry)
    return Source(
        label=f"{entry.path[-1]} (rows)",
        rows=rows,
        row_locations=tuple(entry.locate("rows", index) for index in range(len(rows))),
        location=entry.locate("rows"),
    )


def _stored(entry: _Entry) -> Source:
    """Return a source outside the manifest: files, or what :mod:`stores` finds."""
    source = entry.written.source
    if not isinstance(source, StoreFile):
        return _files(entry)
    _check_file_words("query" if source.sql else "table", entry)
    return store_source(entry.project, source, entry.complaints, entry.path)


def _files(entry: _Entry) -> Source:
    kind = entry.written.format or _format_by_ending(entry)
    _check_file_words(kind, entry)
    _check_packed(kind, entry)
    all_tabs = all(_unpacked(pattern).endswith(".tsv") for pattern in entry.patterns)
    return Source(
        paths=_paths(entry),
        patterns=entry.patterns,
        root=str(entry.project.root),
        min_files=entry.written.min_files or 0,
        label=", ".join(entry.patterns),
        format=kind,
        encoding=entry.written.encoding,
        delimiter=entry.written.delimiter or ("\t" if all_tabs and kind == "csv" else None),
        sheet=entry.written.sheet,
        location=entry.locate("source"),
    )


def _unpacked(pattern: str) -> str:
    return pattern.lower().removesuffix(".gz").removesuffix(".zst")


def _check_packed(kind: FileFormat, entry: _Entry) -> None:
    if kind not in _PACKABLE and any(map(is_packed, entry.patterns)):
        entry.complaints.error(
            (*entry.path, "source"),
            f"{kind} files are compressed in themselves",
            expected="files without .gz or .zst",
            hint="Unpack them.",
        )


def _format_by_ending(entry: _Entry) -> FileFormat:
    found = [format_of(pattern) for pattern in entry.patterns]
    known = {kind for kind in found if kind is not None}
    if len(known) == 1 and None not in found:
        return known.pop()
    entry.complaints.error(
        (*entry.path, "source"),
        "the files have different formats" if len(known) > 1 else "the ending does not tell the format",
        expected=f"files that end in one of: {', '.join(FORMATS)}; text also with .gz or .zst behind it",
        hint="Make a list for each format, or say which it is with format: csv, jsonl, parquet or xlsx.",
    )
    return "csv"


def _paths(entry: _Entry) -> tuple[str, ...]:
    paths: list[str] = []
    for index, pattern in enumerate(entry.patterns):
        place = ("source",) if isinstance(entry.written.source, str) else ("source", index)
        found = beneath(entry.project.root, pattern)
        if found.problem:
            expected = "a file in the project's folder"
            entry.complaints.error((*entry.path, *place), found.problem, expected=expected, hint=found.hint)
            continue
        if not found.paths:
            problem = f'no file matches "{pattern}"' if is_pattern(pattern) else f'there is no file "{pattern}"'
            hint = "A plan stops, or holds what could ring somebody, until it is there."
            entry.complaints.diagnostics.warning(problem, entry.locate(*place), hint=hint)
        # A file that is not there stays in the list: whoever reads it must notice and hold what depends on it.
        files = found.paths or (entry.project.root / pattern,)
        if any(map(entry.project.is_ledger, files)):
            problem, hint = LEDGER_AS_SOURCE
            entry.complaints.error((*entry.path, *place), problem, expected="a file with rows", hint=hint)
            continue
        paths += map(str, files)
    return tuple(dict.fromkeys(paths))


def _check_file_words(kind: str, entry: _Entry) -> None:
    """Refuse what has no meaning for the format: it would be silently ignored."""
    for word, formats in _MEANT_FOR.items():
        if getattr(entry.written, word) is not None and kind not in formats:
            what = {"inline": "rows written here", "query": "a query", "table": "a table"}.get(kind, kind)
            entry.complaints.error(
                (*entry.path, word), f'"{word}" means nothing for {what}', key=True, hint="Remove it."
            )
