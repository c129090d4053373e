import json
from dataclasses import replace

from syncengine.cli.planning import Given
from syncengine.cli.watch_telling import Telling, held_sentence, local_time
from syncengine.model.address import Address
from syncengine.model.phone import mask_numbers_in
from syncengine.model.policy import Decision, Held
from syncengine.model.watching import Drift
from tests.views.plans import everyday

HELD = Held(rule="window", what="2 changes (2 audience)", why="the deny window is on", until=1_800_000_000.0)
DRIFT = Drift(address=Address("acme-co", "contacts", "spring"), what="no longer listed by the dialer", count=3)


def given(**more) -> Given:
    stated = {
        "dialers": (), "targets": (), "refresh": "full", "prune": False, "allow_remove": None, "allow_dnd_remove": 0,
        "allow_unverified": False, "vendor_check": False, "extra": (), "parallelism": None, "view": "text",
        "as_json": False, "no_color": True,
    }  # fmt: skip
    return Given(**(stated | more))


def test_what_is_held_and_what_others_changed_is_said_once_and_again_when_it_changes(capfd) -> None:
    telling, plan = Telling(given()), everyday()
    telling.plan("change", plan, Decision(lands=None, held=(HELD,)), (DRIFT,))
    out = capfd.readouterr().out
    assert "held: 2 changes (2 audience): window: the deny window is on; until" in out
    assert "drift: acme-co/contacts/spring: 3 rows no longer listed by the dialer" in out
    telling.plan("clock", plan, Decision(lands=None, held=(HELD,)), (DRIFT,))
    (line,) = capfd.readouterr().out.splitlines()
    assert "still the plan shown above" in line
    telling.plan("clock", plan, Decision(lands=plan, held=(replace(HELD, rule="drift"),)), ())
    assert "lands all the same" in capfd.readouterr().out


def test_one_event_is_one_line_of_json(capfd) -> None:
    telling = Telling(given(as_json=True))
    telling.plan("start", everyday(), Decision(lands=None, held=(HELD,)), (DRIFT,))
    telling.error("clock", "the dialer does not answer")
    telling.notice("clock", "another leads")
    events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [event["cause"] for event in events] == ["start", "clock", "clock"]
    assert events[0]["decision"]["held"][0]["rule"] == "window"
    assert events[0]["drift"][0]["count"] == 3
    assert events[1]["error"] == "the dialer does not answer"


def test_a_moment_is_no_telephone_number() -> None:
    text = local_time(1_800_000_000.0)
    assert mask_numbers_in(text) == text
    assert "until" not in held_sentence(replace(HELD, until=None))
