"""The base URL of a vendor: where secrets go, so what may stand in it is told tightly.

Settings enter the host name, and a setting can be changed by whoever can change the project file. So each must have a
pattern, and the pattern is tried on what would lead elsewhere: other hosts, user names, ports, paths.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from jinja2 import nodes

from syncengine.config.places import Complaints
from syncengine.config.templates import Leaf, Scope, filtered, program, read_leaf, settings_read
from syncengine.config.template_scope import settings_scope
from syncengine.config.vendor_spec import VendorSpec
from syncengine.errors import RenderError
from syncengine.model.vendor import Setting

PATH = ("base_url",)

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LEADS_ELSEWHERE = "./@:?#\\%& \t\n"
# Hosts that a pattern for a whole host name, as one that ends in the vendor's domain, must not take.
_FOREIGN = ("example.com", "a.example.com", "evil.net", "evil.io", "evil.org", "evil.dev", "1.2.3.4", "localhost")


def read_base_url(spec: VendorSpec, complaints: Complaints) -> Callable[[Mapping[str, str]], str]:
    """Return the function from settings to the base URL, without a slash at the end.

    The function raises RenderError where the settings would lead to something that is no plain base URL.
    """
    leaf = read_leaf(spec.base_url, settings_scope(spec), lambda finding: complaints.finding(PATH, finding))
    if leaf is None:
        return lambda _settings: ""
    _check_scheme(leaf, complaints)
    for name in _settings_of(leaf):
        _check_setting(name, spec.settings.get(name), complaints)
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
    complaints.error(PATH, "the base URL is not encrypted", expected="https://..., or http:// on the loopback interface")


def _check_setting(name: str, setting: Setting | None, complaints: Complaints) -> None:
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
    try:
        pattern = re.compile(setting.pattern)
    except re.error:
        return
    taken = next((probe for probe in _probes(setting) if pattern.fullmatch(probe)), None)
    if taken is not None:
        complaints.error(
            ("settings", name, "pattern"),
            f'the pattern of {name}, which enters the base URL, fits {taken!r}: secrets could be sent elsewhere',
            expected='a pattern without . / @ : as "[a-z0-9-]{1,40}", or one that ends in the vendor\'s own domain',
        )


def _probes(setting: Setting) -> Iterator[str]:
    yield from _FOREIGN
    for length in range(3, 40):
        for letter in "a0A":
            for mark in _LEADS_ELSEWHERE:
                yield letter * (length // 2) + mark + letter * (length - length // 2 - 1)
    for sample in filter(None, (setting.default, setting.example)):
        yield from _spoiled(sample)


def _spoiled(sample: str) -> Iterator[str]:
    """Yield what a good value becomes when somebody leads it elsewhere."""
    for mark in _LEADS_ELSEWHERE.replace(".", ""):
        yield f"evil{mark}{sample}"
        yield f"{sample}{mark}evil"
    labels = sample.split(".")
    for at in (-1, -2):
        if len(labels) >= -at + 1:
            yield ".".join([*labels[:at], "evil", *labels[len(labels) + at + 1 :]])


def _plain(url: str) -> str:
    parts = urlsplit(url)
    odd = re.search(r"[\s\\\x00-\x1f\x7f]", url) or parts.query or parts.fragment or "?" in url or "#" in url
    if odd or not parts.hostname or parts.username is not None or parts.password is not None:
        raise RenderError("the settings do not give a plain base URL; check those that enter it")
    return url.rstrip("/")
