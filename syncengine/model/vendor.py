"""The vendor vocabulary: what one vendor file with its mapping says, compiled.

Together with ``answers``, ``calling`` and ``credentials`` this defines every word that a vendor file can say, once.
The dataclasses are both what ``config/`` validates and what ``remote/`` and ``engine/`` work with. Only what must be
*compiled* differs between file and run time: a template in the file becomes the ``render`` function of an
:class:`Operation`.

No word names a vendor. What the vocabulary cannot say is added here, for all vendors.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from syncengine.model.address import ACCOUNT
from syncengine.model.answers import Items, Match, ResponseClass
from syncengine.model.calling import Limits, Pagination, Proof, SinglePage, Task
from syncengine.model.credentials import Auth
from syncengine.model.exchange import Request

Ability = Literal["documented", "unverified", "absent"]
# What a call can do to who is rung. Undeclared counts as dialable.
Effect = Literal["dialable", "suppressing", "neutral"]


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

    def account_name(self, collection: str) -> str:
        """Return the name that a collection of the whole account has in addresses.

        The first of its kind is ``account``, the others are ``account:<collection>``.
        """
        (holds,) = {found.holds for found in self.collections if found.name == collection}
        first = next(c.name for c in self.collections if c.holds == holds and c.scope == "account")
        return ACCOUNT if first == collection else f"{ACCOUNT}:{collection}"
