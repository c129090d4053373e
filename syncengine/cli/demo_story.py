"""The demo: seven short chapters, each a command that a person would type, its real output, and checked claims.

Numbers that the person at the example "calls in" with are chosen from what the fake dialers ring at that moment.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from syncengine import sync
from syncengine.checking import check_examples
from syncengine.cli.demo_judge import dialling_at, doubled, held, is_callable, written
from syncengine.cli.example_project import copy_example, secrets_of
from syncengine.cli.interrupt import interruptible
from syncengine.cli.output import console
from syncengine.cli.reporting import progress_shown
from syncengine.model.counted import plural
from syncengine.model.phone import mask_phone
from syncengine.model.plan import Allowances, Plan
from syncengine.model.report import ApplyReport
from syncengine.sandbox.server import Sandbox
from syncengine.views.plan_text import plan_text
from syncengine.views.report_text import report_text

_WIDTH = 78


@dataclass(slots=True, kw_only=True)
class Demo:
    """The stage: fake dialers, a project that describes them, and how many claims were false."""

    folder: Path
    sandbox: Sandbox
    color: bool | None
    false: int = 0
    chapter: int = 0
    loaded: sync.Loaded = field(init=False)
    # The vendors' ids of the campaigns, by key.
    ids: dict[str, str] = field(default_factory=dict)

    def load(self) -> None:
        """Read the project's files as they are now."""
        self.loaded = sync.load(self.folder)

    def head(self, title: str, command: str, *why: str) -> None:
        """Begin a chapter: what happens, why, and what a person would type."""
        self.chapter += 1
        click.echo()
        click.echo(click.style(f"{self.chapter}. {title}", bold=True) if self._styled else f"{self.chapter}. {title}")
        click.echo("─" * _WIDTH)
        for line in why:
            click.echo(line)
        click.echo(f"\n$ {command}\n")

    @property
    def _styled(self) -> bool:
        return self.color is not False and console().is_terminal and not os.environ.get("NO_COLOR")

    def claim(self, text: str, *, true: bool) -> None:
        """Say something about the dialers, and whether it is true."""
        self.false += not true
        mark = "✓" if true else "✗ NOT TRUE:"
        shown = f"{mark} {text}"
        click.echo(click.style(shown, fg="green" if true else "red") if self._styled else shown)

    def show(self, text: object) -> None:
        """Print a view."""
        console(color=self.color).print(text, markup=False)
        click.echo()


def tell(folder: Path, *, kept: bool, color: bool | None) -> bool:
    """Tell the whole story in a folder; return whether every claim was true."""
    with Sandbox() as sandbox:
        sandbox.hurry()
        copy_example(folder, sandbox)
        with _secrets(sandbox):
            demo = Demo(folder=folder, sandbox=sandbox, color=color)
            _introduce(demo)
            for chapter in (_validate, _first_plan, _apply, _look, _second_plan, _opt_out, _last_plan):
                chapter(demo)
    click.echo()
    if demo.false:
        click.echo(f"{plural(demo.false, 'claim')} above did not come true.")
    else:
        click.echo("Everything above was checked against the fake dialers' own records, and was true.")
    if kept:
        click.echo(f"The project, its ledger and its rejected rows are in {folder}")
    click.echo("Next: `syncengine init` writes a project of your own; `syncengine sandbox` keeps the dialers running.")
    return not demo.false


@contextmanager
def _secrets(sandbox: Sandbox) -> Iterator[None]:
    """Put the fake dialers' credentials into this process, and take them out again."""
    before = dict(os.environ)
    for variables in secrets_of(sandbox).values():
        os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _introduce(demo: Demo) -> None:
    click.echo("A call centre runs five dialers, of five vendors. Its files say which campaigns each should have,")
    click.echo("who is to be called in them, and who must never be called. The dialers here are fakes that run on")
    click.echo("this machine and behave as the vendors' documents say; everything else is the real tool.")
    click.echo(f"\nproject: {demo.folder}")
    for vendor in demo.sandbox.dialers:
        click.echo(f"dialer:  {demo.sandbox.url(vendor)}   {vendor}")


# ------------------------------------------------------------------------------------------------------ the chapters


def _validate(demo: Demo) -> None:
    demo.head(
        "Are the files right?",
        "syncengine validate",
        "Every file is read and every mistake shown at once. The vendors' own sample requests, which stand",
        "in the vendor files, are rendered and compared. Nothing is asked of any dialer.",
    )
    demo.load()
    diagnostics = demo.loaded.diagnostics
    examples = sum(check_examples(vendor, diagnostics) for vendor in demo.loaded.vendors.values())
    for diagnostic in diagnostics:
        click.echo(diagnostic.render())
    desired = demo.loaded.desired
    campaigns, lists = plural(len(desired.campaigns), "campaign"), plural(len(desired.contacts), "contact list")
    demo.claim(f"{campaigns}, {lists}, {plural(len(desired.dnd), 'do-not-call list')}", true=not diagnostics.failed)
    demo.claim(f"{plural(examples, 'sample')} of {len(demo.loaded.vendors)} vendors", true=examples > 0)


def _first_plan(demo: Demo) -> None:
    demo.head(
        "What would change?",
        "syncengine plan --allow-unverified",
        "A plan reads the dialers and writes to none. It stops by itself when it would do more than the",
        "project's guards allow: remove too many people, make too many callable, start too many campaigns.",
        "Some calls are named in a vendor's documents but not described. They are made only when somebody",
        "says so, with --allow-unverified: here the fakes answer them, so there is no risk. With a real",
        "account, `syncengine vendors` says what to check first.",
        "In the plan, verified means read from the dialer just now; believed means that our own ledger says so,",
        "where a dialer cannot be read back. Phones are masked everywhere.",
    )
    plan = _planned(demo)
    demo.show(plan_text(plan))
    demo.claim("no guard stops this plan", true=plan.applicable)
    demo.claim("nothing was written to any dialer", true=written(demo.sandbox) == 0)


def _apply(demo: Demo) -> None:
    demo.head(
        "Do it",
        "syncengine apply --allow-unverified --auto-approve",
        "In an order in which a crash is always safe: do-not-call numbers first, then campaigns, then",
        "people, starts last. Every call is written down before it is sent and again when it is answered.",
    )
    report = _applied(demo)
    if report is not None:
        demo.show(report_text(report))
    left = {} if report is None else _left(report)
    refused = left.pop("rejected", 0)
    said = f", but for {plural(refused, 'person', 'people')} that a vendor refused" if refused else ""
    demo.claim(f"all of the plan was done{said}", true=report is not None and not left)


def _look(demo: Demo) -> None:
    demo.head(
        "What do the dialers hold now?",
        "curl http://127.0.0.1:…/_sandbox/state",
        "The tool has no say here: this is counted by the fakes themselves.",
    )
    _planned(demo)
    _claim_dialers(demo)


def _second_plan(demo: Demo) -> None:
    demo.head(
        "Is there anything left to do?",
        "syncengine plan --allow-unverified",
        "A second plan after a clean apply is empty. One that repeats itself would call people twice.",
    )
    _claim_empty(demo)


def _opt_out(demo: Demo) -> None:
    numbers = _callers(demo)
    names = " and ".join(mask_phone(f"+{number}") for number in numbers.values())
    demo.head(
        "Two people call and ask not to be called again",
        "echo … >> data/opt-outs.csv && syncengine apply --allow-unverified --auto-approve",
        f"{names} are in running campaigns at this moment:",
        *(f"  {mask_phone(f'+{number}')} at {dialer}" for dialer, number in numbers.items()),
        "One line each in the file of opt-outs is all that anybody has to do. Some dialers hold a list of",
        "their own, which then gets the number; where there is none, the person is taken out.",
    )
    for number in numbers.values():
        demo.claim(f"{mask_phone(f'+{number}')} can be rung now", true=is_callable(demo.sandbox, number))
    today = datetime.now(UTC).date()
    with (demo.folder / "data" / "opt-outs.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"+{number},{today},phone\n" for number in numbers.values())
    click.echo()
    demo.load()
    # The sources are those that were shown before.
    demo.show(plan_text(replace(_planned(demo), sources=())))
    report = _applied(demo)
    if report is not None:
        demo.show(report_text(report))
    demo.claim("all of it was done", true=report is not None and report.complete)
    for number in numbers.values():
        callable_now = is_callable(demo.sandbox, number)
        demo.claim(f"no campaign of any dialer can ring {mask_phone(f'+{number}')}", true=not callable_now)


def _last_plan(demo: Demo) -> None:
    demo.head(
        "And now?",
        "syncengine plan --allow-unverified",
        "Files and dialers agree again.",
    )
    _claim_empty(demo)
    _claim_dialers(demo)


# --------------------------------------------------------------------------------------------------- what they share


def _options() -> sync.Options:
    return sync.Options(allowances=Allowances(unverified=True))


def _planned(demo: Demo) -> Plan:
    with sync.planned(demo.loaded, _options()) as made:
        for reading in made.readings.dialers.values():
            demo.ids |= {key: campaign.id for key, campaign in reading.campaigns.items()}
        return made.plan


def _applied(demo: Demo) -> ApplyReport | None:
    with interruptible() as stop, progress_shown() as on_progress:
        try:
            applying = sync.Applying(on_progress=on_progress, interrupted=stop.asked)
            _, report = sync.apply(demo.loaded, _options(), applying)
        except sync.NotApplicableError as stopped:
            demo.claim(f"no guard stops this plan ({stopped})", true=False)
            return None
    if stop.asked():
        raise KeyboardInterrupt
    return report


def _left(report: ApplyReport) -> dict[str, int]:
    """Return outcome -> count of what is not done."""
    found: dict[str, int] = {}
    for change in report.changes:
        for outcome, count in change.outcomes.items():
            if count and outcome not in {"applied", "already_present", "already_absent"}:
                found[outcome] = found.get(outcome, 0) + count
    return found


def _claim_empty(demo: Demo) -> None:
    plan = _planned(demo)
    if not plan.empty:
        demo.show(plan_text(plan))
    count = plural(plan.headline.rows_unchanged, "person", "people")
    demo.claim(f"the plan is empty: {count} as wanted", true=plan.empty and plan.applicable)


def _claim_dialers(demo: Demo) -> None:
    found = held(demo.sandbox, demo.loaded.desired, demo.ids)
    click.echo(f"{'dialer':<14}{'campaign':<18}{'records':>8}{'running':>9}{'callable':>10}{'listed and callable':>21}")
    for one in found:
        running = "yes" if one.running else "no"
        counts = f"{one.records:>8,}{running:>9}{one.callable:>10,}{one.listed:>21}"
        click.echo(f"{one.dialer:<14}{one.campaign:<18}{counts}")
    click.echo()
    wanted = {key for key, campaign in demo.loaded.desired.campaigns.items() if campaign.status == "stopped"}
    stopped = {one.campaign for one in found if not one.running}
    demo.claim("exactly the campaigns that the files want started are running", true=stopped == wanted)
    demo.claim("people can be called", true=sum(one.callable for one in found) > 0)
    demo.claim("nobody on a do-not-call list can be called, at any dialer", true=not any(one.listed for one in found))
    demo.claim("nobody is there twice", true=doubled(demo.sandbox) == 0)


def _callers(demo: Demo) -> dict[str, str]:
    """Return dialer -> a number that it could ring now: of one dialer with a list of its own, and of one without."""
    found: dict[bool, tuple[str, str]] = {}
    for name, dialer in demo.loaded.desired.dialers.items():
        numbers = sorted(dialling_at(demo.sandbox, demo.loaded.desired, name))
        has_list = any(collection.holds == "dnd" for collection in demo.loaded.vendor_of(dialer).collections)
        if numbers:
            found.setdefault(has_list, (name, numbers[len(numbers) // 2]))
    return dict(found.values())
