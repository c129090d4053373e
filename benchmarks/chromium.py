"""A headless Chromium with a profile of its own that calls nobody, for pages that are opened from a file."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")

# Notes, from before the first script of a page on, how long frames take.
_WATCH = """
window.frames_ = {longest: 0, last: performance.now()};
const frame = (now) => {
  frames_.longest = Math.max(frames_.longest, now - frames_.last);
  frames_.last = now;
  requestAnimationFrame(frame);
};
requestAnimationFrame((now) => { frames_.last = now; requestAnimationFrame(frame); });
"""


def missing() -> str:
    """Return what this machine lacks to open pages; empty: nothing."""
    if not any(map(shutil.which, _NAMES)):
        return "no Chromium here; on Debian: apt-get install chromium chromium-driver"
    if shutil.which("chromedriver") is None:
        return "no chromedriver here; on Debian: apt-get install chromium-driver"
    return ""


@contextmanager
def chromium(*, width: int = 1280, height: int = 900) -> Iterator["WebDriver"]:
    """Start a browser and end it; what pages write to its console is kept."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = next(found for found in map(shutil.which, _NAMES) if found)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        for flag in (*_QUIET, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _WATCH})
            yield driver
        finally:
            driver.quit()
