"""A client is opened for an allowed origin, with all its secrets, and with the limits of this account."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syncengine import sync
from syncengine.errors import ConfigError, UsageError
from syncengine.ledger.ledger import Ledger, open_ledger
from syncengine.model.desired import Dialer
from syncengine.remote.client import DialerClient
from syncengine.steps.clients import (
    base_url_of,
    budget_used,
    check_extra,
    daily_limit,
    extra_of,
    identity_of,
    open_client,
)
from tests.ledger.writing import NOW

HOST = "calls.example.com"
PROJECT = """\
version: 1
project: acme
dialers:
  co: {{vendor: wolkvox, settings: {{{settings}}}, secrets: {{token: "env:CO_TOKEN"}}{more}}}
  uk: {{vendor: comunik8, settings: {{host: calls.example.com}}, secrets: {{key: "env:UK_KEY"}}}}
  vn: {{vendor: stringee, secrets: {{key_sid: "env:VN_SID", key_secret: "file:secrets/vn"}}}}
"""
MANIFEST = "campaigns: {spring: {dialer: uk, id: spring}}\n"
SERVER = 'server: "0016"'


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("CO_TOKEN", "UK_KEY", "VN_SID"):
        monkeypatch.delenv(name, raising=False)


def _load(root: Path, *, settings: str = SERVER, more: str = "") -> sync.Loaded:
    (root / "manifests").mkdir(exist_ok=True)
    (root / "manifests" / "all.yaml").write_text(MANIFEST)
    (root / "syncengine.yaml").write_text(PROJECT.format(settings=settings, more=f", {more}" if more else ""))
    return sync.load(root)


def _dialer(loaded: sync.Loaded, name: str) -> Dialer:
    return loaded.desired.dialers[name]


@contextmanager
def _ledger(loaded: sync.Loaded) -> Iterator[Ledger]:
    with open_ledger(loaded.desired.ledger, "acme") as ledger:
        yield ledger


def _open(loaded: sync.Loaded, name: str, **options: Any) -> DialerClient:
    with _ledger(loaded) as ledger:
        return open_client(loaded, _dialer(loaded, name), ledger, sync.Options(**options))


def _refusal(loaded: sync.Loaded, name: str) -> str:
    with pytest.raises(ConfigError) as refused:
        _open(loaded, name)
    return "\n".join(item.render() for item in refused.value.diagnostics)


# ---------------------------------------------------------------------------------------------------------- origins


def test_an_origin_that_the_project_chose_is_refused_with_the_place_to_allow_it(tmp_path: Path) -> None:
    said = _refusal(_load(tmp_path), "uk")
    assert "its secrets would go to https://calls.example.com" in said
    assert f"add the line https://{HOST} to {tmp_path / 'config' / 'syncengine' / 'origins'}" in said
    assert f"SYNCENGINE_ALLOW_ORIGINS=https://{HOST}" in said


def test_an_origin_is_looked_at_before_any_secret(tmp_path: Path) -> None:
    assert "UK_KEY" not in _refusal(_load(tmp_path), "uk")


@pytest.mark.parametrize("where", ["environment", "file"])
def test_an_origin_that_the_owner_allows_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    if where == "environment":
        monkeypatch.setenv("SYNCENGINE_ALLOW_ORIGINS", f"https://{HOST}")
    else:
        (tmp_path / "config" / "syncengine").mkdir(parents=True)
        (tmp_path / "config" / "syncengine" / "origins").write_text(f"https://{HOST}\n")
    monkeypatch.setenv("UK_KEY", "k")
    assert isinstance(_open(_load(tmp_path), "uk"), DialerClient)


def test_another_base_url_takes_a_shipped_vendors_origin_out_of_trust(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CO_TOKEN", "t")
    assert isinstance(_open(_load(tmp_path), "co"), DialerClient)
    loaded = _load(tmp_path, more='base_url: "https://proxy.example.com/wolkvox/"')
    assert "https://proxy.example.com" in _refusal(loaded, "co")
    dialer = _dialer(loaded, "co")
    assert base_url_of(dialer, loaded.vendor_of(dialer)) == "https://proxy.example.com/wolkvox"


# ---------------------------------------------------------------------------------------------------------- secrets


def test_all_missing_secrets_are_named_together(tmp_path: Path) -> None:
    said = _refusal(_load(tmp_path), "vn")
    assert "the environment variable VN_SID is not set" in said
    assert '"key_secret" (file:secrets/vn): there is no such file' in said


# ---------------------------------------------------------------------------------------------------------- identity


def _identity(loaded: sync.Loaded, name: str = "co") -> str:
    dialer = _dialer(loaded, name)
    return identity_of(dialer, loaded.vendor_of(dialer))


def test_settings_and_origin_and_vendor_file_are_what_a_dialer_is(tmp_path: Path) -> None:
    loaded = _load(tmp_path)
    before = _identity(loaded)
    assert _identity(_load(tmp_path)) == before
    changed = [
        _identity(_load(tmp_path, settings='server: "0017"')),
        _identity(_load(tmp_path, settings=f'{SERVER}, expiring_prefix: "9"')),
        _identity(_load(tmp_path, more='base_url: "https://proxy.example.com"')),
        identity_of(_dialer(loaded, "co"), replace(loaded.vendor_of(_dialer(loaded, "co")), digest="other")),
    ]
    assert len({before, *changed}) == 5


def test_secrets_and_limits_and_the_dialers_name_are_no_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = _load(tmp_path)
    before, dialer = _identity(loaded), _dialer(loaded, "co")
    monkeypatch.setenv("CO_TOKEN", "another")
    elsewhere = replace(dialer, name="mx", secrets={"token": "file:secrets/token"})
    assert identity_of(elsewhere, loaded.vendor_of(dialer)) == before
    assert _identity(_load(tmp_path, more="limits: {timeout: 5s}")) == before


# ------------------------------------------------------------------------------------------------------------ limits


@pytest.mark.parametrize(
    ("settings", "limit"), [(f'{SERVER}, daily_calls: "250"', 250), (SERVER, 1000)], ids=["stated", "default"]
)
def test_the_daily_limit_is_a_setting(tmp_path: Path, settings: str, limit: int) -> None:
    loaded = _load(tmp_path, settings=settings)
    dialer = _dialer(loaded, "co")
    assert daily_limit(dialer, loaded.vendor_of(dialer)) == limit


def test_a_vendor_without_a_daily_limit_has_none(tmp_path: Path) -> None:
    loaded = _load(tmp_path)
    assert daily_limit(_dialer(loaded, "uk"), loaded.vendor_of(_dialer(loaded, "uk"))) is None


def test_calls_of_this_day_count_and_those_of_yesterday_do_not(tmp_path: Path) -> None:
    loaded = _load(tmp_path)
    dialer = _dialer(loaded, "co")
    with _ledger(loaded) as ledger:
        for name, day in (("co", "2027-01-15"), ("co", "2027-01-15"), ("co", "2027-01-14"), ("uk", "2027-01-15")):
            assert ledger.take_budget(name, day=day, limit=9, reserve=0, suppressing=False)
        # The fifteenth of January 2027, UTC.
        assert budget_used(dialer, ledger, sync.Options(clock=lambda: NOW)) == 2


def test_what_the_account_states_goes_before_the_vendor_file(tmp_path: Path) -> None:
    loaded = _load(tmp_path, more="limits: {calls: 7, per: 1m, timeout: 5s, concurrency: 3}")
    stated = loaded.vendor_of(_dialer(loaded, "co")).limits
    assert (stated.calls, stated.per, stated.timeout, stated.concurrency) == (7, 60.0, 5.0, 3)
    # What it does not state stays.
    assert (stated.daily_calls, stated.reserve) == ("daily_calls", 50)


@pytest.mark.parametrize(("parallelism", "concurrency"), [(None, 3), (2, 2), (8, 3)])
def test_fewer_calls_at_once_can_be_asked_for_and_more_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parallelism: int | None, concurrency: int
) -> None:
    monkeypatch.setenv("CO_TOKEN", "t")
    client = _open(_load(tmp_path, more="limits: {concurrency: 3}"), "co", parallelism=parallelism)
    assert client.vendor.limits.concurrency == concurrency
    asyncio.run(client.__aexit__(None, None, None))


# ----------------------------------------------------------------------------------------------------------- options


def test_a_vendor_is_given_the_options_that_it_declares(tmp_path: Path) -> None:
    loaded = _load(tmp_path)
    options = sync.Options(extra={"delays": "600"})
    assert extra_of(loaded.vendor_of(_dialer(loaded, "uk")), options) == {"delays": "600"}
    assert extra_of(loaded.vendor_of(_dialer(loaded, "co")), options) == {}
    check_extra(loaded, options)


def test_an_option_that_no_vendor_declares_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'delay' \(delays: Seconds"):
        check_extra(_load(tmp_path), sync.Options(extra={"delay": "600"}))
