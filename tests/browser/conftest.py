"""One Chromium for all tests of pages; without one they are skipped and say what to install."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.chromium import chromium, missing


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if missing():
        pytest.skip(missing())
    with chromium() as driver:
        yield driver


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[[str], Any]]:
    """Open a page from a file; at the end nothing may stand in the console."""
    browser.get_log("browser")

    def open_page(page: str, *, scheme: str = "light") -> Any:
        path = tmp_path / "plan.html"
        path.write_text(page, encoding="utf-8")
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        browser.get(path.as_uri())
        return browser

    yield open_page
    assert browser.get_log("browser") == []
