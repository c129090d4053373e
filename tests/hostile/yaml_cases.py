"""YAML that other readers take for something else, or never come back from."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from syncengine.diagnostics import Diagnostics
from syncengine.model.desired import Desired
from tests.config.samples import MANIFEST, load, write
from tests.hostile.case import Case, Verdict, demand, written

FAMILY = "yaml"


def cases() -> list[Case]:
    readable = [
        Case(FAMILY, found.name, found.verdict, partial(_readable, found.text, found.words))
        for found in written(FAMILY)
    ]
    return readable + [Case(FAMILY, name, verdict, partial(_made, make)) for name, (verdict, make) in _MADE.items()]


def _readable(text: str, words: dict[str, str], folder: Path) -> str:
    if words.get("in") == "project":
        write(folder, text + "\n", case=MANIFEST)
    else:
        write(folder, case=text + "\n")
    return _judged(folder, words.get("at", ""), sees=words.get("sees", ""))


def _made(make: Callable[[], bytes], folder: Path) -> str:
    write(folder)
    (folder / "manifests" / "case.yaml").write_bytes(make())
    return _judged(folder)


def _judged(folder: Path, at: str = "", *, sees: str = "") -> str:
    desired, _, diagnostics = load(folder)
    if desired is not None and not diagnostics.failed:
        _check_seen(desired, sees)
        return "harmless"
    demand(desired is None, "mistakes were found and the state was given out all the same")
    _check_places(diagnostics, at)
    return "refused"


def _check_places(diagnostics: Diagnostics, at: str) -> None:
    errors = [item for item in diagnostics if item.severity == "error"]
    first = errors[0].location
    demand(first is not None and first.file.endswith(".yaml"), "no file is named")
    assert first is not None
    demand(not at or f"{first.line}:{first.column}" == at, f"the place is {first.line}:{first.column}, not {at}")
    demand(at or not first.line or first.column, "a line without its column")
    demand(all(len(item.render()) < 6_000 for item in errors), "a message of thousands of characters")
    demand(len(errors) < 200, "more mistakes than anybody reads")


def _check_seen(desired: Desired, sees: str) -> None:
    """See that a value is the one that stands in the file, as ``region:NO``."""
    if not sees:
        return
    what, _, value = sees.partition(":")
    campaign, leads = desired.campaigns["spring"], desired.contacts["leads"]
    seen = {
        "region": leads.region,
        "start": campaign.fields.get("start"),
        "code": campaign.fields.get("code"),
        "phone": leads.source.rows[0]["phone"] if leads.source.rows else None,
        "name": ascii(campaign.name),
    }
    demand(str(seen[what]) == value, f"{what} is {seen[what]!r}")


_SMALL = 'campaigns: {spring: {dialer: agreed, id: x, contacts: [leads]}}\ncontacts: {leads: {rows: [{phone: "+573001234567"}]}}\n'

_MADE: dict[str, tuple[Verdict, Callable[[], bytes]]] = {
    "a hundred thousand lists inside each other": ("refused", lambda: b"campaigns: " + b"[" * 100_000),
    "a hundred thousand closed mappings inside each other": (
        "refused",
        lambda: b"campaigns: " + b"{a: " * 100_000 + b"1" + b"}" * 100_000,
    ),
    "one value too many": ("refused", lambda: b"campaigns: [" + b"1," * 100_001 + b"]"),
    "six megabytes of comment": ("refused", lambda: b"# " + b"x" * 6_000_000 + b"\n" + _SMALL.encode()),
    "a key of two megabytes": ("refused", lambda: b"campaigns: {" + b"k" * 2_000_000 + b": 1}"),
    "fifty thousand doubled keys": ("refused", lambda: b"campaigns:\n" + b"  a: 1\n" * 50_000),
    "a byte order mark in front": ("harmless", lambda: b"\xef\xbb\xbf" + MANIFEST.encode()),
    "utf-16 with its mark": ("refused", lambda: MANIFEST.encode("utf-16")),
    "utf-16 without a mark": ("refused", lambda: MANIFEST.encode("utf-16-le")),
    "latin-1 in a name": ("refused", lambda: MANIFEST.replace("spring", "spr\xefng").encode("latin-1")),
    "a NUL byte that cuts a key": ("refused", lambda: MANIFEST.replace("dnd:", "dn\0d:").encode()),
    "a lone surrogate in utf-8": ("refused", lambda: MANIFEST.encode().replace(b"Ana", b"\xed\xa0\x80")),
    "a phone of five thousand digits as a number": (
        "refused",
        lambda: _SMALL.replace('"+573001234567"', "5" * 5_000).encode(),
    ),
    "a line separator that ends a comment": (
        "refused",
        lambda: f"{_SMALL}# listed:\u2028contacts: {{leads: {{rows: []}}}}\n".encode(),
    ),
    "carriage returns alone as line ends": ("harmless", lambda: MANIFEST.replace("\n", "\r").encode()),
}
