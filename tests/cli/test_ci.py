"""The words of ``syncengine ci``."""

import pytest

from syncengine.cli.exits import run
from syncengine.cli.main import cli


@pytest.mark.parametrize("words", [["ci", "apply"], ["ci", "plan", "--pull", "x"], ["ci", "nothing"]])
def test_wrong_usage_is_said_as_such(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, words) == 64
    assert capsys.readouterr().err


def test_the_three_jobs_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["ci", "--help"]) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("plan", "apply", "drift", "GH_TOKEN"))
