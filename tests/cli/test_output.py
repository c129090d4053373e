import json
import os
import pty
import sys

from rich.text import Text

from syncengine.cli.output import on_a_terminal, print_json, print_text, show_warnings
from syncengine.diagnostics import Diagnostics


def test_off_a_terminal_text_is_plain(capsys) -> None:
    print_text(Text("red", "red"))
    assert capsys.readouterr().out == "red\n"


def test_text_can_go_to_stderr(capsys) -> None:
    print_text("beside", err=True)
    assert capsys.readouterr() == ("", "beside\n")


def test_brackets_are_no_markup_and_long_lines_are_not_broken(capsys) -> None:
    print_text("[bold]" + "x" * 300)
    assert capsys.readouterr().out == "[bold]" + "x" * 300 + "\n"


def test_on_a_terminal_there_is_colour_unless_it_is_refused(monkeypatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b" in _on_a_terminal(color=None)
    assert "\x1b" not in _on_a_terminal(color=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in _on_a_terminal(color=None)


def _on_a_terminal(*, color: bool | None) -> str:
    ours, theirs = pty.openpty()
    before = sys.stdout
    with os.fdopen(theirs, "w") as terminal:
        sys.stdout = terminal
        try:
            print_text(Text("red", "red"), color=color)
            terminal.flush()
            return os.read(ours, 1000).decode()
        finally:
            sys.stdout = before
            os.close(ours)


def test_json_is_one_document_with_its_letters(capsys) -> None:
    print_json({"name": "Łódź"})
    out = capsys.readouterr().out
    assert json.loads(out) == {"name": "Łódź"}
    assert "Łódź" in out


def test_a_pipe_is_no_terminal() -> None:
    assert not on_a_terminal()


def test_warnings_go_to_stderr(capsys) -> None:
    diagnostics = Diagnostics()
    diagnostics.warning("doubtful")
    show_warnings(diagnostics)
    assert capsys.readouterr() == ("", "warning: doubtful\n")
