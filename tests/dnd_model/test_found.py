"""Histories that once broke an invariant, in their shortest form: each is a fault that was mended."""

import pytest

from tests.dnd_model.steps import Step, play
from tests.dnd_model.world import DAY, PEOPLE

FOUND: dict[str, tuple[str, list[Step]]] = {
    # A refused do-not-call entry was noted and never offered again, and nothing was held for it any more.
    "an entry that was refused once is offered again and holds until it is taken": (
        "listing",
        [
            ("begin", {"started": True}),
            ("state", {"name": "everyone", "number": 0}),
            ("want", {"campaign": "spring", "status": "stopped"}),
            ("refuse", {"what": "dnd add", "refused": True}),
            ("apply", {}),
            ("want", {"campaign": "spring", "status": "started"}),
            ("apply", {}),
            ("apply", {}),
        ],
    ),
    "what was refused once in a campaign's own list is listed in the end": (
        "own_lists",
        [
            ("begin", {"started": True}),
            ("refuse", {"what": "dnd add", "refused": True}),
            ("state", {"name": "only-spring", "number": 0, "spelling": 2}),
            ("apply", {}),
        ],
    ),
    # The dialer's own list was taken to protect everybody, though it holds only what is listed for the whole dialer.
    "a number that is listed for one campaign is not protected by the list of the account": (
        "sticky",
        [
            ("begin", {"started": True}),
            ("state", {"name": "only-spring", "number": 0, "spelling": 1}),
            ("apply", {}),
        ],
    ),
    # Only removals were counted as tries, never entries of the dialer's list that it would not take.
    "a running campaign whose list takes no entry is stopped after so many tries": (
        "sticky",
        [
            ("begin", {"started": True}),
            ("refuse", {"what": "dnd add", "refused": True}),
            ("state", {"name": "everyone", "number": 0}),
            *[("apply", {})] * 8,
        ],
    ),
    # "It is there", said of the addition, was booked for the removal after it, too: as if nobody were there any more.
    "somebody whose addition and removal both wait for a person is not booked as removed": (
        "parking",
        [
            ("begin", {"started": True}),
            ("set contact", {"campaign": "spring", "slot": 1, "number": 1}),
            ("apply in trouble", {"before": 0, "what": ["lost_after"]}),
            ("wait", {"seconds": 200.0, "fetch": True}),
            ("state", {"name": "everyone", "number": 1}),
            ("apply in trouble", {"before": 0, "what": ["lost_before"]}),
        ],
    ),
    # A start carries no number, so the last gate had nothing to find, and what the dialer's list lacked was rung.
    "no campaign is started over what another process has read since the plan": (
        "own_lists",
        [
            ("want", {"campaign": "autumn", "status": "started"}),
            ("apply while another reads", {"name": "everyone", "number": 1}),
        ],
    ),
    # A lost removal that waits for a person was never tried again, so that its tries were never counted.
    "a running campaign whose removal waits for a person is stopped": (
        "parking",
        [
            ("begin", {"started": True}),
            ("state", {"name": "everyone", "number": 0}),
            ("apply in trouble", {"before": 0, "what": ["lost_before"]}),
            *[("apply", {})] * 8,
        ],
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_fault_that_was_found_stays_mended(name: str) -> None:
    kind, history = FOUND[name]
    play(kind, history)


@pytest.mark.parametrize("kind", ["listing", "blind", "lapsing", "marking"])
def test_a_listed_contact_leaves_a_running_campaign(kind: str) -> None:
    world = play(kind, [("begin", {"started": True}), ("state", {"name": "only-spring", "number": 0}), ("apply", {})])
    assert world.dialer.requests["block" if kind == "marking" else "remove"] == 1


def test_an_entry_that_lapses_is_renewed_before() -> None:
    # They last ten days there, and the file is fetched every third.
    days = [("wait", {"seconds": 3 * DAY, "fetch": True}), ("apply", {})]
    world = play("lapsing", [("begin", {"started": True}), ("state", {"name": "everyone", "number": 1}), *days * 5])
    world.dialer.lapse()
    assert any(PEOPLE[1] in tel for tel in world.dialer.state.blocked)
