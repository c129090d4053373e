"""The page in a real browser: live, with the keyboard, in light and dark, and nothing that its own policy refuses."""

import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from syncengine.face.server import serving
from tests.face.states import state

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="no chromium with its chromedriver here: Debian's packages chromium, chromium-driver",
)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1200,1400",
]


@contextmanager
def browser(profile: Path, *, scheme: str = "light"):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        yield driver
    finally:
        driver.quit()


def wait_for(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def text_of(driver, selector="main"):
    return driver.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)


def test_the_page_is_live_and_keeps_what_the_reader_had_open_and_focused(tmp_path):
    with serving("127.0.0.1:0") as (board, url), browser(tmp_path) as driver:
        board.post(state())
        driver.get(url)
        assert "Holding back" in text_of(driver, ".standing")
        driver.execute_script("document.querySelector('#files summary').click()")
        driver.execute_script("document.querySelector('#files summary').focus()")
        board.post(state(held=()))
        wait_for(lambda: "Watching" in text_of(driver, ".standing"))
        assert driver.execute_script("return document.querySelector('#files').open")
        assert driver.execute_script("return document.activeElement.tagName") == "SUMMARY"
        assert driver.get_log("browser") == []


def test_it_says_when_the_watcher_has_gone(tmp_path):
    with browser(tmp_path) as driver:
        with serving("127.0.0.1:0") as (board, url):
            board.post(state())
            driver.get(url)
            assert not driver.execute_script("return !document.getElementById('lost').hidden")
        wait_for(lambda: driver.execute_script("return !document.getElementById('lost').hidden"))


def test_the_keyboard_reaches_everything_and_sees_where_it_is(tmp_path):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    with serving("127.0.0.1:0") as (board, url), browser(tmp_path) as driver:
        board.post(state())
        driver.get(url)
        reached = []
        for _ in range(14):
            driver.switch_to.active_element.send_keys(Keys.TAB)
            reached.append(
                driver.execute_script("return document.activeElement.className || document.activeElement.tagName")
            )
        assert reached[0] == "skip"
        assert "wide" in reached
        assert "SUMMARY" in reached
        summary = driver.find_element(By.CSS_SELECTOR, "#files summary")
        summary.send_keys(Keys.ENTER)
        assert driver.execute_script("return document.querySelector('#files').open")
        outline = driver.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_dark(tmp_path, scheme):
    """Contrast of at least 4.5 to 1 for every text on its paper, as WCAG 2 asks."""
    with serving("127.0.0.1:0") as (board, url), browser(tmp_path, scheme=scheme) as driver:
        board.post(state(broken=("manifests/spring.yaml:3:1: this cannot be",)))
        driver.get(url)
        faint = driver.execute_script(CONTRAST)
        if folder := os.environ.get("SCREENSHOTS"):
            driver.save_screenshot(f"{folder}/page-{scheme}.png")
    assert faint == []


CONTRAST = """
const light = c => c.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const parse = text => text.match(/[\\d.]+/g).map(Number);
const paper = element => {
  for (let here = element; here; here = here.parentElement) {
    const color = parse(getComputedStyle(here).backgroundColor);
    if (color.length < 4 || color[3] > 0) return color.slice(0, 3);
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll('main *')]
  .filter(e => e.getClientRects().length && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .map(e => {
    const [a, b] = [light(parse(getComputedStyle(e).color).slice(0, 3)), light(paper(e))].sort((x, y) => y - x);
    return [e.className || e.tagName, e.textContent.slice(0, 30), (a + .05) / (b + .05)];
  })
  .filter(found => found[2] < 4.5);
"""
