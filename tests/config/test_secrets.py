from pathlib import Path

import pytest

from syncengine.config.secrets import resolve_secrets
from syncengine.diagnostics import Location
from syncengine.errors import ConfigError
from syncengine.model.desired import Dialer


def dialer(**secrets: str) -> Dialer:
    return Dialer(
        name="main",
        vendor="acme",
        settings={},
        stated_settings=frozenset(),
        secrets=secrets,
        base_url="",
        location=Location("syncengine.yaml", 4, 3),
    )


def refusals(root: Path, **secrets: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        resolve_secrets(dialer(**secrets), root)
    return [item.render() for item in caught.value.diagnostics]


def test_secrets_come_from_the_environment_and_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_TOKEN", "hunter2")
    (tmp_path / "key").write_text("hunter3\n")
    found = resolve_secrets(dialer(token="env:ACME_TOKEN", key="file:key"), tmp_path)
    assert {name: secret.reveal() for name, secret in found.items()} == {"token": "hunter2", "key": "hunter3"}
    assert "hunter" not in repr(found)


@pytest.mark.parametrize(
    ("text", "secret"), [("a\n", "a"), ("a\r\n", "a"), ("a", "a"), (" a ", " a "), ("\ufeffa", "a")]
)
def test_one_line_end_is_not_part_of_a_secret(tmp_path: Path, text: str, secret: str) -> None:
    (tmp_path / "key").write_bytes(text.encode())
    assert resolve_secrets(dialer(key="file:key"), tmp_path)["key"].reveal() == secret


def test_all_missing_secrets_are_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACME_TOKEN", raising=False)
    monkeypatch.setenv("ACME_EMPTY", "")
    said = refusals(tmp_path, token="env:ACME_TOKEN", other="env:ACME_EMPTY", key="file:none")
    assert len(said) == 3
    assert any(
        'dialer "main": the secret "token" (env:ACME_TOKEN): the environment variable ACME_TOKEN is not set' in line
        for line in said
    )
    assert any("ACME_EMPTY is empty" in line for line in said)
    assert any("there is no such file" in line for line in said)


@pytest.mark.parametrize("text", ["hunter2\nX-Evil: 1\n", "hunter2\x00", "  \n", "hunter2\n\n"])
def test_what_cannot_be_a_header_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    assert "hunter2" not in "".join(refusals(tmp_path, key="file:key"))


def test_a_file_outside_the_project_is_not_read(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "outside").write_text("hunter2")
    (root / "link").symlink_to(tmp_path / "outside")
    for reference in ("file:../outside", f"file:{tmp_path / 'outside'}", "file:link", f"file:{root}"):
        said = refusals(root, key=reference)
        assert "hunter2" not in "".join(said)
        assert "folders for secrets" in said[0] or "not a regular file" in said[0]


def test_the_owners_folders_may_be_named_absolutely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, credentials, config = tmp_path / "project", tmp_path / "credentials", tmp_path / "config"
    for folder in (root, credentials, config / "syncengine"):
        folder.mkdir(parents=True)
    (credentials / "a").write_text("one")
    (config / "syncengine" / "b").write_text("two")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config))
    found = resolve_secrets(dialer(a=f"file:{credentials / 'a'}", b=f"file:{config / 'syncengine' / 'b'}"), root)
    assert [secret.reveal() for _, secret in sorted(found.items())] == ["one", "two"]


def test_a_folder_and_a_huge_file_and_bytes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "huge").write_bytes(b"x" * 65_537)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xff")
    assert len(refusals(tmp_path, a="file:folder", b="file:huge", c="file:bytes")) == 3
