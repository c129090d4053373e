"""The files of a new project, as text: commented for somebody who has never seen one.

All that is said about a vendor (which settings and secrets it asks for, what a campaign of it must state) comes from
its vendor file. Nothing in a new project rings anybody: no campaign is started, and the people in it are invented.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncengine.matching import fits
from syncengine.model.credentials import ExchangeAuth
from syncengine.model.vendor import CampaignField, Setting, Vendor

PROJECT_FILE = "syncengine.yaml"
SCHEMAS = ".syncengine/schemas"
IGNORED = (".syncengine/", "*.rejects.csv")

# Numbers that Ofcom keeps free for films: nobody has them.
_PEOPLE = (
    ("1001", "+447700900101", "Ada", "Example", "ada@example.com"),
    ("1002", "+447700900102", "Ben", "Example", "ben@example.com"),
    ("1003", "+447700900103", "Chi", "Example", "chi@example.com"),
)
_OPT_OUTS = ("+447700900103", "+447700900104")
_PLAIN_KEY = re.compile(r"(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z][A-Za-z0-9_-]*", re.IGNORECASE)
# What a field of each kind can hold, where the vendor file has no words for it.
_SAMPLES: dict[str, object] = {
    "text": "example",
    "integer": 1,
    "number": 1,
    "yes_no": False,
    "boolean": False,
    "epoch_ms": "2030-01-01T08:00:00Z",
    "json": {},
    "list": [],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDialer:
    """A dialer of the new project."""

    name: str
    vendor: Vendor
    # Those that the vendor file has no default for.
    settings: Mapping[str, str]

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the secrets that are needed; of several ways in, the one that lasts."""
        needed = tuple(name for name in self.vendor.secrets if name not in self.vendor.optional_secrets)
        literal = self.vendor.auth.literal if isinstance(self.vendor.auth, ExchangeAuth) else ""
        return needed or tuple(name for name in self.vendor.secrets if name != literal)

    def variable(self, secret: str) -> str:
        """Return the environment variable that holds a secret."""
        return re.sub(r"[^A-Z0-9]+", "_", f"{self.name}_{secret}".upper()).lstrip("0123456789_")


def project_files(project: str, dialers: Sequence[NewDialer]) -> dict[str, str]:
    """Return path below the project's folder -> content."""
    return {
        PROJECT_FILE: "".join(f"{line}\n" for line in _project(project, dialers)),
        "manifests/example.yaml": "".join(f"{line}\n" for line in _manifest(dialers)),
        "data/contacts.csv": _csv(("id", "phone", "first_name", "last_name", "email"), _PEOPLE),
        "data/opt-outs.csv": _csv(("phone",), [(number,) for number in _OPT_OUTS]),
        ".gitignore": "".join(f"{line}\n" for line in IGNORED),
    }


def _csv(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"{','.join(row)}\n" for row in (heads, *rows))


def _project(project: str, dialers: Sequence[NewDialer]) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={SCHEMAS}/project.json"
    yield "#"
    yield "# A syncengine project: which dialers there are. What they shall hold stands in manifests/."
    yield ""
    yield "version: 1"
    yield f"project: {_text(project)}"
    yield from _comment(
        "What was written and what came back is kept here; the folder stays out of Git.", "", above=True
    )
    yield "ledger: sqlite:///.syncengine/ledger.db"
    yield ""
    yield "dialers:"
    for dialer in dialers:
        yield from _dialer(dialer)
    yield from _comment("What a plan may do before somebody has to allow it.", "", above=True)
    yield "guards:"
    yield "  # Share of a collection of at least min_rows rows that may be removed."
    yield "  max_remove: 30%"
    yield "  min_rows: 10"
    yield "  # People who become callable, and campaigns that start, in one plan."
    yield "  max_newly_callable: 20000"
    yield "  max_starts: 3"
    yield ""
    yield 'manifests: ["manifests/*.yaml"]'


def _dialer(dialer: NewDialer) -> Iterator[str]:
    vendor = dialer.vendor
    yield f"  # {_flat(vendor.title)}: {_flat(vendor.docs)}"
    yield f"  {_key(dialer.name)}:"
    yield f"    vendor: {_key(vendor.name)}"
    if dialer.settings:
        yield "    settings:"
    for name, value in dialer.settings.items():
        yield from _comment(vendor.settings[name].describe, "      ")
        yield f"      {_key(name)}: {_text(value)}"
    yield from _further_settings(vendor.settings, under="" if dialer.settings else "    # settings:")
    if dialer.secrets:
        yield "    # Where each secret is kept, never the secret itself: env:NAME or file:path."
        yield "    secrets:"
    for name in dialer.secrets:
        yield from _comment(vendor.secrets[name], "      ")
        yield f"      {_key(name)}: env:{dialer.variable(name)}"
    for name in vendor.secrets:
        if name not in dialer.secrets:
            yield from _comment(vendor.secrets[name], "      ")
            yield f"      # {_key(name)}: env:{dialer.variable(name)}"


def _further_settings(settings: Mapping[str, Setting], *, under: str) -> Iterator[str]:
    """Settings with a default, as comments; those that nobody needs to think of have no example."""
    further = {n: s for n, s in settings.items() if s.default is not None and s.example}
    if further and under:
        yield under
    for name, setting in further.items():
        yield from _comment(setting.describe, "      ")
        yield f"      # {_key(name)}: {_text(setting.default or '')}"


def _manifest(dialers: Sequence[NewDialer]) -> Iterator[str]:
    yield f"# yaml-language-server: $schema=../{SCHEMAS}/manifest.json"
    yield "#"
    yield "# What the dialers shall hold. Numbers, ids and codes are text: keep them in quotes."
    yield "# The people in data/ are invented: put yours there before you apply."
    yield ""
    yield "campaigns:"
    for dialer in dialers:
        yield from _campaign(dialer)
    yield from _comment("Who is to be called. A row without a usable number is set aside and counted.", "", above=True)
    yield "contacts:"
    yield "  people:"
    yield "    source: data/contacts.csv"
    yield "    # Country of numbers without one, as GB. These have theirs."
    yield "    # region: GB"
    yield "    # Our column -> a column of the file with another name."
    yield "    # columns: {phone: Telephone, first_name: Name}"
    yield "    # What happens at the dialer to people whose row is gone: remove, or keep."
    yield "    on_absent: remove"
    yield from _comment(
        "Who must never be called. A line that is merely gone releases nobody: release: does.", "", above=True
    )
    yield "dnd:"
    yield "  opt-outs:"
    yield "    source: data/opt-outs.csv"
    yield "    column: phone"
    yield "    # All dialers; or names of dialers and campaigns, as a list."
    yield "    scope: all"
    yield "    # A file older than this holds back whatever could ring somebody."
    yield "    max_age: 7d"


def _campaign(dialer: NewDialer) -> Iterator[str]:
    campaigns = dialer.vendor.campaigns
    create = campaigns.operations.get("create")
    fields = _required(dialer.vendor)
    yield f"  {_key(f'example-{dialer.name}')}:"
    yield f"    dialer: {_key(dialer.name)}"
    if campaigns.references_only or create is None or create.ability == "absent":
        yield "    # The id that the vendor gave the campaign: no call creates one."
        yield f"    id: {_text(_id(campaigns.id_pattern))}"
    elif "name" in campaigns.fields:
        yield "    name: Example"
        yield "    # To take over a campaign that exists: its id."
        yield '    # id: "…"'
    if "type" in fields:
        yield from _field("type", fields["type"], campaigns.fields["type"], "    ")
    if campaigns.operations.get("start"):
        yield "    # Nothing is started or stopped unless you say so: started, or stopped."
        yield "    # status: started"
    yield "    contacts: [people]"
    further = {name: value for name, value in fields.items() if name not in {"type", "name"}}
    if further:
        yield "    settings:"
    for name, value in further.items():
        yield from _field(name, value, campaigns.fields[name], "      ")


def _field(name: str, value: object, field: CampaignField, indent: str) -> Iterator[str]:
    yield from _comment(field.describe, indent)
    others = [word for word in field.values if word != value]
    choice = f"  # or: {', '.join(others)}" if others else ""
    yield f"{indent}{_key(name)}: {_text(value)}{choice}"


def _required(vendor: Vendor) -> dict[str, object]:
    """Return what a new campaign must state, with the first word or some value that the vendor takes."""
    needed = [f for f in vendor.campaigns.fields.values() if f.required and f.default is None]
    return {f.name: next(iter(f.values), _sample(f)) for f in needed}


def _sample(field: CampaignField) -> object:
    if field.kind != "datetime":
        return _SAMPLES[field.kind]
    directives = set(re.findall(r"%-?([A-Za-z])", field.form))
    parts = (["2030-01-01"] if directives & set("YymdjbB") else []) + (["08:00:00"] if directives & set("HIMS") else [])
    return "T".join(parts)


def _id(pattern: str) -> str:
    return next((text for text in ("example", "EXAMPLE", "1", "12345") if fits(pattern, text)), "example")


def _comment(text: str, indent: str, *, above: bool = False) -> Iterator[str]:
    if above:
        yield ""
    for line in textwrap.wrap(_flat(text), 110 - len(indent)):
        yield f"{indent}# {line}"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _key(text: str) -> str:
    return text if _PLAIN_KEY.fullmatch(text) else _text(text)


def _text(value: object) -> str:
    # JSON is YAML, and leaves no doubt about what is text.
    return json.dumps(value, ensure_ascii=False)
