import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.config.document import Document, parse_document, read_document
from syncengine.diagnostics import Diagnostics, Location


def read(text: str | bytes, **more: object) -> tuple[Document | None, list[str]]:
    diagnostics = Diagnostics()
    raw = text.encode() if isinstance(text, str) else text
    document = parse_document(raw, label="f.yaml", diagnostics=diagnostics, **more)  # type: ignore[arg-type]  # test
    return document, [f"{item.location}: {item.message}" for item in diagnostics]


def sound(text: str) -> Document:
    document, said = read(text)
    assert not said
    assert document is not None
    return document


def test_values_and_their_places_are_kept() -> None:
    document = sound("a: 1\nb:\n  - x\n  - {c: 'y z', d: 1.50}\n")
    assert document.data == {"a": 1, "b": ["x", {"c": "y z", "d": 1.5}]}
    assert document.locate(("b", 1, "c")) == (Location("f.yaml", 4, 9), "  - {c: 'y z', d: 1.50}", 5)
    assert document.locate(("b", 1, "c"), key=True)[0] == Location("f.yaml", 4, 6)
    assert document.written(("b", 1, "d")) == "1.50"


def test_what_is_not_there_is_shown_at_its_nearest_parent() -> None:
    document = sound("a:\n  bcd:\n    e: 1\n")
    assert document.locate(("a", "bcd", "x", "y")) == (Location("f.yaml", 2, 3), "  bcd:", 3)
    assert document.locate(("x",))[0] == Location("f.yaml", 1, 1)


def test_keys_are_text_whatever_they_look_like() -> None:
    assert sound("200: a\n007: b\ntrue: c\n+57: d\n").data == {"200": "a", "007": "b", "true": "c", "+57": "d"}


def test_wide_characters_and_all_line_ends_do_not_move_places() -> None:
    document = sound("\ufeffñandú: 'día'\r\n\r\nb: {señal: 1}\r\n")
    assert document.locate(("b", "señal")) == (Location("f.yaml", 3, 12), "b: {señal: 1}", 1)
    assert document.locate(("ñandú",))[2] == 5


def test_a_duplicate_key_names_the_first_line_and_the_first_value_stays() -> None:
    document, said = read("a: 1\nb: 2\na: {c: 007}\n")
    assert said == [
        'f.yaml:3:1: "a" is written twice; the first one is in line 1',
        "f.yaml:3:8: 007 without quotes is read as a number",
    ]
    assert document is not None
    assert document.data == {"a": 1, "b": 2}


def test_all_mistakes_of_a_file_are_said_at_once() -> None:
    _, said = read("a: +573001234567\nb: !!int 3\nc: &x 1\n<<: {}\n")
    assert [line.split(":")[1] for line in said] == ["1", "2", "3", "4"]
    assert "573001234567" not in "".join(said)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "f.yaml: the file is empty"),
        (b"a: 1\nb: \xff\n", "f.yaml:2:4: byte 0xff is not UTF-8"),
        ("a: 1".encode("utf-16"), "f.yaml:1:1: the file is UTF-16"),
        (b"a: 1\nb: x\x00\n", "f.yaml:2:5: the control character U+0000 cannot stand in YAML"),
        (b"[" * 50, "f.yaml:1:41: more than 40 levels inside each other"),
        (b"a: 1\n---\nb: 1\n", "f.yaml:2:1: a second YAML document begins here"),
        (b"a: *b\n", "f.yaml:1:4: *b: aliases are not read"),
        (b"? [a]\n: b\n", "f.yaml:1:3: a mapping or a list cannot be a key"),
    ],
)
def test_what_cannot_be_read_is_refused(raw: bytes, said: str) -> None:
    assert read(raw)[1] == [said]


def test_the_number_of_values_has_a_limit() -> None:
    document, said = read("[" + "1," * 100_001 + "]")
    assert document is None
    assert "more than 100,000 values" in said[0]


def test_withheld_texts_are_dots_in_lines_and_in_their_own_words() -> None:
    text = "s: {a: hunter2, b: 'x', a: hunter3}\nt: |\n  hunter4\n  hunter5\nu: fine\n"
    document, _ = read(text, withhold=lambda _path, value: "hunter" in value)
    assert document is not None
    assert "hunter" not in "\n".join(document.lines)
    assert document.lines[0] == "s: {a: •••••••, b: 'x', a: •••••••}"
    assert document.lines[4] == "u: fine"
    assert document.written(("s", "a")) == "•••••••"
    assert document.data["s"]["a"] == "hunter2"


def test_a_syntax_mistake_shows_no_line_that_may_hold_a_secret() -> None:
    diagnostics = Diagnostics()
    parse_document(
        b'd:\n  secrets:\n    token: "hunter2\n', label="f", diagnostics=diagnostics, withhold=lambda _p, _v: False
    )
    assert [item.source_line for item in diagnostics] == [""]


def test_a_long_number_in_the_wrong_place_is_masked_in_its_line() -> None:
    assert sound("id: '+573001234567'\n").lines[0] == "id: '+57••••••••67'"


def test_a_missing_file_a_folder_and_a_pipe_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    diagnostics = Diagnostics()
    for name in ("none", "", "pipe"):
        assert read_document(tmp_path / name, label=name, diagnostics=diagnostics) is None
    assert [item.message for item in diagnostics.items] == [
        "there is no such file",
        "this is not a regular file",
        "this is not a regular file",
    ]


def test_a_file_over_five_megabytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_bytes(b"#" * 5_000_001)
    diagnostics = Diagnostics()
    assert read_document(tmp_path / "big.yaml", label="big.yaml", diagnostics=diagnostics) is None
    assert [item.message for item in diagnostics] == ["the file is larger than 5 MB"]


def test_the_digest_is_that_of_the_bytes() -> None:
    assert sound("a: 1\n").digest == sound("a: 1\n").digest != sound("a: 1 \n").digest


def test_ten_thousand_lines_are_read_quickly() -> None:
    text = "".join(f"c{n}:\n  dialer: d\n  contacts: [a, b]\n  type: predictive\n" for n in range(2500))
    began = time.process_time()
    assert len(sound(text).data) == 2500
    # Well under the budget of half a second for a whole manifest, with room for a slow machine.
    assert time.process_time() - began < 0.5


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:- \n[]{}'\"#&*!|>%@\t0+é"), max_size=60))
def test_no_text_breaks_the_reader_and_every_place_exists(text: str) -> None:
    document, said = read(text)
    assert document is not None or said
    if document is not None:
        for path, position in document.positions.items():
            line = document.lines[position.value.line - 1]
            assert 1 <= position.value.column <= len(line) + 1, path
