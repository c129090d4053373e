"""Ten thousand campaigns without rows, beside Terraform planning as many of the objects that it has built in.

``terraform_data`` lives in Terraform's own process, as literal blocks: no provider, no call, its best case. Ten texts
an object, as a campaign has about ten fields. Where there is no terraform, the line says so and has no ratio.
"""

import json
import shutil
import tempfile
from pathlib import Path

from benchmarks.goals import at_least, at_most
from benchmarks.measuring import Measured, median, run, syncengine
from benchmarks.table import Figure

CAMPAIGNS = 10_000
LINES = 10_000
_LINES_EACH = 5
_CAMPAIGNS_A_FILE = 2_000

_PROJECT = """\
version: 1
project: many-campaigns
ledger: sqlite:///.syncengine/ledger.db
dialers:
  wolkvox-co:
    vendor: wolkvox
    settings: {server: "0016"}
    secrets: {token: "env:WOLKVOX_TOKEN"}
manifests: ["manifests/*.yaml"]
"""
_CAMPAIGN = """\
  campaign-{n:05d}:
    dialer: wolkvox-co
    type: predictive
    status: stopped
    settings: {{description: "Campaign number {n}", start_time: "08:00", end_time: "18:00"}}
"""
_ENV = {"WOLKVOX_TOKEN": "unused"}


def measure(*, campaigns: int = CAMPAIGNS, lines: int = LINES, times: int = 3) -> list[Figure]:
    """Measure a plan of campaigns alone, and ``validate`` of a manifest of some lines."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_campaigns(folder / "plan", campaigns)
        write_campaigns(folder / "validate", lines // _LINES_EACH)
        ours = median(
            syncengine("plan", "--refresh", "none", "--out", "plan.bin", "--json"),
            times=times,
            cwd=folder / "plan",
            env=_ENV,
        )
        planned = json.loads(ours.output)["levels"]
        assert sum(len(level["changes"]) for level in planned) == campaigns
        checked = median(syncengine("validate"), times=times, cwd=folder / "validate", env=_ENV)
        theirs = _terraform(folder / "terraform", campaigns)
    validated = f"validate, {lines:,} manifest lines"
    return [
        *_beside(ours, theirs, campaigns),
        Figure(what=validated, wall=checked.wall, cpu=checked.cpu, peak=checked.peak, note=_at_most(checked, 0.5)),
    ]


def _at_most(found: Measured, goal: float) -> str:
    return at_most(found.wall, goal, " s")


def _beside(ours: Measured, theirs: Measured | None, campaigns: int) -> list[Figure]:
    what = f"plan, {campaigns:,} campaigns without rows"
    if theirs is None:
        note = "there is no terraform here to compare with"
        return [Figure(what=what, wall=ours.wall, cpu=ours.cpu, peak=ours.peak, note=note)]
    ratio = theirs.wall / ours.wall
    note = f"{ratio:.1f} x as fast as terraform; {at_least(ratio, 40, ' x')}"
    return [
        Figure(
            what=f"terraform plan, {campaigns:,} terraform_data", wall=theirs.wall, cpu=theirs.cpu, peak=theirs.peak
        ),
        Figure(what=what, wall=ours.wall, cpu=ours.cpu, peak=ours.peak, note=note),
    ]


def write_campaigns(folder: Path, count: int) -> None:
    """Write a project of campaigns without rows, in several files as people would."""
    (folder / "manifests").mkdir(parents=True)
    (folder / "syncengine.yaml").write_text(_PROJECT, encoding="utf-8")
    for first in range(0, count, _CAMPAIGNS_A_FILE):
        lines = [_CAMPAIGN.format(n=n) for n in range(first, min(first + _CAMPAIGNS_A_FILE, count))]
        path = folder / "manifests" / f"from-{first:05d}.yaml"
        path.write_text("campaigns:\n" + "".join(lines), encoding="utf-8")


def _terraform(folder: Path, count: int) -> Measured | None:
    terraform = shutil.which("terraform")
    if terraform is None:
        return None
    folder.mkdir()
    blocks = {f"c{n:05d}": {"input": {f"field{k}": f"value {k} of {n}" for k in range(10)}} for n in range(count)}
    (folder / "main.tf.json").write_text(json.dumps({"resource": {"terraform_data": blocks}}), encoding="utf-8")
    env = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    # Nothing is fetched: what is built in needs no provider.
    run([terraform, "init", "-input=false"], cwd=folder, env=env)
    return run([terraform, "plan", "-input=false", "-out=plan.bin"], cwd=folder, env=env)
