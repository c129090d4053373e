from dataclasses import replace
from pathlib import Path

import pytest

from syncengine.config.origins import allowed_origins, check_ledger_server, check_origin, ledger_origin_of, origin_of
from syncengine.diagnostics import Location
from syncengine.errors import ConfigError
from syncengine.model.desired import Dialer
from tests.config.samples import vendor


def dialer(base_url: str = "") -> Dialer:
    return Dialer(
        name="main",
        vendor="acme",
        settings={"server": "0016"},
        stated_settings=frozenset({"server"}),
        secrets={"token": "env:T"},
        base_url=base_url,
        location=Location("syncengine.yaml", 4, 3),
    )


def refusal(*, base_url: str, override: bool = False, shipped: bool = True, allowed: tuple[str, ...] = ()) -> str:
    with pytest.raises(ConfigError) as caught:
        check_origin(dialer(base_url if override else ""), replace(vendor(), shipped=shipped), base_url, allowed)
    (item,) = caught.value.diagnostics
    return item.render()


def test_a_vendor_file_of_the_tool_is_allowed_as_it_stands() -> None:
    check_origin(dialer(), vendor(), "https://wv0016.acme.example/api", ())


def test_this_machine_needs_no_entry_and_no_tls() -> None:
    for url in ("http://127.0.0.1:8701", "http://localhost:1/x", "http://[::1]:80", "https://127.8.9.1"):
        check_origin(dialer(url), replace(vendor(), shipped=False), url, ())


def test_an_override_and_a_vendor_file_of_the_project_need_the_owners_word() -> None:
    url = "https://proxy.example:8443/acme"
    for case in ({"override": True}, {"shipped": False}):
        said = refusal(base_url=url, **case)
        assert "https://proxy.example:8443" in said
        assert "SYNCENGINE_ALLOW_ORIGINS=https://proxy.example:8443" in said
        assert "syncengine/origins" in said
        check_origin(dialer(url), replace(vendor(), shipped=False), url, ("https://proxy.example:8443",))


def test_another_port_scheme_or_subdomain_is_another_origin() -> None:
    for allowed in ("https://proxy.example:8444", "https://proxy.example", "https://a.proxy.example:8443"):
        refusal(base_url="https://proxy.example:8443", override=True, allowed=(allowed,))


def test_plain_http_is_refused_even_where_allowed() -> None:
    said = refusal(base_url="http://proxy.example", override=True, allowed=("http://proxy.example",))
    assert "unencrypted" in said


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@acme.example",
        "https://acme.example@evil.example",
        "https://0016.acme.example:443@evil.example/?x=.acme.example",
        "https://acme.example\\@evil.example",
        "https://acme.example#evil",
        "https://acme.example?x=1",
        "https://acme.example/?x",
        "https://acme.example./",
        "https://acme..example",
        "https://.acme.example",
        "https://-a.example",
        "https://a_b.example",
        "https://аcme.example",
        "https://acme。example",
        "https://acme.example%2eevil.example",
        "https://2130706433",
        "https://0x7f.1",
        "https://127.1",
        "https://0177.0.0.1",
        "https://1.2.3.4.5",
        "https://127.0.0.1.",
        "https://[::1",
        "https://[fe80::1%25eth0]",
        "https://acme.example:",
        "https://acme.example:0",
        "https://acme.example:99999",
        "https://acme.example:443x",
        "https://acme.example/../x",
        "https://acme.example//evil",
        "https:///acme.example",
        "https:acme.example",
        "//acme.example",
        "ftp://acme.example",
        "file:///etc/passwd",
        "https://acme.example\n",
        "https://acme.example\r\nHost: evil",
        " https://acme.example",
        "https://acme .example",
        "https://",
        "",
        "https://" + "a" * 64 + ".example",
    ],
)
def test_a_url_that_two_parsers_could_read_differently_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        origin_of(url)
    assert "hunter2" not in str(caught.value)
    # Also where the vendor file is trusted: a setting may have made it.
    with pytest.raises(ConfigError):
        check_origin(dialer(), vendor(), url, ())


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTPS://Acme.Example:443/Api/v1/", "https://acme.example"),
        ("https://acme.example:8443", "https://acme.example:8443"),
        ("http://localhost:80", "http://localhost"),
        ("https://10.0.0.1/x", "https://10.0.0.1"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_an_origin_has_one_spelling(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_the_owner_allows_in_the_environment_and_in_his_own_file(tmp_path: Path) -> None:
    environment = {
        "XDG_CONFIG_HOME": str(tmp_path),
        "SYNCENGINE_ALLOW_ORIGINS": " https://b.example , https://A.example:443/,",
    }
    assert allowed_origins(environment) == ("https://a.example", "https://b.example")
    (tmp_path / "syncengine").mkdir()
    (tmp_path / "syncengine" / "origins").write_text("# mine\nhttps://c.example  # the proxy\n\n")
    assert allowed_origins(environment) == ("https://a.example", "https://b.example", "https://c.example")


def test_a_wrong_entry_is_said_and_not_skipped(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        allowed_origins({"XDG_CONFIG_HOME": str(tmp_path), "SYNCENGINE_ALLOW_ORIGINS": "*.example,https://ok.example"})
    assert "SYNCENGINE_ALLOW_ORIGINS" in caught.value.diagnostics.items[0].message


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("postgresql://db.example/acme", "postgresql://db.example"),
        ("postgres://ann@DB.example:5432/acme?sslmode=verify-full", "postgresql://db.example"),
        ("postgresql://db.example:6432/acme?user=ann", "postgresql://db.example:6432"),
        ("postgresql://[fd00::1]/acme", "postgresql://[fd00::1]"),
        ("postgresql:///acme", ""),
        ("postgresql:///acme?host=/run/postgresql&user=ann", ""),
        ("postgresql://127.0.0.1:5433/acme", ""),
        ("postgresql://localhost/acme", ""),
    ],
)
def test_a_ledger_is_where_its_url_says_and_this_machine_needs_no_entry(url: str, origin: str) -> None:
    assert ledger_origin_of(url) == origin
    check_ledger_server(url, [origin])


def test_a_ledger_in_a_file_has_no_password() -> None:
    check_ledger_server("sqlite:///ledger.db", ())


def test_a_ledger_elsewhere_is_refused_with_the_line_to_add() -> None:
    with pytest.raises(ConfigError) as caught:
        check_ledger_server("postgresql://db.example:6432/acme", ("postgresql://db.example", "https://db.example:6432"))
    (item,) = caught.value.diagnostics
    assert "add the line postgresql://db.example:6432 to" in item.render()


def test_the_owner_allows_ledgers_beside_dialers(tmp_path: Path) -> None:
    (tmp_path / "syncengine").mkdir()
    (tmp_path / "syncengine" / "origins").write_text("https://dialer.example\npostgres://DB.example:5432  # ours\n")
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert allowed_origins(environment) == ("https://dialer.example", "postgresql://db.example")
    (tmp_path / "syncengine" / "origins").write_text("postgresql://a,b\n")
    with pytest.raises(ConfigError):
        allowed_origins(environment)
