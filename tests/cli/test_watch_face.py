"""What a running watcher serves of itself, against what its dialers have seen."""

import re
import time
from urllib.request import urlopen

from tests.cli.conftest import Project
from tests.cli.test_watching import watch  # noqa: F401 - a fixture


def figures(url: str) -> dict[str, float]:
    lines = urlopen(f"{url}metrics", timeout=5).read().decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def of(found: dict[str, float], name: str, **labels: str) -> float:
    """Add up what carries these labels."""
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    return sum(
        value
        for key, value in found.items()
        if key.partition("{")[0] == f"syncengine_{name}" and all(part in key for part in wanted)
    )


def test_the_figures_are_those_that_the_dialers_have_seen(project: Project, watch) -> None:  # noqa: F811
    watching = watch("--json", "--apply", "--listen", "127.0.0.1:0")
    while "report" not in watching.event():
        pass
    assert watching.process.stderr is not None
    (url,) = re.findall(r"http://\S+", watching.process.stderr.readline())
    seen = {
        "uk": project.sandbox.comunik8.record.total,
        "co": project.sandbox.wolkvox.record.total,
    }
    deadline = time.monotonic() + 10
    while of(found := figures(url), "applies_total", result="complete") < 1:
        assert time.monotonic() < deadline
    for dialer, calls in seen.items():
        assert of(found, "calls_total", dialer=dialer) == calls
    assert of(found, "calls_total", dialer="co", **{"class": "reading"}) > 0
    assert of(found, "calls_total", dialer="uk", **{"class": "dialable"}) == 2
    assert of(found, "calls_total", dialer="co", **{"class": "suppressing"}) == 1
    assert of(found, "plans_total", result="applied") == 1
    assert of(found, "rows_total", dialer="uk", outcome="applied") == 2
    # One licence has a thousand calls a day.
    assert of(found, "budget_left", dialer="co") == 1000 - seen["co"]
    assert of(found, "drift") == 0
    assert 0 <= of(found, "last_success_age_seconds") < 60
    assert watching.end(15) == 0


def test_a_limiter_that_waits_and_an_apply_in_part_show(project: Project, watch) -> None:  # noqa: F811
    file = project.folder / "syncengine.yaml"
    file.write_text(file.read_text().replace("calls: 500, per: 1s", "calls: 1, per: 2s"))
    project.sandbox.comunik8.faults.add("error_before", path="/lead/add", times=1000)
    watching = watch("--json", "--apply", "--listen", "127.0.0.1:0")
    assert watching.process.stderr is not None
    (url,) = re.findall(r"http://\S+", watching.process.stderr.readline())
    deadline = time.monotonic() + 20
    while of(figures(url), "limiter_waiting", dialer="uk") < 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    while of(found := figures(url), "applies_total", result="in part") < 1:
        assert time.monotonic() < deadline + 20
        time.sleep(0.1)
    assert "syncengine_last_success_timestamp_seconds 0.0" in urlopen(f"{url}metrics").read().decode()
    assert of(found, "plans_total", result="in part") == 1
    assert watching.end(15) == 0
