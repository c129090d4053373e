"""``syncengine ci``: what a pipeline does with a plan at GitHub and GitLab, so that both need only a few lines each."""

from pathlib import Path
from typing import Any

import click

from syncengine.cli.exits import Exit
from syncengine.cli.options import Command, project_option


@click.group("ci")
def command() -> None:
    """Plan, approve and apply in a pipeline at GitHub or GitLab.

    Which of them, and which repository, comes from the variables that the pipeline sets; the token from GH_TOKEN or
    SYNCENGINE_GITLAB_TOKEN. Without a token all is done but for what is said at the host. Options after -- go to
    the plan and the apply as they are: syncengine ci apply -- --prune
    """


def _shared(command: Command) -> Command:
    command = click.argument("more", nargs=-1, type=click.UNPROCESSED)(command)
    folder = click.Path(file_okay=False, path_type=Path)
    command = click.option(
        "--folder", type=folder, default=Path("syncengine-plan"), show_default=True, help="Where results are written."
    )(command)
    return project_option(command)


@command.command("plan")
@_shared
@click.option("--pull", type=int, help="Number of the pull request, for its comment.")
@click.option("--sha", default="", help="Commit whose check is set.")
@click.option(
    "--ledger-export",
    "export",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Plan offline from this; else from the ledger alone.",
)
@click.option("--base", type=click.Path(exists=True, path_type=Path), help="The project at that export.")
def plan_command(**given: Any) -> None:
    """Validate and plan, without asking a dialer; keep one comment and the check up to date.

    Writes plan.md, plan.json, plan.html and plan.bin. The last holds whole phone numbers: it is no artefact for others.
    """
    from syncengine.cli.ci_jobs import Job, plan_job

    given["more"] = list(given["more"])
    raise Exit(plan_job(Job.of(given), export=given["export"], base=given["base"]))


@command.command("apply")
@_shared
@click.option("--pull", type=int, help="Number of the pull request; else found by the commit.")
@click.option("--sha", required=True, help="The commit that was merged.")
@click.option("--self-approval", is_flag=True, help="Take the word of whoever opened the pull request, too.")
@click.option("--lock-timeout", type=float, default=600.0, show_default=True, help="Seconds to wait for another run.")
def apply_command(*, self_approval: bool, lock_timeout: float, **given: Any) -> None:
    """Apply the plan that was approved under the pull request, if it still is the plan.

    Exits with 5 when none was approved, or when it is another one by now; that one is then shown for approval.
    """
    from syncengine.cli.ci_jobs import Job, apply_job

    given["more"] = list(given["more"])
    raise Exit(apply_job(Job.of(given), by_author=self_approval, lock_timeout=lock_timeout))


@command.command("drift")
@_shared
def drift_command(**given: Any) -> None:
    """Ask the dialers what they hold, and keep one issue about what differs."""
    from syncengine.cli.ci_jobs import Job, drift_job

    given["more"] = list(given["more"])
    raise Exit(drift_job(Job.of({"pull": None, "sha": "", **given})))
