"""Contact lists and do-not-call lists of the manifests as values, with their sources found."""

from collections.abc import Mapping, Sequence

from syncengine.config import yaml_builder
from syncengine.config.document import Document
from syncengine.config.manifest import ContactsFile, Manifest, SourceFile
from syncengine.config.project import Project
from syncengine.config.sources import FORMATS, FileFormat, beneath, format_of, is_pattern
from syncengine.diagnostics import Diagnostics, Location, did_you_mean
from syncengine.model.desired import PHONE_COLUMNS, ContactList, DndList, Source

_MEANT_FOR: dict[str, frozenset[FileFormat]] = {
    "encoding": frozenset({"csv", "jsonl"}),
    "delimiter": frozenset({"csv"}),
    "sheet": frozenset({"xlsx"}),
}


def contact_list(project: Project, manifest: Manifest, name: str, diagnostics: Diagnostics) -> ContactList:
    """Return a contact list; mistakes go to ``diagnostics``."""
    written, path = manifest.file.contacts[name], ("contacts", name)
    location = manifest.document.locate(path, key=True)[0]
    rows = written.rows if written.rows is None else tuple(dict(row) for row in written.rows)
    _check_columns(written, path, manifest.document, diagnostics)
    return ContactList(
        name=name,
        source=_source(project, manifest.document, path, written, rows, diagnostics),
        region=written.region or "",
        columns=dict(written.columns),
        on_absent=written.on_absent,
        on_vanish=written.on_vanish,
        max_rejected=written.max_rejected,
        location=location,
    )


def dnd_list(project: Project, manifest: Manifest, name: str, diagnostics: Diagnostics) -> DndList:
    """Return a do-not-call list; mistakes go to ``diagnostics``."""
    written, path = manifest.file.dnd[name], ("dnd", name)
    location = manifest.document.locate(path, key=True)[0]
    column = written.column or "phone"
    rows = written.rows
    named = None if rows is None else tuple({column: row} if isinstance(row, str) else dict(row) for row in rows)
    return DndList(
        name=name,
        source=_source(project, manifest.document, path, written, named, diagnostics),
        region=written.region or "",
        column=written.column or "",
        scope=("all",) if written.scope == "all" else written.scope,
        max_age=written.max_age,
        release=written.release,
        lasts_days=written.lasts_days,
        max_shrink=written.max_shrink,
        location=location,
    )


def _check_columns(
    written: ContactsFile, path: tuple[str, ...], document: Document, diagnostics: Diagnostics
) -> None:
    """A near miss of one of our number columns would make a number that can be rung a mere custom column."""
    for column in written.columns:
        meant = [known for known in PHONE_COLUMNS if known == column.lower().replace("_", "").replace(" ", "")]
        if column not in PHONE_COLUMNS and meant:
            document.error(
                diagnostics,
                (*path, "columns", column),
                f'"{column}" is not a column of ours, but looks like one',
                key=True,
                expected=f"one of: {', '.join(PHONE_COLUMNS)}, or a name of your own",
                hint=did_you_mean(meant[0], PHONE_COLUMNS),
            )


def _source(
    project: Project,
    document: Document,
    path: yaml_builder.Path,
    written: SourceFile,
    rows: tuple[Mapping[str, str], ...] | None,
    diagnostics: Diagnostics,
) -> Source:
    if rows is not None:
        places = tuple(document.locate((*path, "rows", index))[0] for index in range(len(rows)))
        _check_file_words(written, "inline", path, document, diagnostics)
        location = document.locate((*path, "rows"), key=True)[0]
        return Source(label=f"{path[-1]} (rows)", rows=rows, row_locations=places, location=location)
    patterns = (written.source,) if isinstance(written.source, str) else written.source or ()
    kind = _format(written, patterns, path, document, diagnostics)
    _check_file_words(written, kind, path, document, diagnostics)
    is_tab = patterns and all(pattern.lower().endswith(".tsv") for pattern in patterns)
    return Source(
        paths=_files(project, patterns, path, written, document, diagnostics),
        label=", ".join(patterns),
        format=kind,
        encoding=written.encoding,
        delimiter=written.delimiter or ("\t" if is_tab and kind == "csv" else None),
        sheet=written.sheet,
        location=document.locate((*path, "source"))[0],
    )


def _format(
    written: SourceFile,
    patterns: Sequence[str],
    path: yaml_builder.Path,
    document: Document,
    diagnostics: Diagnostics,
) -> FileFormat:
    if written.format is not None:
        return written.format
    found = {format_of(pattern) for pattern in patterns}
    known = found - {None}
    if len(found) == 1 and known:
        return next(iter(found)) or "csv"
    problem = "the files have different formats" if len(known) > 1 else "the ending does not tell the format"
    document.error(
        diagnostics,
        (*path, "source"),
        problem,
        expected=f"files that end in one of: {', '.join(FORMATS)}",
        hint="Make a list for each format, or say which it is with format: csv, jsonl, parquet or xlsx.",
    )
    return "csv"


def _files(
    project: Project,
    patterns: Sequence[str],
    path: yaml_builder.Path,
    written: SourceFile,
    document: Document,
    diagnostics: Diagnostics,
) -> tuple[str, ...]:
    paths: list[str] = []
    for index, pattern in enumerate(patterns):
        place = (*path, "source") if isinstance(written.source, str) else (*path, "source", index)
        found = beneath(project.root, pattern)
        if found.problem:
            document.error(
                diagnostics, place, found.problem, expected="a file in the project's folder", hint=found.hint
            )
            continue
        if not found.paths:
            _warn_missing(diagnostics, document.locate(place)[0], pattern)
        # A file that is not there stays in the list: whoever reads it must notice and hold what depends on it.
        paths += [str(file) for file in found.paths] or [str(project.root / pattern)]
    return tuple(dict.fromkeys(paths))


def _warn_missing(diagnostics: Diagnostics, location: Location, pattern: str) -> None:
    problem = f'no file matches "{pattern}"' if is_pattern(pattern) else f'there is no file "{pattern}"'
    diagnostics.warning(problem, location, hint="A plan stops, or holds what could ring somebody, until it is there.")


def _check_file_words(
    written: SourceFile, kind: str, path: yaml_builder.Path, document: Document, diagnostics: Diagnostics
) -> None:
    """Refuse what has no meaning for the format: it would be silently ignored."""
    for word, formats in _MEANT_FOR.items():
        if getattr(written, word) is not None and kind not in formats:
            document.error(
                diagnostics,
                (*path, word),
                f'"{word}" means nothing for {"rows written here" if kind == "inline" else kind}',
                key=True,
                hint="Remove it.",
            )
    if kind == "inline" and written.format is not None:
        document.error(
            diagnostics, (*path, "format"), '"format" means nothing for rows written here', key=True, hint="Remove it."
        )


