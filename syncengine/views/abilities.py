"""What vendors can do, as rows for a table: made from their files, so that it is never out of date.

A word with a star is documented by name only; what a vendor lacks is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from syncengine.model.credentials import Auth, BasicAuth, ExchangeAuth, HeaderAuth, JwtAuth, QueryAuth
from syncengine.model.vendor import Collection, Operation, Vendor

_CAMPAIGN_ROLES = ("list", "create", "update", "delete", "start", "stop")
_CONTACT_ROLES = ("add", "remove", "block")
_FEW = 3
_CREDENTIALS: Mapping[type[Auth], str] = {
    HeaderAuth: "token in a header",
    QueryAuth: "key in the query string",
    BasicAuth: "user and password",
    ExchangeAuth: "credential exchanged for a token",
    JwtAuth: "signed token (JWT)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorRow:
    """One vendor in a few words."""

    vendor: str
    title: str
    campaigns: str
    contacts: str
    # How a do-not-call list is enforced there, and the vendor file's own sentence.
    do_not_call: str
    enforcement: str
    credentials: str
    # Most contacts that one call takes.
    batch: int
    calls: int
    unverified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow:
    """One call of a vendor."""

    # "campaigns", the name of a collection, or "calls".
    part: str
    role: str
    method: str
    ability: str
    effect: str
    batch: int
    # What settles a lost answer; empty for calls that only read.
    proof: str
    warns: str
    # What to check at the account before an unverified call is trusted.
    check: str
    source: str


def vendor_row(vendor: Vendor) -> VendorRow:
    """Return one vendor in a few words."""
    operations = [operation for _, _, operation in _walk(vendor)]
    adds = _of(_holding(vendor, "contacts"), "add")
    sure = [operation for operation in adds if operation.ability == "documented"]
    how, sentence = _do_not_call(vendor)
    return VendorRow(
        vendor=vendor.name,
        title=vendor.title,
        campaigns=_campaigns(vendor),
        contacts=_contacts(vendor),
        do_not_call=how,
        enforcement=sentence,
        credentials=_CREDENTIALS[type(vendor.auth)],
        batch=max((operation.batch for operation in sure or adds), default=0),
        calls=len(operations),
        unverified=sum(operation.ability == "unverified" for operation in operations),
    )


def operation_rows(vendor: Vendor, written: Mapping[str, Mapping[str, object]]) -> list[OperationRow]:
    """Return every call of a vendor.

    Args:
        vendor: The vendor.
        written: Name of an operation -> how it stands in the vendor file; ``method`` and ``source`` are taken.
    """
    return [
        OperationRow(
            part=part,
            role=role,
            method=str(written.get(operation.name, {}).get("method", "")),
            ability=operation.ability,
            effect=operation.effect,
            batch=operation.batch,
            proof=operation.proof.by if operation.proof and operation.writes else "",
            warns=operation.warns,
            check=operation.check,
            source=str(written.get(operation.name, {}).get("source", "")),
        )
        for part, role, operation in _walk(vendor)
    ]


def _walk(vendor: Vendor) -> Iterable[tuple[str, str, Operation]]:
    yield from (("campaigns", role, operation) for role, operation in vendor.campaigns.operations.items())
    for collection in vendor.collections:
        yield from ((collection.name, role, operation) for role, operation in collection.operations.items())
    yield from (("calls", name, operation) for name, operation in vendor.calls.items())


def _holding(vendor: Vendor, what: str) -> list[Collection]:
    return [collection for collection in vendor.collections if collection.holds == what]


def _campaigns(vendor: Vendor) -> str:
    if vendor.campaigns.references_only:
        return "agreed with the vendor, named by id"
    operations = vendor.campaigns.operations
    by_word = {role: [operations[role]] if role in operations else [] for role in _CAMPAIGN_ROLES}
    fields = vendor.campaigns.fields
    changed = [field.name for field in fields.values() if field.write in operations]
    by_word["update"] = [operations[role] for role in dict.fromkeys(fields[name].write for name in changed)]
    # A vendor that lets one setting be changed cannot be said to update campaigns.
    few = len(changed) < len(fields) and len(changed) <= _FEW
    return _words({(f"update ({', '.join(changed)})" if w == "update" and few else w): o for w, o in by_word.items()})


def _contacts(vendor: Vendor) -> str:
    contacts = _holding(vendor, "contacts")
    by_word = {role: _of(contacts, role) for role in _CONTACT_ROLES}
    by_word["update"] = _of([c for c in contacts if c.update == "operation"], "update")
    if not by_word["update"]:
        by_word["update by replacing"] = _of([c for c in contacts if c.update == "replace"], "add")
    by_word["read back"] = _of([c for c in contacts if c.listed is not None], "list")
    return _words(by_word)


def _of(collections: Sequence[Collection], role: str) -> list[Operation]:
    return [collection.operations[role] for collection in collections if role in collection.operations]


def _words(by_word: Mapping[str, Sequence[Operation]]) -> str:
    words = []
    for word, operations in by_word.items():
        abilities = {operation.ability for operation in operations} - {"absent"}
        if abilities:
            words.append(word if "documented" in abilities else f"{word}*")
    return ", ".join(words) or "none"


def _do_not_call(vendor: Vendor) -> tuple[str, str]:
    lists = [c for c in _holding(vendor, "dnd") if _words({"add": _of([c], "add")}) != "none"]
    sentence = " ".join(dict.fromkeys(collection.enforcement for collection in lists if collection.enforcement))
    star = "" if any(operation.ability == "documented" for operation in _of(lists, "add")) else "*"
    if any(_of(lists, role) for role in ("list", "remove")):
        return f"native list{star}", sentence
    if lists or _of(_holding(vendor, "contacts"), "block"):
        return "status of the record", sentence
    leave = ", and taken out of its campaigns" if _of(_holding(vendor, "contacts"), "remove") else ""
    return "none", f"Listed numbers are kept out of every request{leave}."
