from dataclasses import replace
from types import SimpleNamespace

from syncengine.model.change import FieldChange
from syncengine.steps.drifting import drift_of
from tests.building import findings, rows
from tests.engine.test_levels import campaign_change, row_change
from tests.engine.test_policy import plan_of


def made(*changes, **counts):
    found = SimpleNamespace(dialers=[findings(rows(**counts))])
    return SimpleNamespace(plan=plan_of(*changes), differences=found)


def words(*changes, **counts):
    return [(drift.what, drift.count) for drift in drift_of(made(*changes, **counts))]


def by_others(action, **more):
    return replace(campaign_change(action), reason="drift", **more)


def test_only_what_somebody_else_changed_is_drift():
    assert words(campaign_change("update"), row_change("add"), row_change("remove", reason="not_in_source")) == []


def test_each_thing_that_can_be_changed_at_a_dialer_has_its_words():
    assert words(by_others("update", fields=(FieldChange("speed", 9, 5),))) == [("speed changed there", 1)]
    assert words(by_others("start")) == [("stopped there; we had started it", 1)]
    assert words(by_others("stop")) == [("started there; we had stopped it", 1)]
    assert words(replace(campaign_change("create"), reason="vanished")) == [("gone from the dialer", 1)]
    gone = replace(row_change("add", reason="vanished"), count=7)
    assert words(gone) == [("no longer listed by the dialer", 7)]


def test_rows_that_are_gone_and_left_alone_are_drift_though_no_change_is_planned():
    assert words(vanished=3) == [("no longer listed by the dialer, and left alone (on_vanish: keep)", 3)]
