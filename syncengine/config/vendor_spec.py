"""A vendor file as people write it.

The judging, paging, limiting and credential words are the dataclasses of ``model/`` themselves; only what has
to be compiled (templates) has a written form of its own here. ``config/compile.py`` turns this into a
:class:`syncengine.model.vendor.Vendor`.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from syncengine.model.answers import Items, Match, ResponseClass
from syncengine.model.calling import Limits, Pagination, Proof, SinglePage, Task
from syncengine.model.credentials import Auth
from syncengine.model.vendor import Ability, CampaignField, Effect, Listed, Setting


class Written(BaseModel):
    """What all written forms share: unknown keys are mistakes, and a docstring under a field describes it.

    What checks a form is built when first used. Most forms are parts of others and are never used by themselves; for
    the same reason, a default that is a form is constructed, not checked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class FilePart(Written):
    """A generated file inside a multipart body: one line a row of the batch."""

    filename: str
    format: Literal["xlsx", "csv"]
    delimiter: str = ","
    columns: dict[str, str]
    """Heading -> template of the cell, which reads ``row`` and ``record``. Every cell is written as text."""
    custom_columns: bool = False
    """Whether the row's custom columns follow, each under its own heading."""


class MultipartPart(Written):
    """One part of a multipart body; exactly one of the three is given."""

    text: str | None = None
    """A template."""
    json_: object = Field(default=None, alias="json")
    """A tree, sent as JSON text."""
    file: FilePart | None = None


class BodySpec(Written):
    """The body of a request; exactly one of the forms is given.

    In a tree, every text leaf is a template. A leaf that is one expression keeps its value's type. An object that has
    the key ``$each`` becomes a list: ``{$each: <tree>}`` renders the tree once for each row of the batch, with ``row``
    and ``record`` of that row. An object with the single key ``$json`` becomes JSON text inside a string. A leaf that
    renders to the filter ``omit_empty`` of an empty value is left out of its object.

    Filters: text, lower, upper, trim, digits (without a leading plus and separators), default(other), json, integer and
    number (of what is plainly one; anything else stays as it is), truncate(length), and, last, omit_empty.
    """

    json_: object = Field(default=None, alias="json")
    """A tree, sent as JSON; the root may be an object, a list, ``{$each: ...}`` or one expression."""
    form: dict[str, object] | None = None
    """Sent as application/x-www-form-urlencoded."""
    multipart: dict[str, MultipartPart] | None = None
    """Sent as multipart/form-data, parts in the order written."""
    text: str | None = None
    """A text template for wire formats that are not JSON."""
    content_type: str = ""
    """For text bodies, or to override the usual one."""


class ProofSpec(Written):
    """What settles a write whose answer was lost.

    repeat: the call states an end state, so sending it again is harmless. refusal: a repeat is refused as already
    there (or already gone), by a documented answer. task: ask the task, when its id is known; else park. read_back:
    after ``settle`` seconds the listing tells. park: nothing can prove it; a person decides.
    """

    by: Literal["repeat", "refusal", "task", "read_back", "park"]
    settle: float = 60.0
    """Seconds to wait, from the moment the call was last alive, before a listing proves absence; stated for read_back:
    at least twice the time-out and however long the vendor's listings lag."""

    def proof(self) -> Proof:
        """Return the value that the rest of the program works with."""
        return Proof(by=self.by, settle=self.settle)


class OperationSpec(Written):
    """One call."""

    ability: Ability = "documented"
    check: str = ""
    """For an unverified operation: what to check against the real account before trusting it."""
    source: str = ""
    """Which document says so."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    """Below the base URL; templates are percent-encoded per segment."""
    query: dict[str, object] = Field(default_factory=dict)
    """Parameter -> template, or list of templates, or ``{$each: template}`` for repeated parameters."""
    headers: dict[str, str] = Field(default_factory=dict)
    body: BodySpec | None = None
    effect: Effect = "dialable"
    """What the call can do to who is rung."""
    success: Match
    """When the call is done; mandatory, since "2xx means done" is never assumed."""
    responses: tuple[ResponseClass, ...] = ()
    """Classes of this operation, tried before its success and before the vendor's."""
    items: Items | None = None
    records: str = ""
    """Reading: path of the list of records; alternatives parted by " | "."""
    pagination: Annotated[Pagination, Field(discriminator="kind")] = SinglePage()
    task: Task | None = None
    id: str = ""
    """Creating: path of the new id; alternatives parted by " | "."""
    id_pattern: str = ""
    """What the new id must look like; empty: as ``campaigns.id_pattern``."""
    proof: ProofSpec | None = None
    """Writing: what settles a lost answer; mandatory for POST, PUT, PATCH and DELETE that are not ``reads``."""
    reads: bool | None = None
    """Whether the call only reads; null: GET reads, all others write."""
    batch: int = 1
    refused_batch: Literal["nothing_applied", "unknown"] = "unknown"
    """What a batch that was refused whole has left behind; stated by every write of more than one row."""
    unsafe_defaults: dict[str, str | int | bool] = Field(default_factory=dict)
    """Field of the request -> its safe value, for fields without which, by the vendor's documentation, no do-not-call
    list or no duplicate is looked at: the request states each of them as just that constant."""
    timeout: float | None = None
    warns: str = ""


class CollectionSpec(Written):
    """A set of rows; see ``model.vendor.Collection``."""

    title: str = ""
    holds: Literal["contacts", "dnd", "directory"]
    scope: Literal["campaign", "account"]
    when: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Which campaigns use it, by our fields; for dnd: which lists, by ``lasts`` ("yes" or "no")."""
    key: Literal["phone", "id"] = "phone"
    operations: dict[
        Literal["list", "add", "update", "remove", "block", "unblock", "lookup", "check"], OperationSpec
    ] = Field(default_factory=dict)
    listed: Listed | None = None
    update: Literal["operation", "replace", "absent"] = "absent"
    needs: str = ""
    counted_by: str = ""
    enforcement: str = ""
    opaque: bool = False


class CampaignsSpec(Written):
    """Campaigns; see ``model.vendor.Campaigns``."""

    operations: dict[str, OperationSpec] = Field(default_factory=dict)
    id: str = ""
    id_pattern: str = "[A-Za-z0-9_-]{1,64}"
    name: str = ""
    status: str = ""
    started: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    start_only_when: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    ending: str = ""
    born: Literal["stopped", "started"] = "stopped"
    references_only: bool = False


class ExampleRequest(Written):
    """What a rendered request must look like; only what is stated is compared."""

    method: str = ""
    path: str = ""
    query: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    json_: object = Field(default=None, alias="json")
    parts: dict[str, object] | None = None
    """Multipart: part -> text or decoded JSON."""


class ExampleAnswer(Written):
    """An answer of the vendor."""

    status: int = 200
    json_: object = Field(default=None, alias="json")
    text: str | None = None
    """A body that is not JSON, or is malformed."""


class Example(Written):
    """A request and an answer from the vendor's own documents, executed by ``syncengine validate`` and the tests."""

    operation: str
    """Which one: ``campaigns.<role>``, ``<collection>.<role>`` or ``calls.<name>``."""
    source: str
    """Where the sample stands; and, for a malformed sample, what was repaired."""
    scope: dict[str, object] = Field(default_factory=dict)
    """Template scope: settings, campaign, fields, rows ([{key, phone, remote_id, record}]), page, task, options."""
    request: ExampleRequest | None = None
    answer: ExampleAnswer | None = None
    outcome: str = ""
    """The outcome that the answer must be judged as."""
    message: str = ""
    """The message that a person is shown."""
    items: dict[str, str] | None = None
    """Row key -> outcome."""
    records: int | None = None
    """How many records a listing yields."""
    id: str = ""
    """The new id."""


class VendorSpec(Written):
    """One vendor file."""

    vendor: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")
    title: str
    docs: str
    """Where the vendor documents its API."""
    settings: dict[str, Setting] = Field(default_factory=dict)
    secrets: dict[str, str] = Field(default_factory=dict)
    """Name -> what it is and where to get it."""
    optional_secrets: tuple[str, ...] = ()
    base_url: str
    """Template over ``settings`` only."""
    private_host: bool = False
    """Each customer has a host of its own, which a setting names: its origin is never allowed as it stands, even where
    this file ships with the tool; the project's owner allows it."""
    auth: Annotated[Auth, Field(discriminator="scheme")]
    limits: Limits = Limits()
    responses: tuple[ResponseClass, ...] = ()
    """The vendor's classes, tried in order after those of the operation and its success."""
    options: dict[str, str] = Field(default_factory=dict)
    """Apply options: values that belong to the deed and not to desired state; given as ``--option name=value``."""
    campaigns: CampaignsSpec = CampaignsSpec.model_construct()
    collections: dict[str, CollectionSpec] = Field(default_factory=dict)
    """In order: the first that fits a campaign or list is used."""
    calls: dict[str, OperationSpec] = Field(default_factory=dict)
    """Calls that others refer to (task polling) or that are described for completeness."""
    examples: tuple[Example, ...] = ()


class CampaignFieldSpec(Written):
    """One line of ``campaigns`` in a mapping file; see ``model.vendor.CampaignField``."""

    to: str
    read: str = ""
    kind: Literal["text", "integer", "number", "yes_no", "boolean", "epoch_ms", "datetime", "json", "list"] = "text"
    form: str = ""
    values: dict[str, str] = Field(default_factory=dict)
    required: bool = False
    write: str = "update"
    default: str | None = None
    describe: str = ""

    def named(self, name: str) -> CampaignField:
        """Return the value that the rest of the program works with."""
        # Asking the model itself would have it prepare its own writer first.
        return CampaignField(name=name, **dict(self))


class ColumnSpec(Written):
    """One line of a collection in a mapping file; see ``model.vendor.Column``."""

    source: str = Field(alias="from")
    form: Literal["text", "e164", "digits", "national", "integer", "number", "datetime", "custom"] = Field(
        default="text", alias="as"
    )
    pattern: str = ""
    required: bool = False
    values: dict[str, str] = Field(default_factory=dict)


class MappingSpec(Written):
    """One mapping file: our fields to the vendor's fields.

    ``collections`` maps collection name -> vendor's field -> our column. A line may be just our column's name. The
    vendor's field "*" spreads the custom columns of a list under their own names.
    """

    vendor: str
    campaigns: dict[str, CampaignFieldSpec] = Field(default_factory=dict)
    """Our field name -> how it is written and read."""
    collections: dict[str, dict[str, str | ColumnSpec]] = Field(default_factory=dict)
