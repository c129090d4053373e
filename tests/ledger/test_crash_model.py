"""Any sequence of intents, answers, losses and crashes: a row that may be at the dialer is never absent here."""

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from syncengine.errors import LedgerError
from syncengine.ledger.ledger import Ledger
from syncengine.model.ports import RowOutcome
from tests.ledger.writing import CONTACTS, NOW, begin, intent, item, states

KEYS = ("a", "b", "c")
PROOFS = st.sampled_from(["park", "refusal", "read_back"])


class Crashes(RuleBasedStateMachine):
    """The dialer is a set of keys; each call lands there, or not, when it is sent."""

    folder: Path
    count = 0

    def __init__(self) -> None:
        super().__init__()
        Crashes.count += 1
        self.path = self.folder / f"{Crashes.count}.db"
        self.now = NOW
        self.dialer: set[str] = set()
        self.flying: dict[int, tuple[str, tuple[str, ...], bool]] = {}
        self.open()

    def open(self) -> None:
        self.now += 1_000
        self.ledger = Ledger.open(self.path, "acme")
        # Without the block that would give the lock back: a crash does not.
        self.ledger._acquire("apply", frozenset({""}), now=self.now, wait=0, lease=60, only_free=False)

    @rule(
        action=st.sampled_from(["add", "remove", "update"]),
        keys=st.sets(st.sampled_from(KEYS), min_size=1),
        lands=st.booleans(),
        proof=PROOFS,
    )
    def send(self, *, action: str, keys: set[str], lands: bool, proof: str) -> None:
        effect = "suppressing" if action == "remove" else "dialable"
        busy = {key for _, taken, _ in self.flying.values() for key in taken}
        wanted = tuple(sorted(keys - busy))
        if not wanted:
            return
        try:
            call = begin(
                self.ledger, intent(action, [item(key) for key in wanted], effect=effect, proof=proof), self.now
            )
        except LedgerError:
            return
        self.flying[call] = (action, wanted, lands)
        if lands and action == "add":
            self.dialer |= set(wanted)
        if lands and action == "remove":
            self.dialer -= set(wanted)

    @precondition(lambda self: self.flying)
    @rule(heard=st.booleans())
    def answer(self, *, heard: bool) -> None:
        call, (_, keys, lands) = self.flying.popitem()
        told = {key: RowOutcome("applied" if lands else "rejected") for key in keys} if heard else {}
        self.ledger.finish_call(call, "applied" if heard else "unknown", "", told, now=self.now)

    @precondition(lambda self: self.flying)
    @rule()
    def answer_in_part(self) -> None:
        call, (_, keys, lands) = self.flying.popitem()
        told = {keys[0]: RowOutcome("applied" if lands else "rejected")}
        self.ledger.finish_call(call, "applied", "", told, now=self.now)

    @rule()
    def crash(self) -> None:
        # What a killed process leaves: no outcome, no release of the lock.
        self.flying.clear()
        self.ledger.close()
        self.open()

    @rule()
    def prove_by_listing(self) -> None:
        flying = set(self.flying)
        for call in [*self.ledger.unfinished_calls(), *self.ledger.parked()]:
            if call.call_id in flying:
                continue
            there, gone = {"add": ("applied", "skipped"), "update": ("applied", "skipped")}.get(
                call.action, ("skipped", "applied")
            )
            verdicts = {
                row.key: RowOutcome(there if row.key in self.dialer else gone)  # type: ignore[arg-type]  # outcomes
                for row in self.ledger.call_rows(call.call_id)
            }
            self.ledger.settle_call(call.call_id, verdicts, now=self.now)

    @invariant()
    def nothing_at_the_dialer_is_absent_here(self) -> None:
        shown = states(self.ledger)
        not_there = {"rejected", "deferred"}
        assert all(key in shown and shown[key] not in not_there for key in self.dialer), (self.dialer, shown)

    @invariant()
    def every_open_row_is_shown(self) -> None:
        shown = states(self.ledger)
        for call in [*self.ledger.unfinished_calls(), *self.ledger.parked()]:
            for row in self.ledger.call_rows(call.call_id):
                assert str(shown[row.key]).startswith(("unknown_", "parked_", "repeat_"))

    def teardown(self) -> None:
        self.ledger.close()


@pytest.mark.parametrize("_once", [1])
def test_no_row_that_may_be_at_the_dialer_is_ever_absent(_once: int, tmp_path: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Crashes.folder = tmp_path
    run_state_machine_as_test(Crashes, settings=settings(max_examples=60, stateful_step_count=20, deadline=None))
    assert Crashes.count > 0
    assert CONTACTS.kind == "contacts"
