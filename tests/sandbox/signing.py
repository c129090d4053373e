"""Signs Stringee's tokens the way its authentication page describes."""

import time
from typing import Any

import jwt

KEY_SID = "SKsandbox0001"
SECRET = "c3RyaW5nZWUtc2FuZGJveC1zZWNyZXQta2V5LTAwMDE="
HEADER = {"typ": "JWT", "alg": "HS256", "cty": "stringee-api;v=1"}


def signed(secret: str = SECRET, header: dict[str, Any] | None = None, **claims: Any) -> str:
    now = int(time.time())
    standard = {"jti": f"{KEY_SID}_{now}", "iss": KEY_SID, "exp": now + 600, "rest_api": True}
    return jwt.encode(standard | claims, secret, "HS256", header or HEADER)
