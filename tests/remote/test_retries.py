import pytest

from syncengine.model.calling import Proof
from syncengine.remote.retries import Breaker, RetryBudget, backoff, repeat_is_harmless
from tests.remote.dialing import Clockwork, reading, writing


@pytest.mark.parametrize(
    ("proof", "harmless"),
    [("repeat", True), ("refusal", True), ("task", False), ("read_back", False), ("park", False)],
)
def test_only_proven_writes_are_repeated(proof: str, harmless) -> None:
    assert repeat_is_harmless(writing(proof=Proof(by=proof))) is harmless  # type: ignore[arg-type]


def test_a_read_is_repeated_and_a_write_without_proof_is_not() -> None:
    assert repeat_is_harmless(reading(proof=None))
    assert not repeat_is_harmless(writing(proof=None))


def test_pauses_double_to_a_bound_and_are_drawn_from_zero() -> None:
    assert [backoff(attempt, lambda: 1.0) for attempt in (1, 2, 3, 7, 50)] == [0.5, 1.0, 2.0, 20.0, 20.0]
    assert backoff(3, lambda: 0.0) == 0.0


def test_after_the_allowance_one_call_in_ten_is_repeated() -> None:
    budget = RetryBudget(allowance=3.0)
    assert [budget.take() for _ in range(4)] == [True, True, True, False]
    repeats = 0
    for _ in range(1000):
        budget.earn()
        repeats += budget.take()
    assert 95 <= repeats <= 101


def test_the_allowance_does_not_grow_without_end() -> None:
    budget = RetryBudget(allowance=2.0)
    for _ in range(1000):
        budget.earn()
    assert [budget.take() for _ in range(3)] == [True, True, False]


def failing(breaker: Breaker, pattern: str) -> None:
    for mark in pattern:
        breaker.record(failed=mark == "x")


@pytest.mark.parametrize(
    ("pattern", "open_"), [("xxxx", False), ("xxxxx", True), (".x.x.x.x.x", True), ("x....x....x....x....x", False)]
)
def test_it_opens_after_five_failures_in_ten_calls(pattern: str, open_) -> None:
    breaker = Breaker(Clockwork())
    failing(breaker, pattern)
    assert breaker.closed is not open_


def test_one_probe_each_cool_down_and_a_good_answer_closes_it() -> None:
    time = Clockwork()
    breaker = Breaker(time, cool_down=30.0)
    assert not breaker.take_probe()
    failing(breaker, "xxxxx")
    assert breaker.seconds_to_probe == 30.0
    assert not breaker.take_probe()
    time.time += 30
    assert [breaker.take_probe() for _ in range(3)] == [True, False, False]
    failing(breaker, "x")
    assert not breaker.take_probe()
    time.time += 30
    assert breaker.take_probe()
    assert not breaker.closed
    failing(breaker, ".")
    assert breaker.closed
    assert breaker.seconds_to_probe == 0.0
    # What was counted before is forgotten.
    failing(breaker, "xxxx")
    assert breaker.closed
