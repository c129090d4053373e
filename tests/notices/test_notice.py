"""What is said, and that no person is in it."""

import json

from syncengine.model.address import Address
from syncengine.model.plan import Headline, Violation
from syncengine.model.report import ApplyReport, ChangeReport
from syncengine.notices.notice import notice_of_plan, notice_of_report
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
