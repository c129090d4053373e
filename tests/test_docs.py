"""README.md is true: its commands run, its files validate, its output is what comes out, its links lead somewhere."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from syncengine.sandbox.server import Sandbox

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for found, text in _BLOCK.findall(README) if found == language]


def files() -> dict[str, str]:
    """Return the README's YAML files; each says in its first line which file it is."""
    return {text.split("\n", 1)[0].removeprefix("# "): text for text in blocks("yaml")}


def written(folder: Path, *, base_url: str) -> Path:
    """Write the README's files into a folder; the only thing added is where the sandbox is."""
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("    vendor: wolkvox\n", f"    vendor: wolkvox\n    base_url: {base_url}\n"))
    shutil.copytree(ROOT / "examples/five-dialers/data", folder / "data", copy_function=shutil.copyfile)
    return folder


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def project(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("acme"), base_url=sandbox.url("wolkvox"))


@pytest.fixture
def shell(sandbox: Sandbox) -> Any:
    env = os.environ | {"WOLKVOX_TOKEN": sandbox.credentials("wolkvox")["token"], "RINGO_TOKEN": "secret"}
    # The command that people have after an install, and the interpreter that runs these tests.
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"

    def run(script: str, folder: Path) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=env,
            capture_output=True,
            check=False,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


def shape(text: str) -> list[str]:
    """Lines of an output without what differs from run to run and from one set of invented people to the next."""
    lines = (re.sub(r"Plan id \w+", "Plan id #", line).rstrip() for line in text.splitlines())
    return [re.sub(r"•+\d\d|\d[\d,.]*", "#", line) for line in lines if line.strip()]


def shown_runs() -> list[tuple[str, str]]:
    """Return each command of the console block with the output that is shown under it."""
    (block,) = blocks("console")
    parts = re.split(r"^\$ (.*)$", block, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def test_it_is_short() -> None:
    assert len(README.splitlines()) < 230


def test_the_first_plan_and_apply_print_what_is_shown(project: Path, shell: Any) -> None:
    runs = shown_runs()
    assert [command.split()[1] for command, _ in runs] == ["plan", "apply"]
    for command, shown in runs:
        printed = shape(shell(command, project))
        assert [line for line in shape(shown) if line != "…" and line not in printed] == [], "\n".join(printed)
    assert "No changes" in shell("syncengine plan", project)


def test_every_command_block_runs(project: Path, shell: Any, tmp_path: Path) -> None:
    begin, watched = [block for block in blocks("sh") if "data/drop" in block]
    # Followed line by line in cli/test_watch_readme.
    assert "syncengine watch" in begin
    found = [block for block in blocks("sh") if block not in {begin, watched}]
    assert len(found) == 2
    for block in found:
        shell(block, tmp_path if "init" in block else project)
    assert (tmp_path / "acme" / "syncengine.yaml").is_file()
    assert "### syncengine plan" in (project / "plan.md").read_text(encoding="utf-8")


def test_the_files_shown_are_valid(project: Path, shell: Any) -> None:
    assert sorted(files()) == [
        "manifests/spring.yaml",
        "mappings/ringo.yaml",
        "syncengine.yaml",
        "vendors/ringo.yaml",
    ]
    assert "Valid" in shell("syncengine validate", project)
    assert "Valid" in shell("syncengine validate --vendor ringo", project)


class Ringo(BaseHTTPRequestHandler):
    """The invented vendor of the README."""

    protocol_version = "HTTP/1.1"
    heard: list[tuple[str, str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.heard.append((self.path, self.headers["X-Token"], body))
        answer = json.dumps({"ok": True, "added": len(body["leads"])}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        return


def test_a_sixth_vendor_needs_nothing_but_the_two_files_shown(tmp_path: Path, shell: Any) -> None:
    Ringo.heard = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ringo)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = written(tmp_path / "sixth", base_url="unused")
    (folder / "manifests/spring.yaml").unlink()
    (folder / "syncengine.yaml").write_text(
        "version: 1\nproject: sixth\nledger: sqlite:///ledger.db\ndialers:\n  ringo-uk:\n    vendor: ringo\n"
        f'    base_url: http://127.0.0.1:{server.server_port}\n    secrets: {{token: "env:RINGO_TOKEN"}}\n'
        "manifests: [manifests/ringo.yaml]\n"
    )
    (folder / "manifests/ringo.yaml").write_text(
        'campaigns:\n  seven: {dialer: ringo-uk, id: "7", contacts: [people]}\n'
        'contacts:\n  people: {rows: [{phone: "+447700900101", first_name: Ada},'
        ' {phone: "+447700900102", first_name: Ben}]}\n'
        'dnd:\n  opt-outs: {rows: ["+447700900102"]}\n'
    )
    try:
        shell("syncengine apply --yes", folder)
        assert "No changes" in shell("syncengine plan", folder)
    finally:
        server.shutdown()
        server.server_close()
    assert Ringo.heard == [("/campaigns/7/leads", "secret", {"leads": [{"tel": "447700900101", "name": "Ada"}]})]


def test_the_vendor_table_is_the_generated_one(shell: Any, tmp_path: Path) -> None:
    assert shell("syncengine vendors --format markdown", tmp_path).strip() in README


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[<>=!~ ;\[]", line)[0] for line in needed}
    table = README.split("| library | what for |", 1)[1].split("\n\n", 1)[0]
    explained = {name for line in table.splitlines()[2:] for name in line.split("|")[1].strip().split(", ")}
    assert explained == names


def test_every_package_is_in_the_picture() -> None:
    house = README.split("## The house", 1)[1].split("| library |", 1)[0]
    rooms = {path.stem for path in (ROOT / "syncengine").iterdir() if not path.name.startswith("_")}
    assert {room for room in rooms if not re.search(rf"\b{room}\b", house)} == set()


def test_the_exit_codes_are_those_of_the_program() -> None:
    exits = (ROOT / "syncengine/cli/exits.py").read_text(encoding="utf-8")
    used = {int(code) for code in re.findall(r"^[A-Z_]+ = (\d+)$", exits, re.MULTILINE)}
    told = README.split("It ends with ", 1)[1].split("\n\n", 1)[0]
    assert used <= {int(code) for code in re.findall(r"\b\d+\b", told)}


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)`", README))
    assert named
    assert named <= targets


@pytest.mark.parametrize("document", ["README.md", "benchmarks/README.md"])
def test_internal_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in links if link and not (ROOT / document).parent.joinpath(link).exists()] == []
