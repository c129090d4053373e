"""The project's dialers, checked against what their vendor files ask for."""

import re
from collections.abc import Collection, Mapping

from syncengine.config.origins import origin_of
from syncengine.config.places import Complaints
from syncengine.config.project import DialerFile, Project
from syncengine.diagnostics import Diagnostics, did_you_mean
from syncengine.matching import fits
from syncengine.model.credentials import ExchangeAuth
from syncengine.model.desired import Dialer
from syncengine.model.vendor import Setting, Vendor


def load_dialers(
    project: Project, vendors: Mapping[str, Vendor], known: Collection[str], diagnostics: Diagnostics
) -> dict[str, Dialer]:
    """Return the dialers by name; mistakes go to ``diagnostics``.

    Args:
        project: The project.
        vendors: Vendors whose files have no mistake.
        known: Vendors that have a file at all; those not in ``vendors`` were complained about already.
        diagnostics: Takes the mistakes.
    """
    dialers: dict[str, Dialer] = {}
    for name, written in project.file.dialers.items():
        _check_base_url(project, name, written, diagnostics)
        vendor = vendors.get(written.vendor)
        if vendor is not None:
            _check_settings(project, name, written, vendor, diagnostics)
            _check_secrets(project, name, written, vendor, diagnostics)
        elif written.vendor not in known:
            _unknown_vendor(project, name, written, sorted({*vendors, *known}), diagnostics)
        dialers[name] = Dialer(
            name=name,
            vendor=written.vendor,
            settings=_defaults(vendor.settings if vendor else {}) | written.settings,
            stated_settings=frozenset(written.settings),
            secrets=dict(written.secrets),
            base_url=written.base_url,
            limits={name: value for name, value in written.limits if value is not None},
            location=project.document.locate(("dialers", name), key=True)[0],
        )
    return dialers


def _defaults(settings: Mapping[str, Setting]) -> dict[str, str]:
    return {name: setting.default for name, setting in settings.items() if setting.default is not None}


def _unknown_vendor(
    project: Project, name: str, written: DialerFile, known: list[str], diagnostics: Diagnostics
) -> None:
    Complaints(project.document, diagnostics).error(
        ("dialers", name, "vendor"),
        f'there is no vendor file for "{written.vendor}"',
        expected=f"one of: {', '.join(known)}" if known else "the name of a vendor file",
        hint=did_you_mean(written.vendor, known),
    )


def _check_base_url(project: Project, name: str, written: DialerFile, diagnostics: Diagnostics) -> None:
    try:
        if written.base_url:
            origin_of(written.base_url)
    except ValueError as problem:
        Complaints(project.document, diagnostics).error(
            ("dialers", name, "base_url"),
            str(problem),
            expected="https://host, https://host:port or either with a path",
        )


def _check_settings(project: Project, name: str, written: DialerFile, vendor: Vendor, diagnostics: Diagnostics) -> None:
    path = ("dialers", name, "settings")
    for key, value in written.settings.items():
        setting = vendor.settings.get(key)
        if setting is None:
            _unknown(project, (*path, key), f"setting of {vendor.title}", list(vendor.settings), diagnostics)
        elif setting.pattern and not fits(setting.pattern, value):
            example = f', for example "{setting.example}"' if setting.example else ""
            shown = project.document.written((*path, key)) or "this"
            Complaints(project.document, diagnostics).error(
                (*path, key),
                f"{shown} does not fit the setting {key}: {setting.describe}",
                expected=f"text that matches {setting.pattern} as a whole{example}",
            )
    for key, setting in vendor.settings.items():
        if setting.default is None and key not in written.settings:
            example = f' For example: {key}: "{setting.example}"' if setting.example else ""
            Complaints(project.document, diagnostics).error(
                (*path, key) if written.settings else ("dialers", name),
                f'the setting "{key}" is missing',
                key=True,
                expected=setting.describe,
                hint=f"Write it under settings of this dialer.{example}",
            )


def _check_secrets(project: Project, name: str, written: DialerFile, vendor: Vendor, diagnostics: Diagnostics) -> None:
    path = ("dialers", name, "secrets")
    for key in written.secrets:
        if key not in vendor.secrets:
            _unknown(project, (*path, key), f"secret of {vendor.title}", list(vendor.secrets), diagnostics)
    for key, describe in vendor.secrets.items():
        if key not in written.secrets and key not in vendor.optional_secrets:
            variable = re.sub(r"[^A-Z0-9]+", "_", f"{name}_{key}".upper())
            Complaints(project.document, diagnostics).error(
                (*path, key) if written.secrets else ("dialers", name),
                f'the secret "{key}" is missing',
                key=True,
                expected=describe,
                hint=f'Write {key}: "env:{variable}" under secrets of this dialer, and set that variable.',
            )
    _check_exchange(project, name, written, vendor, diagnostics)


def _check_exchange(project: Project, name: str, written: DialerFile, vendor: Vendor, diagnostics: Diagnostics) -> None:
    """Ask for all that a token is exchanged for, unless a ready token is given; each alone may be left out."""
    auth = vendor.auth
    if not isinstance(auth, ExchangeAuth) or (auth.literal and auth.literal in written.secrets):
        return
    asked = [value.removeprefix("secret:") for value in auth.body.values() if value.startswith("secret:")]
    missing = [key for key in asked if key not in written.secrets and key in vendor.optional_secrets]
    if not missing:
        return
    instead = f", or the ready token {auth.literal}" if auth.literal else ""
    Complaints(project.document, diagnostics).error(
        ("dialers", name, "secrets") if written.secrets else ("dialers", name),
        f"the secrets do not suffice to get a token: {', '.join(missing)} missing",
        key=True,
        expected=f"all of {', '.join(asked)}{instead}",
    )


def _unknown(project: Project, path: tuple[str, ...], what: str, known: list[str], diagnostics: Diagnostics) -> None:
    Complaints(project.document, diagnostics).error(
        path,
        f'"{path[-1]}" is no {what}',
        key=True,
        expected=f"one of: {', '.join(sorted(known))}" if known else "none",
        hint=did_you_mean(path[-1], known),
    )
