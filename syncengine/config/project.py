"""The project file: which dialers there are, what guards them, where everything else lies."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from syncengine.config import yaml_places
from syncengine.config.binding import bind
from syncengine.config.document import Document, read_document
from syncengine.config.names import Name, SecretReference, is_reference
from syncengine.config.places import Complaints
from syncengine.config.quantities import Share, Span, written
from syncengine.config.vendor_spec import Written
from syncengine.config.watching import WatchFile
from syncengine.diagnostics import Diagnostics, Location
from syncengine.errors import SyncEngineError

FILE_NAME = "syncengine.yaml"
LEDGER_VARIABLE = "SYNCENGINE_LEDGER"

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")


def _check_ledger(url: str) -> str:
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE):
        return url
    if not url.startswith(_POSTGRES):
        raise PydanticCustomError(
            "ledger", "unknown kind", {"expected": "sqlite:///path/to/file.db or postgresql://host/database"}
        )
    if _has_password(url):
        raise PydanticCustomError(
            "ledger",
            "holds a password",
            {"expected": "a URL without a password", "hint": "Use the variable PGPASSWORD or the file ~/.pgpass."},
        )
    return url


def _has_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.password is not None or any(name == "password" for name, _ in parse_qsl(parts.query))
    except ValueError:
        return True


class LimitsFile(Written):
    """What this account allows, where that is not what the vendor file says."""

    concurrency: Annotated[int, Field(ge=1, le=64)] | None = None
    """Calls under way at once."""
    calls: Annotated[int, Field(ge=1)] | None = None
    """At most this many calls per `per`."""
    per: Span | None = None
    """The window of `calls`, as 1s or 1m."""
    timeout: Span | None = None
    """How long one call may take."""


class DialerFile(Written):
    """One account at a vendor."""

    vendor: str
    """Kind of dialer: the name of a vendor file."""
    settings: dict[str, str] = Field(default_factory=dict)
    """Values that the vendor file asks for. Always text: write numbers in quotes."""
    secrets: dict[str, SecretReference] = Field(default_factory=dict)
    """Where each secret is kept: env:NAME or file:path. Never the secret itself."""
    limits: LimitsFile = LimitsFile.model_construct()
    """Limits of this account, where they are not those of the vendor file."""
    base_url: str = ""
    """Address to use instead of the vendor's own, as a sandbox or a proxy. Its origin must be allowed by the owner of
    the machine, unless it is this machine."""


class GuardsFile(Written):
    """What a plan may do without being allowed to on the command line."""

    max_remove: Annotated[Share, written("30%")] = 0.3
    """Largest share of a collection that may be removed."""
    min_rows: Annotated[int, Field(ge=0)] = 10
    """Collections with fewer rows than this are not measured by max_remove."""
    max_newly_callable: Annotated[int, Field(ge=0)] = 20_000
    """How many people may become callable in one plan."""
    max_starts: Annotated[int, Field(ge=0)] = 3
    """How many campaigns may start in one plan."""


_SPARK = re.compile(r"local(\[([1-9][0-9]{0,2}|\*)\])?|sc://[A-Za-z0-9.-]{1,253}(:[1-9][0-9]{0,4})?/?")


def _check_spark(where: str) -> str:
    if not _SPARK.fullmatch(where) and not (where.startswith("env:") and is_reference(where)):
        raise PydanticCustomError(
            # As with secrets: a Spark Connect URL may hold a token.
            "secret",
            "not a Spark session",
            {
                "expected": "local[*], local[N], sc://host:port, or env:NAME of a variable with a Spark Connect URL",
                "hint": "A URL with a token belongs into an environment variable.",
            },
        )
    return where


NoticeEvent = Literal["approval", "guard", "partial", "drift", "dnd_deadline"]
_EVENTS: tuple[NoticeEvent, ...] = ("approval", "guard", "partial", "drift", "dnd_deadline")


class NotificationFile(Written):
    """Where to say that something waits for people: counts, names of lists and dialers, never a person."""

    webhook: str = ""
    """Address that takes a signed JSON document. Its origin must be allowed by the owner of the machine, unless it is
    this machine."""
    secret: SecretReference | None = None
    """What deliveries to the webhook are signed with: env:NAME or file:path."""
    apprise: SecretReference | None = None
    """Instead of a webhook: env:NAME of a variable that holds an Apprise address, as of a chat or of mail."""
    on: Annotated[tuple[NoticeEvent, ...], Field(min_length=1)] = _EVENTS
    """approval: a plan waits for it; guard: one is stopped; partial: something was not done; drift: a dialer was
    changed by others; dnd_deadline: an opt-out is almost a day old and not at every dialer."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.webhook) is (self.apprise is not None):
            raise PydanticCustomError("notification", "one of webhook and apprise", {"expected": "just one of the two"})
        if bool(self.webhook) is not (self.secret is not None):
            raise PydanticCustomError("notification", "secret", {"expected": "webhook and secret together"})
        if self.apprise is not None and not self.apprise.startswith("env:"):
            # A file of the project would let a branch choose where facts go.
            raise PydanticCustomError("notification", "apprise", {"expected": "env:NAME of a variable"})
        return self


class ProjectFile(Written):
    """A syncengine project."""

    version: Literal[1]
    """Version of this file's format."""
    project: Name
    """Name of the project; it parts the records of projects that share a ledger."""
    ledger: Annotated[str, AfterValidator(_check_ledger)] = "sqlite:///.syncengine/ledger.db"
    """Where syncengine keeps what it wrote and what came back: sqlite:///path (below this folder unless it is
    absolute) or postgresql://host/database without a password."""
    dialers: Annotated[dict[Name, DialerFile], Field(min_length=1)]
    """The accounts, by a name of your own."""
    guards: GuardsFile = Field(default_factory=GuardsFile.model_construct)
    """What a plan may do without an allowance on the command line."""
    manifests: Annotated[tuple[str, ...], Field(min_length=1)] = ("manifests/*.yaml",)
    """Files with the desired state, as paths or patterns below this folder."""
    vendors: tuple[str, ...] = ("vendors",)
    """Folders below this one with vendor files of your own. They are searched before those that come with the tool."""
    mappings: tuple[str, ...] = ("mappings",)
    """Folders below this one with mapping files of your own."""
    stop_after_failed_suppressions: Annotated[int, Field(ge=0)] = 3
    """After so many failed tries to block a do-not-call number in a running campaign the campaign is stopped; 0:
    never."""
    engine: Literal["duckdb", "spark"] = "duckdb"
    """Where the rows of Parquet and table sources are compared with those of the last run: here, or in a Spark session
    beside the data. The plan is the same, to its id."""
    spark: Annotated[str, AfterValidator(_check_spark)] = "local[*]"
    """The session for engine: spark: local[*] on this machine, sc://host:port (its origin must be allowed by the owner
    of the machine), or env:NAME of a variable with such a URL."""
    erasure_key: SecretReference | None = None
    """With what numbers of erased people are digested, so that they stay on do-not-call lists: env:NAME or file:path of
    at least 32 random characters. Kept where neither the ledger nor its backups are; without it nothing is sent."""
    watch: WatchFile | None = None
    """How `syncengine watch` works."""
    notifications: tuple[NotificationFile, ...] = ()
    """Where to say that something waits for people."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project file that was read."""

    file: ProjectFile
    document: Document
    path: Path
    # The folder of the project file, free of symbolic links.
    root: Path

    def ledger_url(self) -> str:
        """Return the ledger's URL with the path of a SQLite file made absolute.

        The owner's variable counts before the file: a branch that named another ledger would plan as if nothing had
        ever been written and nobody had ever opted out.
        """
        url = owners_ledger(os.environ) or self.file.ledger
        return f"{_SQLITE}{self.root / url.removeprefix(_SQLITE)}" if url.startswith(_SQLITE) else url

    def is_ledger(self, path: Path) -> bool:
        """Whether a path leads to the ledger's file or one of its companions, whatever it is called.

        Nobody else in this process may open them: closing them again drops SQLite's locks.
        """
        url = self.ledger_url()
        if not url.startswith(_SQLITE):
            return False
        ledger = Path(url.removeprefix(_SQLITE)).resolve()
        return path.resolve() in {ledger.with_name(f"{ledger.name}{suffix}") for suffix in ("", "-wal", "-shm")}


# What is said of a source that is the ledger, and why.
LEDGER_AS_SOURCE = ("this is the ledger", "Reading it beside its owner could lose what it holds.")


def owners_ledger(environment: Mapping[str, str]) -> str:
    """Return the ledger that the owner of the machine names; empty: the project's file does."""
    url = environment.get(LEDGER_VARIABLE, "")
    try:
        return _check_ledger(url) if url else ""
    except PydanticCustomError:
        # The URL may hold a password, so it is not shown.
        raise SyncEngineError(
            f"{LEDGER_VARIABLE} is not a ledger's URL without a password, as sqlite:////var/lib/syncengine/acme.db"
        ) from None


def load_project(path: Path, diagnostics: Diagnostics) -> Project | None:
    """Read a project file, or the one in a folder; None when it holds a mistake."""
    path = path / FILE_NAME if path.is_dir() else path
    if not path.resolve().is_relative_to(path.parent.resolve()):
        # Its lines are shown where they are wrong, and its folder decides what may be read.
        diagnostics.error(
            "this is a link that leads out of its folder", Location(path.name), expected="the project file itself"
        )
        return None
    document = read_document(path.resolve(), label=path.name, diagnostics=diagnostics, withhold=withhold)
    if document is None:
        return None
    file = bind(ProjectFile, document, diagnostics)
    if file is None:
        return None
    return Project(file, document, path, path.resolve().parent)


def needed_vendors(project: Project) -> set[str]:
    """Return the names of the vendors whose files the project needs."""
    return {dialer.vendor for dialer in project.file.dialers.values()}


def folders(project: Project, kind: Literal["vendors", "mappings"], diagnostics: Diagnostics) -> tuple[Path, ...]:
    """Return the project's own folders of vendor or mapping files, in the order in which they are searched.

    Only the usual folder may be absent without a word; one that the project names must be there, inside the project.
    """
    stated = kind in project.file.model_fields_set
    names: tuple[str, ...] = getattr(project.file, kind)
    found: list[Path] = []
    for index, name in enumerate(names):
        folder = (project.root / name).resolve()
        if not folder.is_relative_to(project.root):
            Complaints(project.document, diagnostics).error(
                (kind, index),
                f'"{name}" is outside the project',
                expected="a folder below the project file",
            )
        elif folder.is_dir():
            found.append(folder)
        elif stated:
            Complaints(project.document, diagnostics).error(
                (kind, index), f'there is no folder "{name}"', expected="a folder below the project file"
            )
    return tuple(found)


_SOUNDS_SECRET = re.compile(r"secret|token|passw|credential|api_?key|auth", re.IGNORECASE)


def withhold(path: yaml_places.Path, text: str) -> bool:
    """Whether a text may be a credential: also one that was written under a wrong key."""
    if path[:1] == ("ledger",) or path[-1:] == ("base_url",):
        return "@" in text or "password" in text
    if path[:1] == ("spark",):
        return _SPARK.fullmatch(text) is None and not is_reference(text)
    below_dialer = len(path) > 2 and path[0] == "dialers"
    return below_dialer and not is_reference(text) and any(_SOUNDS_SECRET.search(str(part)) for part in path[2:])
