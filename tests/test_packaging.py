"""The wheel carries what the tool needs in an empty environment, and nothing of anybody's own."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
SHIPPED = ("vendors", "mappings", "schemas", "examples")
# What running the example leaves behind: phones in clear.
PRIVATE = ".syncengine/ledger.db"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel from a copy of the checkout in which somebody has run the example."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", ".gitignore"):
        shutil.copyfile(ROOT / name, source / name)
    left_out = shutil.ignore_patterns("__pycache__", ".syncengine")
    for name in ("syncengine", *SHIPPED):
        shutil.copytree(ROOT / name, source / name, ignore=left_out)
    private = source / "examples/five-dialers" / PRIVATE
    private.parent.mkdir()
    private.write_text("+573001234567")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", target],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def tracked(folder: str) -> set[str]:
    skipped = {"__pycache__", ".syncengine"}
    found = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.as_posix() for path in found if not skipped & set(path.parts)}


@pytest.mark.parametrize("folder", SHIPPED)
def test_the_wheel_carries_each_file_of_the_folders_beside_the_package(unpacked: Path, folder: str) -> None:
    shipped = unpacked / "syncengine" / "shipped"
    assert tracked(folder)
    for name in tracked(folder):
        assert (shipped / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_wheel_holds_the_package_once_and_nobodys_own_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert len(names) == len(set(names))
    assert {name.split("/")[0] for name in names} == {
        "syncengine",
        f"syncengine-{PROJECT['project']['version']}.dist-info",
    }
    assert [name for name in names if ".syncengine" in name or "__pycache__" in name or "/tests/" in name] == []
    assert {name for name in names if name.startswith("syncengine/") and "/shipped/" not in name} == tracked(
        "syncengine"
    )


def test_the_wheel_needs_what_the_project_says_and_brings_the_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (folder,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    metadata = BytesParser().parsebytes(archive.read(f"{folder}/METADATA"))
    needed = metadata.get_all("Requires-Dist") or []
    extras = [one for group in PROJECT["project"]["optional-dependencies"].values() for one in group]
    assert sorted(map(normal, needed)) == sorted(map(normal, [*PROJECT["project"]["dependencies"], *extras]))
    assert all("extra ==" in one for one in needed if normal(one)[0] in {normal(extra)[0] for extra in extras})
    assert b"syncengine = syncengine.cli.main:main" in archive.read(f"{folder}/entry_points.txt")


def normal(requirement: str) -> tuple[str, str]:
    needed = Requirement(requirement)
    return canonicalize_name(needed.name), str(needed.specifier)


@pytest.mark.parametrize(
    ("words", "said"),
    [(["vendors"], "Wolkvox"), (["validate", "-p", "example"], "Valid"), (["schema", "vendor"], "Ability")],
)
def test_an_installed_copy_finds_its_own_files_from_any_folder(
    unpacked: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    shutil.copytree(unpacked / "syncengine/shipped/examples/five-dialers", tmp_path / "example")
    done = subprocess.run(
        [sys.executable, "-c", _CHECKED, str(unpacked), *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stdout


# The checkout is on the path of these tests, too: what runs must be the copy.
_CHECKED = """
import sys, syncengine
folder = sys.argv.pop(1)
assert syncengine.__file__.startswith(folder), syncengine.__file__
from syncengine.cli.main import main
main()
"""


def test_an_editable_install_is_the_checkout_and_copies_nothing(tmp_path: Path) -> None:
    build = f"from hatchling.build import build_editable; print(build_editable({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    archive = zipfile.ZipFile(built)
    files = [name for name in archive.namelist() if ".dist-info/" not in name]
    assert [Path(name).suffix for name in files] == [".pth"]
    assert archive.read(files[0]).decode().strip() == str(ROOT)


def test_the_lock_has_every_dependency_with_a_hash_in_a_version_that_the_project_allows() -> None:
    locked = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", LOCK, re.MULTILINE))
    for line in (*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]):
        needed = Requirement(line)
        assert needed.specifier.contains(Version(locked[canonicalize_name(needed.name)])), line
    entries = re.split(r"\n(?=[A-Za-z0-9])", LOCK.strip())
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", "Makefile", ".ci/run"])
def test_no_file_says_where_packages_come_from(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text.replace("--no-emit-index-url", "")


def test_the_ci_job_can_be_run() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
