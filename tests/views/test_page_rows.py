import json
import re

from syncengine.model.plan import Level
from syncengine.model.row_lines import MOST_LINES, RowLines
from syncengine.views.page_groups import campaign_groups
from syncengine.views.page_rows import row_blocks
from tests.views import plans


def blocks(plan, rows):
    found = [
        re.fullmatch(r"<script ([^>]*)>(.*)</script>", str(block), re.DOTALL)
        for block in row_blocks(plan, campaign_groups(plan), rows)
    ]
    return [(block[1], json.loads(block[2])) for block in found]


def test_texts_of_a_change_stand_once_and_its_rows_in_columns():
    plan = plans.everyday()
    (_, head), *rest = blocks(plan, plans.lines_of(plan))
    assert (head["total"], head["leftOut"]) == (1_266, 0)
    assert [change[0] for change in head["changes"]] == [change.action for change in plan.changes]
    assert [change[8] for change in head["changes"]] == [12, 1, 1, 40, 1, 1, 1_204, 5, 1]
    assert head["changes"][5][9] == {"speed": "5 → 7", "note": '"" → Ñandú', "limit": "not known → 2"}
    assert [re.search(r'data-change="(\d+)"', attributes)[1] for attributes, _ in rest] == ["0", "2", "3", "6", "7"]
    assert sum(len(block["p"]) for _, block in rest) == 1_262


def test_large_sets_are_cut_into_blocks_that_are_quick_to_take_in():
    plan = plans.plan(Level("contact additions and updates", (plans.row_change(count=12_000),)))
    _, *rest = blocks(plan, plans.lines_of(plan))
    assert [len(block["p"]) for _, block in rest] == [5_000, 5_000, 2_000]


def test_what_is_not_in_the_page_is_counted():
    plan = plans.plan(Level("contact additions and updates", (plans.row_change(), plans.row_change(key="b", count=7))))
    (_, head), *rest = blocks(plan, [RowLines(name="acme-co/b/add", keys=[""] * 2, phones=["+57••"] * 2, left_out=5)])
    assert (head["total"], head["leftOut"]) == (2, 1_209)
    assert len(rest) == 1


def test_more_changes_than_a_page_can_hold_are_counted_as_well():
    plan = plans.large(MOST_LINES + 50)
    (_, head), *rest = blocks(plan, [])
    assert (head["total"], head["leftOut"], rest) == (MOST_LINES, 50, [])


def test_fields_of_whole_rows_go_along():
    plan = plans.plan(Level("contact additions and updates", (plans.row_change(count=2),)))
    lines = RowLines(name="acme-co/spring/add", keys=["a", "b"], phones=["1", "2"], fields=(("n", ["x", "y"]),))
    _, (_, block) = blocks(plan, [lines])
    assert block == {"k": ["a", "b"], "p": ["1", "2"], "f": {"n": ["x", "y"]}}
