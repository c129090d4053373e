"""What people want, after their files were read and checked: the input of a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Literal

from syncengine.diagnostics import Location

CampaignStatus = Literal["started", "stopped"]
# A field of a campaign, in our own spelling.
FieldValue = str | int | float | bool | tuple[object, ...] | Mapping[str, object]

# Columns of a contact list that have a meaning of ours; every other column a list names is a custom column.
CONTACT_COLUMNS: tuple[str, ...] = (
    "id",
    "phone",
    *(f"phone{number}" for number in range(2, 11)),
    "phone_extra",
    "callback_phone",
    "callback_at",
    "first_name",
    "last_name",
    "email",
    "id_type",
    "age",
    "gender",
    "country",
    "state",
    "city",
    "zone",
    "address",
    "company",
    "language",
    "agent",
    "priority",
)
# Those of them that hold a number which can be rung.
PHONE_COLUMNS: tuple[str, ...] = tuple(c for c in CONTACT_COLUMNS if c.startswith("phone") or c == "callback_phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialer:
    """One account at a vendor, as the project names it."""

    name: str
    vendor: str
    settings: Mapping[str, str]
    # Settings that the project states itself, not taken from the vendor file's defaults.
    stated_settings: frozenset[str]
    # Secret name -> reference ("env:NAME" or "file:path"); never the secret.
    secrets: Mapping[str, str]
    # Overrides the vendor file's base URL; empty: as the vendor file says.
    base_url: str
    location: Location
    # Fields of model.calling.Limits that the account has otherwise than the vendor file says.
    limits: Mapping[str, int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of a database."""

    sql: str
    # "env:NAME" of a variable that holds the URL, or the absolute path of a database file.
    database: str
    # Seconds.
    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where rows come from: files, a query, a table, or rows written in the manifest."""

    # Files in the order in which they are read; absolute, inside the project; empty for inline rows.
    paths: tuple[str, ...] = ()
    # What they were found by, as written; a pattern can match other files tomorrow.
    patterns: tuple[str, ...] = ()
    # Folder of the project, below which files are called by their path; empty: they are called by their name.
    root: str = ""
    # Fewer files than this are not all of them; 0: not stated.
    min_files: int = 0
    # As people wrote it, for messages.
    label: str = ""
    format: Literal["csv", "jsonl", "parquet", "xlsx", "query", "table", "inline"] = "inline"
    query: Query | None = None
    # Why there is nothing to read, where that is known already.
    problem: str = ""
    # Name of a table that the Spark session knows.
    table: str = ""
    # None: found out from the file itself.
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    # For inline rows: column -> text, with the place of each row.
    rows: tuple[Mapping[str, str], ...] = ()
    row_locations: tuple[Location, ...] = ()
    location: Location = field(default_factory=lambda: Location(""))

    def label_of(self, path: str) -> str:
        """Return what one of the files is called in messages: files in two folders may share a name."""
        if len(self.paths) == 1 and self.label:
            return self.label
        found = PurePath(path)
        return found.relative_to(self.root).as_posix() if self.root else found.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactList:
    """People to be called."""

    name: str
    source: Source
    # Two-letter region for national numbers; empty: only international spellings are read.
    region: str
    # Our column -> column of the source. A column of ours that the source has under the same name needs no entry.
    columns: Mapping[str, str]
    on_absent: Literal["remove", "keep"]
    # A row that the dialer no longer lists: "keep" leaves it alone (the person may have been called already).
    on_vanish: Literal["keep", "add"]
    # Share of rows that may be set aside before the plan stops, 0..1.
    max_rejected: float
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class DndList:
    """Numbers that must never be called."""

    name: str
    source: Source
    region: str
    # Column of the source that holds the number; empty: "phone", or the only column there is.
    column: str
    # "all", or names of dialers and campaigns.
    scope: tuple[str, ...]
    # Seconds; the file must not be older.
    max_age: float
    # Numbers taken off the list by name, E.164, with their places.
    release: tuple[str, ...]
    # Days after which an entry lapses at the dialer and is renewed before; None: entries do not lapse.
    lasts_days: int | None
    # Share of the list that may be missing against the last reading, 0..1, before the source counts as shrunken.
    max_shrink: float
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign as the manifest wants it."""

    key: str
    dialer: str
    # Adopted id at the vendor; empty: ours to create.
    id: str
    name: str
    # None: the manifest says nothing about it, so nothing is started or stopped.
    status: CampaignStatus | None
    # Our field name -> value; only what the manifest states.
    fields: Mapping[str, FieldValue]
    contacts: tuple[str, ...]
    dnd: tuple[str, ...]
    # Declared policy for duplicates that the vendor can find: "" or "keep_first".
    duplicates: Literal["", "keep_first"]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What a plan may do without an allowance."""

    # Share (0..1) of a collection of at least ``min_rows`` rows that may be removed.
    max_remove: float = 0.3
    min_rows: int = 10
    max_newly_callable: int = 20_000
    max_starts: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """Everything that the project's files say, checked."""

    project: str
    # Folder of the project file; sources are inside it.
    root: str
    # URL of the ledger, as "sqlite:///.syncengine/ledger.db" with the path made absolute.
    ledger: str
    dialers: Mapping[str, Dialer]
    campaigns: Mapping[str, Campaign]
    contacts: Mapping[str, ContactList]
    dnd: Mapping[str, DndList]
    # Contact list -> dialers whose directory of people it keeps.
    directories: Mapping[str, tuple[str, ...]]
    guards: Guards
    # After this many failed tries to block a listed number in a running campaign, the campaign is stopped; 0: never.
    stop_after_failed_suppressions: int
    # Where rows are compared: a Spark session, as "local[*]", "sc://host:port" or "env:NAME"; empty: this program.
    spark: str = ""
    # Digest of the project file and all manifests, byte by byte.
    digest: str

    @property
    def regions(self) -> tuple[str, ...]:
        """Return all regions that the lists state, sorted: those in which a national number may be written."""
        stated = {found.region for found in self.contacts.values()} | {found.region for found in self.dnd.values()}
        return tuple(sorted(stated - {""}))

    def dnd_scopes(self, dnd_list: DndList) -> tuple[str, ...]:
        """Return the keys of the campaigns that a list covers, sorted.

        A campaign is covered by a list that it names itself, that has scope ``all``, or whose scope names the
        campaign or its dialer.
        """
        return tuple(
            sorted(
                key
                for key, campaign in self.campaigns.items()
                if dnd_list.name in campaign.dnd
                or "all" in dnd_list.scope
                or key in dnd_list.scope
                or campaign.dialer in dnd_list.scope
            )
        )

    def dnd_of(self, campaign: Campaign) -> tuple[DndList, ...]:
        """Return the lists that cover a campaign, by name."""
        return tuple(found for name, found in sorted(self.dnd.items()) if campaign.key in self.dnd_scopes(found))

    def dnd_at(self, dialer: str) -> tuple[DndList, ...]:
        """Return the lists that cover a whole dialer: scope ``all`` or the dialer's name, by name."""
        return tuple(found for _, found in sorted(self.dnd.items()) if "all" in found.scope or dialer in found.scope)
