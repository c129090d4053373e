"""A command line into planning options, and a plan onto the terminal: what ``plan``, ``apply`` and ``watch`` share."""

from dataclasses import dataclass
from typing import Literal, cast

import click

from syncengine.cli.options import allowed_share, named_values
from syncengine.cli.output import print_json, print_text
from syncengine.diagnostics import Diagnostics
from syncengine.model.plan import Allowances, Plan, Refresh
from syncengine.sync import Options

View = Literal["text", "json", "markdown"]


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
    from syncengine.views.as_json import plan_json
    from syncengine.views.markdown import plan_markdown
    from syncengine.views.plan_text import plan_text

    if view == "json":
        print_json(plan_json(plan))
    elif view == "markdown":
        click.echo(plan_markdown(plan), err=err)
    else:
        print_text(plan_text(plan, whole=whole), color=color, err=err)


def show_warnings(diagnostics: Diagnostics) -> None:
    """Print what is doubtful in people's files but stops nothing."""
    for diagnostic in diagnostics:
        click.echo(diagnostic.render(), err=True)
