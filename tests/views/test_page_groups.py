from syncengine.model.change import FieldChange
from syncengine.model.plan import Level
from syncengine.views.grouping import calls_of, rows_of
from syncengine.views.page_groups import campaign_groups
from tests.views import plans


def test_what_happens_to_one_campaign_is_together_in_the_order_of_the_plan():
    groups = campaign_groups(plans.everyday())
    assert [group.names for group in groups] == [("account",), ("winter",), ("spring",), ("summer",)]
    spring = groups[2]
    assert [step[0].action for step in spring.steps] == ["remove", "create", "add", "start"]
    assert spring.positions == (2, 4, 6, 8)


def test_campaigns_to_which_the_same_happens_are_one_group_whatever_their_rows_and_names():
    many = range(1_000)
    plan = plans.plan(
        Level(
            "campaign changes",
            tuple(
                plans.campaign_change(
                    key=f"c{n}", fields=(FieldChange("name", None, f"C {n}"), FieldChange("speed", None, 3))
                )
                for n in many
            ),
        ),
        Level(
            "contact additions and updates", tuple(plans.row_change(key=f"c{n}", count=n + 1, calls=2) for n in many)
        ),
    )
    (group,) = campaign_groups(plan)
    assert len(group.names) == 1_000
    assert rows_of(group.steps[0]) == 0
    assert calls_of(group.steps[0]) == 1_000
    assert rows_of(group.steps[1]) == 500_500
    assert calls_of(group.steps[1]) == 2_000


def test_another_field_another_reason_or_another_dialer_is_another_group():
    changes = (
        plans.campaign_change(key="a", fields=(FieldChange("speed", None, 3),)),
        plans.campaign_change(key="b", fields=(FieldChange("speed", None, 4),)),
        plans.campaign_change(key="c", dialer="acme-pe", fields=(FieldChange("speed", None, 3),)),
        plans.campaign_change("update", "d", reason="drift"),
        plans.campaign_change("update", "e", reason="differs"),
    )
    assert len(campaign_groups(plans.plan(Level("campaign changes", changes)))) == 5
