"""The vendor vocabulary: every word that a vendor file can say, defined once.

The dataclasses here are both what ``config/`` validates (pydantic reads plain dataclasses) and what ``remote/`` and
``engine/`` work with. Only what must be *compiled* differs between file and run time: a template in the file becomes
the ``render`` function of an :class:`Operation`.

No word names a vendor. What the vocabulary cannot say is added here, for all vendors.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from syncengine.model.exchange import Request

Ability = Literal["documented", "unverified", "absent"]
# What a call can do to who is rung. Undeclared counts as dialable.
Effect = Literal["dialable", "suppressing", "neutral"]
Scalar = str | int | float | bool | None


# ---------------------------------------------------------------------------------------------- judging an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A test over one answer. All parts that are stated must hold; a Match that states nothing matches everything."""

    status: tuple[int | str, ...] = ()
    """HTTP statuses: numbers, or classes as "2xx"."""
    body: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)
    """Path in the decoded body -> accepted values, compared as text; null accepts absent, null and blank."""
    present: tuple[str, ...] = ()
    """Paths that must exist in the body (any value)."""
    text: tuple[str, ...] = ()
    """Phrases, any of which must occur in the body's text, in any case; for bodies that are not JSON and messages."""
    empty: bool | None = None
    """Whether the body must be empty (true) or not empty (false)."""


ResponseOutcome = Literal[
    "applied",
    "already_present",
    "already_absent",
    "rejected",
    "deferred",
    "wait",
    "budget_exhausted",
    "renew_auth",
    "stop_dialer",
    "unknown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseClass:
    """One named kind of answer. Classes are tried in order: the operation's, its success, then the vendor's.

    applied: done. already_present, already_absent: nothing to do, which is success for us. rejected: refused for good,
    nothing changed. deferred: not now, nothing changed, the next plan tries again. wait: not applied, wait and repeat.
    budget_exhausted: not applied, this dialer stops until its budget is renewed. renew_auth: not applied, renew the
    credential once and repeat. stop_dialer: not applied and nothing else will be. unknown: it may have been applied.
    """

    name: str
    when: Match
    outcome: ResponseOutcome
    message: str = ""
    """Path of the vendor's own words in the body; empty: the name of this class is shown."""
    wait: float | None = None
    """For outcome wait: seconds to wait where the answer has no Retry-After; null: full jitter."""


ItemOutcome = Literal["applied", "already_present", "already_absent", "rejected", "deferred", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItems:
    """Rows named in one list of the answer, and what that means for them."""

    at: str
    """Path of a list of values or of objects."""
    outcome: ItemOutcome
    value: str = ""
    """Path of the row's value inside each element; empty: the element itself."""
    after: str | None = None
    """Only the elements that follow this marker text count; without the marker in the list, none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """How the answer to one call tells what became of each row of the batch.

    map: object keyed by row value -> result object. map_of_lists: object keyed by row value -> list of result objects
    (a row is applied when each of its results is). list: list of result objects holding the row value under ``key``.
    lists: lists of values that were skipped or refused; rows named in none are ``unlisted``. none: nothing per row;
    ``total`` is the only check.
    """

    shape: Literal["map", "map_of_lists", "list", "lists", "none"]
    at: str = ""
    """Path of the map or list; empty: the root."""
    row: str = "key"
    """Which value of a row the answer names: key, phone, remote_id, or record.<vendor field>."""
    key: str = ""
    """For shape list: path of the row's value inside each result object."""
    status: str = ""
    """Path of the vendor's word inside each result object."""
    outcomes: Mapping[str, ItemOutcome] = field(default_factory=dict)
    """Vendor's word -> outcome; a word that is not listed is unknown."""
    message: str = ""
    """Path of the vendor's message inside each result object."""
    remote_id: str = ""
    """Path of the row's id inside each result object."""
    lists: tuple[ListedItems, ...] = ()
    """For shape lists: the lists to look at, in order."""
    unlisted: ItemOutcome = "unknown"
    """What a row is that the answer does not name."""
    total: str = ""
    """For shape none: path of the number of rows taken. Blank or absent is accepted as the vendor's silence; any other
    number than the number sent makes the whole batch unknown."""


# -------------------------------------------------------------------------------------------------- calling


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglePage:
    """The listing has no pages."""

    kind: Literal["none"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNumber:
    """Pages by number. Templates read ``page.number`` and ``page.limit``."""

    kind: Literal["page"]
    limit: int
    first: int = 1
    total: str = ""
    """Path of the total number of records; the listing is complete only when it agrees with what was read."""
    pages: str = ""
    """Path of the number of pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """Pages by offset. Templates read ``page.offset`` and ``page.limit``."""

    kind: Literal["offset"]
    limit: int
    total: str = ""
    """Path of the total number of records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Pages by a cursor from the last answer. Templates read ``page.cursor`` (empty at first) and ``page.limit``."""

    kind: Literal["cursor"]
    next: str
    """Path of the next cursor; absent, null or blank ends the listing."""
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Pages by a link in the answer, followed only at the dialer's own origin."""

    kind: Literal["link"]
    next: str = ""
    """Path of the next page's URL in the body; empty: the Link header with rel="next"."""


Pagination = SinglePage | PageNumber | Offset | Cursor | Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The answer only promises: a task runs at the vendor and must be asked about."""

    id: str
    """Path of the task's id in the answer of the call that started it."""
    poll: str
    """Name of the operation that asks; its templates read ``task.id``."""
    status: str
    """Path of the status word in the polling answer."""
    success: tuple[str, ...]
    """Words that mean done. Every word that is in no list means "still running" until the deadline."""
    failure: tuple[str, ...] = ()
    """Words that mean failed: the rows are then unknown, since a part may have been loaded."""
    interval: float = 2.0
    """Seconds between two questions."""
    deadline: float = 600.0
    """Seconds after which the outcome is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What settles a write whose answer was lost.

    repeat: the call states an end state, so sending it again is harmless. refusal: a repeat is refused as already
    there (or already gone), by a documented answer. task: ask the task, when its id is known; else park. read_back:
    after ``settle`` seconds the listing tells. park: nothing can prove it; a person decides.
    """

    by: Literal["repeat", "refusal", "task", "read_back", "park"]
    settle: float = 60.0
    """Seconds to wait, from the moment the call was last alive, before a listing proves absence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a dialer allows. One set a dialer; an operation can tighten ``batch`` and ``timeout``."""

    concurrency: int = 4
    """Calls under way at once."""
    calls: int | None = None
    """At most this many calls per ``per`` seconds; null: no limit known."""
    per: float = 1.0
    """The window of ``calls`` in seconds."""
    timeout: float = 30.0
    """Seconds for one whole call, from connecting to the last byte."""
    daily_calls: str = ""
    """Name of the setting with the daily budget of calls; empty: none. The count is kept in the ledger."""
    url_length: int = 4000
    """Longest URL in characters; batches that travel in the query are cut to fit."""
    reserve: int = 50
    """Calls of the daily budget kept for suppressing requests."""


# --------------------------------------------------------------------------------------------------- credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderAuth:
    """A secret as it stands in a header."""

    scheme: Literal["header"]
    header: str
    secret: str
    prefix: str = ""
    """Text before the secret, as "bearer "."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryAuth:
    """A secret in the query string; redacted wherever a URL is shown."""

    scheme: Literal["query"]
    parameter: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicAuth:
    """HTTP Basic."""

    scheme: Literal["basic"]
    user: str
    """Name of the secret with the user's name."""
    password: str
    """Name of the secret with the password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeAuth:
    """A call that turns secrets into a token; renewed once, for all workers, when a call answers renew_auth.

    Where the secret ``literal`` is given by the project, no exchange is made and that token is used as it stands.
    """

    scheme: Literal["exchange"]
    path: str
    """Path below the base URL; may hold ``{{ settings.x }}``."""
    body: Mapping[str, str]
    """Field -> "secret:<name>" or "setting:<name>", sent as a JSON object; a whole number is sent as a number."""
    token: str
    """Path of the token in the answer."""
    header: str = "Authorization"
    prefix: str = "Bearer "
    literal: str = ""
    """Name of an optional secret that holds a ready token."""
    renew_after: float = 3000.0
    """Seconds after which a new token is fetched without being asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtAuth:
    """A token that we sign ourselves."""

    scheme: Literal["jwt"]
    header: str
    key_id: str
    """Name of the secret with the key's id; claims may hold ``{key_id}`` and ``{now}``."""
    secret: str
    algorithm: Literal["HS256"] = "HS256"
    fields: Mapping[str, Scalar] = field(default_factory=dict)
    """Extra fields of the token's own header."""
    claims: Mapping[str, Scalar] = field(default_factory=dict)
    """Claims; text values may hold ``{key_id}`` and ``{now}``. ``exp`` is added by us."""
    lifetime: float = 600.0
    """Seconds; signed anew when less than 60 remain."""


Auth = HeaderAuth | QueryAuth | BasicAuth | ExchangeAuth | JwtAuth


# ---------------------------------------------------------------------------------------------------- operations


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call of a vendor's API, compiled.

    ``render`` takes the template scope and returns the request. The scope holds ``settings`` and, by role,
    ``campaign`` (id, key, name, status and the vendor's fields), ``fields`` (vendor fields to write), ``row``
    (key, phone, remote_id), ``record`` (the row's vendor fields), ``rows`` (list of such pairs), ``page``, ``task``,
    ``options``.
    """

    name: str
    ability: Ability
    effect: Effect
    writes: bool
    render: Callable[[Mapping[str, object]], Request]
    success: Match
    responses: tuple[ResponseClass, ...] = ()
    items: Items | None = None
    records: str = ""
    """Reading: path of the list of records; alternatives are parted by " | ", the first that exists counts."""
    pagination: Pagination = field(default_factory=SinglePage)
    task: Task | None = None
    id: str = ""
    """Creating: path of the new id in the answer, " | " as above."""
    id_pattern: str = ""
    proof: Proof | None = None
    batch: int = 1
    """Rows a call."""
    refused_batch: Literal["nothing_applied", "unknown"] = "unknown"
    """What a refused batch left behind."""
    timeout: float | None = None
    warns: str = ""
    """What a person must know before this is sent, as "erases the call history"; shown in the plan."""
    check: str = ""
    """For an unverified operation: which setting to check against the real account."""
    settings_used: tuple[str, ...] = ()
    """Names of the settings that its templates read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Where a record of a listing carries what we need. Paths are relative to the record."""

    key: str = ""
    """Path of the value that is the row's key; empty: the phone is."""
    phones: tuple[str, ...] = ()
    """Paths of its numbers; a path may name one value or a list."""
    remote_id: str = ""
    """Path of the vendor's own id of the row."""
    state: str = ""
    """Path of the word that tells whether the row can be dialled."""
    blocked: tuple[str, ...] = ()
    """Words of ``state`` that mean: held, never dialled."""
    phone_form: Literal["e164", "digits", "national"] = "digits"
    """How numbers are written there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A set of rows at a dialer: the contacts of a campaign, a do-not-call list, or a directory of people."""

    name: str
    holds: Literal["contacts", "dnd", "directory"]
    scope: Literal["campaign", "account"]
    title: str = ""
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Which campaigns (or DND lists) use it: our setting -> values, compared as text. The first that fits counts."""
    key: Literal["phone", "id"] = "phone"
    """Which of our columns identifies a row there. An ``id`` that the source lacks is the phone."""
    operations: Mapping[str, Operation] = field(default_factory=dict)
    """By role: list, add, update, remove, block, unblock, lookup (find one row by key before adding it), check (a dry
    run at the vendor)."""
    listed: Listed | None = None
    """How a record of ``list`` or ``lookup`` reads; null: the collection cannot be read back."""
    update: Literal["operation", "replace", "absent"] = "absent"
    """How changed content gets there; replace = remove and add."""
    needs: str = ""
    """Name of the directory in which a row must exist first; its id there is the row's ``remote_id`` for ``add``."""
    counted_by: str = ""
    """Our name of the campaign field that holds the vendor's own count of rows: an alarm, not a proof."""
    enforcement: str = ""
    """For dnd: one sentence for the plan, how the vendor enforces an entry."""
    opaque: bool = False
    """Rows stand for people that this plan cannot see, as a saved filter does: no start in the same plan."""


FieldKind = Literal["text", "integer", "number", "yes_no", "boolean", "epoch_ms", "datetime", "json", "list"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignField:
    """One setting of a campaign: our name, the vendor's name, how it is written and read."""

    name: str
    to: str
    """The vendor's field in requests."""
    read: str = ""
    """Path in a listed record; empty: it cannot be read back, the ledger remembers what was written."""
    kind: FieldKind = "text"
    form: str = ""
    """For kind datetime: the strftime form at the vendor, as "%H%M%S"."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Our word -> the vendor's; any other value is refused."""
    required: bool = False
    write: str = "update"
    """Role of the operation that changes it on an existing campaign; "never": fixed at creation."""
    default: str | None = None
    """What is sent on creation when the manifest does not state it."""
    describe: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaigns:
    """Campaigns at a vendor."""

    operations: Mapping[str, Operation] = field(default_factory=dict)
    """By role: list, read, create, update, delete, start, stop, find_duplicates, keep_duplicates, and any name that a
    field's ``write`` uses."""
    fields: Mapping[str, CampaignField] = field(default_factory=dict)
    id: str = ""
    """Path of the id in a listed record."""
    id_pattern: str = "[A-Za-z0-9_-]{1,64}"
    name: str = ""
    """Path of the name in a listed record."""
    status: str = ""
    """Path of the status in a listed record."""
    started: tuple[str, ...] = ()
    """Words of ``status`` that mean: dialling."""
    stopped: tuple[str, ...] = ()
    """Words of ``status`` that mean: not dialling. Any other word is unknown and counts as dialling."""
    start_only_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Our field -> values under which start and stop are allowed."""
    ending: str = ""
    """Path whose presence in a listed record means: queued for deletion, to be taken as gone."""
    born: Literal["stopped", "started"] = "stopped"
    """Status of a campaign that has just been created."""
    references_only: bool = False
    """The vendor has no campaign calls at all: a campaign is a name agreed with the vendor, given as ``id``."""


ColumnForm = Literal["text", "e164", "digits", "national", "integer", "number", "datetime", "custom"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of a vendor's record, made from our columns."""

    to: str
    """The vendor's field; for form custom with ``to`` empty, custom columns are spread under their own names."""
    source: str
    """Our column (phone, phone2, id, first_name, ...), a constant as "=text", or "remote_id" for the directory's id."""
    form: ColumnForm = "text"
    """custom: all columns that the contact list adds beyond ours, as an object."""
    pattern: str = ""
    """For form datetime: the strftime form at the vendor."""
    required: bool = False
    """A row without it is set aside."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Our value -> the vendor's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value of a dialer that the project gives."""

    describe: str
    pattern: str = ""
    """The whole value must match; mandatory where the setting enters a host name."""
    default: str | None = None
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """One vendor file with its mapping, compiled."""

    name: str
    title: str
    docs: str
    settings: Mapping[str, Setting]
    secrets: Mapping[str, str]
    """Name -> what it is; those named in ``optional_secrets`` may be left out."""
    optional_secrets: tuple[str, ...]
    base_url: Callable[[Mapping[str, str]], str]
    """Settings -> base URL without a slash at the end."""
    auth: Auth
    limits: Limits
    responses: tuple[ResponseClass, ...]
    campaigns: Campaigns
    collections: tuple[Collection, ...]
    columns: Mapping[str, Sequence[Column]]
    """Collection name -> its columns, from the mapping file."""
    calls: Mapping[str, Operation]
    """Operations that others refer to by name, as task polling."""
    options: Mapping[str, str]
    """Apply options (never desired state): name -> what it is; templates read ``options.<name>``."""
    digest: str
    """Of the vendor file and the mapping file."""
    shipped: bool = True
    """Whether the file came with the tool, so that its origin is allowed as it stands."""
