"""Figures of long runs are kept when that is asked for, and only then."""

from pathlib import Path

import pytest

from tests.watch.recording import record


def test_figures_are_kept_with_their_command_when_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = tmp_path / "RESULTS.md"
    results.write_text("# What was found\n")
    monkeypatch.delenv("RESULTS_APPEND", raising=False)
    said = record("watched kills", "make kills", {"kills": 2000, "plans": "1 / 2 / 3"}, results)
    assert said == "watched kills: 2,000 kills, 1 / 2 / 3 plans"
    assert results.read_text() == "# What was found\n"
    monkeypatch.setenv("RESULTS_APPEND", "1")
    record("watched kills", "make kills", {"kills": 2000}, results)
    kept = results.read_text()
    assert kept.startswith("# What was found\n\n## watched kills, 2")
    assert "| kills | 2,000 |" in kept
    assert "`make kills`;" in kept
