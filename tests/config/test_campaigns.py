from dataclasses import replace
from pathlib import Path

import pytest

from tests.config.samples import PROJECT, VENDORS, load, operation, write

OTHER = '  other: {vendor: acme, settings: {server: "0017"}, secrets: {token: "env:T"}}\n'


def errors(root: Path, text: str, project: str = PROJECT) -> list[str]:
    _, said, _ = load(write(root, project, a=text))
    return [line.splitlines()[0].split(": error: ")[1] for line in said if ": error: " in line]


def test_one_id_may_be_adopted_once_at_each_dialer(tmp_path: Path) -> None:
    two = 'campaigns:\n  a: {dialer: main, id: "7"}\n  b: {dialer: %s, id: "7"}\n'
    assert errors(tmp_path, two % "other", PROJECT + OTHER) == []
    assert errors(tmp_path, two % "main") == ['"a" (manifests/a.yaml:2:3) has the same id at main']


def test_a_vendor_of_references_needs_the_id_and_has_no_status(tmp_path: Path) -> None:
    assert errors(tmp_path, "campaigns:\n  a: {dialer: agreed, id: motor}\n") == []
    assert errors(tmp_path, "campaigns:\n  a: {dialer: agreed, id: motor, status: started}\n") == [
        "Refs has no call that starts a campaign"
    ]
    assert errors(tmp_path, "campaigns:\n  a: {dialer: agreed}\n") == [
        '"id" is missing: Refs has no call that creates campaigns'
    ]


@pytest.mark.parametrize("role", ["start", "stop"])
def test_a_call_that_the_vendor_does_not_have_is_said(
    tmp_path: Path, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = VENDORS["acme"]
    operations = {**acme.campaigns.operations, role: operation(role, ability="absent")}
    monkeypatch.setitem(VENDORS, "acme", replace(acme, campaigns=replace(acme.campaigns, operations=operations)))
    status = "started" if role == "start" else "stopped"
    text = f"campaigns:\n  a: {{dialer: main, type: predictive, status: {status}}}\n"
    assert errors(tmp_path, text) == [f"Acme has no call that {role}s a campaign"]


def test_a_status_is_refused_where_calls_do_not_start(tmp_path: Path) -> None:
    text = "campaigns:\n  a: {dialer: main, type: preview, status: stopped}\n"
    assert errors(tmp_path, text) == ["Acme starts and stops campaigns by a call only where type is predictive"]
    adopted = 'campaigns:\n  a: {dialer: main, id: "7", status: stopped}\n'
    assert errors(tmp_path, adopted) == []


def test_contacts_need_a_vendor_that_takes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VENDORS, "acme", replace(VENDORS["acme"], collections=()))
    text = 'campaigns:\n  a: {dialer: main, id: "7", contacts: [x]}\ncontacts:\n  x: {rows: []}\n'
    assert errors(tmp_path, text) == ["Acme takes no contacts"]
