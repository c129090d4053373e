"""Where a dialer's secrets may go, and the password of a ledger on a server.

Whoever can change a project's files could point a dialer at a host of his own. So the files of a project never decide
alone: either the host is fixed by a vendor file that came with the tool, or it is this machine, or the owner of the
machine has allowed it outside the project.
"""

import ipaddress
import os
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote

from syncengine.config.secrets import owner_folder
from syncengine.diagnostics import Diagnostics
from syncengine.errors import ConfigError
from syncengine.model.desired import Dialer
from syncengine.model.vendor import Vendor

VARIABLE = "SYNCENGINE_ALLOW_ORIGINS"

# Stricter than the standards: what two parsers could read in two ways has no place in a base URL.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~-]+)*)/?",
    re.IGNORECASE,
)
# libpq takes several hosts, a service, files and more from a URL of its own; a project's file may state none of it.
_SERVER = re.compile(
    r"postgres(?:ql)?://(?:[A-Za-z0-9._-]+@)?(?P<host>[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])?(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?:/[A-Za-z0-9._-]*)?(?:\?(?P<options>[a-z]+=[A-Za-z0-9._/-]+(?:&[a-z]+=[A-Za-z0-9._/-]+)*))?",
    re.IGNORECASE,
)
_OPTIONS = {
    "host": re.compile(r"/[A-Za-z0-9._/-]*"),
    "user": re.compile(r"[A-Za-z0-9._-]+"),
    "sslmode": re.compile(r"require|verify-ca|verify-full"),
}
_POSTGRES = ("postgresql://", "postgres://")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PORTS = {"https": 443, "http": 80, "postgresql": 5432}
# Kinds of servers that rows are read from, and their usual ports.
SERVERS = {"postgresql": 5432, "postgres": 5432, "sc": 15_002}
_ROWS_SERVER = re.compile(
    # User and password, which no character may end early that two readers could take differently.
    r"(?P<scheme>[a-z]+)://(?:[A-Za-z0-9._~%!$&'()*+,;=:-]*@)?(?P<host>[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\]|"
    # The folder of a socket on this machine.
    r"%2f[a-z0-9._%-]{1,300})(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>[/?].*)?",
    re.IGNORECASE,
)
# Words of a PostgreSQL URL that lead to another server than the one in its place.
_ELSEWHERE = re.compile(r"(?:^|[?&;])\s*(?:host|hostaddr|port|service|servicefile|passfile)\s*=", re.IGNORECASE)


def check_origin(dialer: Dialer, vendor: Vendor, base_url: str, allowed: Iterable[str]) -> None:
    """Check that the secrets of a dialer may go to a base URL.

    Args:
        dialer: The dialer.
        vendor: Its vendor.
        base_url: Where calls go, rendered.
        allowed: Origins that the owner allows, from :func:`allowed_origins`.

    Raises:
        ConfigError: they may not; the text says exactly what to add and where.
    """
    try:
        origin = origin_of(base_url)
    except ValueError as problem:
        raise _refusal(dialer, str(problem), expected="https://host, https://host:port or either with a path") from None
    if is_loopback(origin):
        return
    if origin.startswith("http:"):
        raise _refusal(dialer, f"{origin} would carry secrets unencrypted", expected="https://…")
    # ``shipped`` is false where a vendor file of the tool leaves the whole host to the project.
    if (vendor.shipped and not dialer.base_url) or origin in set(allowed):
        return
    why = "base_url of the project" if dialer.base_url else "the files of the project decide it"
    raise _refusal(
        dialer,
        f"its secrets would go to {origin} ({why}), which is not allowed yet",
        expected="an origin that the owner of this machine allowed",
        hint=f"If this is right, add the line {origin} to {owners_file(os.environ)}, or set {VARIABLE}={origin}. "
        "A file of the project cannot allow it.",
    )


def check_webhook(url: str, allowed: Iterable[str]) -> None:
    """Check that facts of a project may go to a webhook: to this machine, or to where the owner has allowed.

    Raises:
        ConfigError: they may not; the text says exactly what to add and where.
    """
    diagnostics = Diagnostics()
    try:
        origin = origin_of(url)
    except ValueError as problem:
        diagnostics.error(f"notifications: {problem}", expected="https://host, https://host:port or either with a path")
        raise ConfigError(diagnostics) from None
    if is_loopback(origin):
        return
    if origin.startswith("http:") or origin not in set(allowed):
        diagnostics.error(
            f"notifications: the webhook is at {origin}, which is not allowed yet",
            expected="an https origin that the owner of this machine allowed",
            hint=f"If this is right, add the line {origin} to {owners_file(os.environ)}, or set {VARIABLE}={origin}.",
        )
        raise ConfigError(diagnostics)


def check_ledger_server(url: str, allowed: Iterable[str]) -> None:
    """Check that the ledger's password may go where a project's file says that the ledger is.

    Whoever runs the program has it in PGPASSWORD or ~/.pgpass, and the library sends it to any server that asks.

    Raises:
        ConfigError: it may not; the text says exactly what to add and where.
    """
    if not url.startswith(_POSTGRES):
        return
    diagnostics = Diagnostics()
    try:
        origin = ledger_origin_of(url)
    except ValueError as problem:
        diagnostics.error(
            f"ledger: {problem}",
            expected="postgresql://user@host:port/database, at most with sslmode=require, verify-ca or verify-full",
            hint="The owner of this machine can state any other URL in SYNCENGINE_LEDGER.",
        )
        raise ConfigError(diagnostics) from None
    if not origin or origin in set(allowed):
        return
    diagnostics.error(
        f"ledger: its password would go to {origin} (the project's file decides it), which is not allowed yet",
        expected="a server that the owner of this machine allowed",
        hint=f"If this is right, add the line {origin} to {owners_file(os.environ)}, or set {VARIABLE}={origin}. "
        "A file of the project cannot allow it.",
    )
    raise ConfigError(diagnostics)


def ledger_origin_of(url: str) -> str:
    """Return where the password of a ledger goes, as postgresql://host; empty where that is this machine.

    Raises:
        ValueError: it is not plain enough to be sure of that.
    """
    found = _SERVER.fullmatch(url) if url.isascii() else None
    stated = [part.split("=", 1) for part in (found["options"] or "").split("&") if part] if found is not None else []
    if found is None or not all(name in _OPTIONS and _OPTIONS[name].fullmatch(value) for name, value in stated):
        raise ValueError("this is not a plain address of a PostgreSQL server")
    names = [name for name, _ in stated]
    host = (found["host"] or "").lower()
    if len(set(names)) < len(names) or (host and "host" in names):
        raise ValueError("this names its server twice")
    if not host:
        # A folder with a socket, or what the owner has in PGHOST.
        return ""
    _check_host(host)
    if is_loopback(f"postgresql://{host}"):
        return ""
    port = int(found["port"] or _PORTS["postgresql"])
    if port > 65_535:
        raise ValueError("this has a port above 65535")
    return f"postgresql://{host}" if port == _PORTS["postgresql"] else f"postgresql://{host}:{port}"


def allowed_origins(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the origins that the owner of the machine allows: from the environment and from the owner's file.

    Raises:
        ConfigError: an entry is not an origin, or the file cannot be read.
    """
    entries = [(VARIABLE, text) for text in environment.get(VARIABLE, "").split(",")]
    file = owners_file(environment)
    diagnostics = Diagnostics()
    try:
        entries += [(str(file), line.partition("#")[0]) for line in file.read_text("utf-8").splitlines()]
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError):
        diagnostics.error(f"{file} cannot be read", hint="Check its permissions; it must be UTF-8 text.")
    origins: list[str] = []
    for where, text in entries:
        if not text.strip():
            continue
        entry = text.strip()
        try:
            origins.append(_allowed(entry))
        except ValueError as problem:
            diagnostics.error(
                f"{where}: {problem}",
                expected="https://host, https://host:port, postgresql://host, or sc://host of a Spark server",
            )
    if diagnostics.failed:
        raise ConfigError(diagnostics)
    return tuple(sorted(set(origins)))


def _allowed(entry: str) -> str:
    if entry.startswith(_POSTGRES):
        return ledger_origin_of(entry)
    return server_of(entry) if entry.partition("://")[0].lower() in SERVERS else origin_of(entry)


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL, in lower case and without the usual port.

    Raises:
        ValueError: it is not a plain http(s) URL: it has a user, a query, an odd host or the like. The text does not
            show what could be a password.
    """
    if "@" in url:
        raise ValueError("a URL for a dialer cannot have a user or a password in it")
    found = _URL.fullmatch(url) if url.isascii() else None
    if found is None or ".." in url:
        raise ValueError(f"{_short(url)} is not a plain https address")
    scheme, host = found["scheme"].lower(), found["host"].lower()
    port = int(found["port"] or _PORTS[scheme])
    if port > 65_535:
        raise ValueError(f"{_short(url)} has a port above 65535")
    _check_host(host)
    return f"{scheme}://{host}" if port == _PORTS[scheme] else f"{scheme}://{host}:{port}"


def server_of(url: str, schemes: Collection[str] = SERVERS) -> str:
    """Return scheme, host and port of a server's URL, in one spelling, without user, password and all else.

    Raises:
        ValueError: it is none of these, or could lead elsewhere. The text shows nothing of it.
    """
    found = _ROWS_SERVER.fullmatch(url) if url.isascii() and url.isprintable() else None
    if found is None or found["scheme"].lower() not in schemes:
        raise ValueError("this is not the URL of a server")
    if _ELSEWHERE.search(unquote(found["rest"] or "")):
        raise ValueError("its query names another server or file")
    scheme, host = found["scheme"].lower(), found["host"].lower()
    if host.startswith("%2f"):
        host = "localhost"
    _check_host(host)
    port = int(found["port"] or SERVERS[scheme])
    name = f"{'postgresql' if scheme == 'postgres' else scheme}://{host}"
    return name if port == SERVERS[scheme] else f"{name}:{port}"


def _short(url: str) -> str:
    return f'"{url[:80]}"' if url.isprintable() else "this"


def _check_host(host: str) -> None:
    """Refuse hosts that some resolver would take for another: 2130706433, 127.1, 0x7f.1, a trailing dot."""
    if host.startswith("["):
        ipaddress.IPv6Address(host.strip("[]"))
        return
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f'"{host}" is not a host name')
    last = labels[-1]
    if last.isdigit() or last.startswith("0x"):
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise ValueError(f'"{host}" is an odd spelling of an address') from None


def _host(origin: str) -> str:
    host = origin.partition("://")[2]
    return host.partition("]")[0].strip("[") if host.startswith("[") else host.partition(":")[0]


def is_loopback(origin: str) -> bool:
    """Whether an origin is this machine."""
    host = _host(origin)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def owners_file(environment: Mapping[str, str]) -> Path:
    """Return the file in which the owner of the machine names what is allowed."""
    return owner_folder(environment) / "origins"


def _refusal(dialer: Dialer, message: str, *, expected: str, hint: str = "") -> ConfigError:
    diagnostics = Diagnostics()
    diagnostics.error(f'dialer "{dialer.name}": {message}', dialer.location, expected=expected, hint=hint)
    return ConfigError(diagnostics)
