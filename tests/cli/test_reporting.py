"""Progress and reports: one line on a terminal, nothing beside the result elsewhere."""

import pytest

from syncengine.cli.interrupt import Stop
from syncengine.cli.reporting import asked, progress_shown, show_report
from syncengine.errors import UsageError
from syncengine.model.address import Address
from syncengine.model.report import ApplyReport, ChangeReport, Progress
from tests.cli.test_planning import _given

PROGRESS = Progress(dialer="uk", level="contact additions and updates", done=5, total=10, rate=2.0, remaining=3.0)
REPORT = ApplyReport(
    plan_id="p",
    changes=(
        ChangeReport(
            level="contact additions and updates",
            address=Address("uk", "contacts", "spring"),
            action="add",
            outcomes={"applied": 2},
        ),
    ),
    seconds=1.0,
)


def test_progress_is_silent_off_a_terminal(capsys) -> None:
    with progress_shown() as show:
        show(PROGRESS)
    assert capsys.readouterr() == ("", "")


def test_progress_is_one_line_that_goes_away(capsys, monkeypatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress_shown() as show:
        show(PROGRESS)
        show(PROGRESS)
    out, err = capsys.readouterr()
    assert out == ""
    assert "\n" not in err
    assert "5" in err
    assert err.endswith("\r\x1b[2K")


@pytest.mark.parametrize(("view", "begins"), [("text", "Applied"), ("json", "{"), ("markdown", "#")])
def test_a_report_in_every_view(view: str, begins: str, capsys) -> None:
    show_report(REPORT, _given(view=view))
    assert capsys.readouterr().out.startswith(begins)


def test_who_has_decided_is_not_asked_and_who_has_not_must_be_there() -> None:
    stop = Stop()
    approve = asked(_given(), stop, decided=True)
    assert approve(None)  # type: ignore[arg-type]  # the plan is not looked at
    stop.event.set()
    assert not approve(None)  # type: ignore[arg-type]  # as above
    with pytest.raises(UsageError, match="off a terminal"):
        asked(_given(), Stop(), decided=False)
