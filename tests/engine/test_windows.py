from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from syncengine.engine.windows import closed
from syncengine.model.policy import Window


def window(kind="allow", schedule="0 9 * * mon-fri", hours=8.0, zone="America/Bogota"):
    return Window(kind=kind, schedule=schedule, duration=hours * 3600, zone=zone)


def at(text, zone="America/Bogota", fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 09:00:00", True),
        ("2026-11-23 16:59:59", True),
        ("2026-11-23 17:00:00", False),
        ("2026-11-23 08:59:59", False),
        ("2026-11-22 12:00:00", False),  # a Sunday
    ],
)
def test_an_allow_window_lets_through_while_it_is_open(moment, is_open):
    why, _ = closed([window()], at(moment))
    assert (why == "") is is_open


def test_what_is_closed_says_when_it_opens():
    why, until = closed([window()], at("2026-11-20 18:00:00"))
    assert "outside the allow window" in why
    assert until == at("2026-11-23 09:00:00")


def test_deny_wins_over_allow_and_says_when_it_ends():
    deny = window("deny", "30 11 * * *", 0.5)
    why, until = closed([window(), deny], at("2026-11-23 11:45:00"))
    assert "the deny window" in why
    assert until == at("2026-11-23 12:00:00")
    assert closed([window(), deny], at("2026-11-23 12:00:00")) == ("", None)


def test_with_no_window_and_with_deny_windows_only_the_rest_is_open():
    assert closed([], 0.0) == ("", None)
    assert closed([window("deny")], at("2026-11-22 12:00:00")) == ("", None)


def test_any_of_several_allow_windows_is_enough():
    night = window("allow", "0 22 * * *", 2)
    assert closed([window(), night], at("2026-11-22 23:00:00")) == ("", None)


def test_a_window_over_midnight_and_one_of_many_days_are_whole():
    assert closed([window("allow", "0 22 * * sun", 10)], at("2026-11-23 07:59:00")) == ("", None)
    assert closed([window("allow", "0 0 1 * *", 24 * 30)], at("2026-11-29 12:00:00")) == ("", None)


def test_the_zone_counts_and_not_that_of_the_machine(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert closed([window(zone="Europe/Warsaw")], at("2026-11-23 09:30:00", "Europe/Warsaw")) == ("", None)
    assert closed([window(zone="Europe/Warsaw")], at("2026-11-23 12:30:00", "America/Bogota"))[0]


# Warsaw sets its clocks back from 03:00 to 02:00 on 25 October 2026, and forward from 02:00 to 03:00 on 29 March.
@pytest.mark.parametrize("fold", [0, 1])
def test_a_deny_window_in_the_hour_that_happens_twice_denies_both_times(fold):
    deny = window("deny", "30 2 * * *", 0.25, "Europe/Warsaw")
    assert closed([deny], at("2026-10-25 02:40:00", "Europe/Warsaw", fold))[0]


def test_a_deny_window_that_is_open_when_the_clocks_go_back_stays_closed_for_its_whole_duration():
    deny = window("deny", "45 2 * * *", 1, "Europe/Warsaw")
    assert closed([deny], at("2026-10-25 02:10:00", "Europe/Warsaw", 1))[0]


def test_an_allow_window_in_the_hour_that_happens_twice_opens_once():
    allow = window("allow", "30 2 * * *", 0.25, "Europe/Warsaw")
    assert closed([allow], at("2026-10-25 02:40:00", "Europe/Warsaw", 0)) == ("", None)
    assert closed([allow], at("2026-10-25 02:40:00", "Europe/Warsaw", 1))[0]


def test_a_window_in_the_hour_that_is_skipped_opens_as_if_it_were_not():
    deny = window("deny", "30 2 * * *", 0.5, "Europe/Warsaw")
    assert closed([deny], at("2026-03-29 03:45:00", "Europe/Warsaw"))[0]
