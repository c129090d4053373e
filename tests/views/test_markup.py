import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from syncengine.views.markup import bullet, code, cut_fairly, escape, fitted, size_of
from syncengine.views.wording import clean
from tests.views.plans import HOSTILE

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def rendered(markdown):
    return RENDERER.render(markdown)


def read(html):
    """Return what a person reads, and assert that there is nothing but text in a paragraph."""
    import html as entities

    inner = html.strip().removeprefix("<p>").removesuffix("</p>")
    assert "<" not in inner
    return entities.unescape(inner).replace("\u200b", "")


@pytest.mark.parametrize(
    "text",
    [
        "[here](https://evil.example)",
        "![x](http://evil.example/x.png)",
        "<script>alert(1)</script>",
        "<!-- hidden",
        "`code` **bold** __bold__ ~~gone~~ | cell |",
        "&lt;b&gt; &#64;ops &amp;",
        "back\\slash \\* \\",
        "https://evil.example www.evil.example mailto:a@b.example",
        "@admin #12 !34 $x^2$ %5 &7 ~bug",
        HOSTILE,
    ],
)
def test_text_is_shown_as_it_stands_and_not_rendered(text):
    assert read(rendered(escape(text))) == clean(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=60).filter(lambda t: t == t.strip()))
def test_any_text_is_shown_as_it_stands(text):
    # After a word, as everywhere in our lines: at the beginning of a line a dash or a number would begin a list.
    assert read(rendered(f"x {escape(text)}")) == f"x {clean(text)}"


@pytest.mark.parametrize("text", ["@admin", "#12", "!34", "$9", "%5", "&7", "~bug", "a@b.example", '%"M"', "^x"])
def test_nobody_is_mentioned_and_nothing_referred_to_after_rendering_either(text):
    seen = rendered(escape(text))
    assert not re.search(r"[@#!$%~^&][\w\"']", seen.replace("&amp;", "&").replace("&quot;", '"'))


@pytest.mark.parametrize(
    "text", ["https://evil.example", "HTTP://evil", "www.evil.example", "WWW.x.y", "mailto:a", "xmpp:a"]
)
def test_no_address_becomes_a_link_after_rendering_either(text):
    assert not re.search(r"(?i)://|www\.|mailto:|xmpp:", rendered(escape(text)))


def test_a_long_text_is_cut():
    assert len(escape("x" * 10_000)) == 500


def test_code_ends_where_it_should():
    assert rendered(code("a`b|c\x1b")) == "<p><code>a b c\\u001b</code></p>\n"


def test_a_bullet_may_be_strong():
    assert (bullet("a*"), bullet("a", strong=True)) == ("- a\\*", "- **a**")


def test_what_fits_is_whole_and_what_does_not_keeps_both_ends_and_says_how_much_is_left_out():
    texts = [f"{n:03}".ljust(99) for n in range(10)]
    assert fitted(texts, 1_000) == texts
    assert fitted(texts, 999) == [*texts[:6], "", "_1 more line left out here._", "", *texts[7:]]
    cut = fitted(texts, 500)
    assert cut == [*texts[:2], "", "_6 more lines left out here._", "", *texts[8:]]
    assert size_of(cut) <= 500


def test_a_table_is_cut_by_a_row():
    texts = [f"| {n} |".ljust(99) for n in range(10)]
    cut = fitted(texts, 500, row="| {} |")
    assert cut == [*texts[:2], "| _6 more lines left out here._ |", *texts[8:]]


@given(st.lists(st.text(max_size=40), max_size=60), st.integers(70, 2_000))
def test_every_line_is_shown_or_counted_and_the_room_is_kept(texts, room):
    cut = fitted(texts, room)
    assert size_of(cut) <= room
    said = [re.search(r"^_([\d,]+) more lines? left out here\._$", text) for text in cut]
    left = sum(int(found[1].replace(",", "")) for found in said if found)
    if left:
        assert len(cut) - 3 + left == len(texts)
    else:
        assert cut == texts


def test_the_room_is_counted_in_bytes():
    assert size_of(["ñ", "电"]) == 2 + 1 + 3 + 1
    assert fitted(["电" * 40] * 2, 200) != ["电" * 40] * 2


def test_where_room_is_short_small_parts_stay_whole_and_large_ones_keep_their_beginning():
    small, large, larger = ["s"] * 5, ["l" * 9] * 1_000, ["m" * 9] * 2_000
    cut = cut_fairly([larger, small, large], 2_000)
    assert cut.count("s") == 5
    assert 80 < cut.count("l" * 9) < 100
    assert 80 < cut.count("m" * 9) < 100
    assert size_of(cut) <= 2_000
    assert cut[0] == "m" * 9


def test_what_fits_together_is_not_cut():
    parts = [["a"] * 3, ["b"] * 50]
    assert cut_fairly(parts, 106) == [*parts[0], *parts[1]]
    assert cut_fairly([], 10) == []
