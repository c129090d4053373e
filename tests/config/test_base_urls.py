"""The base URL: secrets go there, so nothing may lead elsewhere."""

import pytest

from syncengine.errors import RenderError

from .vendor_samples import bent, compiled, mistakes, sound

PATTERN = 'pattern: "[a-z0-9-]{1,20}"'
URL = 'base_url: "https://{{ settings.server }}.sample.example/api"'


@pytest.mark.parametrize(
    "pattern",
    [
        "[a-z.]{1,20}",
        "[a-z/]{3}",
        "[a-z@]{5,9}",
        "[a-z0-9:]+",
        "\\\\S{1,9}",
        ".*",
        "a[?]b|[a-z?]{9}",
        "[^a-z]{0,1}[a-z#]{3,}",
        "[a-z\\\\\\\\]{4}",
        "[0-9.]{7}",
        "[a-z]+[.]com",
    ],
)
def test_a_pattern_that_fits_another_host_is_refused(pattern: str) -> None:
    found = mistakes(bent(PATTERN, f'pattern: "{pattern}"'))
    assert any("secrets could be sent elsewhere" in text for text in found)


def test_a_pattern_that_cannot_be_read_is_told_once() -> None:
    (found,) = mistakes(bent(PATTERN, 'pattern: "[a-z"'))
    assert "cannot be read" in found


def test_a_setting_that_is_not_declared_is_told_once() -> None:
    (found,) = mistakes(bent(URL, 'base_url: "https://{{ settings.sever }}.sample.example"'))
    assert 'Did you mean "server"?' in found


def test_a_setting_without_pattern_is_refused() -> None:
    assert "has no pattern" in mistakes(bent(f"    {PATTERN}\n", ""))[0]


def test_a_whole_host_within_the_vendors_own_domain_is_allowed() -> None:
    spec = bent(URL, 'base_url: "https://{{ settings.server }}"')
    own = bent(PATTERN, 'pattern: "([a-z0-9-]{1,20}[.]){1,2}sample[.]example"', text=spec)
    vendor = sound(bent("example: one", "example: one.sample.example", text=own))
    assert vendor.base_url({"server": "a.sample.example"}) == "https://a.sample.example"


def test_a_plain_word_as_a_whole_host_is_refused() -> None:
    assert "elsewhere" in mistakes(bent(URL, 'base_url: "https://{{ settings.server }}/api"'))[0]


def test_a_host_of_the_customers_own_is_never_allowed_as_it_stands() -> None:
    spec = bent(URL, 'base_url: "https://{{ settings.server }}"\nprivate_host: true')
    spec = bent(PATTERN, 'pattern: "[a-z0-9.-]{1,90}"', text=spec)
    vendor, _ = compiled(spec, shipped=True)
    assert vendor is not None
    assert not vendor.shipped
    assert "elsewhere" in mistakes(bent("[a-z0-9.-]{1,90}", "[a-z0-9.@-]{1,90}", text=spec))[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://sample.example",
        "ftp://sample.example",
        "{{ settings.server }}",
        "//sample.example",
        "HTTP://127.0.0.1",
        "http://127.0.0.1.evil.example",
    ],
)
def test_a_base_url_that_is_not_encrypted_is_refused(url: str) -> None:
    assert any("not encrypted" in text for text in mistakes(bent(URL, f'base_url: "{url}"')))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8701", "http://localhost/api", "http://[::1]:80"])
def test_loopback_needs_no_encryption(url: str) -> None:
    assert sound(bent(URL, f'base_url: "{url}"')).base_url({}) == url


@pytest.mark.parametrize("server", ["evil.example/", "a@evil", "a#", "a?", "a\\b", "a b", "a\n", "é"])
def test_settings_that_were_never_checked_still_give_a_plain_url_or_none(server: str) -> None:
    try:
        url = sound().base_url({"server": server})
    except RenderError:
        return
    assert url == "https://evil.example/.sample.example/api"  # what only the pattern can refuse


def test_a_base_url_reads_settings_only() -> None:
    assert "there is no campaign here" in mistakes(bent(URL, 'base_url: "https://{{ campaign.id }}.sample.example"'))[0]


def test_a_slash_at_the_end_is_dropped() -> None:
    assert sound(bent(URL, 'base_url: "https://sample.example/api/"')).base_url({}) == "https://sample.example/api"
