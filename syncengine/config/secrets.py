"""From references to credentials, at the last moment and only for the dialer that needs them.

A project's files may come from a branch that nobody has looked at, so a ``file:`` reference reads only beneath the
project, or in the few folders where the owner of the machine puts secrets and nothing else.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from syncengine.diagnostics import Diagnostics
from syncengine.errors import ConfigError
from syncengine.model.desired import Dialer
from syncengine.model.secret import Secret
from syncengine.opening import NotOpenedError, read_whole

_MAX_BYTES = 65_536


def resolve_secrets(dialer: Dialer, root: Path) -> dict[str, Secret]:
    """Return the secrets of a dialer by name.

    ``file:path`` reads beneath the project's folder ``root``; an absolute path only in /run/secrets, in the folder
    that CREDENTIALS_DIRECTORY names, or in ~/.config/syncengine. One line end at the end is not part of a secret.

    Raises:
        ConfigError: some cannot be had; all of them are named, none is shown.
    """
    diagnostics = Diagnostics()
    secrets: dict[str, Secret] = {}
    for name, reference in sorted(dialer.secrets.items()):
        value, problem, hint = _found(reference, root)
        if problem:
            message = f'dialer "{dialer.name}": the secret "{name}" ({reference}): {problem}'
            diagnostics.error(message, dialer.location, hint=hint)
        secrets[name] = Secret(value)
    if diagnostics.failed:
        raise ConfigError(diagnostics)
    return secrets


def resolve_secret(reference: str, root: Path, what: str) -> Secret:
    """Return one secret that is no dialer's, as that of a webhook.

    Raises:
        ConfigError: it cannot be had; ``what`` says whose it is.
    """
    value, problem, hint = _found(reference, root)
    if problem:
        diagnostics = Diagnostics()
        diagnostics.error(f"{what} ({reference}): {problem}", hint=hint)
        raise ConfigError(diagnostics)
    return Secret(value)


def _found(reference: str, root: Path) -> tuple[str, str, str]:
    kind, _, where = reference.partition(":")
    value, problem, hint = _from_environment(where) if kind == "env" else _from_file(where, root)
    return value, problem or _unfit(value), hint


def _from_environment(variable: str) -> tuple[str, str, str]:
    value = os.environ.get(variable, "")
    if value:
        return _without_line_end(value), "", ""
    how = "is empty" if variable in os.environ else "is not set"
    return "", f"the environment variable {variable} {how}", f"Set {variable} in the environment of this command."


def _from_file(where: str, root: Path) -> tuple[str, str, str]:
    try:
        path = (root / where).resolve(strict=True)
        if not any(path.is_relative_to(folder) for folder in _folders(where, root.resolve())):
            return "", "the file is in none of the folders for secrets", _where(root)
        text = read_whole(path, limit=_MAX_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        return "", "there is no such file", "Create it, readable by you only."
    except UnicodeDecodeError:
        return "", "the file is not UTF-8 text", ""
    except NotOpenedError as error:
        return "", error.why, ""
    except (OSError, RuntimeError, ValueError):
        return "", "the file cannot be read", "Check its permissions."
    return _without_line_end(text), "", ""


def _folders(where: str, root: Path) -> list[Path]:
    if not Path(where).is_absolute():
        return [root]
    credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
    places = ["/run/secrets", "/var/run/secrets", *([credentials] if credentials else [])]
    return [Path(place).resolve() for place in places] + [owner_folder(os.environ).resolve()]


def owner_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of the machine's owner, outside every project: ~/.config/syncengine."""
    configured = environment.get("XDG_CONFIG_HOME", "")
    base = Path(configured) if configured.startswith("/") else Path.home() / ".config"
    return base / "syncengine"


def owner_cache(environment: Mapping[str, str]) -> Path:
    """Return the owner's folder for what can be made anew, outside every project: ~/.cache/syncengine."""
    configured = environment.get("XDG_CACHE_HOME", "")
    base = Path(configured) if configured.startswith("/") else Path.home() / ".cache"
    return base / "syncengine"


def _where(root: Path) -> str:
    return (
        f"Put it below {root}, or with an absolute path in /run/secrets, $CREDENTIALS_DIRECTORY or "
        f"{owner_folder(os.environ)}."
    )


def _without_line_end(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")


def _unfit(value: str) -> str:
    """Return why a value cannot be a credential: it would break out of its header, or is none."""
    if not value.strip():
        return "it is empty"
    if not value.isprintable():
        return "it holds a line end or another control character"
    return ""
