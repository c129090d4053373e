"""What is said, and that no person is in it."""

import json

from syncengine.model.address import Address
from syncengine.model.plan import Headline, Violation
from syncengine.model.report import ApplyReport, ChangeReport
from syncengine.model.watching import Drift
from syncengine.notices.notice import Notice, notice_of_drift, notice_of_plan, notice_of_report
from tests.views.plans import plan


def test_a_plan_with_nothing_to_do_says_nothing() -> None:
    assert notice_of_plan(plan(), "approval") is None


def test_a_guard_is_said_whatever_was_asked_for() -> None:
    stop = Violation(rule="max_starts", message="+573001234567 Ana would be called", remedy="x")
    found = notice_of_plan(plan(violations=(stop,), headline=Headline(starts=4)), "drift")
    assert found is not None
    assert (found.event, list(found.about), found.counts["starts"]) == ("guard", ["max_starts"], 4)
    said = json.dumps(found.document(1.0)) + found.text
    assert "Ana" not in said
    assert "57300" not in said


def test_an_apply_is_said_only_where_something_was_left_undone() -> None:
    def report(outcome: str) -> ApplyReport:
        change = ChangeReport(
            level="starts",
            address=Address("co", "contacts", "spring"),
            action="add",
            outcomes={"applied": 2, outcome: 1},  # type: ignore[dict-item]
            messages={"Ana +573001234567 is no customer": 1},
        )
        return ApplyReport(plan_id="4f1c2a9b8e7d6c50", changes=(change,), seconds=1.0)

    assert notice_of_report("acme", report("already_present")) is None
    found = notice_of_report("acme", report("rejected"))
    assert found is not None
    assert found.text == "acme: applied in part\n2 applied, 1 rejected\nco\nplan 4f1c2a9b8e7d6c50"
    assert "Ana" not in json.dumps(found.document(1.0))


def test_drift_is_the_same_news_whatever_the_plan_and_names_few_places_masked() -> None:
    def found(count: int, plan_id: str) -> Notice | None:
        drift = [Drift(address=Address("co", "contacts", f"s{n}"), what="gone", count=count) for n in range(12)]
        return notice_of_drift("acme", plan_id, drift)

    assert notice_of_drift("acme", "1", ()) is None
    one, same, other = found(2, "1"), found(2, "2"), found(3, "1")
    assert one is not None
    assert same is not None
    assert other is not None
    assert one.digest == same.digest != other.digest
    assert (one.counts["rows"], len(one.about), one.about[-1]) == (24, 11, "and 2 more")
    assert "subject" not in one.document(1.0)
    named = notice_of_drift("acme", "1", [Drift(address=Address("co", "campaign", "+573001234567"), what="x", count=1)])
    assert named is not None
    assert "57300" not in json.dumps(named.document(1.0)) + named.text
