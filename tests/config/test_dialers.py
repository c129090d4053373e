from dataclasses import replace
from pathlib import Path

import pytest

from syncengine.config.desired import load_desired
from syncengine.config.project import load_project
from syncengine.diagnostics import Diagnostics
from syncengine.model.credentials import ExchangeAuth
from syncengine.model.vendor import Vendor
from tests.config.samples import PROJECT, VENDORS, load, vendor, write


def errors(root: Path, old: str, new: str) -> list[str]:
    assert old in PROJECT
    _, said, _ = load(write(root, PROJECT.replace(old, new)))
    return [line.splitlines()[0] for line in said]


def test_a_setting_must_match_as_a_whole_and_the_pattern_is_shown(tmp_path: Path) -> None:
    _, said, _ = load(write(tmp_path, PROJECT.replace('"0016"', '"0016.evil"')))
    assert "[0-9]{4}" in said[0]
    assert errors(tmp_path, '"0016"', '"0016\\n"')
    assert errors(tmp_path, '"0016"', '"x0016"')


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('settings: {server: "0016"}', "settings: {}", 'the setting "server" is missing'),
        ('secrets: {token: "env:ACME_TOKEN"}', "secrets: {}", 'the secret "token" is missing'),
        ('server: "0016"', 'server: "0016", x: "y"', '"x" is no setting of Acme'),
        ('token: "env:ACME_TOKEN"', 'token: "env:ACME_TOKEN", x: "env:Y"', '"x" is no secret of Acme'),
        ("vendor: refs", "vendor: refs\n    base_url: localhost:8701", '"localhost:8701" is not a plain https address'),
        (
            "vendor: refs",
            "vendor: refs\n    base_url: https://me:hunter2@host",
            "a URL for a dialer cannot have a user or a password in it",
        ),
        ("vendor: refs", "vendor: reffs", 'there is no vendor file for "reffs"'),
    ],
)
def test_what_the_vendor_asks_for_must_be_given_and_nothing_else(tmp_path: Path, old: str, new: str, said: str) -> None:
    (shown,) = errors(tmp_path, old, new)
    assert shown.endswith(said)


def test_an_optional_secret_and_a_setting_with_a_default_may_be_left_out(tmp_path: Path) -> None:
    desired, said, _ = load(write(tmp_path))
    assert not said
    assert desired is not None
    assert desired.dialers["main"].secrets == {"token": "env:ACME_TOKEN"}
    assert desired.dialers["main"].settings["zone"] == "a"


EXCHANGING = PROJECT.replace('secrets: {token: "env:ACME_TOKEN"}', "secrets: {SECRETS}")


def exchanging(*, literal: str) -> Vendor:
    """A vendor whose token is exchanged for a user and a password, each of which may be left out."""
    auth = ExchangeAuth(
        scheme="exchange",
        path="/login",
        body={"user": "secret:user", "pass": "secret:password", "zone": "setting:zone"},
        token="token",
        literal=literal,
    )
    names = {"user": "user", "password": "password", **({literal: "a ready token"} if literal else {})}
    return replace(vendor(), auth=auth, secrets=names, optional_secrets=tuple(names))


@pytest.mark.parametrize(
    ("secrets", "missing"),
    [
        ("{}", "user, password"),
        ('{user: "env:U"}', "password"),
        ('{password: "env:P"}', "user"),
        ('{user: "env:U", password: "env:P"}', ""),
        ('{ready: "env:T"}', ""),
        ('{ready: "env:T", user: "env:U"}', ""),
    ],
)
def test_for_a_token_all_that_it_is_exchanged_for_must_be_given_or_the_token_itself(
    tmp_path: Path, secrets: str, missing: str
) -> None:
    found = of_exchange(tmp_path, secrets, literal="ready")
    if not missing:
        assert found == []
        return
    (shown,) = found
    assert shown.startswith("syncengine.yaml:")
    assert f"the secrets do not suffice to get a token: {missing} missing" in shown
    assert "expected: all of user, password, or the ready token ready" in shown


def test_without_a_ready_token_there_is_no_way_around_the_exchange(tmp_path: Path) -> None:
    (shown,) = of_exchange(tmp_path, '{user: "env:U"}', literal="")
    assert "expected: all of user, password\n" in shown + "\n"


def of_exchange(root: Path, secrets: str, *, literal: str) -> list[str]:
    diagnostics = Diagnostics()
    project = load_project(write(root, EXCHANGING.replace("{SECRETS}", secrets)), diagnostics)
    assert project is not None, [item.render() for item in diagnostics]
    load_desired(project, VENDORS | {"acme": exchanging(literal=literal)}, diagnostics)
    return [item.render() for item in diagnostics]
