from pathlib import Path

import pytest

from syncengine.config.project import load_project
from syncengine.config.watching import WatchFile
from syncengine.diagnostics import Diagnostics
from syncengine.model.policy import Policy, Window
from tests.config.samples import PROJECT, write


def watch_of(tmp_path: Path, text: str) -> WatchFile:
    diagnostics = Diagnostics()
    project = load_project(write(tmp_path, f"{PROJECT}watch: {text}\n"), diagnostics)
    assert project is not None, [item.render() for item in diagnostics]
    assert project.file.watch is not None
    return project.file.watch


def test_without_a_word_nothing_lands_but_compliance() -> None:
    assert WatchFile().policy() == Policy()
    assert WatchFile().apply is False


def test_a_policy_can_be_stated(tmp_path: Path) -> None:
    stated = watch_of(
        tmp_path,
        "{may_land: [cosmetic, audience], heal: true, jitter: 5%, retry: {first: 2m, most: 2h},"
        " drops: [{folder: data/drop, marker: .sha256, holds: sha256}],"
        ' windows: [{kind: deny, schedule: "0 12 * * mon-fri", duration: 1h, zone: America/Bogota}]}',
    )
    assert stated.policy() == Policy(
        may_land=frozenset({"cosmetic", "audience"}),
        heal=True,
        windows=(Window(kind="deny", schedule="0 12 * * mon-fri", duration=3600.0, zone="America/Bogota"),),
        retry_first=120.0,
        retry_most=7200.0,
    )
    assert (stated.drops[0].marker, stated.jitter) == (".sha256", 0.05)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{may_land: [compliance]}", "may_land"),
        ("{windows: [{kind: deny, schedule: daily, duration: 1h, zone: UTC}]}", "five fields"),
        ('{windows: [{kind: deny, schedule: "0 9 30 2 *", duration: 1h, zone: UTC}]}', "five fields"),
        ('{windows: [{kind: deny, schedule: "* * * * * *", duration: 1h, zone: UTC}]}', "five fields"),
        ('{windows: [{kind: deny, schedule: "0 9 * * *", duration: 0s, zone: UTC}]}', "at least 1s"),
        ('{windows: [{kind: deny, schedule: "0 9 * * *", duration: 1h, zone: Bogota}]}', "America/Bogota"),
        ('{windows: [{kind: deny, schedule: "0 9 * * *", duration: 1h, zone: ../../etc/passwd}]}', "America/Bogota"),
        ('{windows: [{kind: deny, schedule: "0 9 * * *", duration: 1h}]}', '"zone" is missing'),
        ("{drops: [{folder: data, marker: done}]}", "matches"),
        ("{interval: 0s}", "at least 1s"),
    ],
)
def test_a_policy_that_means_nothing_is_a_mistake_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    diagnostics = Diagnostics()
    assert load_project(write(tmp_path, f"{PROJECT}watch: {text}\n"), diagnostics) is None
    rendered = "\n".join(item.render() for item in diagnostics)
    assert said in rendered
    assert "syncengine.yaml:" in rendered
