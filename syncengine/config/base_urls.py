"""The base URL of a vendor: where secrets go, so what may stand in it is told tightly.

Settings enter the host name, and a setting can be changed by whoever can change the project file. So each must have a
pattern, and the pattern is tried on what would lead elsewhere: other hosts, user names, ports, paths.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from jinja2 import nodes

from syncengine.config.places import Complaints
from syncengine.config.template_scope import settings_scope
from syncengine.config.templates import Leaf, Scope, filtered, program, read_leaf, settings_read
from syncengine.config.vendor_spec import VendorSpec
from syncengine.errors import RenderError
from syncengine.matching import fault, fits
from syncengine.model.vendor import Setting

PATH = ("base_url",)

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LEADS_ELSEWHERE = "./@:?#\\%& \t\n"
# Hosts that a pattern for a whole host name, as one that ends in the vendor's domain, must not take.
_FOREIGN = ("example.com", "a.example.com", "evil.net", "evil.io", "evil.org", "evil.dev", "1.2.3.4")


def read_base_url(spec: VendorSpec, complaints: Complaints) -> Callable[[Mapping[str, str]], str]:
    """Return the function from settings to the base URL, without a slash at the end.

    The function raises RenderError where the settings would lead to something that is no plain base URL.
    """
    leaf = read_leaf(spec.base_url, settings_scope(spec), lambda finding: complaints.finding(PATH, finding))
    if leaf is None:
        return lambda _settings: ""
    _check_scheme(leaf, complaints)
    for name in _settings_of(leaf):
        _check_setting(name, spec, ends_host=_ends_host(leaf, name), complaints=complaints)
    parts = [nodes.Const(part) if isinstance(part, str) else part for part in leaf.parts]
    evaluate = program(filtered(nodes.List(parts), "_joined"))
    return lambda settings: _plain(str(evaluate(_scope(settings))))


def _scope(settings: Mapping[str, str]) -> Scope:
    return {"settings": dict(settings)}


def _settings_of(leaf: Leaf) -> list[str]:
    return sorted({name for part in leaf.parts if isinstance(part, nodes.Expr) for name in settings_read(part)})


def _check_scheme(leaf: Leaf, complaints: Complaints) -> None:
    start = leaf.parts[0] if isinstance(leaf.parts[0], str) else ""
    if start.startswith("https://"):
        return
    if start.startswith("http://") and urlsplit(start).hostname in _LOOPBACK:
        return
    complaints.error(
        PATH, "the base URL is not encrypted", expected="https://..., or http:// on the loopback interface"
    )


def _ends_host(leaf: Leaf, name: str) -> bool:
    """Whether nothing of the vendor's own follows a setting in the host name."""
    following = [*leaf.parts[1:], "/"]
    return any(
        isinstance(part, nodes.Expr) and name in settings_read(part) and isinstance(after, str) and after[0] in "/:"
        for part, after in zip(leaf.parts, following, strict=True)
    )


def _check_setting(name: str, spec: VendorSpec, *, ends_host: bool, complaints: Complaints) -> None:
    setting = spec.settings.get(name)
    if setting is None:
        return
    if not setting.pattern:
        complaints.error(
            ("settings", name),
            f"{name} enters the base URL and has no pattern, so it could send secrets anywhere",
            expected='a pattern that fits nothing but this part of a host name, as "[a-z0-9-]{1,40}"',
            key=True,
        )
        return
    if fault(setting.pattern):
        return
    taken = next(
        (
            probe
            for probe in _probes(setting, any_host=spec.private_host, ends_host=ends_host)
            if fits(setting.pattern, probe)
        ),
        None,
    )
    if taken is not None:
        complaints.error(
            ("settings", name, "pattern"),
            f"the pattern of {name}, which enters the base URL, fits {taken!r}: secrets could be sent elsewhere",
            expected='a pattern without . / @ : as "[a-z0-9-]{1,40}", or one that ends in the vendor\'s own domain',
            hint="Where each customer has a host of its own, say private_host: true; the owner then allows the origin.",
        )


def _probes(setting: Setting, *, any_host: bool, ends_host: bool) -> Iterator[str]:
    marks = _LEADS_ELSEWHERE.replace(".", "") if any_host else _LEADS_ELSEWHERE
    for length in range(3, 40):
        for letter in "a0A":
            for mark in marks:
                yield letter * (length // 2) + mark + letter * (length - length // 2 - 1)
    samples = [sample for sample in (setting.default, setting.example) if sample]
    for sample in samples:
        for mark in marks.replace(".", ""):
            yield f"evil{mark}{sample}"
            yield f"{sample}{mark}evil"
    if not any_host:
        yield from _FOREIGN
        # Of a host's last part even a plain word is a whole host: one of the network that the tool runs in.
        yield from ("localhost", "intranet") if ends_host else ()
        for sample in samples:
            yield from _in_other_domains(sample)


def _in_other_domains(host: str) -> Iterator[str]:
    labels = host.split(".")
    for at in (len(labels) - 1, len(labels) - 2):
        if at >= 1:
            yield ".".join([*labels[:at], "evil", *labels[at + 1 :]])


def _plain(url: str) -> str:
    # Printable ASCII without what begins a query, a fragment or a user name.
    host = urlsplit(url).hostname if re.fullmatch(r"https?://[!-~]+", url) and not set(url) & set("?#@\\") else None
    if not host:
        raise RenderError("the settings do not give a plain base URL; check those that enter it")
    return url.rstrip("/")
