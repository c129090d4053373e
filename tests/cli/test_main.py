"""The command line as a whole: help is quick and light, and every command is there."""

import subprocess
import sys
import time

import pytest

from syncengine.cli.exits import run
from syncengine.cli.main import COMMANDS, cli

HEAVY = ["duckdb", "pyarrow", "httpx", "pydantic", "jinja2", "starlette", "uvicorn", "rich", "phonenumbers"]


def _imported(*words: str) -> tuple[str, list[str]]:
    """Run a command in a process of its own; return its output and which heavy packages it imported."""
    script = (
        "import sys; from syncengine.cli.exits import run; from syncengine.cli.main import cli;"
        f"code = run(cli, {list(words)!r});"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout, done.stderr.strip().splitlines()


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_imports_nothing_heavy(name: str) -> None:
    out, heavy = _imported(*filter(None, [name, "--help"]))
    assert out.startswith("Usage: syncengine")
    assert heavy == ["[]"]


def test_help_is_quick() -> None:
    def seconds() -> float:
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "syncengine", "--help"], capture_output=True, check=True)
        return time.monotonic() - began

    def bare() -> float:
        began = time.monotonic()
        subprocess.run([sys.executable, "-c", "import click"], capture_output=True, check=True)
        return time.monotonic() - began

    # Against an interpreter that does next to nothing, since other programs may keep the machine busy.
    assert min(seconds() - bare() for _ in range(3)) < 0.3


def test_every_command_is_in_the_help_with_a_sentence(capsys) -> None:
    assert run(cli, ["--help"]) == 0
    out = capsys.readouterr().out
    for name, (_, sentence) in COMMANDS.items():
        assert f"  {name} " in out
        assert sentence.split()[0] in out


def test_an_unknown_command_is_a_usage_error(capsys) -> None:
    assert run(cli, ["plann"]) == 64
    assert "plann" in capsys.readouterr().err


def test_the_program_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "syncengine", "version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("syncengine ")
