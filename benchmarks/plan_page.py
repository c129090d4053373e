"""The page of a plan with 100,000 rows, in a headless Chromium: made, opened, searched and scrolled.

A page that freezes is one whose frames take long, so the longest frame is told beside the time. The browser's share of
the machine is not counted: only the making of the page is a process of ours.
"""

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.chromium import chromium, missing
from benchmarks.table import Figure
from syncengine.model.address import Address
from syncengine.model.change import CampaignChange, Change, RowChange
from syncengine.model.plan import FORMAT_VERSION, Basis, Cost, Headline, Level, Plan
from syncengine.model.row_lines import RowLines
from syncengine.views.page import plan_page

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

ROWS = 100_000
CAMPAIGNS = 50

_SEARCH = """
const [words, done] = arguments, count = document.getElementById("count"), search = document.getElementById("search");
frames_.longest = 0;
const began = performance.now();
const seen = new MutationObserver(() => {
  seen.disconnect();
  const tell = () => done([performance.now() - began, frames_.longest, count.textContent]);
  requestAnimationFrame(() => requestAnimationFrame(tell));
});
seen.observe(count, {childList: true, characterData: true, subtree: true});
search.value = words;
search.dispatchEvent(new Event("input"));
"""
_SCROLL = """
const done = arguments[0], list = document.getElementById("list");
frames_.longest = 0;
let step = 0;
const further = () => {
  list.scrollTop = (list.scrollHeight / 60) * step++;
  if (step <= 60) requestAnimationFrame(further); else done(frames_.longest);
};
further();
"""
_OPENED = """
const done = arguments[0], count = document.getElementById("count");
const look = () => {
  if (count.textContent.startsWith("loading")) setTimeout(look, 5);
  else done([performance.now(), frames_.longest]);
};
look();
"""


def measure(*, rows: int = ROWS) -> list[Figure]:
    """Measure; a machine without a browser gives the making of the page only."""
    plan, lines = invented(rows)
    began, worked = time.perf_counter(), time.process_time()
    page = plan_page(plan, lines)
    size = f"{len(page.encode()) / 2**20:.1f} MiB"
    made = Figure(
        what=f"page of {rows:,} rows made",
        wall=time.perf_counter() - began,
        cpu=time.process_time() - worked,
        note=size,
    )
    if missing():
        return [made, Figure(what="opened in a browser", wall=0, cpu=0, note=missing())]
    with tempfile.TemporaryDirectory() as folder, chromium() as driver:
        path = Path(folder) / "plan.html"
        path.write_text(page, encoding="utf-8")
        return [made, *_opened(driver, path, rows)]


def _opened(driver: "WebDriver", path: Path, rows: int) -> list[Figure]:
    figures = []
    for when in ("first page of a new browser", "again"):
        driver.get(path.as_uri())
        opened, frame = driver.execute_async_script(_OPENED)
        figures.append(_figure(f"opened, all rows searchable, {when}", opened, frame))
    for words in ("campaign-007", "•17", "nobody has this"):
        took, frame, told = driver.execute_async_script(_SEARCH, words)
        figures.append(_figure(f'searched for "{words}"', took, frame, f"; {told}"))
    took, frame, told = driver.execute_async_script(_SEARCH, "")
    assert str(told).startswith(f"{rows:,}"), told
    figures.append(_figure("search cleared", took, frame))
    frame = driver.execute_async_script(_SCROLL)
    figures.append(Figure(what="scrolled to the end in 60 steps", wall=0, cpu=0, note=f"longest frame {frame:.0f} ms"))
    return figures


def _figure(what: str, milliseconds: Any, frame: Any, more: str = "") -> Figure:
    return Figure(what=what, wall=milliseconds / 1000, cpu=0, note=f"longest frame {frame:.0f} ms{more}")


def invented(rows: int) -> tuple[Plan, list[RowLines]]:
    """Return a plan that adds people to some campaigns and starts them, with masked rows."""
    each = rows // CAMPAIGNS - 1
    changes: list[Change] = []
    starts: list[Change] = []
    lines = []
    for n in range(CAMPAIGNS):
        name = f"campaign-{n:03}"
        changes.append(
            RowChange(
                address=Address("acme-co", "contacts", name),
                collection="records",
                action="update" if n % 3 else "add",
                reason="differs" if n % 3 else "missing",
                confidence="believed",
                effect="dialable",
                count=each,
                digest="d" * 64,
                calls=1,
                rows=name,
            )
        )
        starts.append(
            CampaignChange(
                address=Address("acme-co", "campaign", name),
                action="start",
                operation="start",
                reason="missing",
                confidence="verified",
                effect="dialable",
            )
        )
        phones = [f"+57•••••••{(n * 31 + row) % 100:02}" for row in range(each)]
        lines.append(RowLines(name=name, keys=[f"C{row % 10}••••{row % 97:02}" for row in range(each)], phones=phones))
    levels = (Level("contact additions and updates", tuple(changes)), Level("starts", tuple(starts)))
    return _plan(levels, rows), lines


def _plan(levels: tuple[Level, ...], rows: int) -> Plan:
    return Plan(
        format_version=FORMAT_VERSION,
        plan_id="0123456789abcdef",
        project="invented",
        created_at=1_790_000_000.0,
        refresh="full",
        levels=levels,
        releases={},
        headline=Headline(newly_callable=rows, starts=CAMPAIGNS),
        costs=(Cost(dialer="acme-co", vendor="Acme", calls=2 * CAMPAIGNS, minutes=1.0),),
        sources=(),
        enforcement=(),
        violations=(),
        holds=(),
        notes=(),
        basis=Basis(lineage="l", serial=1, manifests="m", vendors="v", sources="s", dnd="d"),
    )
