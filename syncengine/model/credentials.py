"""How a call proves who we are: the schemes of the vendor file, which hold names of secrets and never a secret.

These are words of the vendor file as they stand; see ``model/answers.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from syncengine.model.answers import Scalar


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
