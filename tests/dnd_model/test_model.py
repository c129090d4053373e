"""A sample of the do-not-call model for every change; the whole is run by ``python -m tests.dnd_model``."""

from collections.abc import Sequence

import pytest

from tests.dnd_model import machine, walks
from tests.dnd_model.dialer import Dialer, Seen
from tests.dnd_model.monitor import BrokenInvariantError, Monitor, Reading
from tests.dnd_model.running import BLOCKS, REQUESTS
from tests.dnd_model.scripts import SCRIPTS, cases, play_case
from tests.dnd_model.steps import CHANCES
from tests.dnd_model.vendors import KINDS
from tests.dnd_model.walks import Figures

_EVERY = 67
# In one process, so that the histories are played once.
pytestmark = pytest.mark.xdist_group("explored")


@pytest.fixture(scope="module")
def explored() -> Figures:
    return walks.explore(18, seed=1_000)


def test_tests_of_one_group_go_to_one_process(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("loadgroup", default=False):
        # Which pytest and which pytest-xdist go together shows in how a test is named.
        assert request.node.nodeid.endswith("@explored")


def test_random_histories_break_nothing(explored: Figures) -> None:
    assert explored.violations == []


def test_the_histories_are_not_empty_of_what_they_are_to_show(explored: Figures) -> None:
    # The whole run asks for every kind; so few histories can only be asked for those that no history is without.
    assert explored.examples == 18
    assert set(explored.requests) >= {"create", "start", "stop", "add", "remove", "dnd add"}
    assert set(explored.blocks) >= {"hold add", "crash", "clean", "source missing", "source old", "guard dnd_removal"}


def test_hypothesis_breaks_nothing_either() -> None:
    figures = machine.explore(4, steps=20)
    assert figures.examples >= 4


def test_a_sample_of_the_enumerated_faults_breaks_nothing() -> None:
    broken = []
    for position, case in enumerate(cases()):
        if position % _EVERY == 0:
            try:
                play_case(case)
            except BrokenInvariantError as problem:
                broken.append(f"{case}: {problem}")
    assert broken == []


def test_there_is_a_script_for_what_reliability_names() -> None:
    assert len(SCRIPTS) >= 8
    assert all(len(script) + 1 >= 4 for script in SCRIPTS.values())
    assert len(KINDS) >= 2
    assert {name for name, _ in CHANCES} >= {"state", "drop", "release", "want", "source", "plan", "apply"}
    assert len(REQUESTS) + len(BLOCKS) > 20


# --------------------------------------------------------------------------- the monitor itself can see what is wrong


def _monitor() -> Monitor:
    return Monitor(
        dialer=Dialer(clock=lambda: 0.0),
        numbers=("3001200001", "3001200002"),
        covers={"everyone": ("spring",)},
        held_there=frozenset({"everyone"}),
        holds="account",
        lists=True,
    )


def _seen(method: str, path: str, body: object) -> Seen:
    return Seen(method, tuple(path.strip("/").split("/")), body, b"")


@pytest.mark.parametrize(
    ("invariant", "requests"),
    [
        ("D1", [_seen("POST", "campaigns/7/leads", [{"tel": "(300) 120-0001", "dnc_check": "on"}])]),
        ("D1", [_seen("POST", "campaigns/7/change", {"ref": "r1", "alt": "0057 300 1200001"})]),
        ("D2", [_seen("POST", "campaigns/7/leads", []), _seen("POST", "blocked", ["+573001200001"])]),
        ("D3", [_seen("POST", "campaigns/7/start", None)]),
        ("D4", [_seen("POST", "unblock", ["+573001200001"])]),
        ("D16", [_seen("POST", "campaigns/7/leads", [{"tel": "+573001200002"}])]),
        ("D18", [_seen("POST", "unblock", ["All"])]),
        ("D18", [_seen("POST", "unblock", [])]),
    ],
)
def test_the_monitor_sees(invariant: str, requests: Sequence[Seen]) -> None:
    monitor = _monitor()
    monitor.dialer._do(_seen("POST", "campaigns", {"name": "spring"}))
    campaign = monitor.dialer.state.campaigns.pop("100")
    monitor.dialer.state.campaigns["7"] = campaign
    monitor.begins({"everyone": Reading(frozenset({"3001200001"}))})
    for request in requests:
        monitor.watch(request)
    with pytest.raises(BrokenInvariantError, match=f"{invariant}:"):
        monitor.verdict()


@pytest.mark.parametrize(("doubt", "invariant"), [("missing", "D5"), ("old", "D6")])
def test_the_monitor_sees_what_is_sent_on_an_unsound_source(doubt: str, invariant: str) -> None:
    monitor = _monitor()
    monitor.dialer._do(_seen("POST", "campaigns", {"name": "spring"}))
    monitor.begins({"everyone": Reading(frozenset(), doubt)})
    monitor.watch(_seen("POST", "campaigns/100/leads", []))
    with pytest.raises(BrokenInvariantError, match=f"{invariant}:"):
        monitor.verdict()
