"""What the parts of a vendor file say about each other: names that are referred to exist, and nothing is half told."""

import re

from syncengine.config.operation_checks import check_classes
from syncengine.config.patterns import pattern_fault
from syncengine.config.places import Complaints, Path
from syncengine.config.template_rules import Names
from syncengine.config.templates import read_leaf
from syncengine.config.vendor_spec import CampaignsSpec, CollectionSpec, MappingSpec, VendorSpec
from syncengine.diagnostics import did_you_mean
from syncengine.matching import fits
from syncengine.model.credentials import Auth, BasicAuth, ExchangeAuth, JwtAuth

_LASTS = ("yes", "no")
_UPDATE_NEEDS = {"operation": ("update",), "replace": ("remove", "add"), "absent": ()}
_SLOT = re.compile(r"\{\{\s*settings\.[A-Za-z_][A-Za-z0-9_]*\s*\}\}")


def check_vendor(spec: VendorSpec, mapping: MappingSpec, complaints: Complaints) -> None:
    """Report what the parts of a vendor file, and its mapping's names in it, do not agree about."""
    check_classes(spec.responses, ("responses",), complaints)
    _check_settings(spec, complaints)
    _check_auth(spec, complaints)
    _check_limits(spec, complaints)
    _check_campaigns(spec.campaigns, mapping, complaints)
    for name, collection in spec.collections.items():
        _check_collection(name, collection, spec, mapping, complaints)
    _check_examples(spec, complaints)


def _check_settings(spec: VendorSpec, complaints: Complaints) -> None:
    for name, setting in spec.settings.items():
        path: Path = ("settings", name)
        if fault := pattern_fault(setting.pattern):
            complaints.error((*path, "pattern"), fault)
            continue
        for field in ("default", "example"):
            value = getattr(setting, field)
            if value and setting.pattern and not fits(setting.pattern, value):
                complaints.error((*path, field), f"the {field} of {name} does not fit its own pattern")


def _check_auth(spec: VendorSpec, complaints: Complaints) -> None:
    for field, secret in _secrets_used(spec.auth):
        _known(secret, list(spec.secrets), ("auth", *field), "secret", complaints)
    for at, secret in enumerate(spec.optional_secrets):
        _known(secret, list(spec.secrets), ("optional_secrets", at), "secret", complaints)
    if not isinstance(spec.auth, ExchangeAuth):
        return
    for name, value in spec.auth.body.items():
        kind, _, named = value.partition(":")
        if kind == "setting":
            _known(named, list(spec.settings), ("auth", "body", name), "setting", complaints)
        elif kind != "secret":
            complaints.error(("auth", "body", name), "this is neither", expected='"secret:<name>" or "setting:<name>"')
    path: Path = ("auth", "path")
    names = Names({"settings": frozenset(spec.settings)})
    read_leaf(spec.auth.path, names, lambda finding: complaints.finding(path, finding))
    if "{" in _SLOT.sub("", spec.auth.path):
        complaints.error(path, "this path takes settings as they are", expected="/path/{{ settings.name }}")
    if not spec.auth.path.startswith("/"):
        complaints.error(path, "a path starts with /", expected="a path below base_url")


def _secrets_used(auth: Auth) -> list[tuple[Path, str]]:
    if isinstance(auth, BasicAuth):
        return [(("user",), auth.user), (("password",), auth.password)]
    if isinstance(auth, JwtAuth):
        return [(("key_id",), auth.key_id), (("secret",), auth.secret)]
    if isinstance(auth, ExchangeAuth):
        sent = [
            (("body", name), value.removeprefix("secret:"))
            for name, value in auth.body.items()
            if value.startswith("secret:")
        ]
        return [*sent, *([(("literal",), auth.literal)] if auth.literal else [])]
    return [(("secret",), auth.secret)]


def _check_limits(spec: VendorSpec, complaints: Complaints) -> None:
    limits = spec.limits
    if limits.daily_calls:
        _known(limits.daily_calls, list(spec.settings), ("limits", "daily_calls"), "setting", complaints)
    least: dict[str, float | None] = {
        "concurrency": limits.concurrency,
        "calls": limits.calls,
        "per": limits.per,
        "timeout": limits.timeout,
        "url_length": limits.url_length,
        "longest_wait": limits.longest_wait,
    }
    for name, value in least.items():
        if value is not None and value <= 0:
            complaints.error(("limits", name), f"{name} must be more than 0")
    if limits.reserve < 0:
        complaints.error(("limits", "reserve"), "reserve cannot be less than 0")


def _check_campaigns(spec: CampaignsSpec, mapping: MappingSpec, complaints: Complaints) -> None:
    path: Path = ("campaigns",)
    if fault := pattern_fault(spec.id_pattern):
        complaints.error((*path, "id_pattern"), fault)
    if spec.status and not (spec.started and spec.stopped):
        complaints.error(
            (*path, "status"),
            "the status is read, and its words are not told apart",
            expected="started: [...] and stopped: [...]",
            key=True,
        )
    if both := sorted(set(spec.started) & set(spec.stopped)):
        complaints.error((*path, "stopped"), f'the word "{both[0]}" cannot mean started and stopped', key=True)
    for field in spec.start_only_when:
        _known(field, list(mapping.campaigns), (*path, "start_only_when", field), "field of campaigns", complaints)
    if spec.references_only and spec.operations:
        complaints.error((*path, "references_only"), "campaigns that are only referred to have no operations", key=True)
    if "list" in spec.operations and not spec.id:
        complaints.error(
            (*path, "operations", "list"), "listed campaigns are known by their id", expected="id: its path", key=True
        )
    create = spec.operations.get("create")
    if create is not None and not create.id and not ("list" in spec.operations and spec.name):
        complaints.error(
            (*path, "operations", "create"),
            "nothing tells the id of a campaign that was created",
            expected="id: its path in the answer, or an operation list with name:",
            key=True,
        )


def _check_collection(
    name: str, spec: CollectionSpec, vendor: VendorSpec, mapping: MappingSpec, complaints: Complaints
) -> None:
    path: Path = ("collections", name)
    roles = {str(role) for role in spec.operations}
    for role in (*(("add",) if spec.holds in {"contacts", "dnd"} else ()), *_UPDATE_NEEDS[spec.update]):
        if role not in roles:
            why = f"update: {spec.update}" if role in _UPDATE_NEEDS[spec.update] else f"holds: {spec.holds}"
            complaints.error(
                path, f"{name} needs the operation {role} ({why})", expected=f"operations: {role}:", key=True
            )
    if "update" in roles and spec.update != "operation":
        complaints.error((*path, "operations", "update"), "this is never used", expected="update: operation", key=True)
    if spec.needs:
        directories = [other for other, item in vendor.collections.items() if item.holds == "directory"]
        _known(spec.needs, directories, (*path, "needs"), "directory", complaints)
    if spec.holds == "directory" and not {"lookup", "list"} & roles:
        complaints.error(path, f"nothing finds a person in the directory {name}", expected="lookup: or list:", key=True)
    if spec.counted_by:
        _known(spec.counted_by, list(mapping.campaigns), (*path, "counted_by"), "field of campaigns", complaints)
    _check_when(spec, mapping, (*path, "when"), complaints)
    if spec.listed is not None and not spec.listed.phones and not spec.listed.key:
        complaints.error(
            (*path, "listed"), "a listed record has neither key nor phone", expected="key: or phones:", key=True
        )
    if spec.listed is not None and spec.listed.blocked and not spec.listed.state:
        complaints.error(
            (*path, "listed", "blocked"), "these words are read nowhere", expected="state: their path", key=True
        )


def _check_when(spec: CollectionSpec, mapping: MappingSpec, path: Path, complaints: Complaints) -> None:
    fields = ["lasts"] if spec.holds == "dnd" and "lasts" in spec.when else list(mapping.campaigns)
    for field, values in spec.when.items():
        _known(field, fields, (*path, field), "field of campaigns", complaints)
        allowed = (
            _LASTS if field == "lasts" else tuple(mapping.campaigns[field].values) if field in mapping.campaigns else ()
        )
        for at, value in enumerate(values):
            if allowed and value not in allowed:
                complaints.error(
                    (*path, field, at),
                    f'{field} is never "{value}"',
                    expected=", ".join(allowed),
                    hint=did_you_mean(value, allowed),
                )


def _check_examples(spec: VendorSpec, complaints: Complaints) -> None:
    known = [
        *(f"campaigns.{role}" for role in spec.campaigns.operations),
        *(f"{name}.{role}" for name, item in spec.collections.items() for role in item.operations),
        *(f"calls.{name}" for name in spec.calls),
    ]
    for at, example in enumerate(spec.examples):
        _known(example.operation, known, ("examples", at, "operation"), "operation", complaints)
        if example.request is None and example.answer is None:
            complaints.error(("examples", at), "an example shows a request, an answer, or both", key=True)


def _known(name: str, known: list[str], path: Path, what: str, complaints: Complaints) -> None:
    if name in known:
        return
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    complaints.error(
        path,
        f"there is no {what} {name}",
        expected=shown or f"a {what} that is declared",
        hint=did_you_mean(name, known),
    )
