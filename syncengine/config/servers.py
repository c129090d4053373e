"""Servers of databases and of Spark that rows are read from: only those that the owner of the machine has allowed.

A branch may change what is asked and which variable names the server, so that its owner has to say which servers may be
asked at all, as for dialers (``origins.py``): this one, and those in the owner's file. No text of this module shows a
URL, which may hold a password.
"""

from collections.abc import Iterable, Mapping

from syncengine.config.origins import VARIABLE, is_loopback, owners_file, server_of
from syncengine.diagnostics import Diagnostics
from syncengine.errors import ConfigError
from syncengine.model.secret import Secret


def spark_url(stated: str, environment: Mapping[str, str], allowed: Iterable[str]) -> str:
    """Return the session that the project names, after its server was found to be allowed.

    Raises:
        ConfigError: it is not, or the variable does not hold one.
    """
    url = _variable(stated, environment, "engine: spark") if stated.startswith("env:") else stated
    if url == "local" or url.startswith("local["):
        return url
    _check(url, ("sc",), "engine: spark", environment, allowed)
    return url


def database_url(reference: str, environment: Mapping[str, str], allowed: Iterable[str]) -> Secret:
    """Return the URL that a variable holds, after its server was found to be allowed.

    Raises:
        ConfigError: it is not, or the variable does not hold one.
    """
    url = _variable(reference, environment, f"database {reference}")
    _check(url, ("postgresql", "postgres"), f"database {reference}", environment, allowed)
    return Secret(url)


def _variable(reference: str, environment: Mapping[str, str], what: str) -> str:
    name = reference.removeprefix("env:")
    value = environment.get(name, "").strip()
    if not value:
        raise _refusal(f"{what}: the environment variable {name} is not set", hint=f"Set {name}.")
    return value


def _check(
    url: str, schemes: tuple[str, ...], what: str, environment: Mapping[str, str], allowed: Iterable[str]
) -> None:
    try:
        server = server_of(url, schemes)
    except ValueError as problem:
        raise _refusal(f"{what}: {problem}", expected=f"{schemes[0]}://host or {schemes[0]}://host:port") from None
    if is_loopback(server) or server in set(allowed):
        return
    raise _refusal(
        f"{what}: it is at {server}, which is not allowed yet",
        expected="a server that the owner of this machine allowed",
        hint=f"If this is right, add the line {server} to {owners_file(environment)}, or set {VARIABLE}={server}. "
        "A file of the project cannot allow it.",
    )


def _refusal(message: str, *, expected: str = "", hint: str = "") -> ConfigError:
    diagnostics = Diagnostics()
    diagnostics.error(message, expected=expected, hint=hint)
    return ConfigError(diagnostics)
