"""The story's own bookkeeping: a claim that is false is said so and counted."""

from pathlib import Path

from syncengine.cli.demo_story import Demo
from syncengine.sandbox.server import Sandbox


def _demo(tmp_path: Path) -> Demo:
    return Demo(folder=tmp_path, sandbox=Sandbox(), color=None)


def test_a_true_claim_is_ticked_and_a_false_one_is_counted(tmp_path: Path, capsys) -> None:
    demo = _demo(tmp_path)
    demo.claim("water is wet", true=True)
    assert demo.false == 0
    demo.claim("water is dry", true=False)
    assert demo.false == 1
    assert capsys.readouterr().out == "✓ water is wet\n✗ NOT TRUE: water is dry\n"


def test_chapters_are_numbered_and_show_what_a_person_would_type(tmp_path: Path, capsys) -> None:
    demo = _demo(tmp_path)
    demo.head("First", "syncengine plan", "Because.")
    demo.head("Second", "syncengine apply")
    out = capsys.readouterr().out
    assert "1. First" in out
    assert "Because.\n" in out
    assert "$ syncengine plan\n" in out
    assert "2. Second" in out
    assert "\x1b" not in out
