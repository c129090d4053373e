from dataclasses import replace

from syncengine.face.metrics import Metrics
from syncengine.model.watching import Happening
from tests.face.states import NOW, report, state


def figures(metrics: Metrics) -> dict[str, float]:
    lines = [line for line in metrics.text().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_each_cycle_and_each_apply_counts_once():
    metrics, first = Metrics(), state()
    metrics.see(state(report=None, happenings=()), first)
    metrics.see(first, replace(first, applying=True))
    found = figures(metrics)
    assert found['syncengine_plans_total{result="in part"}'] == 1
    assert found['syncengine_applies_total{result="in part"}'] == 1
    assert found['syncengine_rows_total{dialer="wolkvox-co",outcome="applied"}'] == 1200
    assert found['syncengine_state{what="applying"}'] == 1
    again = replace(first, report=report(), happenings=(Happening(at=NOW + 9, cause="clock", result="applied"),))
    metrics.see(first, again)
    assert figures(metrics)['syncengine_rows_total{dialer="wolkvox-co",outcome="applied"}'] == 2400


def test_every_call_counts_by_dialer_and_class_the_reading_ones_too():
    metrics = Metrics()
    calls = {("wolkvox-co", "reading"): 3, ("wolkvox-co", "dialable"): 2, ("uk", "credentials"): 1}
    first, second = state(calls=calls), state(calls={**calls, ("wolkvox-co", "reading"): 7})
    metrics.see(state(), first)
    metrics.see(first, second)
    metrics.see(second, second)
    found = figures(metrics)
    assert found['syncengine_calls_total{class="reading",dialer="wolkvox-co"}'] == 7
    assert found['syncengine_calls_total{class="dialable",dialer="wolkvox-co"}'] == 2
    assert found['syncengine_calls_total{class="credentials",dialer="uk"}'] == 1


def test_the_budget_is_what_is_left_after_all_that_was_sent():
    metrics = Metrics()
    metrics.see(state(), state(budgets={"wolkvox-co": 958}))
    assert figures(metrics)['syncengine_budget_left{dialer="wolkvox-co"}'] == 958


def test_what_is_so_now_is_shown_and_what_is_over_is_not():
    metrics, held = Metrics(), state(limited={"wolkvox-co": "rate limit"})
    metrics.see(state(), held)
    found = figures(metrics)
    assert found['syncengine_held{rule="window"}'] == 1
    assert found['syncengine_limiter_waiting{dialer="wolkvox-co"}'] == 1
    assert found['syncengine_drift{dialer="wolkvox-co"}'] == 1
    assert found['syncengine_drift{dialer="comunik8-uk"}'] == 0
    assert found['syncengine_dnd_pending{dialer="wolkvox-co"}'] == 10
    assert found["syncengine_last_success_timestamp_seconds"] == NOW
    metrics.see(held, state(held=(), limited={}))
    assert not [name for name in figures(metrics) if name.startswith(("syncengine_held", "syncengine_limiter"))]


def test_no_label_holds_what_a_vendor_said():
    metrics = Metrics()
    metrics.see(state(report=None), state())
    assert b"3001234567" not in metrics.text()
    assert b"no such number" not in metrics.text()
