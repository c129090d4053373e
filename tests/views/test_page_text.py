import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.views.page_text import Markup, data_block, element, escape, together
from syncengine.views.wording import rearranges
from tests.views.plans import HOSTILE

INJECTIONS = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "<img src=x onerror=alert(1)>",
    '" onfocus="alert(1)" autofocus x="',
    "' onload='alert(1)",
    "javascript:alert(1)",
    "&lt;b&gt; &#60;b> &amp;",
    "\u202egnp.exe\u2066\u200b\u2028\u2029\x1b[31m\x9b2J\r\n\t\0",
    "\ud83d\ude00 ñandú 中文",
    HOSTILE,
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_text_can_neither_be_markup_nor_end_a_value_nor_rearrange(text):
    shown = escape(text)
    assert not set(shown) & set("<>\"'")
    assert not any(rearranges(c) for c in shown)


@pytest.mark.parametrize("text", INJECTIONS)
def test_whatever_is_not_markup_of_ours_is_escaped_wherever_it_stands(text):
    inside = str(element("p", text, title=text))
    assert inside == f'<p title="{escape(text)}">{escape(text)}</p>'
    assert together(text, Markup("<br>")) == f"{escape(text)}<br>"


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_data_block_holds_the_text_and_nothing_that_could_end_it(text):
    block = str(data_block({"k": [text], text: text}, id="x"))
    inside = re.fullmatch(r'<script type="application/json" id="x">(.*)</script>', block, re.DOTALL)[1]
    assert not set(inside) & set("<>&\u2028\u2029")
    found = json.loads(inside)
    assert not any(rearranges(c) for c in found["k"][0])
    assert list(found) == ["k", found["k"][0]]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_harmless_data_comes_out_as_it_went_in(value):
    inside = str(data_block(value)).removeprefix('<script type="application/json">').removesuffix("</script>")

    def printable(found):
        if isinstance(found, list):
            return [printable(inner) for inner in found]
        return found if not isinstance(found, str) or found.isprintable() else None

    if printable(value) == value:
        assert json.loads(inside) == value


def test_attributes_without_a_value_and_those_that_are_not():
    assert (
        element("p", hidden=True, open=False, class_="a", aria_label="b") == '<p hidden class="a" aria-label="b"></p>'
    )
