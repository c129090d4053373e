from pathlib import Path

import pytest

from tests.config.samples import PROJECT, load, write


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
