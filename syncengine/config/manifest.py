"""A manifest: campaigns, who is to be called in them, and who must never be called."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from syncengine.config import yaml_places
from syncengine.config.binding import bind, fits
from syncengine.config.document import Document, read_document
from syncengine.config.names import Name, fits_name, is_reference
from syncengine.config.places import Complaints
from syncengine.config.project import Project
from syncengine.config.quantities import Share, Span, SpanUpTo31Days, written
from syncengine.config.sources import DATABASE_FILES, beneath
from syncengine.config.vendor_spec import Written
from syncengine.diagnostics import Diagnostics

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_REGION = re.compile(r"[A-Z]{2}")
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}(\.[A-Za-z_][A-Za-z0-9_]{0,127}){0,2}")


def _check_region(region: str) -> str:
    if not _REGION.fullmatch(region):
        raise PydanticCustomError(
            "region", "not a region", {"expected": "two capital letters such as CO, PL or VN (ISO 3166)", "hint": ""}
        )
    return region


def _check_number(number: str) -> str:
    if not _E164.fullmatch(number):
        raise PydanticCustomError(
            "phone",
            "not E.164",
            {"expected": 'the international spelling in quotes: "+", country code and number, digits only', "hint": ""},
        )
    return number


def _check_database(place: str) -> str:
    if place.startswith("env:") and is_reference(place):
        return place
    if place.lower().endswith(DATABASE_FILES) and "://" not in place:
        return place
    raise PydanticCustomError(
        # The kind under which a value is refused whatever the reader said about it: it may be a URL with a password.
        "secret",
        "not a database",
        {
            "expected": f"env:NAME of a variable with a URL, or a file that ends in {', '.join(DATABASE_FILES)}",
            "hint": "A URL may hold a password: keep it in an environment variable, and name that here.",
        },
    )


def _check_table(name: str) -> str:
    # No path, which would let a branch choose what is read.
    if not _TABLE.fullmatch(name):
        raise PydanticCustomError(
            "table", "not a table", {"expected": "a name such as leads, crm.leads or catalog.crm.leads", "hint": ""}
        )
    return name


Region = Annotated[
    str, AfterValidator(_check_region), WithJsonSchema({"type": "string", "pattern": f"^{_REGION.pattern}$"})
]
Number = Annotated[
    str, AfterValidator(_check_number), WithJsonSchema({"type": "string", "pattern": "^\\+[1-9][0-9]{6,14}$"})
]
NonEmpty = Annotated[str, Field(min_length=1)]
Section = Literal["campaigns", "contacts", "dnd"]
Entry = TypeVar("Entry", bound=Written)
SettingValue = str | bool | int | float | list[object] | dict[str, object]


class CampaignFile(Written):
    """A campaign at one dialer. Only what is stated here is compared and changed."""

    dialer: str
    """Name of a dialer of the project file."""
    id: NonEmpty | None = None
    """Id of a campaign that exists at the vendor already, to adopt it; leave out to create one."""
    name: NonEmpty | None = None
    """Name at the vendor; when it is left out, a new campaign is called by its key here."""
    type: NonEmpty | None = None
    """Kind of campaign, in the words of the vendor's mapping."""
    status: Literal["started", "stopped"] | None = None
    """Whether it shall be dialling; when left out, it is neither started nor stopped."""
    contacts: tuple[str, ...] = ()
    """Contact lists of the people to be called."""
    dnd: tuple[str, ...] = ()
    """Do-not-call lists that cover this campaign, besides those whose scope does."""
    duplicates: Literal["keep_first"] | None = None
    """What to do with duplicates that the vendor can find in the campaign."""
    settings: dict[str, SettingValue] = Field(default_factory=dict)
    """Further fields of the vendor's mapping."""


class StoreFile(Written):
    """Rows that stand in a database, or in a table that a Spark session knows."""

    sql: NonEmpty | None = None
    """The query, or a file below the project's folder with it, whose name ends in .sql. It is run once, in a
    transaction that may only read."""
    database: Annotated[str, AfterValidator(_check_database)] | None = None
    """Where it is asked: env:NAME of a variable that holds a URL as postgresql://host/database, or a file below the
    project's folder that ends in .duckdb, .sqlite or .db."""
    timeout: Annotated[Span, written("5m")] = 300.0
    """How long the query may take."""
    table: Annotated[str, AfterValidator(_check_table)] | None = None
    """Name of a table, for a project with engine: spark."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.sql is None) == (self.table is None) or (self.sql is None) != (self.database is None):
            raise PydanticCustomError(
                "source",
                "neither a query nor a table" if self.sql is None else "this is not one query",
                {"expected": "sql and database together, or table alone", "hint": "", "whole": True},
            )
        return self


class SourceFile(Written):
    """Where rows come from: exactly one of source and rows."""

    source: NonEmpty | Annotated[tuple[NonEmpty, ...], Field(min_length=1)] | StoreFile | None = None
    """A file below the project's folder, a pattern such as exports/*.csv.gz, or a list of these. Text may be packed
    with gzip (.gz) or zstd (.zst). Or a mapping: a query of a database, or a table of Spark."""
    format: Literal["csv", "jsonl", "parquet", "xlsx"] | None = None
    """Format of the files, where their ending does not tell."""
    encoding: NonEmpty | None = None
    """Encoding of a csv file, where it is not UTF-8."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """The character between two columns of a csv file."""
    sheet: NonEmpty | None = None
    """Sheet of an xlsx file; the first when left out."""
    min_files: Annotated[int, Field(ge=1)] | None = None
    """How many files there must be at least; with fewer the source counts as not whole. When left out, a do-not-call
    list needs as many as at its last sound reading."""
    region: Region | None = None
    """Two-letter code of the country whose national spellings are read; when left out, only international ones are."""


def _one_source(source: object, rows: object) -> None:
    if (source is None) == (rows is None):
        raise PydanticCustomError(
            "source",
            "neither source nor rows is given" if source is None else "both source and rows are given",
            {"expected": "exactly one of source (a file) and rows (written here)", "hint": "", "whole": True},
        )


class ContactsFile(SourceFile):
    """People to be called."""

    rows: tuple[dict[str, str], ...] | None = None
    """The people, written here: a mapping of column and text for each."""
    columns: dict[NonEmpty, NonEmpty] = Field(default_factory=dict)
    """Our column -> column of the source. Columns of the same name need no entry; names that are not ours are custom
    columns."""
    on_absent: Literal["remove", "keep"] = "keep"
    """What happens to people at the dialer whose row is gone from the source."""
    on_vanish: Literal["keep", "add"] = "keep"
    """What happens to people that the dialer does not list any more: keep leaves them, since they may have been
    called already."""
    max_rejected: Annotated[Share, written("10%")] = 0.1
    """Share of unusable rows from which on the plan stops."""
    directory: tuple[str, ...] = ()
    """Dialers whose directory of people this list keeps."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        _one_source(self.source, self.rows)
        return self


class DndFile(SourceFile):
    """Numbers that must never be called."""

    rows: tuple[str | dict[str, str], ...] | None = None
    """The numbers, written here: texts, or mappings of column and text."""
    column: NonEmpty | None = None
    """Column with the number; when left out: phone, or the only column there is."""
    scope: Literal["all"] | tuple[str, ...] = "all"
    """What the list covers: all, or names of dialers and campaigns. An empty list leaves it to campaigns to name it
    under dnd."""
    max_age: Annotated[SpanUpTo31Days, written("7d")] = 604_800.0
    """How old the source may be; an older one holds everything that could ring somebody in its scope."""
    release: tuple[Number, ...] = ()
    """Numbers that are taken off this list. A line that is merely gone from the source releases nobody."""
    lasts_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days after which an entry lapses at the dialer; it is renewed before. When left out, entries do not lapse."""
    max_shrink: Annotated[Share, written("20%")] = 0.2
    """Share of the list that may be gone since the last reading before the source counts as damaged."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        _one_source(self.source, self.rows)
        return self


class ManifestFile(Written):
    """The state that is wanted. A project may have many of these files; names are shared between them."""

    campaigns: dict[Name, CampaignFile] = Field(default_factory=dict)
    """Campaigns, by a key of your own that never changes."""
    contacts: dict[Name, ContactsFile] = Field(default_factory=dict)
    """Lists of people to be called."""
    dnd: dict[Name, DndFile] = Field(default_factory=dict)
    """Lists of numbers that must never be called."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that was read; entries with mistakes are left out of ``file``, not of ``document``."""

    file: ManifestFile
    document: Document


@dataclass(frozen=True, slots=True)
class Manifests:
    """All manifests of a project, by path."""

    items: tuple[Manifest, ...]
    # Whether every file could be read as YAML: only then is a name that nobody declares a mistake.
    complete: bool

    def declared(self, section: Section) -> set[str]:
        """Return the names that a section has anywhere, those of entries with mistakes too."""
        found: set[str] = set()
        for manifest in self.items:
            data = manifest.document.data
            entries = data.get(section) if isinstance(data, dict) else None
            found.update(entries if isinstance(entries, dict) else ())
        return found


def load_manifests(project: Project, diagnostics: Diagnostics) -> Manifests:
    """Read every manifest of a project; mistakes go to ``diagnostics``."""
    files: dict[str, Path] = {}
    complete = True
    for index, pattern in enumerate(project.file.manifests):
        found = beneath(project.root, pattern)
        if found.problem or not found.paths:
            complete = False
            Complaints(project.document, diagnostics).error(
                ("manifests", index),
                found.problem or f'no file matches "{pattern}"',
                expected="at least one manifest in the project's folder",
                hint=found.hint,
            )
        files |= {path.relative_to(project.root).as_posix(): path for path in found.paths}
    documents = [
        read_document(path, label=label, diagnostics=diagnostics, withhold=withhold)
        for label, path in sorted(files.items())
    ]
    items = tuple(Manifest(_bind(document, diagnostics), document) for document in documents if document is not None)
    return Manifests(items, complete and len(items) == len(documents))


def _bind(document: Document, diagnostics: Diagnostics) -> ManifestFile:
    """Bind a manifest; where it has mistakes, keep the entries that have none, so that they are checked further."""
    file = bind(ManifestFile, document, diagnostics)
    if file is not None:
        return file
    return ManifestFile(
        campaigns=_sound(CampaignFile, document, "campaigns"),
        contacts=_sound(ContactsFile, document, "contacts"),
        dnd=_sound(DndFile, document, "dnd"),
    )


def _sound(model: type[Entry], document: Document, section: Section) -> dict[str, Entry]:
    entries = document.data.get(section) if isinstance(document.data, dict) else None
    if not isinstance(entries, dict):
        return {}
    read = {name: fits(model, entry) for name, entry in entries.items() if fits_name(name)}
    return {name: entry for name, entry in read.items() if entry is not None}


def withhold(path: yaml_places.Path, text: str) -> bool:
    """Whether a text is about a person (a row, a number released from a list) or may be a credential."""
    if len(path) < 4 or path[0] not in {"contacts", "dnd"}:
        return False
    return path[2] in {"rows", "release"} or (path[2] == "source" and path[3] == "database" and "://" in text)
