"""fmt changes the layout and nothing else: values, their types and order, quotes of numbers, and comments stay."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.config.document import parse_document
from syncengine.config.formatting import formatted
from syncengine.config.yaml_comments import without_comments
from syncengine.diagnostics import Diagnostics


def laid_out(text, *, ends="\n"):
    diagnostics = Diagnostics()
    found = formatted(text.replace("\n", ends).encode(), label="x.yaml", diagnostics=diagnostics)
    assert found is not None, [item.render() for item in diagnostics]
    return found.data.decode()


def refused(text):
    diagnostics = Diagnostics()
    assert (
        formatted(text if isinstance(text, bytes) else text.encode(), label="x.yaml", diagnostics=diagnostics) is None
    )
    assert diagnostics.failed
    return [item.render() for item in diagnostics]


def values(text):
    found = parse_document(text.encode(), label="x.yaml", diagnostics=Diagnostics())
    assert found is not None
    return repr(found.data)


def test_indentation_blanks_and_quotes_come_into_one_layout():
    assert laid_out(
        "\n\n# yaml-language-server: $schema=s.json\n#\nversion:    1\n\n\n\ncampaigns:\n    spring:   # in spring\n"
        "          dialer: 'co'\n          contacts: [ a,b ]\n    # last\n# about dnd\ndnd:\n- one\n-   two: 2\n    three: 3\n"
    ) == (
        '# yaml-language-server: $schema=s.json\n#\nversion: 1\n\ncampaigns:\n  spring:   # in spring\n    dialer: "co"\n'
        "    contacts: [a, b]\n  # last\n# about dnd\ndnd:\n  - one\n  - two: 2\n    three: 3\n"
    )


@pytest.mark.parametrize(
    "value",
    ['"+57300"', '"007"', "no", "yes", "on", "2026-03-01", "0.50", "100", "-5", "1.0", "true", "~", "null",
     '"1e5"', '"0x1F"', '"2026-03-01"', "NO", "=", "30%", "7d", '"null"', '""', '"a: b"', '"# no comment"',
     "a#b", '"{{ record.tel }}"', '"\\u00e9"', "'it''s'", "'say \"x\"'", '"tab\\there"', "ñandú", '" lead"'],
)  # fmt: skip
def test_no_value_changes_its_meaning_or_its_kind(value):
    text = f"a:\n    - {value}\n    - k: {value}\nb: {{c: {value}, d: [{value}]}}\n"
    out = laid_out(text)
    assert values(out) == values(text)
    if "'" not in value and "\\u" not in value:
        assert out.count(value) == 4


@pytest.mark.parametrize("block", ["|", "|-", "|+", ">", ">-", "|  # why"])
def test_texts_of_several_lines_stay_as_they_are(block):
    text = f"a:\n      t: {block}\n        one\n\n\n          # two\n        three\n\nb: 1\n"
    out = laid_out(text)
    assert values(out) == values(text)
    assert "# two" in out


def test_a_comment_moves_with_the_block_it_stands_in():
    text = (
        "a:\n- x\n# about b\nb:\n- y\n  # in the list\nc:\n        d: 1\n        # of c\n    # odd\n        e:\n"
        "            # of f\n            f: 1\n# end\n"
    )
    assert laid_out(text) == (
        "a:\n  - x\n# about b\nb:\n  - y\n  # in the list\nc:\n  d: 1\n  # of c\n  # odd\n  e:\n"
        "    # of f\n    f: 1\n# end\n"
    )


def test_comments_beside_values_keep_their_column_where_they_can():
    text = (
        "a: 1           # one\nlonger: 2      # two\nb: 3 # three\n\nk:\n      c: 1     # four\n      d: 20000 # five\n"
    )
    assert laid_out(text) == (
        "a: 1           # one\nlonger: 2      # two\nb: 3  # three\n\nk:\n  c: 1         # four\n  d: 20000     # five\n"
    )
    aligned = "a:  1        # one\nlonger: 2222222   # not\nc: 1 # x\nd: 1 # y\n"
    assert laid_out(aligned) == "a: 1        # one\nlonger: 2222222   # not\nc: 1  # x\nd: 1  # y\n"


def test_brackets_that_would_reach_too_far_are_written_in_lines():
    numbers = [f'"+5730012345{n:02}"' for n in range(12)]
    text = f"dnd:\n  x:\n    release: [{', '.join(numbers)}]\n    scope: [a, b]\n"
    assert laid_out(text).splitlines()[2:5] == ["    release:", f"      - {numbers[0]}", f"      - {numbers[1]}"]
    assert laid_out(text).splitlines()[-1] == "    scope: [a, b]"
    assert laid_out("a: [\n  1,\n  2\n]\n") == "a: [1, 2]\n"


def test_line_ends_stay_as_they_were():
    assert laid_out("a:   1\nb: 2\n", ends="\r\n") == "a: 1\r\nb: 2\r\n"


def test_a_file_that_is_laid_out_is_said_to_be_unchanged():
    found = formatted(b"a: 1\nb:\n  - c\n", label="x", diagnostics=Diagnostics())
    assert found is not None
    assert not found.changed


@pytest.mark.parametrize(
    "text",
    ["a: [1", "a: 1\na: 2\n", "a: +57300\n", "a: 007\n", "a: &x 1\nb: *x\n", "a: !!str 1\n", "", "# only this\n", b"\xff\xfe",
     b"a: \xff\n", "a: 1\n---\nb: 2\n", "\ta: 1\n", "<<: {a: 1}\n"],
)  # fmt: skip
def test_a_broken_file_is_refused_with_its_reason(text):
    assert refused(text)[0].startswith("x.yaml")


def test_comments_between_brackets_bring_them_into_lines():
    text = "a: [1,  # one\n    2, {b: 3,\n  # four\n  c: 4}]  # all\nd: [5]\n"
    assert laid_out(text) == "a:\n  - 1  # one\n  - 2\n  - b: 3\n    # four\n    c: 4  # all\nd: [5]\n"


def test_an_escape_that_would_become_a_hidden_character_is_left_alone():
    (told,) = refused('a:   "\\u202egnp.exe"\n')
    assert "without a change" in told


def test_personal_data_and_credentials_are_dots_in_what_is_shown():
    text = "contacts:\n      x:\n          rows:\n          - {phone: '+573001234567', name: Ana}\n"
    found = formatted(text.encode(), label="x", diagnostics=Diagnostics())
    assert found is not None
    assert found.changed
    shown = "\n".join((*found.before, *found.after))
    assert "3001234567" not in shown
    assert "Ana" not in shown
    assert b"+573001234567" in found.data


# ---------------------------------------------------------------------------------------------------- any file at all

WORDS = st.text(alphabet=string.ascii_letters + "ñ_", min_size=1, max_size=8).filter(lambda w: w.lower() != "null")
PLAIN = st.one_of(WORDS, st.sampled_from(["no", "2026-03-01", "true", "30%", "0.50", "12", "a b", "x#y", "~", "null"]))
SINGLE = st.text(alphabet='ab0+ :#"{}[],-ñ', max_size=8).map(lambda t: "'" + t + "'")
DOUBLE = st.text(alphabet="ab0+ :#'{}[],-ñ", max_size=8).map(lambda t: '"' + t + '"')
SCALARS = st.one_of(PLAIN, SINGLE, DOUBLE)
COMMENTS = st.sampled_from(["", "", "", "# c", "#c: d", "#  - 'e'"])
FLOWS = st.one_of(
    st.lists(SCALARS, max_size=4).map(lambda items: f"[ {' ,'.join(items)} ]"),
    st.lists(st.tuples(WORDS, SCALARS), max_size=3, unique_by=lambda pair: pair[0]).map(
        lambda pairs: "{" + ",  ".join(f"{key}: {value}" for key, value in pairs) + "}"
    ),
)


@st.composite
def blocks(draw, depth=0):
    """Lines of a block, without indentation of their own, and whether it is a mapping."""
    lines = []
    mapping = draw(st.booleans()) or depth == 0
    keys = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
    for key in keys:
        lead = f"{key}:" if mapping else "-"
        lines += [""] * draw(st.integers(0, 2))
        comment = draw(COMMENTS)
        if comment:
            lines.append(" " * draw(st.integers(0, 2)) + comment)
        kind = draw(st.integers(0, 5)) if depth < 3 else 0
        beside = draw(COMMENTS)
        beside = f"{' ' * draw(st.integers(1, 3))}{beside}" if beside else ""
        if kind <= 2:
            lines.append(f"{lead}{' ' * draw(st.integers(1, 3))}{draw(SCALARS)}{beside}")
        elif kind == 3:
            lines.append(f"{lead} {draw(FLOWS)}{beside}")
        elif kind == 4:
            lines += [f"{lead} {draw(st.sampled_from(['|', '>-', '|-']))}", "    one", "", "     # two", "    three"]
        else:
            indent = " " * draw(st.integers(1 if mapping else 2, 5))
            inner = draw(blocks(depth=depth + 1))
            lines.append(f"{lead}{beside}")
            lines += [f"{indent}{line}" if line else "" for line in inner]
    return lines


@settings(max_examples=150, deadline=None)
@given(blocks())
def test_any_file_keeps_its_values_and_comments_and_is_laid_out_once_for_all(lines):
    text = "\n".join(lines) + "\n"
    diagnostics = Diagnostics()
    if parse_document(text.encode(), label="x", diagnostics=diagnostics) is None or diagnostics.failed:
        refused(text)
        return
    out = laid_out(text)
    assert values(out) == values(text)
    assert without_comments(out).texts == without_comments(text).texts
    assert laid_out(out) == out
    assert not any(line != line.rstrip() for line in out.splitlines() if "#" in line and "two" not in line)
