import re
from dataclasses import replace

import pytest

from syncengine.face.page import main_html, page_html
from syncengine.model.report import Progress
from syncengine.model.watching import WatchState
from tests.face.states import NOW, state
from tests.views.plans import everyday


def shown(**more) -> str:
    return main_html(state(**more), NOW + 60)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_everything_that_matters_is_on_the_page():
    text = words(shown())
    for part in (
        "1,200 people become callable",
        "window 2 changes (2 audience) outside the allow window",
        "speed changed there",
        "90 of 100 entries there",
        "7 listed people kept out",
        "1 listed are or may be in a campaign",
        "1,200 applied, 4 rejected",
        "files changed in part 1 campaign started",
        "data/leads.csv",
    ):
        assert part in text


def test_no_number_and_no_markup_of_others_gets_onto_the_page():
    html = shown(broken=("manifests/x.yaml:3:1: <script>alert(1)</script> +573001234567",))
    assert "573001234567" not in html
    assert "<script>" not in html
    assert "acme &lt;b&gt;" in html


def test_the_id_of_a_plan_is_no_telephone_number():
    assert "<code>1234567890123456</code>" in shown()


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"suspended": "suspended by ann"}, "Suspended"),
        ({"leader": "bob"}, "Standing by"),
        ({"broken": ("x",)}, "Broken"),
        ({"waiting": "files still change"}, "Waiting"),
        ({"applying": True}, "Applying"),
        ({"plan": None}, "Reading"),
        ({}, "Holding back"),
        ({"held": ()}, "Watching"),
    ],
)
def test_one_word_says_how_it_stands(more, word):
    assert f"<strong>{word}</strong>" in shown(**more)


def test_a_watcher_that_has_just_begun_has_a_page_too():
    html = page_html(WatchState(project="", started_at=NOW, applies=False), NOW)
    assert "No plan yet." in html
    assert "style=" not in html


def test_long_lists_are_cut_with_a_word_about_the_rest():
    many = tuple(f"data/{n}.csv" for n in range(1000))
    html = shown(files=many, drift=state().drift * 500)
    assert "and 800 more" in html
    assert html.count("speed changed there") == 50


def test_what_is_unsound_and_set_aside_is_shown():
    source = replace(state().plan.sources[0], held="too old", rejected=3, reasons={"no phone": 3})
    text = words(shown(plan=replace(state().plan, sources=(source,))))
    assert "too old" in text
    assert "3 × no phone" in text


def test_a_table_has_the_name_of_its_section_and_an_apply_its_time() -> None:
    text = shown(reported_at=NOW)
    assert 'role="group" aria-labelledby="history-title"' in text
    assert 'aria-label=""' not in text
    assert re.search(r"in part, in 1\.5 s, ended <time", text)


def test_an_apply_under_way_says_how_far_it_is() -> None:
    progress = Progress(dialer="co", level="", done=1204, total=10_000, rate=30.2, remaining=291.0)
    assert "1,204 of 10,000 rows and campaigns, 30 a second, about 291 s left" in shown(
        applying=True, progress=progress
    )


def test_a_source_with_rows_set_aside_is_not_called_sound() -> None:
    plan = replace(everyday(), sources=tuple(replace(s, rejected=2, held="") for s in everyday().sources))
    text = shown(plan=plan)
    assert "taken in part" in text
    assert ">sound<" not in text
