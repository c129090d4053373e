import asyncio
from typing import Any

import httpx
import pytest

from syncengine.model.answers import Match
from syncengine.model.calling import Task
from syncengine.model.exchange import Request
from syncengine.remote.judge import Judgement
from syncengine.remote.tasks import await_task
from tests.remote.dialing import Clockwork, Script, client, reading, writing

TASK = Task(
    id="taskId",
    poll="status",
    status="Status",
    success=("200", "Done"),
    failure=("500", "Failed"),
    interval=2.0,
    deadline=60.0,
)
POLL = reading(render=lambda scope: Request("GET", f"/tasks/{scope['task']['id']}"), success=Match(present=("Status",)))


def awaited(*answers: Any, time: Clockwork | None = None) -> tuple[Judgement, Script, Clockwork]:
    time = time or Clockwork()
    script = Script(*answers)
    dialer = client(script, time=time, vendor_words={"calls": {"status": POLL}})
    judgement = asyncio.run(await_task(dialer, dialer.vendor, writing(task=TASK), "t-1", {}))
    return judgement, script, time


def status(word: object) -> dict[str, object]:
    return {"Status": word}


@pytest.mark.parametrize("word", ["200", 200, "Done", " 200 "])
def test_a_listed_word_of_success_ends_it(word: object) -> None:
    judgement, script, time = awaited(status("Running"), status(None), status(word))
    assert judgement.outcome == "applied"
    assert [request.url.path for request in script.requests] == ["/api/tasks/t-1"] * 3
    assert time.slept == [2.0, 2.0]


@pytest.mark.parametrize("word", ["Failed", 500])
def test_a_failed_task_leaves_its_rows_unknown(word: object) -> None:
    judgement, script, _ = awaited(status(word))
    assert judgement.outcome == "unknown"
    assert str(word) in judgement.message
    assert len(script.requests) == 1


@pytest.mark.parametrize("word", ["done", "DONE", "2000", "Partly", "", None, True, [], {}, "Erfolg", "201"])
def test_any_other_word_means_still_running_until_the_deadline(word: object) -> None:
    judgement, script, time = awaited(status(word))
    assert judgement.outcome == "unknown"
    assert "60 s" in judgement.message
    assert time.time <= 1_000_060
    assert len(script.requests) == 31


def test_a_question_that_fails_is_asked_again() -> None:
    lost = httpx.ReadTimeout("lost")
    judgement, *_ = awaited(lost, lost, lost, lost, status("200"))
    assert judgement.outcome == "applied"


def test_a_task_that_nobody_knows_is_unknown_soon() -> None:
    judgement, script, _ = awaited(404)
    assert judgement.outcome == "unknown"
    assert len(script.requests) == 3


def test_a_task_may_be_unknown_to_the_dialer_at_first() -> None:
    assert awaited(404, 404, status("Running"), 404, 404, status("200"))[0].outcome == "applied"


def test_a_dialer_that_stops_answers_nothing_more() -> None:
    judgement, script, _ = awaited(403)
    assert (judgement.outcome, len(script.requests)) == ("unknown", 1)


def test_a_task_id_that_leads_elsewhere_is_not_sent() -> None:
    script = Script(status("200"))
    dialer = client(script, vendor_words={"calls": {"status": POLL}})
    judgement = asyncio.run(await_task(dialer, dialer.vendor, writing(task=TASK), "../../x", {}))
    assert (judgement.outcome, script.requests) == ("unknown", [])
