"""Histories that once broke an invariant, in their shortest form: each is a fault that was mended."""

import pytest

from tests.dnd_model.steps import Step, play
from tests.dnd_model.world import DAY, PEOPLE

# At a vendor whose listing is late, somebody was held back, is freed by a release, and is listed again at once.
_FREED_AND_LISTED_AGAIN: list[Step] = [
    ("list late", {"late": True}),
    ("set contact", {"campaign": "spring", "slot": 1, "number": 0}),
    ("apply", {}),
    ("state", {"name": "everyone", "number": 0}),
    ("apply", {}),
    ("wait", {"seconds": 200.0, "fetch": False}),
    ("release", {"name": "everyone", "number": 0}),
    ("apply", {"allow_release": True}),
    ("state", {"name": "everyone", "number": 0}),
]

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
    # Ours by the ledger's word alone: somebody has taken it off within the time in which a listing may be late.
    "no campaign is started that relies on an entry which its whole listing lacks": (
        "own_lists",
        [
            ("state", {"name": "everyone", "number": 0}),
            ("apply", {}),
            ("take an entry off by hand", {"number": 0}),
            ("want", {"campaign": "autumn", "status": "started"}),
            ("apply", {}),
        ],
    ),
    "a running campaign that relies on an entry which its whole listing lacks has it again": (
        "own_lists",
        [
            ("begin", {"started": True}),
            ("state", {"name": "here", "number": 0}),
            ("apply", {}),
            ("take an entry off by hand", {"number": 0}),
            ("apply", {}),
        ],
    ),
    # Two listed rows of which one was protected counted as two protected ones where the ledger knew them differently.
    "who is protected does not protect another": (
        "sticky",
        [
            ("begin", {"started": True}),
            ("set contact", {"campaign": "spring", "slot": 1, "number": 1}),
            ("apply in trouble", {"before": 0, "what": ["lost_after"]}),
            ("state", {"name": "only-spring", "number": 1}),
            ("state", {"name": "here", "number": 0}),
            *[("apply", {})] * 8,
        ],
    ),
    # The count of failed tries outlived what they were about, so that the campaign was stopped and started in turns.
    "a mark that was set after all is no reason to stop the campaign any more": (
        "marking",
        [
            ("begin", {"started": True}),
            ("list late", {"late": True}),
            ("state", {"name": "here", "number": 0}),
            ("apply", {}),
            *[("apply in trouble", {"before": 0, "what": ["refused"]})] * 3,
        ],
    ),
    # These two were mistakes of the judge: a release counts for the run that was allowed it, and more than asking again
    # and again to stop a campaign nobody can do.
    "what a run may release keeps it from starting nothing": (
        "lapsing",
        [
            ("apply while another reads", {"name": "everyone", "number": 0}),
            ("release", {"name": "everyone", "number": 0}),
            ("want", {"campaign": "autumn", "status": "started"}),
            ("apply", {"allow_release": True}),
        ],
    ),
    "a campaign that the dialer will not stop is told to stop each time": (
        "sticky",
        [
            ("begin", {"started": True}),
            ("refuse", {"what": "stop", "refused": True}),
            ("state", {"name": "only-spring", "number": 0}),
            *[("apply", {})] * 8,
        ],
    ),
    # Found by reading: who is freed by an id alone was nowhere in the bytes that the last gate looked at.
    "nobody is freed whom another process has read since the plan": (
        "marking",
        [
            ("begin", {"started": True}),
            ("state", {"name": "everyone", "number": 0}),
            ("apply", {}),
            ("release", {"name": "everyone", "number": 0}),
            ("apply in trouble", {"before": 0, "what": ["refused"], "releases": True}),
            ("set contact", {"campaign": "autumn", "slot": 0, "number": 1}),
            ("apply while another reads", {"name": "everyone", "number": 0}),
        ],
    ),
    # It was started a moment ago, and a late listing still had it stopped.
    "a campaign that we started is stopped whatever a late listing says": (
        "parking",
        [
            ("set contact", {"campaign": "autumn", "slot": 1, "number": 2}),
            ("refuse", {"what": "remove", "refused": True}),
            ("apply", {}),
            ("wait", {"seconds": 200.0, "fetch": True}),
            ("list late", {"late": True}),
            ("want", {"campaign": "autumn", "status": "started"}),
            ("apply while another reads", {"name": "everyone", "number": 2}),
            *[("apply", {})] * 7,
        ],
    ),
    # It was taken off a moment ago by a release, and a late listing still had it when another process read it again.
    "what a late listing still has is not on the list": (
        "listing",
        [
            ("list late", {"late": True}),
            ("state", {"name": "everyone", "number": 0, "spelling": 3}),
            ("apply", {}),
            ("wait", {"seconds": 200.0, "fetch": False}),
            ("release", {"name": "everyone", "number": 0}),
            ("apply in trouble", {"before": 4, "what": ["crash_after"], "releases": True}),
            ("set contact", {"campaign": "spring", "slot": 1, "number": 0, "spelling": 3, "second": None}),
            ("apply while another reads", {"name": "everyone", "number": 0}),
            ("want", {"campaign": "autumn", "status": "started"}),
            ("apply", {}),
        ],
    ),
    # Found by reading, as the one before: freed a moment ago, and a late listing still had the mark.
    "whoever was freed and is listed again is held back again, whatever a late listing shows": (
        "marking",
        [
            ("want", {"campaign": "spring", "status": "started"}),
            *_FREED_AND_LISTED_AGAIN,
            *[("apply", {})] * 8,
        ],
    ),
    # Found by reading, too: the block after that was lost, and the mark from before was taken for the one it made.
    "a lost block is not proven by the mark that a late listing still has from before": (
        "marking",
        [
            *_FREED_AND_LISTED_AGAIN,
            ("apply in trouble", {"before": 0, "what": ["lost_before"] * 6}),
            ("want", {"campaign": "spring", "status": "started"}),
            ("apply", {}),
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
