"""``fmt``: files in one layout; --check for CI; broken files and links left alone."""

import io
import re
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from ruamel.yaml import YAML

from syncengine import sync
from tests.cli.conftest import MANIFEST, Project, mobile

ROOT = Path(__file__).parent.parent.parent
HOOKS = {hook["id"]: hook for hook in YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")}
UGLY = MANIFEST.replace("    dialer: uk", "    dialer:    'uk'  # the British one").replace(
    "contacts:\n  leads", "\n\n\ncontacts:\n  leads"
)


def manifest(project: Project) -> Path:
    return project.folder / "manifests" / "all.yaml"


def run(project: Project, *words: str | Path, expected: int = 0):
    return project.run("fmt", *words, "--project", project.folder, expected=expected)


def test_the_project_and_its_manifests_are_laid_out_and_mean_what_they_meant(project: Project) -> None:
    project.manifest(UGLY)
    before = sync.load(project.folder).desired
    assert "1 would be laid out anew" in run(project, "--check", expected=1).err
    assert "2 files, 1 laid out anew" in run(project).out
    assert '    dialer: "uk"  # the British one\n' in manifest(project).read_text(encoding="utf-8")
    after = sync.load(project.folder).desired
    assert after.campaigns.keys() == before.campaigns.keys()
    assert after.campaigns["motor-trade"].fields == before.campaigns["motor-trade"].fields
    assert "2 files, 0 would" in run(project, "--check").err


def test_check_shows_a_difference_and_writes_nothing(project: Project) -> None:
    project.manifest(UGLY)
    found = run(project, "--check", expected=1)
    assert "-    dialer:    'uk'  # the British one\n+    dialer: \"uk\"  # the British one\n" in found.out
    assert found.out.startswith("--- ")
    assert manifest(project).read_text(encoding="utf-8") == UGLY


def test_no_person_and_no_credential_is_in_a_difference(project: Project) -> None:
    rows = f"    rows: [ {{phone: '{mobile(7)}', last_name:   Secretname}} ]"
    project.manifest(MANIFEST.replace("    source: data/leads.csv", rows))
    out = run(project, "--check", expected=1).out
    assert "phone" in out
    assert "•" in out


def test_mode_and_line_ends_stay(project: Project) -> None:
    path = manifest(project)
    path.write_bytes(UGLY.replace("\n", "\r\n").encode())
    path.chmod(0o664)
    run(project)
    assert stat.S_IMODE(path.stat().st_mode) == 0o664
    raw = path.read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") > 10


def test_a_broken_file_is_left_alone_and_told_and_the_others_are_laid_out(project: Project) -> None:
    broken = project.folder / "manifests" / "broken.yaml"
    broken.write_text("dnd:\n    x:   [1\n")
    project.manifest(UGLY)
    told = run(project, expected=1)
    assert "manifests/broken.yaml:2:" in told.err
    assert broken.read_text() == "dnd:\n    x:   [1\n"
    assert manifest(project).read_text(encoding="utf-8") != UGLY


def test_a_link_is_not_turned_into_a_file(project: Project) -> None:
    target = project.folder / "elsewhere.yaml"
    target.write_text("a:    1\n")
    link = project.folder / "link.yaml"
    link.symlink_to(target)
    assert "this is a link" in run(project, link, expected=1).err
    assert link.is_symlink()
    assert target.read_text() == "a:    1\n"


def test_named_files_need_no_project(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("a:    1\n")
    assert project.run("fmt", path).out == "1 file, 1 laid out anew\n"
    assert path.read_text() == "a: 1\n"
    assert "there is no such file" in project.run("fmt", tmp_path / "none.yaml", expected=1).err


def test_json_says_which_files_changed(project: Project) -> None:
    project.manifest(UGLY)
    document = run(project, "--check", "--json", expected=1).document
    assert document["files"] == 2
    assert [Path(name).name for name in document["changed"]] == ["all.yaml"]
    assert document["written"] is False
    assert run(project, "--json").document["written"] is True


@pytest.mark.parametrize(
    ("text", "words", "code", "said"),
    [
        ("a:    1\n", (), 0, "a: 1\n"),
        ("a:    1\n", ("--check",), 1, "-a:    1\n+a: 1\n"),
        ("a: 1\n", ("--check",), 0, ""),
        ("a: [", (), 1, ""),
    ],
)
def test_stdin_goes_to_stdout(
    project: Project, monkeypatch, text: str, words: tuple[str, ...], code: int, said: str
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    found = project.run("fmt", "-", *words, expected=code)
    assert said in found.out
    assert code or found.out == said


def test_stdin_stands_alone(project: Project) -> None:
    assert "stands alone" in project.run("fmt", "-", "x.yaml", expected=64).err


def hook(name: str, folder: Path, *files: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a hook as pre-commit does: its entry, and the files whose names match."""
    command, *words = HOOKS[name]["entry"].split()
    assert command == "syncengine"
    passed = (
        [file for file in files if re.search(HOOKS[name]["files"], file)]
        if HOOKS[name].get("pass_filenames", True)
        else []
    )
    return subprocess.run(
        [sys.executable, "-m", "syncengine", *words, *passed],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_hooks_pass_a_sound_project_and_stop_one_that_is_not(project: Project) -> None:
    files = ["syncengine.yaml", "manifests/all.yaml", "data/leads.csv", "README.md"]
    for name in HOOKS:
        assert hook(name, project.folder, *files, env=project.environment).returncode == 0, name
    project.manifest(UGLY)
    assert hook("syncengine-validate", project.folder, *files, env=project.environment).returncode == 0
    stopped = hook("syncengine-fmt", project.folder, *files, env=project.environment)
    assert stopped.returncode == 1
    assert "+    dialer" in stopped.stdout
    project.manifest(MANIFEST.replace("type: predictive", "type: predictif"))
    assert hook("syncengine-validate", project.folder, *files, env=project.environment).returncode == 1


@pytest.mark.parametrize(
    ("name", "file", "wanted"),
    [
        ("syncengine-fmt", "syncengine.yaml", True),
        ("syncengine-fmt", "acme/manifests/a/b.yml", True),
        ("syncengine-fmt", "vendors/acme.yaml", False),
        ("syncengine-fmt", "docker-compose.yaml", False),
        ("syncengine-validate", "data/leads.csv", True),
        ("syncengine-validate", "README.md", False),
    ],
)
def test_the_hooks_look_at_the_files_that_are_theirs(name: str, file: str, wanted: bool) -> None:
    assert (re.search(HOOKS[name]["files"], file) is not None) is wanted
