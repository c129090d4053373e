"""The completion scripts work in the shells that are installed here, and what they ask is answered for all three."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from syncengine.cli.exits import run
from syncengine.cli.main import cli


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_printed_for(shell: str, capsys, tmp_path) -> None:
    assert run(cli, ["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "_SYNCENGINE_COMPLETE" in script
    if shutil.which(shell):
        (tmp_path / "script").write_text(script)
        subprocess.run([shell, "-n", str(tmp_path / "script")], check=True)


@pytest.mark.parametrize(
    ("shell", "words"),
    [("bash", {"COMP_WORDS": "syncengine pl", "COMP_CWORD": "1"}), ("zsh", {"COMP_WORDS": "syncengine pl", "COMP_CWORD": "1"}),
     ("fish", {"COMP_WORDS": "syncengine pl", "COMP_CWORD": "pl"})],
)  # fmt: skip
def test_a_word_is_completed_in(shell: str, words: dict[str, str]) -> None:
    environment = os.environ | words | {"_SYNCENGINE_COMPLETE": f"{shell}_complete"}
    done = subprocess.run(
        [sys.executable, "-c", "from syncengine.cli.main import main; main()"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    offered = [word for line in done.stdout.splitlines() for word in re.split(r"[,\t]", line)]
    assert "plan" in offered
    assert "apply" not in offered


def test_another_shell_is_a_usage_error(capsys) -> None:
    assert run(cli, ["completion", "tcsh"]) == 64
    assert "bash" in capsys.readouterr().err
