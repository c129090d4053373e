"""Names that people give to dialers, campaigns and lists, and references to secrets."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

# Words with a meaning of their own where a name could stand: a scope, and the collections of a whole account.
_RESERVED = frozenset({"all", "account"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:[^\x00-\x1f]{1,1000}")


def is_reference(text: str) -> bool:
    """Whether a text refers to a secret and is not one."""
    return _REFERENCE.fullmatch(text) is not None


def fits_name(text: str) -> bool:
    """Whether a text can be the name of a dialer, a campaign or a list."""
    return _NAME.fullmatch(text) is not None and text not in _RESERVED


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise PydanticCustomError(
            "name", "not a name", {"expected": "letters, digits, and inside the name also . _ -; at most 63 characters"}
        )
    if name in _RESERVED:
        raise PydanticCustomError(
            "name", "reserved", {"expected": "a name that is not all or account; these are taken"}
        )
    return name


def _check_reference(value: object) -> str:
    if isinstance(value, str) and is_reference(value):
        return value
    raise PydanticCustomError(
        "secret",
        "not a reference",
        {
            "expected": "env:NAME or file:path",
            "hint": "Keep the secret in an environment variable or a file, and name that here. "
            "A secret that was saved in this file must be renewed at the vendor.",
        },
    )


Name = Annotated[str, AfterValidator(_check_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})]
SecretReference = Annotated[
    str, BeforeValidator(_check_reference), WithJsonSchema({"type": "string", "pattern": "^(env|file):.+$"})
]
