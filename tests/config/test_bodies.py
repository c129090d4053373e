"""Bodies: whatever the values hold, the receiver decodes just those values."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.config.bodies import flat_pairs, json_bytes, read_body
from syncengine.config.template_filters import OMITTED
from syncengine.config.template_rules import Names
from syncengine.config.templates import program
from syncengine.config.trees import TreeReader
from syncengine.config.vendor_spec import BodySpec
from syncengine.errors import RenderError

from .vendor_samples import row

NAMES = Names(
    {"record": None, "row": frozenset({"phone"}), "fields": frozenset({"a", "b"})}, frozenset({"record", "fields"})
)
HOSTILE = [
    '"',
    '","dnd":false,"y":"',
    "{{ 7*7 }}",
    "{% raw %}",
    "\\",
    "\u2028",
    "é😀",
    "\r\nX: 1",
    "&a=b",
    "=1+1",
    "\0",
    "+57",
]


def encoded(written: dict[str, Any], scope: dict[str, Any]) -> tuple[bytes, str]:
    problems: list[Any] = []
    reader = TreeReader(NAMES, NAMES_INSIDE, lambda path, finding: problems.append((path, finding)))
    body = read_body(BodySpec.model_validate(written), reader, (), mapped=frozenset({"name"}))
    assert problems == []
    return body.encode(program(body.expression, reader.loops)(scope))


NAMES_INSIDE = Names(dict(NAMES.members), NAMES.whole)


@given(st.text() | st.sampled_from(HOSTILE))
@settings(max_examples=80, deadline=None)
def test_any_text_survives_a_json_body_unchanged(value: str) -> None:
    scope = {"rows": [row(name=value)], "fields": {"a": value}}
    tree = {
        "one": "{{ fields.a }}",
        "mixed": "<{{ fields.a }}>",
        "rows": {"$each": "{{ record }}"},
        "s": {"$json": {"x": "{{ fields.a }}"}},
    }
    body, content_type = encoded({"json": tree}, scope)
    decoded = json.loads(body)
    assert decoded["one"] == value
    assert decoded["mixed"] == f"<{value}>"
    assert decoded["rows"] == [{"name": value}]
    assert json.loads(decoded["s"]) == {"x": value}
    assert content_type == "application/json"


@given(st.text() | st.sampled_from(HOSTILE))
@settings(max_examples=80, deadline=None)
def test_any_text_survives_a_form_unchanged(value: str) -> None:
    body, _ = encoded(
        {"form": {"a": "{{ fields.a }}", "b[]": {"$each": "{{ record.name }}"}}},
        {"fields": {"a": value}, "rows": [row(name=value)] * 2},
    )
    assert parse_qsl(body.decode(), keep_blank_values=True) == [("a", value), ("b[]", value), ("b[]", value)]


def test_the_root_of_a_json_body_may_be_a_list_or_one_expression() -> None:
    assert (
        encoded({"json": {"$each": "{{ record }}"}}, {"rows": [row(a="1"), row(b="2")]})[0] == b'[{"a":"1"},{"b":"2"}]'
    )
    assert encoded({"json": "{{ fields }}"}, {"fields": {"a": 1}})[0] == b'{"a":1}'


def test_a_body_that_is_left_out_as_a_whole_has_no_type() -> None:
    assert encoded({"json": "{{ fields.a | omit_empty }}"}, {"fields": {}}) == (b"", "")


def test_a_content_type_can_be_overridden() -> None:
    assert (
        encoded({"json": {}, "content_type": "application/json; charset=utf-8"}, {})[1]
        == "application/json; charset=utf-8"
    )


def test_a_text_body_is_text() -> None:
    assert encoded({"text": "<a>{{ fields.a }}</a>"}, {"fields": {"a": "é"}}) == (
        "<a>é</a>".encode(),
        "text/plain; charset=utf-8",
    )


def test_a_multipart_body_holds_text_json_and_files_and_omits_the_empty() -> None:
    parts = {
        "a": {"text": "{{ fields.a }}"},
        "b": {"text": "{{ fields.b | omit_empty }}"},
        "j": {"json": [{"$each": "{{ record }}"}]},
        "f": {
            "file": {
                "filename": "x.csv",
                "format": "csv",
                "columns": {"Tel": "{{ row.phone }}"},
                "custom_columns": True,
            }
        },
    }
    rows = [row("+1", name="n", extra="=1+1"), row("+2", other="o")]
    body, content_type = encoded({"multipart": parts}, {"fields": {"a": "007"}, "rows": rows})
    assert content_type.startswith("multipart/form-data; boundary=")
    assert b'name="a"\r\n\r\n007\r\n' in body
    assert b'name="b"' not in body
    assert b'[[{"name":"n","extra":"=1+1"},{"other":"o"}]]' in body
    assert b"Tel,extra,other\r\n+1,'=1+1,\r\n+2,,o\r\n" in body


def test_a_file_without_custom_columns_holds_only_its_own() -> None:
    file = {
        "filename": "x.csv",
        "format": "csv",
        "delimiter": ";",
        "columns": {"Tel": "{{ row.phone }}", "N": "{{ record.name | omit_empty }}"},
    }
    body, _ = encoded({"multipart": {"f": {"file": file}}}, {"rows": [row("+1", name="n", extra="e"), row("+2")]})
    assert b"\r\n\r\nTel;N\r\n+1;n\r\n+2;\r\n\r\n--" in body


def test_a_body_cannot_grow_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncengine.config.bodies.MAX_BYTES", 100)
    with pytest.raises(RenderError, match="larger"):
        encoded({"json": ["{{ fields.a }}"] * 20}, {"fields": {"a": "x" * 10}})


def test_pairs_repeat_lists_and_leave_out_what_is_omitted() -> None:
    assert flat_pairs({"a": ["1", 2], "b": OMITTED, "c": "", "d": True}) == (
        ("a", "1"),
        ("a", "2"),
        ("c", ""),
        ("d", "true"),
    )
    with pytest.raises(RenderError):
        flat_pairs({"a": {"b": 1}})


def test_what_json_does_not_know_is_an_error() -> None:
    with pytest.raises(RenderError):
        json_bytes({"a": OMITTED})
    with pytest.raises(RenderError):
        json_bytes(2**70)
