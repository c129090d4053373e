"""What the watcher does when it is called: load, plan, land what the policy allows, and outlive whatever is wrong.

What is told and shown is put together here and nowhere else: each cycle ends as one happening in the watcher's state.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from syncengine import landing, sync
from syncengine.cli.exits import GUARD, IN_PART, INTERRUPTED
from syncengine.cli.interrupt import Stop
from syncengine.cli.planning import Given
from syncengine.cli.watch_notices import Herald, news_of
from syncengine.cli.watch_telling import CAUSES, Telling
from syncengine.errors import ConfigError, SyncEngineError, UsageError
from syncengine.model.counted import plural
from syncengine.model.phone import mask_numbers_in
from syncengine.model.report import DONE, ApplyReport, Progress
from syncengine.model.watching import Happening, Propagation, Result, WatchState
from syncengine.views.wording import headline_sentences
from syncengine.watch.files import Drop, Snapshot
from syncengine.watch.folders import folders_of_links
from syncengine.watch.loop import Cause, Turn

if TYPE_CHECKING:
    from syncengine.config.watching import WatchFile

# Folders in which a project's files usually are: what to watch while the project file itself is broken.
_USUAL = ("manifests", "vendors", "mappings")
# Seconds to the next try when another run holds the ledger, or another watcher leads.
_SOON = 5.0
# Seconds between two states that are shown while calls go out.
_SHOW_EVERY = 1.0
_KEPT = 20
# Seconds that notices under way are waited for at the end; a webhook's three tries take twenty.
_PATIENCE, _PATIENCE_ONCE = 5.0, 25.0


@dataclass(slots=True, kw_only=True)
class Watcher:
    """Acts on causes; remembers the last files that were sound and the last plan that was shown."""

    project: Path
    given: Given
    applies: bool
    stop: Stop
    once: bool
    # Who it is among the watchers of one ledger; empty until it applies something, and when it acts once.
    holder: str = ""
    # Told whenever the state has changed.
    publish: Callable[[WatchState], None] = lambda _: None
    # Called while it works, as a sign of life.
    alive: Callable[[], None] = lambda: None
    # Exit code of the last act, for --once.
    code: int = 0
    state: WatchState = field(default_factory=lambda: WatchState(project="", started_at=time.time(), applies=False))
    _loaded: "sync.Loaded | None" = field(default=None, init=False)
    _telling: Telling = field(init=False)
    _herald: Herald = field(init=False)
    _told: bool = field(default=False, init=False)
    # Who leads, as it was last told.
    _leader: str = field(default="", init=False)
    _leads: bool = field(default=False, init=False)
    # Requests by dialer and class, and when the state was shown last.
    _calls: Counter[tuple[str, str]] = field(default_factory=Counter, init=False)
    _shown: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._telling = Telling(self.given)
        self._herald = Herald(self._telling.warning)

    def times(self) -> "WatchFile":
        """Return the times that the project states, or the usual ones while its files are broken."""
        from syncengine.config.watching import WatchFile

        try:
            # Kept: the files that it names are watched from the start.
            self._loaded = sync.load(self.project)
        except ConfigError:
            # Told by the first act.
            return WatchFile()
        return self._loaded.watch

    def files(self) -> Sequence[Path]:
        """Return the files that a plan depends on, as far as they were ever known."""
        if self._loaded is not None:
            return self._loaded.files()
        root = self.project if self.project.is_dir() else self.project.resolve().parent
        found = [path for name in _USUAL for path in sorted((root / name).rglob("*.yaml"))]
        return [*root.glob("*.yaml"), *found]

    def drops(self) -> Sequence[Drop]:
        """Return the folders whose files count only once they are marked."""
        if self._loaded is None:
            return ()
        root = self._loaded.root
        return [
            Drop(folder=root / drop.folder, marker=drop.marker, holds=drop.holds) for drop in self._loaded.watch.drops
        ]

    # ------------------------------------------------------------------------------------------------------ company

    def status(self) -> str:
        """Return one line for a service manager."""
        if self.state.waiting:
            return self.state.waiting
        if self.state.broken:
            return self.state.broken[0]
        last = self.state.happenings[:1]
        return f"{last[0].cause}: {last[0].result}" if last else "reading"

    def keep_seat(self) -> None:
        """Keep the seat of the watcher that works, if it is ours; called from another thread."""
        loaded = self._loaded
        if self.holder and loaded is not None and self._leads:
            landing.leader(loaded, self.holder, now=time.time())

    def leave_seat(self) -> None:
        """Let whoever stands by take over at once."""
        if self.holder and self._loaded is not None:
            landing.leave(self._loaded, self.holder)

    def end_notices(self) -> None:
        """Let notices under way end; a way that hangs keeps nobody for long."""
        self._herald.close(_PATIENCE_ONCE if self.once else _PATIENCE)

    def wanted(self) -> bool:
        """Whether somebody has suspended or resumed the watchers since the last look."""
        if self._loaded is None or not self.state.applies or self.state.leader:
            return False
        try:
            return landing.suspension(self._loaded) != self.state.suspended
        except SyncEngineError:
            # The next look tells it.
            return False

    # ------------------------------------------------------------------------------------------------------- acting

    def act(self, cause: Cause, snapshot: Snapshot) -> Turn:
        """Plan and perhaps apply, once; whatever is wrong is told."""
        self.code, self._told = 0, False
        began = time.time()
        try:
            turn = self._act(cause, snapshot, began)
        except ConfigError as wrong:
            self.code = wrong.exit_code
            self._telling.diagnostics(cause, wrong)
            said = tuple(mask_numbers_in(f"{d.location or ''}: {d.message}") for d in wrong.diagnostics)
            turn = self._end(cause, began, "broken", said, Turn(), broken=said)
        except (SyncEngineError, OSError) as problem:
            # A disk that is full or a folder that is gone may be back at the next look.
            self.code = problem.exit_code if isinstance(problem, SyncEngineError) else 1
            words = str(problem) if isinstance(problem, SyncEngineError) else _words(problem)
            self._telling.error(cause, words)
            said = (mask_numbers_in(words),)
            turn = self._end(cause, began, "error", said, Turn(at=time.time() + _SOON), broken=said)
        if self.once and not turn.again:
            self.stop.event.set()
        return turn

    def _act(self, cause: Cause, snapshot: Snapshot, began: float) -> Turn:
        loaded = sync.load(self.project)
        self._loaded = loaded
        if not snapshot.covers(loaded.files()):
            # Named by files that changed a moment ago: they may be written still.
            return Turn(again=True)
        applies = self.applies or loaded.watch.apply
        if applies:
            _refuse_left_behind(self.project, loaded)
        self._put(project=loaded.desired.project, applies=applies, files=_names(loaded), policy=_policy(loaded))
        # The next apply may be ours, so it matters who leads; whoever only looks is in nobody's way.
        self.holder = self.holder or (landing.watcher_name() if applies and not self.once else "")
        if self.holder and (turn := self._stand_by(cause, loaded)) is not None:
            return turn
        moved = False

        def approve(looked: landing.Landed) -> bool:
            nonlocal moved
            # Half of a checkout may have been read: nothing is sent on account of it.
            moved = snapshot.moved(loaded.files())
            if moved or self.stop.asked():
                return False
            self._tell(cause, looked)
            self._put(plan=looked.plan, held=looked.decision.held, drift=looked.drift, applying=True)
            return True

        how = landing.Landing(
            applies=applies,
            holder=self.holder,
            approve=approve,
            on_progress=self._on_progress,
            interrupted=self._interrupted,
        )
        options = replace(self.given.options(), on_call=self._on_call, on_wait=self._on_wait)
        landed = landing.land(loaded, options, how)
        if moved or (landed.report is None and snapshot.moved(loaded.files())):
            return Turn(again=True)
        turn = self._landed(cause, landed, began)
        self._herald.tell(loaded, news_of(landed))
        return turn

    def _stand_by(self, cause: Cause, loaded: "sync.Loaded") -> Turn | None:
        """Return when to look again where another watcher leads; None: this one does."""
        leader = landing.leader(loaded, self.holder, now=time.time())
        self._leads = leader == self.holder
        if leader == self.holder:
            if self._leader:
                self._telling.notice(cause, "this watcher leads now")
            self._leader = ""
            self._put(leader="")
            return None
        if leader != self._leader:
            self._telling.notice(cause, f"{landing.shown(leader)} leads on this ledger; this watcher stands by")
        self._leader = leader
        self._put(leader=landing.shown(leader))
        return Turn(at=time.time() + _SOON)

    def _landed(self, cause: Cause, landed: "landing.Landed", began: float) -> Turn:
        plan, decision, report = landed.plan, landed.decision, landed.report
        if report is None and not self.stop.asked():
            self._tell(cause, landed)
        result: Result = "held" if decision.held and decision.lands is None else "nothing"
        if any(held.rule == "off" for held in decision.held):
            result = "shown"
        again = landed.retry_at or decision.again_at
        if report is not None:
            self._telling.report(cause, report)
            self.code = INTERRUPTED if report.interrupted else 0 if report.complete else IN_PART
            result = "applied" if report.complete else "in part"
            self.code = self.code or (GUARD if plan.held_sources else 0)
        said = tuple(headline_sentences(plan.headline)) if not plan.empty else ()
        return self._end(
            cause,
            began,
            result,
            said,
            Turn(at=again),
            plan=plan,
            headline=said,
            plan_id=plan.plan_id,
            held=decision.held,
            drift=landed.drift,
            propagation=tuple(_after(found, report) for found in landed.propagation),
            suspended=landed.suspended,
            report=report or self.state.report,
            reported_at=time.time() if report is not None else self.state.reported_at,
            budgets=landed.budgets or self.state.budgets,
            broken=(),
            last_success=time.time() if report is None or report.complete else self.state.last_success,
        )

    # ------------------------------------------------------------------------------------------- telling and showing

    def waiting(self, seconds: float, why: str) -> None:
        """Show that the files are not at rest, and tell it when that takes long."""
        self._put(waiting=f"{why}, for {round(seconds):,} s by now")
        if seconds > 30.0 and not self._told:
            self._told = True
            self._telling.notice("change", f"nothing is read yet: {why}")

    def _tell(self, cause: Cause, looked: "landing.Landed") -> None:
        if not looked.plan.applicable or looked.plan.held_sources:
            self.code = GUARD
        self._telling.plan(cause, looked.plan, looked.decision, looked.drift)

    def _interrupted(self) -> bool:
        self.alive()
        return self.stop.asked()

    def _on_call(self, dialer: str, kind: str) -> None:
        self._calls[dialer, kind] += 1
        # A page that is read anew for each call of a long apply helps nobody.
        if time.monotonic() - self._shown > _SHOW_EVERY:
            self._put()

    def _on_progress(self, progress: Progress) -> None:
        if time.monotonic() - self._shown > _SHOW_EVERY:
            self._put(progress=progress)

    def _on_wait(self, dialer: str, what: str) -> None:
        if what != self.state.limited.get(dialer, ""):
            self._put(limited={**self.state.limited, dialer: what})

    def _end(
        self, cause: Cause, began: float, result: Result, said: tuple[str, ...], turn: Turn, **changes: object
    ) -> Turn:
        plan_id = str(changes.pop("plan_id", ""))
        happening = Happening(
            at=began, cause=CAUSES[cause], result=result, said=said, plan_id=plan_id, seconds=time.time() - began
        )
        kept = (happening, *self.state.happenings)[:_KEPT]
        self._put(happenings=kept, waiting="", applying=False, progress=None, limited={}, **changes)
        return turn

    def _put(self, **changes: object) -> None:
        self._shown = time.monotonic()
        self.state = replace(self.state, calls=dict(self._calls), **changes)  # type: ignore[arg-type]
        self.publish(self.state)


def _refuse_left_behind(project: Path, loaded: "sync.Loaded") -> None:
    """Refuse a ledger that lies behind a link on the way to the project.

    Raises:
        UsageError: when the link is swapped, the next release would begin with an empty ledger and add everybody again.
    """
    ledger = Path(loaded.desired.ledger.removeprefix("sqlite:///"))
    behind = loaded.desired.ledger.startswith("sqlite:///") and Path(os.path.realpath(ledger)).is_relative_to(
        loaded.root
    )
    if behind and any(folders_of_links(project)):
        raise UsageError(
            "the project is reached through a link, and its ledger lies behind that: once the link leads elsewhere, an"
            " empty ledger would add everybody again. Name the ledger by an absolute path outside of"
            f" {loaded.root}, as sqlite:////var/lib/syncengine/ledger.db"
        )


def _words(problem: OSError) -> str:
    return f"{problem.filename or 'a file'}: {problem.strerror or type(problem).__name__}"


def _names(loaded: "sync.Loaded") -> tuple[str, ...]:
    return tuple(
        str(path.relative_to(loaded.root)) if path.is_relative_to(loaded.root) else path.name for path in loaded.files()
    )


def _policy(loaded: "sync.Loaded") -> tuple[str, ...]:
    watch = loaded.watch
    kinds = ["compliance", *watch.may_land]
    sentences = [f"lands by itself: {', '.join(kinds)}", f"drift is {'healed' if watch.heal else 'reported only'}"]
    sentences += [
        f'{window.kind} "{window.schedule}" {window.zone}, {plural(round(window.duration / 60), "minute")}'
        for window in watch.windows
    ]
    return tuple(sentences)


def _after(found: Propagation, report: ApplyReport | None) -> Propagation:
    """Return how far do-not-call entries have got once an apply has ended: the plan was made before it."""
    if report is None:
        return found
    added = sum(
        count
        for change in report.changes
        if change.address.dialer == found.dialer and change.address.kind == "dnd" and change.action in {"add", "block"}
        for outcome, count in change.outcomes.items()
        if outcome in DONE
    )
    return replace(found, there=min(found.wanted, found.there + added))
