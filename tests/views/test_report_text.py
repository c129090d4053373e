import pytest

from syncengine.model.address import Address
from syncengine.model.report import Progress
from syncengine.views.report_text import progress_line, report_text
from syncengine.views.wording import rearranges
from tests.views.plans import change_report, hostile_report, report


def lines(*changes, **more):
    return report_text(report(*changes, **more)).plain.split("\n")


def test_a_whole_apply_says_so_and_counts():
    assert lines(
        change_report(),
        change_report("start", address=Address("acme-co", "campaign", "spring"), outcomes={"applied": 1}, calls=1),
    ) == [
        "Applied",
        "  ✓ add acme-co/contacts/spring: 1,204 applied   13 calls",
        "  ✓ start acme-co/campaign/spring: 1 applied   1 call",
        "",
        "Apply: 1,205 done, 14 calls in 12.3 s.",
    ]


def test_what_was_not_done_is_told_with_its_commonest_messages():
    messages = {"no such campaign": 2, "number is too short": 9, "refused": 2, "odd": 1, "odder": 1}
    shown = lines(change_report(outcomes={"applied": 5, "rejected": 15, "held": 0}, messages=messages, calls=0))
    assert shown == [
        "Applied in part",
        "  ✗ add acme-co/contacts/spring: 5 applied, 15 refused by the vendor",
        "      9 x number is too short",
        "      2 x no such campaign",
        "      2 x refused",
        "      and 2 other messages",
        "",
        "Apply: 5 done, 15 not done, 0 calls in 12.3 s.",
    ]


def test_alarms_come_last_and_people_are_told_what_waits_for_them():
    shown = lines(change_report(), parked=("acme-co/contacts/spring: 3 rows",), alarms=("winter was stopped",))
    assert shown[3:9] == [
        "Waiting for a person",
        "  acme-co/contacts/spring: 3 rows",
        "",
        "ALARM",
        "  winter was stopped",
        "",
    ]


def test_an_interrupted_apply_is_not_whole():
    shown = lines(change_report(), interrupted=True)
    assert shown[0] == "Applied in part"
    assert shown[-1].endswith("Interrupted.")


def test_ten_thousand_campaigns_with_which_the_same_happened_are_one_line():
    changes = [
        change_report("create", address=Address("acme-co", "campaign", f"c{n:05}"), outcomes={"applied": 1}, calls=1)
        for n in range(10_000)
    ]
    shown = lines(*changes)
    assert len(shown) == 4
    assert "and 9,997 more alike: 10,000 applied   10,000 calls" in shown[1]
    assert shown[-1].startswith("Apply: 10,000 done, 10,000 calls")


def test_a_number_in_a_vendor_s_words_is_masked():
    shown = lines(change_report(outcomes={"rejected": 1}, messages={"573001234567 is taken": 1}))
    assert "3001234567" not in "".join(shown)
    assert "is taken" in shown[2]


def test_nothing_that_a_vendor_says_can_rearrange_the_terminal():
    shown = report_text(hostile_report()).plain
    assert not any(rearranges(c) for c in shown if c != "\n")


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({}, "acme-co: stops: 1,200 of 5,000 (40/s, about 95 s left)"),
        ({"remaining": None, "waiting": "rate limit"}, "acme-co: stops: 1,200 of 5,000 (40/s, waiting for rate limit)"),
        ({"level": "", "remaining": None}, "acme-co: 1,200 of 5,000 (40/s)"),
        ({"waiting": "\x1b[2J", "remaining": None}, "acme-co: stops: 1,200 of 5,000 (40/s, waiting for \\u001b[2J)"),
    ],
)
def test_progress_is_one_line(more, line):
    stated = {"dialer": "acme-co", "level": "stops", "done": 1_200, "total": 5_000, "rate": 40.0, "remaining": 95.2}
    assert progress_line(Progress(**(stated | more))) == line
