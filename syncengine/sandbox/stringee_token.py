"""Stringee's self-signed tokens (facts chapter 4, Auth).

HS256 only, `cty` in the header, the key's SID as issuer and at the head of `jti`, an expiry ahead, `rest_api` true.
What a wrong token answers is not documented: HTTP 401 with `r` 1 here, another status by a switch.
"""

from typing import Any

import jwt

from syncengine.sandbox.call import Call
from syncengine.sandbox.dialer import Clock

CONTENT_TYPE = "stringee-api;v=1"


def token_of(call: Call) -> str:
    """Return the token from the header, or from the query."""
    return call.headers.get("x-stringee-auth", "") or call.value("access_token")


def wrong(token: str, key_sid: str, secret: str, clock: Clock) -> str:
    """Return why a token is refused, or an empty text."""
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, secret, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False})
    except jwt.InvalidTokenError as error:
        return f"Token is invalid: {error}"
    if (header.get("typ"), header.get("cty")) != ("JWT", CONTENT_TYPE):
        return f"Token header must have typ JWT and cty {CONTENT_TYPE}"
    return _wrong_claims(claims, key_sid, clock.now())


def _wrong_claims(claims: dict[str, Any], key_sid: str, now: float) -> str:
    if claims.get("iss") != key_sid:
        return "keySid is invalid"
    if not str(claims.get("jti", "")).startswith(f"{key_sid}_"):
        return "jti must begin with the keySid"
    if claims.get("rest_api") is not True:
        return "rest_api must be true"
    expiry = claims.get("exp")
    if not isinstance(expiry, int) or expiry <= now:
        return "Token is expired"
    return ""
