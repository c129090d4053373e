"""The page in a browser: it opens from a file, searches, filters, listens to the keyboard, and runs nothing foreign."""

import re
import time
from typing import Any

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from benchmarks.plan_page import invented
from syncengine.views.page import plan_page
from tests.views import plans
from tests.views.plans import lines_of


def page_of(plan: Any, **more: Any) -> str:
    return plan_page(plan, lines_of(plan), **more)


def told(browser: Any, expected: str) -> str:
    """Wait for what the line above the list shall say."""
    until = time.monotonic() + 10
    while True:
        text = browser.find_element(By.ID, "count").text
        if re.fullmatch(expected, text) or time.monotonic() > until:
            assert re.fullmatch(expected, text), text
            return text
        time.sleep(0.02)


def rows(browser: Any) -> list[str]:
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    found = browser.find_elements(By.CSS_SELECTOR, "#spacer .row")
    return [row.text for row in sorted(found, key=lambda row: int(row.get_attribute("aria-posinset")))]


def write(browser: Any, words: str) -> None:
    search = browser.find_element(By.ID, "search")
    search.clear()
    search.send_keys(words)


def click_first_row(browser: Any) -> None:
    """Click the first row in sight; the list may be drawn anew between finding it and clicking it."""

    def clicked(_: Any) -> bool:
        browser.find_element(By.CSS_SELECTOR, ".row").click()
        return True

    WebDriverWait(browser, 10, ignored_exceptions=[StaleElementReferenceException]).until(clicked)


def choose(browser: Any, name: str, value: str) -> None:
    script = (
        "const c = document.getElementById(arguments[0]); c.value = arguments[1]; c.dispatchEvent(new Event('change'))"
    )
    browser.execute_script(script, name, value)


def test_every_change_is_listed_and_only_those_in_sight_are_elements(opened: Any) -> None:
    browser = opened(page_of(plans.everyday()))
    told(browser, "1,266 changes")
    assert len(rows(browser)) < 60
    assert "acme-co/dnd/account" in rows(browser)[0]


def test_words_find_lines_by_what_they_say_and_by_the_end_of_a_number(opened: Any) -> None:
    browser = opened(page_of(plans.everyday()))
    write(browser, "SUMMER remove")
    told(browser, "40 of 1,266 changes")
    write(browser, "spring •07")
    told(browser, r"1\d of 1,266 changes")
    assert all("07" in row for row in rows(browser))
    write(browser, "nobody has this")
    told(browser, "0 of 1,266 changes")
    assert rows(browser) == []


def test_choices_narrow_the_list_and_clearing_brings_all_back(opened: Any) -> None:
    browser = opened(page_of(plans.everyday()))
    told(browser, "1,266 changes")
    choose(browser, "action", "start")
    told(browser, "1 of 1,266 changes")
    choose(browser, "action", "")
    choose(browser, "reason", "listed")
    told(browser, "1 of 1,266 changes")
    browser.find_element(By.ID, "clear").click()
    told(browser, "1,266 changes")


def test_a_card_shows_its_own_lines(opened: Any) -> None:
    browser = opened(page_of(plans.everyday()))
    told(browser, "1,266 changes")
    card = next(c for c in browser.find_elements(By.CSS_SELECTOR, ".card") if "summer" in c.text)
    card.find_element(By.TAG_NAME, "button").click()
    told(browser, "46 of 1,266 changes")
    assert browser.find_element(By.ID, "only").text == "only: summer"
    assert all("summer" in row for row in rows(browser))


def test_the_keyboard_alone_is_enough(opened: Any) -> None:
    browser = opened(page_of(plans.everyday()))
    told(browser, "1,266 changes")
    press = browser.find_element(By.TAG_NAME, "body").send_keys
    press("/")
    focus = browser.switch_to.active_element
    assert focus.get_attribute("id") == "search"
    focus.send_keys("winter")
    told(browser, "1 of 1,266 changes")
    focus.send_keys(Keys.ARROW_DOWN)
    listed = browser.switch_to.active_element
    assert listed.get_attribute("id") == "list"
    assert "winter" in browser.find_element(By.ID, "detail").text
    listed.send_keys(Keys.ESCAPE)
    told(browser, "1,266 changes")
    for key, place in ((Keys.END, 1_266), (Keys.ARROW_UP, 1_265), (Keys.HOME, 1), (Keys.PAGE_DOWN, None)):
        listed.send_keys(key)
        rows(browser)
        chosen = browser.find_element(By.CSS_SELECTOR, ".row[aria-selected=true]")
        assert chosen.get_attribute("id") == listed.get_attribute("aria-activedescendant")
        assert place is None or int(chosen.get_attribute("aria-posinset")) == place


def test_whole_rows_are_searched_and_described_with_their_fields(opened: Any) -> None:
    plan = plans.plan(plans.Level("contact additions and updates", (plans.row_change(count=2),)))
    found = plans.RowLines(
        name="acme-co/spring/add",
        keys=["C1", "C2"],
        phones=["+573001234567", "+573001234568"],
        fields=(("first_name", ["Ana", "Bea"]),),
    )
    browser = opened(plan_page(plan, [found], whole=True))
    write(browser, "bea")
    told(browser, "1 of 2 changes")
    click_first_row(browser)
    shown = browser.find_element(By.ID, "detail").text
    assert "first_name" in shown
    assert "+573001234568" in shown
    assert "personal data in clear" in browser.find_element(By.TAG_NAME, "main").text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["everyday", "stopped", "hostile", "plan"])
def test_every_kind_of_plan_opens_in_light_and_dark_without_a_word_in_the_console(
    opened: Any, name: str, scheme: str
) -> None:
    browser = opened(page_of(getattr(plans, name)()), scheme=scheme)
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 200) is (scheme == "dark")
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_malice_is_only_text(opened: Any) -> None:
    plan = plans.hostile()
    evil = plans.RowLines(
        name=plans.HOSTILE, keys=["</script><script>document.title='x'</script>"] * 3, phones=[plans.HOSTILE] * 3
    )
    browser = opened(plan_page(plan, [evil], whole=True))
    told(browser, r"4 changes; 1,201 more are not in this page")
    browser.find_elements(By.CSS_SELECTOR, ".row")[1].click()
    names = set(browser.execute_script("return Array.from(document.querySelectorAll('*'), (e) => e.localName)"))
    assert not names & {"img", "iframe", "a", "object", "embed", "svg", "form-x"}
    assert browser.execute_script("return document.scripts.length") == 2
    assert browser.title.startswith("Plan ")
    shown = browser.execute_script("return document.body.textContent + document.title")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\u001b\u009b]", shown)


def test_the_policy_lets_nothing_else_run_or_be_fetched(browser: Any, opened: Any) -> None:
    opened(page_of(plans.everyday()))
    broken = browser.execute_async_script("""
        const done = arguments[0], broken = [];
        addEventListener("securitypolicyviolation", (event) => broken.push(event.effectiveDirective));
        const script = document.createElement("script");
        script.append("document.title = 'run'");
        document.body.append(script);
        fetch("http://127.0.0.1:9/").catch(() => {});
        const image = new Image();
        image.src = "http://127.0.0.1:9/x.png";
        try { document.body.innerHTML = "<b>x</b>"; } catch { broken.push("thrown"); }
        setTimeout(() => done([broken, document.title]), 300);
    """)
    assert {"connect-src", "img-src", "require-trusted-types-for", "thrown"} <= set(broken[0])
    assert broken[1] != "run"
    # What the policy refused is in the console, and was meant to be.
    browser.get_log("browser")


def test_a_hundred_thousand_rows_are_searched_to_the_last(opened: Any) -> None:
    browser = opened(plan_page(*invented(100_000)))
    told(browser, "100,000 changes")
    write(browser, "campaign-049 start")
    told(browser, "1 of 100,000 changes")
    browser.find_element(By.ID, "clear").click()
    told(browser, "100,000 changes")
    browser.find_element(By.ID, "list").send_keys(Keys.END)
    assert "campaign-049" in rows(browser)[-1]
    assert len(rows(browser)) < 60
