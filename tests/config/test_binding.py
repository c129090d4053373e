import gc
import time
from dataclasses import dataclass, field
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from syncengine.config.binding import bind, fits
from syncengine.config.document import parse_document
from syncengine.config.manifest import ManifestFile
from syncengine.config.vendor_spec import MappingSpec, VendorSpec
from syncengine.diagnostics import Diagnostics


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    scheme: Literal["header"]
    header: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    scheme: Literal["query"]
    parameter: str


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    source: str = Field(alias="from")
    count: Annotated[int, Field(ge=1, le=9)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    width: int = 0
    names: tuple[str, ...] = ()


class Sample(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(pattern="^[a-z]+$", default="x")
    flag: bool = False
    share: float = 0.0
    mode: Literal["fast", "slow"] = "fast"
    sizes: Sizes = field(default_factory=Sizes)
    auth: Annotated[Header | Query, Field(discriminator="scheme")] | None = None
    columns: dict[str, str | Part] = Field(default_factory=dict)
    scope: Literal["all"] | tuple[str, ...] = "all"
    tree: object = None


def said(text: str, model: type = Sample) -> list[tuple[str, str, str, str]]:
    diagnostics = Diagnostics()
    document = parse_document(text.encode(), label="f", diagnostics=diagnostics)
    assert document is not None
    assert bind(model, document, diagnostics) is None
    return [(str(item.location).removeprefix("f:"), item.message, item.expected, item.hint) for item in diagnostics]


def test_a_sound_document_becomes_the_model() -> None:
    diagnostics = Diagnostics()
    text = (
        "sizes: {width: 3, names: [a]}\nauth: {scheme: query, parameter: p}\ncolumns: {a: b, c: {from: d}}\nshare: 1\n"
    )
    document = parse_document(text.encode(), label="f", diagnostics=diagnostics)
    assert document is not None
    sample = bind(Sample, document, diagnostics)
    assert not len(diagnostics)
    assert sample is not None
    assert sample.sizes == Sizes(width=3, names=("a",))
    assert sample.auth == Query(scheme="query", parameter="p")
    assert sample.columns["c"] == Part(**{"from": "d"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "naem: x",
            (
                "1:1",
                'unknown key "naem"',
                "one of: auth, columns, flag, mode, name, scope, share, sizes, tree",
                'Did you mean "name"?',
            ),
        ),
        ("name: 5", ("1:7", '"name" cannot be the number 5', "text", 'Write it in quotes: "5".')),
        ("name: true", ("1:7", '"name" cannot be true', "text", 'Write it in quotes: "true".')),
        ("name: 1.50", ("1:7", '"name" cannot be the number 1.50', "text", 'Write it in quotes: "1.50".')),
        ("name:", ("1:6", '"name" has no value', "text", "")),
        ("name: X", ("1:7", '"name" cannot be "X"', "text that matches ^[a-z]+$", "")),
        ("flag: yes", ("1:7", '"flag" cannot be "yes"', "true or false", "")),
        ("flag: 1", ("1:7", '"flag" cannot be the number 1', "true or false", "")),
        ('share: "1"', ("1:8", '"share" cannot be "1"', "a number", "Write it without quotes.")),
        ("mode: Fast", ("1:7", '"mode" cannot be "Fast"', "one of: fast, slow", 'Did you mean "fast"?')),
        ("sizes: {with: 1}", ("1:9", 'unknown key "with" in "sizes"', "one of: names, width", 'Did you mean "width"?')),
        ("sizes: {width: 1.5}", ("1:16", '"width" cannot be the number 1.5', "a whole number", "")),
        ("sizes: {names: a}", ("1:16", '"names" cannot be "a"', "a list", "Write it as a list: [a].")),
        (
            "sizes: {names: [a, 5]}",
            ("1:20", 'item 2 of "names" cannot be the number 5', "text", 'Write it in quotes: "5".'),
        ),
        (
            "auth: {scheme: heder}",
            ("1:16", '"scheme" cannot be "heder"', "one of: header, query", 'Did you mean "header"?'),
        ),
        ("auth: {header: x}", ("1:1", '"scheme" is missing in "auth"', "one of: header, query", "")),
        # The discriminator's value is also the name of a key.
        (
            "auth: {scheme: header, header: 5}",
            ("1:32", '"header" cannot be the number 5', "text", 'Write it in quotes: "5".'),
        ),
        ("auth: {scheme: header}", ("1:1", '"header" is missing in "auth"', "text", "")),
        ("columns: {a: {from: 5}}", ("1:21", '"from" cannot be the number 5', "text", 'Write it in quotes: "5".')),
        ("columns: {a: {from: b, count: 10}}", ("1:31", '"count" cannot be the number 10', "at most 9", "")),
        ("columns: {a: [b]}", ("1:14", '"a" cannot be a list', "text or a mapping", "")),
        ("scope: al", ("1:8", '"scope" cannot be "al"', "all or a list", 'Did you mean "all"?')),
        ("[a]", ("1:1", "the file cannot be a list", "a mapping", "")),
    ],
)
def test_each_complaint_has_place_words_and_a_way_out(text: str, expected: tuple[str, str, str, str]) -> None:
    assert said(text) == [expected]


def test_all_mistakes_are_said_in_one_go() -> None:
    assert len(said("name: 5\nflag: 1\nmode: x\nzzz: 1\n")) == 4


def test_a_place_that_was_complained_about_while_reading_is_left_alone() -> None:
    assert [message for _, message, _, _ in said("share: 007\n")] == ["007 without quotes is read as a number"]


def test_free_trees_keep_their_numbers_and_texts() -> None:
    document = parse_document(b"tree: {a: 1, b: '1', c: [true, null, 1.5]}\n", label="f", diagnostics=Diagnostics())
    assert document is not None
    sample = bind(Sample, document, Diagnostics())
    assert sample is not None
    assert sample.tree == {"a": 1, "b": "1", "c": [True, None, 1.5]}


@pytest.mark.parametrize("model", [VendorSpec, MappingSpec, ManifestFile])
def test_the_validators_own_words_never_reach_people(model: type) -> None:
    text = (
        "vendor: [1]\nauth: {scheme: x}\nlimits: 5\ncampaigns: {a: {}, b: 7, c: [1]}\ncollections: {a: 1, b: {c: 5}}\n"
    )
    shown = " ".join(" ".join(parts) for parts in said(text, model))
    for word in ("Input should", "pydantic", "http", "Field required", "validation", "Extra inputs"):
        assert word not in shown


def test_a_part_fits_or_not_without_a_word() -> None:
    assert fits(Part, {"from": "a"}) == Part(**{"from": "a"})
    assert fits(Part, {"from": 1}) is None


def test_ten_thousand_lines_of_a_manifest_are_checked_quickly() -> None:
    text = "campaigns:\n" + "".join(
        f"  c{n}:\n    dialer: d\n    contacts: [a, b]\n    type: predictive\n" for n in range(2500)
    )
    diagnostics = Diagnostics()
    document = parse_document(text.encode(), label="f", diagnostics=diagnostics)
    assert document is not None
    # The collector would look through the heap that all the tests before have left.
    gc.disable()
    try:
        began = time.process_time()
        manifest = bind(ManifestFile, document, diagnostics)
        taken = time.process_time() - began
    finally:
        gc.enable()
    assert taken < 0.25
    assert manifest is not None
    assert len(manifest.campaigns) == 2500
