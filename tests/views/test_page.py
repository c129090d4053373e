import base64
import hashlib
import re

import pytest

from syncengine.views.page import plan_page
from syncengine.views.wording import rearranges
from tests.views import plans


def page_of(plan, **more):
    return plan_page(plan, plans.lines_of(plan), **more)


def test_nothing_of_the_page_stands_elsewhere():
    page = page_of(plans.everyday())
    assert not re.search(r'(?:src|href)="(?!data:,")', page)
    assert "@import" not in page
    assert "url(" not in page


def test_only_its_own_style_and_script_are_allowed_by_their_digests():
    page = page_of(plans.everyday())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    for name, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "trusted-types 'none'" in policy
    # The policy must come before everything that it is for.
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_what_stops_the_plan_comes_before_what_it_would_do():
    page = page_of(plans.stopped())
    order = ["Stopped by 2 guards", "Stopped by guards", "Held back", "By campaign", "Every single change", "Notes"]
    assert [page.index(words) for words in order] == sorted(page.index(words) for words in order)


@pytest.mark.parametrize(
    ("plan", "state"),
    [
        (plans.everyday(), "Can be applied"),
        (plans.stopped(), "Stopped by 2 guards"),
        (plans.plan(), "No changes"),
        (plans.plan(holds=plans.stopped().holds), "Can be applied in part"),
    ],
    ids=["everyday", "stopped", "empty", "held"],
)
def test_its_first_words_say_how_it_stands(plan, state):
    assert f">{state}" in page_of(plan).split("<main>")[1][:600]


def test_an_empty_plan_has_no_list_to_search():
    page = page_of(plans.plan())
    assert 'id="search"' not in page
    assert "No changes. 0 contacts as wanted." in page


def test_malice_is_only_text():
    page = page_of(plans.hostile())
    assert not any(rearranges(c) for c in page if c != "\n")
    ours = re.sub(r"<(style|script)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    names = set(re.findall(r"<([a-z0-9]+)", ours))
    assert not names & {"img", "iframe", "a", "object", "svg", "form2"}
    assert "<script>alert" not in page
    assert page.count("</script>") == page.count("<script")


def test_it_says_when_it_holds_personal_data_in_clear():
    assert "Do not publish it" in page_of(plans.everyday(), whole=True)
    assert "Do not publish it" not in page_of(plans.everyday())
