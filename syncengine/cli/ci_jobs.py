"""The three jobs of a pipeline. Each runs the ordinary commands as a person would, and tells the host what came of it.

They are processes of their own: what a command prints is what is posted, its exit code is the job's, and a signal that
ends the job reaches the apply, which then finishes its calls.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import click

from syncengine.cli.exits import CHANGES, GUARD
from syncengine.hosts.ports import Host, State
from syncengine.hosts.reviews import TOKENS, approved_plan, host_of, keep_comment, keep_drift_issue
from syncengine.hosts.web import HostError

STALE = 5
# Characters of a command's words that are shown where it failed.
_SHOWN = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job of a pipeline."""

    project: Path
    folder: Path
    pull: int | None
    sha: str
    # Options for plan and apply, as they were given.
    more: Sequence[str]
    host: Host | None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Job":
        """Return a job as the command line and the pipeline's variables say."""
        given["folder"].mkdir(parents=True, exist_ok=True)
        return cls(
            project=given["project"],
            folder=given["folder"],
            pull=given["pull"],
            sha=given["sha"],
            more=given["more"],
            host=host_of(os.environ),
        )

    def run(self, *words: str | Path, into: str) -> int:
        """Run a command of ours, its result into a file of the folder; return its exit code."""
        line = [sys.executable, "-m", "syncengine", *map(str, words)]
        with (self.folder / into).open("wb") as out, (self.folder / "errors.txt").open("wb") as errors:
            child = subprocess.Popen(  # noqa: S603 - our own program
                line, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env=_without_tokens()
            )

            def pass_on(number: int, frame: FrameType | None) -> None:
                del frame
                child.send_signal(number)

            before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
            try:
                code = child.wait()
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)
        click.echo(self.text("errors.txt"), err=True, nl=False)
        return code if code >= 0 else 128 - code

    def text(self, name: str) -> str:
        """Return a file of the folder."""
        return (self.folder / name).read_text(encoding="utf-8", errors="replace")

    def tell(self, text: str, *, state: State, status: str) -> None:
        """Say it under the pull request, on the commit, and in the pipeline's own summary."""
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary:
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")
        if self.host is None:
            click.echo("no token of a code host was given: nothing is said there", err=True)
            return
        if self.pull is not None:
            keep_comment(self.host, self.pull, text)
        if not self.sha:
            return
        try:
            self.host.set_status(self.sha, state, status)
        except HostError as problem:
            # The job's own result stands beside it; a token may well have no right to more than comments.
            click.echo(f"warning: the check was not set: {problem}", err=True)


def _without_tokens() -> dict[str, str]:
    """Return the environment for our own commands: they speak to dialers, never to the host."""
    return {name: value for name, value in os.environ.items() if name not in TOKENS}


def plan_job(job: Job, *, export: Path | None, base: Path | None) -> int:
    """Validate and plan from what is known; no dialer is asked."""
    code = job.run("validate", "--project", job.project, into="validate.txt")
    if code:
        job.tell(_failed(job, "The files have mistakes", "validate.txt"), state="failure", status="validate failed")
        return code
    offline = ["--offline", "--ledger-export", export] if export else ["--refresh", "none"]
    if export and base:
        offline += ["--base", base]
    code, text = _plan(job, *offline)
    if code not in {0, GUARD}:
        job.tell(_failed(job, "No plan could be made", "plan.md"), state="failure", status="no plan could be made")
        return code
    plan_id, empty = _about(job)
    if code == GUARD:
        job.tell(text, state="failure", status="a guard stops the plan")
    elif empty:
        job.tell(text, state="success", status="nothing to do")
    else:
        job.tell(f"{text}\n{_how_to_approve(plan_id)}", state="success", status=f"plan {plan_id}")
    _output(plan_id=plan_id, empty=str(empty).lower())
    return code


def apply_job(job: Job, *, by_author: bool, lock_timeout: float) -> int:
    """Apply what was approved, and nothing else."""
    pull = job.pull if job.pull is not None else (job.host.pull_of(job.sha) if job.host else None)
    job = Job(project=job.project, folder=job.folder, pull=pull, sha=job.sha, more=job.more, host=job.host)
    approved = approved_plan(job.host, pull, by_author=by_author) if job.host and pull is not None else ""
    if not approved:
        return _show_anew(job, "Nobody has approved a plan of this pull request.")
    words = ["--project", job.project, "--expect", approved, "--lock-timeout", lock_timeout, "--format", "markdown"]
    code = job.run("apply", *map(str, words), *job.more, into="report.md")
    if code == STALE:
        return _show_anew(job, f"The approval was of plan {approved}; that is not the plan, or another run is at work.")
    if code not in {0, 3, GUARD}:
        job.tell(_failed(job, "The apply failed", "report.md"), state="failure", status="apply failed")
        return code
    words_of = {0: "applied", 3: "applied in part: see the report", GUARD: "stopped by a guard"}
    job.tell(job.text("report.md"), state="failure" if code else "success", status=words_of[code])
    return code


def _show_anew(job: Job, why: str) -> int:
    """Show today's plan for approval, and stop; there is nothing to approve when it is empty."""
    code, text = _plan(job, "--notify", "approval")
    if code not in {0, GUARD}:
        job.tell(_failed(job, "No plan could be made", "plan.md"), state="failure", status="no plan could be made")
        return code
    plan_id, empty = _about(job)
    if empty and not code:
        job.tell(text, state="success", status="nothing to do")
        return 0
    words = f"{why} Nothing was sent.\n\n{text}\n{_how_to_approve(plan_id)} Then run the job of the merge again."
    job.tell(words, state="failure", status=f"plan {plan_id} waits for approval")
    return STALE


def drift_job(job: Job) -> int:
    """Read the dialers, and keep the one issue; drift is no failure of the job."""
    code, text = _plan(job, "--detailed-exitcode", "--notify", "drift")
    if code not in {0, CHANGES, GUARD}:
        return code
    drifted = code != 0
    if job.host is not None:
        keep_drift_issue(job.host, text if drifted else "The dialers hold what was applied.", drifted=drifted)
    _output(drift=str(drifted).lower())
    return 0


def _plan(job: Job, *words: str | Path) -> tuple[int, str]:
    saved = job.folder / "plan.bin"
    line: list[str | Path] = ["plan", "--project", job.project, "--out", saved, "--format", "markdown"]
    line += ["--whole-plan", page_of(os.environ) or "plan.html", *words, *job.more]
    code = job.run(*line, into="plan.md")
    text = job.text("plan.md")
    if code in {0, CHANGES, GUARD}:
        job.run("show", saved, "--json", into="plan.json")
        if job.run("show", saved, "--format", "html", into="plan.html"):
            (job.folder / "plan.html").unlink()
    return code, text


def page_of(environment: Mapping[str, str]) -> str:
    """Return where people find the page that the pipeline keeps of this job; empty outside of the hosts."""
    if environment.get("GITHUB_RUN_ID") and environment.get("GITHUB_REPOSITORY"):
        server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
        return f"{server}/{environment['GITHUB_REPOSITORY']}/actions/runs/{environment['GITHUB_RUN_ID']}"
    if environment.get("CI_JOB_URL"):
        return f"{environment['CI_JOB_URL']}/artifacts/browse"
    return ""


def _about(job: Job) -> tuple[str, bool]:
    plan = json.loads(job.text("plan.json"))
    return str(plan["plan_id"]), bool(plan["empty"])


def _how_to_approve(plan_id: str) -> str:
    return (
        f"To have this plan applied after the merge, write a comment: `/approve {plan_id}`. It holds for this plan"
        " only; when the plan changes, so does its id."
    )


def _failed(job: Job, what: str, name: str) -> str:
    """Return what a command said, in a block that no text in it can end."""
    said = (job.text(name) + job.text("errors.txt"))[:_SHOWN].replace("`", "ˋ")
    shown = "".join(c if c.isprintable() or c == "\n" else "�" for c in said)
    return f"### syncengine\n\n{what}.\n\n```text\n{shown}\n```"


def _output(**values: str) -> None:
    where = os.environ.get("GITHUB_OUTPUT")
    if where:
        with Path(where).open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in values.items())
