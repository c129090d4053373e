"""The command line as a whole: help is quick and light, and every command is there."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from syncengine.cli.exits import run
from syncengine.cli.main import COMMANDS, cli

HEAVY = ["duckdb", "pyarrow", "httpx", "pydantic", "jinja2", "starlette", "uvicorn", "rich", "phonenumbers"]


# What planning needs, and only planning; asyncio brings ssl and much else.
PLANNING = [
    "duckdb",
    "pyarrow",
    "asyncio",
    "ssl",
    "sqlite3",
    "phonenumbers",
    "syncengine.sync",
    "syncengine.remote.client",
]
CALLING = ["httpx", "syncengine.remote.executor", "syncengine.remote.rows_writer", "syncengine.steps.applying"]
VIEWS = ["rich", "syncengine.views.page", "syncengine.views.markdown"]
RARE = ["psycopg", "pyspark", "python_calamine", "charset_normalizer", "croniter", "pandas", "numpy", "fsspec"]


def _imported(*words: str, of: Sequence[str] = HEAVY, cwd: Path | None = None) -> tuple[str, list[str]]:
    """Run a command in a process of its own; return its output and which of some packages it imported."""
    script = (
        "import sys; from syncengine.cli.exits import run; from syncengine.cli.main import cli;"
        f"code = run(cli, {list(words)!r});"
        f"print([name for name in {of!r} if name in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=cwd)
    return done.stdout, done.stderr.strip().splitlines()


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_imports_nothing_heavy(name: str) -> None:
    out, heavy = _imported(*filter(None, [name, "--help"]))
    assert out.startswith("Usage: syncengine")
    assert heavy == ["[]"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run(cli, ["init", "acme", "--vendor", "wolkvox", "--yes"]) == 0
    return tmp_path / "acme"


def test_validate_loads_nothing_that_plans_calls_or_lays_out(project: Path) -> None:
    out, found = _imported("validate", of=[*PLANNING, *CALLING, *VIEWS, *RARE], cwd=project)
    assert out.startswith("Valid")
    assert found == ["[]"]


def test_a_plan_from_the_ledger_alone_loads_nothing_that_calls_or_lays_out(project: Path) -> None:
    _, found = _imported("plan", "--refresh", "none", "--json", of=["httpx", *VIEWS, *RARE], cwd=project)
    assert found == ["[]"]


def test_calling_a_dialer_loads_no_tables_and_colours() -> None:
    script = "import sys, syncengine.remote.wire, syncengine.remote.connection; print('httpx' in sys.modules, 'rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_garbage_is_looked_for_seldom_but_looked_for() -> None:
    script = "import gc, sys; from syncengine.cli.main import main\ntry: main()\nfinally: print(gc.isenabled(), gc.get_threshold())"
    done = subprocess.run([sys.executable, "-c", script, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True (100000, 20, 20)"


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


def test_no_plugin_of_pydantic_is_looked_for() -> None:
    script = (
        "import importlib.metadata as found\n"
        "def refuse(*_, **__): raise AssertionError('installed packages were looked through')\n"
        "found.distributions = refuse\n"
        "from syncengine.config.project import ProjectFile\n"
        "ProjectFile.model_json_schema(); ProjectFile.model_rebuild(force=True); print('built')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "built\n", done.stderr
