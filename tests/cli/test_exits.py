"""Every end of a command has its code, and with --json one document on stdout."""

import json
import subprocess
import sys

import click
import pytest

from syncengine.cli import exits
from syncengine.diagnostics import Diagnostics
from syncengine.errors import ConfigError, GuardError, LedgerError, LockedError, StalePlanError, UsageError


def _raising(problem: BaseException) -> click.Command:
    @click.command()
    @click.option("--json", is_flag=True)
    def command(**_: object) -> None:
        raise problem

    return command


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (exits.Exit(3), 3),
        (LedgerError("x"), 1),
        (ConfigError(Diagnostics()), 1),
        (GuardError("x"), 4),
        (StalePlanError("x"), 5),
        (LockedError("x"), 5),
        (UsageError("x"), 64),
        (click.UsageError("x"), 64),
        (click.ClickException("x"), 1),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (ValueError("+447700900123"), 1),
    ],
)
def test_what_happened_has_its_code_and_one_document(problem: BaseException, code: int, capsys) -> None:
    assert exits.run(_raising(problem), []) == code
    assert capsys.readouterr().out == ""
    assert exits.run(_raising(problem), ["--json"]) == code
    found = capsys.readouterr()
    if isinstance(problem, exits.Exit):
        assert found.out == ""
        return
    document = json.loads(found.out)
    assert document["format_version"] == 1
    assert document["error"]
    assert found.err


def test_a_wrong_command_line_has_its_document_too(capsys) -> None:
    assert exits.run(_raising(ValueError()), ["--json", "--nothing"]) == 64
    assert "--nothing" in json.loads(capsys.readouterr().out)["error"]


def test_diagnostics_are_rendered_and_in_the_document(capsys) -> None:
    diagnostics = Diagnostics()
    diagnostics.error("the first")
    diagnostics.error("the second")
    assert exits.run(_raising(ConfigError(diagnostics)), ["--json"]) == 1
    found = capsys.readouterr()
    assert "error: the first" in found.err
    assert [each["message"] for each in json.loads(found.out)["diagnostics"]] == ["the first", "the second"]


def test_a_mistake_of_ours_shows_no_value_unless_it_is_hunted(capsys, monkeypatch) -> None:
    problem = ValueError("+447700900123")
    exits.run(_raising(problem), [])
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "+447700900123" not in said
    monkeypatch.setenv(exits.DEBUG, "1")
    exits.run(_raising(problem), [])
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "wanted"),
    [(["plan", "--json"], True), (["plan", "--format", "json"], True), (["plan", "--format=json"], True),
     (["plan", "--format", "text"], False), (["plan"], False), (["json", "--format"], False)],
)  # fmt: skip
def test_json_is_wanted_by_each_of_its_spellings(words: list[str], *, wanted: bool) -> None:
    assert exits.wants_json(words) is wanted


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    line = f"{sys.executable} -m syncengine schema manifest | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "{"
