"""One trial: a job's phases, each run disturbed as the scenario says and repeated until a run has nothing left to do."""

import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from syncengine.ledger.ledger import Ledger
from syncengine.ledger.opening import open_ledger
from tests.chaos import judge
from tests.chaos.fork_server import Ended
from tests.chaos.intents import Intents, intents_of
from tests.chaos.job import PHASES, Job, Line
from tests.chaos.orders import Order
from tests.chaos.scenario import Gap, Scenario, Signal, Treatment
from tests.chaos.spoiling import Spoiling
from tests.chaos.witness import Witness
from tests.chaos.world import World

_GAPS: dict[Gap, float] = {"unlock": 0.0, "lease": 130.0, "settled": 400.0}
_SIGNALS = {"kill": signal.SIGKILL, "term": signal.SIGTERM, "int": signal.SIGINT}
# Undisturbed runs that a phase may take to come to its end.
_MOST_RUNS = 10
_STUCK_SECONDS = 180.0


@dataclass(slots=True)
class Figures:
    """What trials came to; the sum of two is both."""

    counts: Counter[str] = field(default_factory=Counter)
    # What must never happen and did.
    crimes: list[str] = field(default_factory=list)
    # Failpoints that were to fail and were never passed so often.
    missed: list[Treatment] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Course:
    """How long runs of a phase took, so that a signal can come at a random moment of the usual time."""

    # From the beginning to the first writing request, and to the end.
    first_write: float
    whole: float
    # Writing requests.
    writes: int


class Trial:
    """Carries one scenario out."""

    def __init__(
        self, world: World, scenario: Scenario, *, phases: Sequence[str] = PHASES, saved: bool = False, mutant: str = ""
    ) -> None:
        self.world = world
        self.scenario = scenario
        self.phases = phases
        self.saved = saved
        self.mutant = mutant
        self.figures = Figures()
        # The fences of leases that killed runs have left: one may have held both dialers, and the next one of them.
        self._dead_fences: frozenset[int] = frozenset()
        # Phase -> the failpoints that each of its runs passed; how long its undisturbed runs took.
        self.passed: dict[str, list[Counter[str]]] = {}
        self.courses: dict[str, Course] = {}
        root, ledger, project = world.fresh()
        self.job = Job(
            root=root,
            sandbox=world.sandbox,
            ledger=ledger,
            project=project,
            lines=[Line.of(way) for way in scenario.ways],
        )
        self.job.prepare()
        self.witnesses = {line.dialer: self._witness(line) for line in self.job.lines}

    def _witness(self, line: Line) -> Witness:
        dialer = self.job.at(line)
        witness = Witness(
            dialer=dialer,
            project=self.job.project,
            intents=lambda: self.intents,
            campaigns=lambda: self.job.campaign_ids(line),
        )
        dialer.record.watcher = witness
        return witness

    @cached_property
    def intents(self) -> Intents:
        """The ledger as another process sees it."""
        return intents_of(self.job.ledger)

    def run(self) -> Figures:
        """Carry the scenario out and return what came of it."""
        try:
            for phase in self.phases:
                self._phase(phase)
                if self.figures.crimes:
                    break
        finally:
            for line in self.job.lines:
                self.job.at(line).record.watcher = None
            if "intents" in self.__dict__:
                self.intents.close()
        self.figures.counts["trials"] += 1
        return self.figures

    # --------------------------------------------------------------------------------------------------- one phase

    def _phase(self, phase: str) -> None:
        self.job.enter(phase)
        for line in self.job.lines:
            self.witnesses[line.dialer].forbidden = line.numbers(line.listed)
            self.witnesses[line.dialer].look()
        treated = self.scenario.treated(phase)
        most = treated + _MOST_RUNS
        for attempt in range(most):
            treatments = self.scenario.of(phase, attempt) if attempt < treated else []
            ended = self._run(phase, treatments)
            self._judge_run(ended, treatments)
            if self.figures.crimes:
                return
            if ended.told is not None and ended.told.empty and not ended.told.error:
                # What is left of the scenario could only disturb the making of an empty plan.
                treated = min(treated, attempt + 1)
            disturbed = bool(treatments)
            if not disturbed and self._is_over(ended):
                self._judge_end(phase, ended.told.notes if ended.told is not None else [])
                return
            self._wait(ended, treatments, disturbed=disturbed)
        told = ended.told.plan if ended.told is not None else ended.code
        self._crime(f"{phase} never ends:\n{told}")

    def _run(self, phase: str, treatments: Sequence[Treatment]) -> Ended:
        signals = [each.signal for each in treatments if each.signal is not None]
        order = Order(
            root=str(self.job.root),
            task="command" if any(each.kind != "kill" for each in signals) else "apply",
            ahead=self.world.ahead,
            failures=[each.failpoint for each in treatments if each.failpoint],
            prune=self.job.prunes,
            dnd_remove=9 if self.job.releases and phase == "release" else 0,
            saved=self.saved and phase == "change",
            mutant=self.mutant,
        )
        spoiling = self._spoil(treatments)
        began, before = time.monotonic(), self._writes()
        self.figures.counts["runs"] += 1
        process = self.world.server.begin(order)
        for each in signals:
            self._wait_for(each, before)
            with suppress(ProcessLookupError):
                os.kill(process, _SIGNALS[each.kind])
        ended = self._end(process)
        whole = time.monotonic() - began
        for fault in spoiling:
            self.figures.counts["spoilt"] += fault.hits
        for line in self.job.lines:
            self.job.at(line).faults.clear()
        if not treatments and ended.told is not None and not ended.told.empty:
            firsts = [line.first_write for line in self.witnesses.values() if line.first_write > began]
            self.courses[phase] = Course(
                first_write=min(firsts, default=began) - began, whole=whole, writes=self._writes() - before
            )
        self.passed.setdefault(phase, []).append(Counter(ended.told.passed if ended.told is not None else {}))
        self._count(ended, treatments, wrote=self._writes() > before)
        return ended

    def _wait_for(self, wanted: Signal, writes_before: int) -> None:
        """Wait until a signal is due, or the run has ended."""
        while wanted.writes and self._writes() < writes_before + wanted.writes:
            if self.world.server.has_ended(within=0.0005):
                return
        self.world.server.has_ended(within=wanted.seconds)

    def _end(self, process: int) -> Ended:
        """Wait for a run; one that is stuck is killed and is a crime."""
        watch = _Watch(process)
        try:
            ended = self.world.server.end()
        finally:
            watch.cancel()
        if watch.barked:
            self._crime(f"a run was stuck for {_STUCK_SECONDS:g} s")
        return ended

    def _writes(self) -> int:
        return sum(witness.writes for witness in self.witnesses.values())

    def _spoil(self, treatments: Sequence[Treatment]) -> list[Spoiling]:
        found = []
        for treatment in treatments:
            if treatment.spoilt is None:
                continue
            share, seed = treatment.spoilt
            for line in self.job.lines:
                fault = Spoiling(kind="latency", share=share, random=Random(f"{seed} {line.dialer}"))
                self.job.at(line).faults._waiting.append(fault)
                found.append(fault)
        return found

    def _count(self, ended: Ended, treatments: Sequence[Treatment], *, wrote: bool) -> None:
        counts = self.figures.counts
        kinds = {each.signal.kind for each in treatments if each.signal is not None}
        if "kill" in kinds:
            counts["kills" if ended.killed else "missed"] += 1
            counts["kills after a write"] += ended.killed and wrote
        elif kinds:
            counts["signals"] += 1
            counts["interrupted"] += ended.code == judge.INTERRUPTED
        if failpoints := [each for each in treatments if each.failpoint]:
            happened = ended.killed or (ended.told is not None and bool(ended.told.happened))
            counts["faults" if happened else "not reached"] += 1
            self.figures.missed += [] if happened else failpoints

    # ------------------------------------------------------------------------------------------------------ judging

    def _judge_run(self, ended: Ended, treatments: Sequence[Treatment]) -> None:
        at_once = any(each.gap == "unlock" for each in treatments)
        if not at_once:
            self.world.wait_until_quiet()
        crimes = judge.run_crimes(ended, treatments)
        if self._has_ledger():
            if damage := self.intents.damage():
                crimes.append(f"the ledger is damaged: {damage}")
            with self._ledger() as ledger:
                if not at_once:
                    crimes += judge.row_crimes(self.job, ledger)
                crimes += judge.shown_crimes(ended, ledger)
                if ended.killed or any(each.failpoint for each in treatments):
                    self._dead_fences = frozenset(holder.fence for holder in ledger.lock_holders())
                else:
                    crimes += judge.left_crimes(ended, ledger, treatments, dead=self._dead_fences)
        for witness in self.witnesses.values():
            crimes += witness.crimes
        for crime in crimes:
            self._crime(crime)

    def _ledger(self) -> Ledger:
        return open_ledger(self.job.ledger, self.job.project)

    def _has_ledger(self) -> bool:
        return not self.job.ledger.startswith("sqlite") or (self.job.root / ".syncengine" / "ledger.db").exists()

    def _is_over(self, ended: Ended) -> bool:
        """Whether a run had nothing left to do; what is parked is settled on the way."""
        told = ended.told
        if told is None or told.error or told.complete:
            return False
        with self._ledger() as ledger:
            parked, unfinished = ledger.parked(), ledger.unfinished_calls()
        for call in parked:
            self._settle(call.call_id)
        return told.empty and not told.holds and not parked and not unfinished

    def _settle(self, call: int) -> None:
        """Settle a parked call by one command, as a person who has looked at the dialer."""
        landed = any(call in witness.landed for witness in self.witnesses.values())
        order = Order(
            root=str(self.job.root),
            task="resolve",
            ahead=self.world.ahead,
            call=call,
            assume="sent" if landed else "not_sent",
        )
        self.world.server.begin(order)
        ended = self.world.server.end()
        self.figures.counts["parked"] += 1
        with self._ledger() as ledger:
            if any(each.call_id == call for each in ledger.parked()):
                told = ended.told.text if ended.told is not None else ended.code
                self._crime(f"call {call} is still parked after one command: {told}")

    def _judge_end(self, phase: str, notes: Sequence[str]) -> None:
        for line in self.job.lines:
            self.figures.counts["released, shown as blocked by others"] += bool(judge.left_blocked(line, notes))
            for crime in judge.line_crimes(self.job, line, notes):
                self._crime(f"{phase}: {crime}")

    def _crime(self, text: str) -> None:
        if text not in self.figures.crimes:
            self.figures.crimes.append(text)

    # ------------------------------------------------------------------------------------------- until the next run

    def _wait(self, ended: Ended, treatments: Sequence[Treatment], *, disturbed: bool) -> None:
        gap: Gap = treatments[-1].gap if treatments else "settled"
        told = ended.told
        if not disturbed and told is not None and told.complete:
            # The next plan must be empty at once.
            return
        if gap == "unlock" and self._has_ledger():
            with self._ledger() as ledger:
                for holder in ledger.lock_holders():
                    ledger.break_lock(holder.fence)
                    self.figures.counts["locks broken"] += 1
        self.world.sandbox.clock.advance(_GAPS[gap])


class _Watch:
    """Kills a run that is stuck."""

    def __init__(self, process: int) -> None:
        from threading import Timer

        self.barked = False
        self._process = process
        self._timer = Timer(_STUCK_SECONDS, self._bark)
        self._timer.daemon = True
        self._timer.start()

    def _bark(self) -> None:
        self.barked = True
        with suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)

    def cancel(self) -> None:
        """Let it be: the run has ended."""
        self._timer.cancel()
