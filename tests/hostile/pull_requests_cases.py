"""Whole branches by somebody who may not apply: what a job that plans them shows, reads and opens.

Each begins as a project that is sound and was planned once; then the branch changes it and the job plans it again, in
an environment that holds credentials. "Offline" is the plan of a job without secrets, "online" the one that may call.
"""

import contextlib
import io
import os
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from syncengine.cli.exits import run
from syncengine.cli.main import cli
from syncengine.views.wording import rearranges
from tests.hostile.case import Case, Verdict, demand

FAMILY = "pull-requests"

ROOT = Path(__file__).parent.parent.parent
_CANARIES = {"WOLKVOX_TOKEN": "Canary7731-wolkvox-token", "AWS_SECRET_ACCESS_KEY": "Canary7731-of-the-cloud"}
_OUTSIDE = "Canary7731-outside-of-the-project"
_PROJECT = """\
version: 1
project: acme
dialers:
  co:
    vendor: wolkvox
    settings: {server: "0016"}
    secrets: {token: "env:WOLKVOX_TOKEN"}
"""
_MANIFEST = """\
campaigns:
  spring:
    dialer: co
    name: Spring
    type: predictive
    contacts: [people]
    settings: {description: Spring, skill: "120"}
contacts:
  people: {source: data/people.csv, region: CO}
dnd:
  opt-outs: {source: data/opt-outs.csv, scope: all}
"""
OFFLINE = ("plan", "--refresh", "none", "--format", "markdown")
ONLINE = ("plan",)

Change = Callable[[Path], None]


def cases() -> list[Case]:
    return [
        Case(FAMILY, name, verdict, partial(_attempt, change, words, said))
        for name, (verdict, change, words, said) in _BRANCHES.items()
    ]


def _attempt(change: Change, words: tuple[str, ...], said: str, folder: Path) -> str:
    os.environ |= _CANARIES
    root = folder.resolve() / "project"
    for name in ("data", "manifests"):
        (root / name).mkdir(parents=True)
    (folder / "outside.csv").write_text(f"phone,first_name\n+573009998877,{_OUTSIDE}\n")
    _write(root, "syncengine.yaml", _PROJECT)
    _write(root, "manifests/all.yaml", _MANIFEST)
    _write(root, "data/people.csv", "phone,first_name\n+573001234567,Ana\n+573001112233,Eva\n")
    _write(root, "data/opt-outs.csv", "phone\n" + "".join(f"+5730076{n:05d}\n" for n in range(20)))
    before, _ = _run(root, OFFLINE)
    demand(before == 0, "the project is not sound before the branch")
    change(root)
    code, shown = _run(root, words)
    demand("Canary7731" not in shown, "a credential or a file of the machine is shown")
    demand(not any(rearranges(c) for c in shown if c not in "\n\t"), "the terminal or the page would obey")
    demand(not re.search(r"\+57300\d{7}", shown), "a phone is shown")
    demand(not said or said in shown, f"{said!r} is not said: {shown[-400:]}")
    if "Held back" in shown or code == 4:
        return "held"
    return "refused" if code else "harmless"


def _run(root: Path, words: tuple[str, ...]) -> tuple[int, str]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = run(cli, [*words, "--project", str(root)])
    return code, said.getvalue()


def _write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _in_project(old: str, new: str) -> Change:
    return lambda root: _write(root, "syncengine.yaml", _changed(_PROJECT, old, new))


def _in_manifest(old: str, new: str) -> Change:
    return lambda root: _write(root, "manifests/all.yaml", _changed(_MANIFEST, old, new))


def _changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def _in_vendor(old: str, new: str) -> Change:
    """Bring a vendor file of its own, which is the shipped one with a part put otherwise."""

    def change(root: Path) -> None:
        shipped = (ROOT / "vendors" / "wolkvox.yaml").read_text(encoding="utf-8")
        _write(root, "vendors/wolkvox.yaml", _changed(shipped, old, new))

    return change


def _own_mapping(root: Path) -> None:
    (root / "mappings").mkdir()
    shutil.copy(ROOT / "mappings" / "wolkvox.yaml", root / "mappings")


def _linked(name: str, target: str) -> Change:
    def change(root: Path) -> None:
        path = root / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True)
        path.symlink_to(target)

    return change


def _data(name: str, text: str | bytes) -> Change:
    def change(root: Path) -> None:
        (root / "data" / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return change


def _old_list(root: Path) -> None:
    _in_manifest("scope: all", "scope: all, max_age: 31d")(root)
    os.utime(root / "data" / "opt-outs.csv", (1_000_000_000, 1_000_000_000))


def _pipe(root: Path) -> None:
    (root / "data" / "people.csv").unlink()
    os.mkfifo(root / "data" / "people.csv")


def _allowed_by_itself(root: Path) -> None:
    _in_project("    vendor: wolkvox\n", "    vendor: wolkvox\n    base_url: https://evil.example\n")(root)
    _write(root, ".config/syncengine/origins", "https://evil.example\n")
    _write(root, ".env", "SYNCENGINE_ALLOW_ORIGINS=https://evil.example\n")


def _plan_file(content: bytes) -> tuple[Change, tuple[str, ...]]:
    def change(root: Path) -> None:
        (root / "plan.bin").write_bytes(content)
        os.chdir(root)

    return change, ("apply", "plan.bin", "--yes")


def _many_callable(root: Path) -> None:
    # From one on: nothing but zeros behind the prefix could be taken for a number that nobody has.
    rows = "".join(f"+57310{n:07d},Ana\n" for n in range(1, 20_002))
    _data("people.csv", "phone,first_name\n" + rows)(root)
    # Whoever is in a campaign that does not dial is not rung.
    _in_manifest("type: predictive\n", "type: predictive\n    status: started\n")(root)


def _nothing(root: Path) -> None:
    """Change nothing."""


def _workflow(root: Path) -> None:
    for path in (ROOT / "examples" / "ci").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        demand("pull_request_target" not in text and "workflow_run" not in text, "fork code would meet secrets")
        demand("secrets." not in text.partition("apply:")[0], "the job that plans has secrets")


_CARRIED, _APPLY = _plan_file(b"cos\nsystem\n(S'touch owned'\ntR.")
_EMPTY, _ = _plan_file(b"")
_ZEROS, _ = _plan_file(bytes(50_000_000))
_TEXT, _ = _plan_file(b'{"plan_id": "4f1c2a9b8e7d6c50", "changes": []}')

_BASE_URL = '"https://wv{{ settings.server }}.wolkvox.com'
_SERVER = '"[0-9]{4}"'

_BRANCHES: dict[str, tuple[Verdict, Change, tuple[str, ...], str]] = {
    # What a plan reads and opens.
    "a branch that changes nothing": ("harmless", _nothing, OFFLINE, "Spring"),
    "a secret of the cloud in place of the dialer's": (
        "harmless",
        _in_project("env:WOLKVOX_TOKEN", "env:AWS_SECRET_ACCESS_KEY"),
        OFFLINE,
        "",
    ),
    "a secret from a file outside": (
        "refused",
        _in_project("env:WOLKVOX_TOKEN", "file:../outside.csv"),
        ONLINE,
        "none of the folders for secrets",
    ),
    "a secret from the process's environment": (
        "refused",
        _in_project("env:WOLKVOX_TOKEN", "file:/proc/self/environ"),
        ONLINE,
        "none of the folders for secrets",
    ),
    "a secret written down": (
        "refused",
        _in_project("env:WOLKVOX_TOKEN", "Canary7731-written-down"),
        OFFLINE,
        "syncengine.yaml:7:",
    ),
    # Where a credential goes.
    "another host": (
        "refused",
        _in_project("    vendor: wolkvox\n", "    vendor: wolkvox\n    base_url: https://evil.example\n"),
        ONLINE,
        "not allowed yet",
    ),
    "another host without encryption": (
        "refused",
        _in_project("    vendor: wolkvox\n", "    vendor: wolkvox\n    base_url: http://evil.example\n"),
        ONLINE,
        "unencrypted",
    ),
    "another host with a password": (
        "refused",
        _in_project("    vendor: wolkvox\n", "    vendor: wolkvox\n    base_url: https://u:Canary7731@evil.example\n"),
        ONLINE,
        "syncengine.yaml:6:",
    ),
    "a host by a setting": (
        "refused",
        _in_project('"0016"', '"0016.wolkvox.com@evil.example/?x="'),
        ONLINE,
        "syncengine.yaml:6:",
    ),
    "a host that the branch allows to itself": ("refused", _allowed_by_itself, ONLINE, "not allowed yet"),
    "a vendor file with another host": (
        "refused",
        _in_vendor(_BASE_URL, '"https://evil.example'),
        ONLINE,
        "not allowed yet",
    ),
    "a vendor file without encryption": (
        "refused",
        _in_vendor(_BASE_URL, '"http://evil.example'),
        OFFLINE,
        "not encrypted",
    ),
    "a vendor file whose setting fits any host": (
        "refused",
        _in_vendor(_SERVER, '".*"'),
        OFFLINE,
        "secrets could be sent elsewhere",
    ),
    "a vendor file for private hosts": (
        "refused",
        _in_vendor("vendor: wolkvox\n", "vendor: wolkvox\nprivate_host: true\n"),
        ONLINE,
        "not allowed yet",
    ),
    "a mapping of its own": ("refused", _own_mapping, ONLINE, "not allowed yet"),
    # What a template reads.
    "a vendor file that reads a secret": (
        "refused",
        _in_vendor(_BASE_URL, '"https://{{ secrets.token }}.wolkvox.com'),
        OFFLINE,
        "vendors/wolkvox.yaml",
    ),
    "a name that is a template": ("harmless", _in_manifest("name: Spring", 'name: "{{ secrets.token }}"'), OFFLINE, ""),
    "a vendor file with a pattern without end": (
        "refused",
        _in_vendor(_SERVER, '"([0-9]+)+"'),
        OFFLINE,
        "vendors/wolkvox.yaml",
    ),
    "a vendor file that calls adding harmless": (
        "refused",
        _in_vendor("vendor: wolkvox\n", "vendor: wolkvox\neffects: none\n"),
        OFFLINE,
        "vendors/wolkvox.yaml",
    ),
    # Files outside.
    "a manifest outside": (
        "refused",
        lambda root: _write(root, "syncengine.yaml", _PROJECT + 'manifests: ["../*.yaml"]\n'),
        OFFLINE,
        'climbs with ".."',
    ),
    "vendor files outside": (
        "refused",
        lambda root: _write(root, "syncengine.yaml", _PROJECT + 'vendors: ["../../"]\n'),
        OFFLINE,
        "syncengine.yaml:8:",
    ),
    "contacts outside": ("refused", _in_manifest("data/people.csv", "../outside.csv"), OFFLINE, 'climbs with ".."'),
    "contacts by a link outside": (
        "refused",
        _linked("data/people.csv", "../../outside.csv"),
        OFFLINE,
        "leads out of the project",
    ),
    "contacts by a link to the environment": (
        "refused",
        _linked("data/people.csv", "/proc/self/environ"),
        OFFLINE,
        "manifests/all.yaml",
    ),
    "all data by a link outside": ("refused", _linked("data", "/etc"), OFFLINE, "manifests/all.yaml"),
    "manifests by a link outside": ("refused", _linked("manifests", "/etc"), OFFLINE, "syncengine.yaml"),
    "contacts that are a pipe": ("refused", _pipe, OFFLINE, "not a regular file"),
    "a ledger outside that asks for a password": (
        "refused",
        lambda root: _write(root, "syncengine.yaml", _PROJECT + "ledger: postgresql://u:Canary7731@evil.example/x\n"),
        OFFLINE,
        "syncengine.yaml:8:",
    ),
    # Who is rung.
    "a do-not-call list that is emptied": ("held", _data("opt-outs.csv", ""), OFFLINE, "the list is empty"),
    "a do-not-call list cut to one line": (
        "held",
        _data("opt-outs.csv", "phone\n+573007600000\n"),
        OFFLINE,
        "has shrunk",
    ),
    "a do-not-call list that is old, and a longer age": ("held", _old_list, OFFLINE, "days old"),
    "a do-not-call list of which one line is broken": (
        "held",
        _data("opt-outs.csv", "phone\n" + "+573007600000\n" * 20 + "unknown\n"),
        OFFLINE,
        "1 row cannot be read as a number",
    ),
    "a do-not-call list that is no longer named": (
        "harmless",
        _in_manifest("dnd:\n  opt-outs: {source: data/opt-outs.csv, scope: all}\n", ""),
        OFFLINE,
        "stay in force",
    ),
    "a release among many lines": (
        "held",
        lambda root: (
            _data("opt-outs.csv", "phone\n" + "".join(f"+5730076{n:05d}\n" for n in range(1, 20)))(root),
            _in_manifest("scope: all", 'scope: all, release: ["+573007600000"]')(root),
        )[0],
        OFFLINE,
        "RELEASED",
    ),
    "20,001 people more": ("held", _many_callable, OFFLINE, "Stopped by guards"),
    # What is carried from one job to the next.
    "a plan file that is a program": ("refused", _CARRIED, _APPLY, ""),
    "a plan file without bytes": ("refused", _EMPTY, _APPLY, ""),
    "a plan file of fifty megabytes of nothing": ("refused", _ZEROS, _APPLY, ""),
    "a plan file that is JSON": ("refused", _TEXT, _APPLY, ""),
    # The workflow itself.
    "the workflow that we give out": ("harmless", _workflow, OFFLINE, ""),
}
