"""A command line into planning options, and a plan onto the terminal: what ``plan``, ``apply`` and ``watch`` share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import click

from syncengine.cli.options import allowed_share, named_values
from syncengine.cli.output import print_json, print_text
from syncengine.model.plan import Allowances, Plan, Refresh
from syncengine.model.row_lines import RowLines
from syncengine.sync import Options

View = Literal["text", "json", "markdown", "html"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The shared options of one command line, as click parsed them."""

    dialers: tuple[str, ...]
    targets: tuple[str, ...]
    refresh: str
    prune: bool
    allow_remove: str | None
    allow_dnd_remove: int
    allow_unverified: bool
    vendor_check: bool
    extra: tuple[str, ...]
    parallelism: int | None
    view: str
    as_json: bool
    no_color: bool
    memory_limit: str = ""

    def options(self) -> Options:
        """Return how the plan is to be made."""
        return Options(
            refresh=cast("Refresh", self.refresh),
            dialers=self.dialers,
            campaigns=self.targets,
            allowances=Allowances(
                remove=allowed_share(self.allow_remove),
                dnd_remove=self.allow_dnd_remove,
                unverified=self.allow_unverified,
                prune=self.prune,
            ),
            extra=named_values(self.extra),
            vendor_check=self.vendor_check,
            parallelism=self.parallelism,
            memory_limit=self.memory_limit,
        )

    @property
    def shown_as(self) -> View:
        """Return the view that was asked for."""
        return "json" if self.as_json else cast("View", self.view)

    @property
    def color(self) -> bool | None:
        """Return False where colour was refused."""
        return False if self.no_color else None


def show_plan(plan: Plan, given: Given, *, whole: bool = False) -> None:
    """Print a plan in the view that was asked for; whole numbers are shown as text only."""
    show_in(plan, given.shown_as, color=given.color, whole=whole)


def show_in(plan: Plan, view: str, *, color: bool | None, err: bool = False, whole: bool = False) -> None:
    """Print a plan in one of the views, on stderr where stdout belongs to something else."""
    if view == "json":
        from syncengine.views.as_json import plan_json

        print_json(plan_json(plan))
    elif view == "markdown":
        from syncengine.views.markdown import plan_markdown

        click.echo(plan_markdown(plan), err=err)
    else:
        from syncengine.views.plan_text import plan_text

        print_text(plan_text(plan, whole=whole), color=color, err=err)


def put_plan(
    plan: Plan,
    view: str,
    lines: Callable[[], Sequence[RowLines]],
    *,
    whole: bool,
    output: Path | None,
    whole_plan: str,
    color: bool | None,
) -> None:
    """Print a plan in one of the views, the page among them, or write it into a file.

    Args:
        plan: the plan; with whole numbers in its samples only where it is shown as text.
        view: text, json, markdown or html.
        lines: the rows of the plan, asked for when a page is made.
        whole: whether those are whole, so that the file is for its owner alone.
        output: the file; None: stdout.
        whole_plan: where every change can be read, for Markdown.
        color: False: no colour.
    """
    if output is None and view in {"text", "json"}:
        show_in(plan, view, color=color, whole=whole)
        return
    from syncengine.cli.replacing import PRIVATE, USUAL, replace_file
    from syncengine.views.as_json import as_text, plan_json
    from syncengine.views.markdown import plan_markdown
    from syncengine.views.page import plan_page
    from syncengine.views.plan_text import plan_text

    match view:
        case "html":
            text = plan_page(plan, lines(), whole=whole)
        case "json":
            text = f"{as_text(plan_json(plan))}\n"
        case "markdown":
            text = f"{plan_markdown(plan, whole_plan=whole_plan)}\n"
        case _:
            text = f"{plan_text(plan, whole=whole).plain}\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        replace_file(output, text.encode(), mode=PRIVATE if whole else USUAL)
