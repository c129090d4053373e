"""What a Comunik8 lead may hold, and how a bad one is refused (document 002, FIELDS and Fail States).

Field errors are objects with numbers for keys, under the field's name at the top level. A field that the table does not
list is refused too: the document is silent, and a silent loss would help nobody.
"""

import re
from dataclasses import dataclass
from typing import Any

import orjson

ADD_FIELDS = frozenset(
    ("email", "first_name", "surname", "mobile", "type", "subtype", "other_phone", "data", "delays", "test")
)
ADD_REQUIRED = ("email", "first_name", "surname", "mobile", "type")
CANCEL_FIELDS = frozenset(("type", "mobile"))
LABELS = {
    "email": "Email",
    "first_name": "First name",
    "surname": "Surname",
    "mobile": "Mobile",
    "type": "Type",
    "subtype": "Subtype",
    "other_phone": "Other phone",
}
EMAIL = re.compile(r"[^@\s\[\]]+@[^@\s\[\]]+\.[^@\s\[\]]+")
# The sample is national (07840258823); the international forms are the usual ones for the same number.
UK_NUMBER = re.compile(r"(?:0|\+44|0044|44)([1-9][0-9]{8,9})")
DATA_ERROR = "Empty or invalid content of `data` field"

FieldErrors = dict[str, dict[str, str]]


@dataclass(slots=True)
class Lead:
    """A lead as saved; `due` is when it may be rung."""

    body: dict[str, Any]
    number: str
    due: float
    dialled: bool = False

    def numbers(self) -> set[str]:
        """Return every number that the dialer may ring for this lead."""
        other = normalise(self.body.get("other_phone") or "")
        return {self.number} | ({other} if other else set())


def normalise(phone: str) -> str:
    """Return E.164 digits of a UK number, or an empty text for what is none."""
    found = UK_NUMBER.fullmatch(phone)
    return f"44{found[1]}" if found else ""


def add_errors(body: dict[str, Any]) -> FieldErrors:
    """Return what is wrong with a lead to add; nothing when it may be saved."""
    errors = _text_errors(body, ADD_FIELDS, ADD_REQUIRED)
    if "email" not in errors and not EMAIL.fullmatch(body["email"]):
        errors["email"] = {"0": "Email is not a valid email address."}
    if "data" in body and not _is_data(body["data"]):
        errors["data"] = {"0": DATA_ERROR}
    delays = body.get("delays", 0)
    if isinstance(delays, bool) or not isinstance(delays, int | float) or delays < 0:
        errors["delays"] = {"0": "Delays must be a number."}
    # The table says "true" as text or no data, the sample sends a boolean.
    if "test" in body and body["test"] is not True and body["test"] != "true":
        errors["test"] = {"0": "Test must be true."}
    return errors


def cancel_errors(body: dict[str, Any]) -> FieldErrors:
    """Return what is wrong with a lead to cancel; there is no `test` here."""
    return _text_errors(body, CANCEL_FIELDS, ("mobile", "type"))


def _text_errors(body: dict[str, Any], allowed: frozenset[str], required: tuple[str, ...]) -> FieldErrors:
    errors: FieldErrors = {name: {"0": "Unknown field."} for name in body if name not in allowed}
    for name, label in LABELS.items():
        if name not in allowed:
            continue
        value = body.get(name, "")
        if not isinstance(value, str):
            errors[name] = {"0": f"{label} must be a string."}
        elif name in required and not value.strip():
            errors[name] = {"0": f"{label} cannot be blank."}
    if "mobile" not in errors and not normalise(body["mobile"]):
        errors["mobile"] = {"0": "Mobile is not a valid phone number."}
    return errors


def _is_data(data: Any) -> bool:
    if not isinstance(data, str):
        return False
    try:
        inner = orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return isinstance(inner, dict) and bool(inner)
