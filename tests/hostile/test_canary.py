"""Forty secrets and two hundred people, a run with faults, and every byte that it leaves behind searched for them.

Secrets may be on the wire to their own dialer and nowhere else. People may be in the ledger, in what is remembered of
phones, in the rejects and in the project's own data.
"""

import base64
import html
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from syncengine.cli.example_project import copy_example, secrets_of
from syncengine.cli.exits import run
from syncengine.cli.main import cli
from syncengine.sandbox.server import Sandbox

PEOPLE = 200
SECRETS = 40
# Each of them is refused by the sandbox, so that errors about credentials are among what is searched.
_WRONG = {
    "comunik8": ("{host: example.com}", ("key",), "x"),
    "wolkvox": ('{server: "0016"}', ("token",), "17"),
    "thulium": ('{system: demo, no_call_status_id: "25", to_call_status_id: "21"}', ("user", "password"), "ABCDE"),
    "stringee": ("{}", ("key_sid", "key_secret"), "CA1"),
    "lynn": ('{tenant: "42", environment: premium-testing}', ("access_token", "access_token_secret"), "17"),
}
_PERSONAL_ALLOWED = ("ledger.db", "ledger.db-wal", "phones.parquet", "rejects")


def _secret(number: int) -> str:
    """A secret that needs escaping in addresses, in JSON and in HTML."""
    return f"zQ{number:02d}k7+/&Quagga{number * 7919:08d}=<w>"


def _phone(number: int) -> str:
    return f"+57316{number * 48611 % 10_000_000:07d}"


def _name(number: int) -> str:
    return f"Zorrilla{number * 7907 + 100_003:07d}"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def seeded(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[str]]:
    """Return a project with the people in it, and all secrets."""
    root = tmp_path / "project"
    copy_example(root, sandbox)
    secrets = [value for found in secrets_of(sandbox).values() for value in found.values() if value != "api_user"]
    for found in secrets_of(sandbox).values():
        for variable, value in found.items():
            monkeypatch.setenv(variable, value)
    dialers, campaigns = [], []
    for vendor, (settings, names, campaign) in _WRONG.items():
        for turn in range(3):
            references = {}
            for name in names:
                secret = _secret(len(secrets))
                secrets.append(secret)
                variable = f"WRONG_{len(secrets)}"
                monkeypatch.setenv(variable, secret)
                references[name] = f"env:{variable}"
                if turn == 2:
                    (root / f"token-{len(secrets)}").write_text(secret)
                    references[name] = f"file:token-{len(secrets)}"
            base = sandbox.url(vendor) + ("/api/LynnService" if vendor == "lynn" else "")
            dialers.append(
                f"  wrong-{vendor}-{turn}:\n    vendor: {vendor}\n    base_url: {base}\n    settings: {settings}\n"
                f"    secrets: {json.dumps(references)}\n"
            )
            campaigns.append(
                f"  wrong-{vendor}-{turn}: {{dialer: wrong-{vendor}-{turn}, id: {campaign!r}, contacts: []}}\n"
            )
    while len(secrets) < SECRETS:
        secrets.append(_secret(len(secrets)))
        monkeypatch.setenv(f"UNRELATED_{len(secrets)}", f"postgresql://u:{secrets[-1]}@db.example/x")
    project = (root / "syncengine.yaml").read_text()
    (root / "syncengine.yaml").write_text(project.replace("dialers:\n", "dialers:\n" + "".join(dialers), 1))
    (root / "manifests" / "wrong.yaml").write_text("campaigns:\n" + "".join(campaigns))
    _add_people(root)
    return root, secrets


def _add_people(root: Path) -> None:
    leads = root / "data" / "spring-leads.csv"
    raw = leads.read_bytes()
    header = raw.split(b"\n", 1)[0].decode("utf-8-sig").strip()
    delimiter = max(",;\t|", key=header.count)
    columns = header.split(delimiter)
    rows = []
    for number in range(PEOPLE):
        cells = dict.fromkeys(columns, "")
        cells[columns[_phone_column(columns)]] = _phone(number) if number % 10 else f"{_phone(number)} 0000000"
        text = [name for name in columns if name != columns[_phone_column(columns)]]
        cells[text[0]] = _name(number)
        rows.append(delimiter.join(cells.values()))
    leads.write_bytes(raw.rstrip(b"\r\n") + b"\n" + "\n".join(rows).encode() + b"\n")
    listed = root / "data" / "opt-outs.csv"
    raw = listed.read_bytes()
    listed.write_bytes(raw.rstrip(b"\r\n") + b"\n" + "\n".join(_phone(n) for n in range(1, 20)).encode() + b"\n")


def _phone_column(columns: list[str]) -> int:
    return next(n for n, name in enumerate(columns) if "tel" in name.lower() or "phone" in name.lower())


def _forms(text: str, *, phone: bool = False) -> set[bytes]:
    """Return the twelve forms in which a text is searched for."""
    raw = text.encode()
    bare = text.removeprefix("+")
    forms = {raw, quote(text, safe="").encode(), raw.hex().encode(), json.dumps(text)[1:-1].encode(), raw[::-1]}
    forms |= {bare.encode(), " ".join(bare).encode(), text.upper().encode(), html.escape(text).encode()}
    forms |= {base64.b64encode(b"x" * n + raw)[8:-4] for n in range(3)}
    if phone:
        # National form, and what is left when eight digits are kept.
        forms |= {bare[2:].encode(), bare[-8:].encode()}
    elif text.startswith("zQ"):
        # The sandbox's own credentials begin with words that stand everywhere.
        forms.add(raw[:8])
    return {form for form in forms if len(form) >= 8}


def _found(data: bytes, forms: dict[bytes, str]) -> set[str]:
    return {what for form, what in forms.items() if form in data}


def test_a_run_with_faults_leaves_no_secret_anywhere_and_no_person_where_none_may_be(
    seeded: tuple[Path, list[str]],
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    root, secrets = seeded
    assert len(set(secrets)) == SECRETS
    before = {path for path in root.rglob("*") if path.is_file()}
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.chdir(root)
    codes = _everything(sandbox, root)
    said = capfd.readouterr()
    output = (said.out + said.err).encode()
    # The run was one: a plan was shown and a part of it applied, the wrong credentials were refused, faults happened.
    assert codes["plan"] in {0, 4}, output[-3_000:]
    assert codes["apply"] in {0, 3}, output[-3_000:]
    assert len(output) > 10_000
    hidden = {form: f"secret {n}" for n, secret in enumerate(secrets) for form in _forms(secret)}
    people = {form: f"phone {n}" for n in range(PEOPLE) for form in _forms(_phone(n), phone=True)}
    people |= {form: f"name {n}" for n in range(PEOPLE) for form in _forms(_name(n))}
    assert _found(output, hidden | people) == set()
    left = [path for path in (*root.rglob("*"), *temporary.rglob("*")) if path.is_file() and path not in before]
    assert any(path.name == "ledger.db" for path in left)
    assert any("rejects" in str(path) for path in left)
    for path in left:
        raw = path.read_bytes()
        assert _found(raw, hidden) == set(), path
        if not any(word in str(path) for word in _PERSONAL_ALLOWED):
            assert _found(raw, people) == set(), path
    assert oct((root / "plan.bin").stat().st_mode & 0o777) == "0o600"
    # The search finds what there is to find.
    ledger = b"".join(path.read_bytes() for path in left if "ledger" in path.name)
    assert _found(ledger, people)
    assert _found(Path("/proc/self/cmdline").read_bytes(), hidden) == set()
    searched = {"secrets": SECRETS, "people": PEOPLE, "forms of each": 12, "files searched": len(left)}
    searched["bytes searched"] = len(output) + sum(path.stat().st_size for path in left)
    for what, count in {**searched, "canaries found": 0}.items():
        record_property(what, count)


def _everything(sandbox: Sandbox, root: Path) -> dict[str, int]:
    """Run every command in every form, and let each kind of fault happen on the way."""
    sandbox.hurry()
    codes = {"validate": _do("validate"), "json": _do("validate", "--json")}
    for form in ("json", "markdown"):
        codes[form] = _do("plan", "--format", form)
    codes["plan"] = _do("plan", "--out", "plan.bin", "--allow-unverified")
    codes["show"] = _do("show", "plan.bin")
    for dialer in sandbox.dialers.values():
        for kind in ("drop_after", "error_after", "html", "too_many", "unauthorized", "drop_before"):
            dialer.faults.add(kind, method="POST", skip=1, retry_after="0")
    codes["apply"] = _do("apply", "--yes", "--allow-unverified")
    codes["state"] = _do("state", "list")
    codes["state json"] = _do("state", "list", "--json")
    for dialer in sandbox.dialers.values():
        dialer.faults.clear()
        dialer.faults.add("html", method="GET", times=3)
    codes["watch"] = _do("watch", "--apply", "--once")
    (root / "manifests" / "broken.yaml").write_text(f"campaigns: {{x: {{dialer: nobody, id: {_phone(1)}}}}}\n")
    codes["broken"] = _do("plan")
    (root / "manifests" / "broken.yaml").unlink()
    return codes


def _do(*words: str) -> int:
    takes = [] if words[0] == "show" else ["--project", "."]
    return run(cli, [*words, *takes])


def test_the_twelve_forms_are_found_where_they_are() -> None:
    secret = _secret(3)
    forms = dict.fromkeys(_forms(secret), "it")
    for told in (secret, quote(secret, safe=""), secret.encode().hex(), json.dumps({"a": secret}), secret[::-1]):
        assert _found(told.encode(), forms) == {"it"}
    for before in ("", "x", "xy"):
        assert _found(base64.b64encode(f"{before}{secret}".encode()), forms) == {"it"}
    assert _found(f"the key {secret[:8]}...".encode(), forms) == {"it"}
    phone = dict.fromkeys(_forms(_phone(3), phone=True), "it")
    for told in (_phone(3)[1:], _phone(3)[3:], " ".join(_phone(3)[1:]), _phone(3)[-8:]):
        assert _found(told.encode(), phone) == {"it"}
