import pytest

from syncengine.errors import RemoteError
from syncengine.model.exchange import Request
from syncengine.remote.origin import Origin

ORIGIN = Origin("acme-co", "https://dialer.example/api")


@pytest.mark.parametrize(
    "base_url",
    [
        "ftp://dialer.example",
        "dialer.example",
        "https://",
        "https://user:pass@dialer.example",
        "https://dialer.example/",
        "https://dialer.example/api?x=1",
        "https://dialer.example/api#x",
        "",
    ],
)
def test_a_base_url_is_an_origin_and_a_path(base_url: str) -> None:
    with pytest.raises(RemoteError, match="base URL"):
        Origin("acme-co", base_url)


def test_path_and_query_are_put_together_as_written() -> None:
    query = (("customer_id[]", "1"), ("customer_id[]", "2"), ("q", "a b&c=d/ü+"))
    assert str(ORIGIN.url("op", "/x/a%2Fb", query)) == (
        "https://dialer.example/api/x/a%2Fb?customer_id%5B%5D=1&customer_id%5B%5D=2&q=a%20b%26c%3Dd%2F%C3%BC%2B"
    )
    assert str(Origin("acme-co", "http://127.0.0.1:8701").url("op", "/", ())) == "http://127.0.0.1:8701/"


@pytest.mark.parametrize(
    "path",
    [
        "/1/../../dnd/2",
        "/..",
        "/./x",
        "/x/.",
        "x",
        "",
        "@evil.example/",
        ".evil.example/",
        ":80@evil.example/",
        "/x?y=1",
        "/x#y",
        "/x\r\ny",
        "/x\x00",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(RemoteError):
        ORIGIN.url("op", path, ())


def test_two_slashes_stay_on_the_host() -> None:
    assert str(ORIGIN.url("op", "//evil.example/x", ())).startswith("https://dialer.example/api//evil")


LINKS_HOME = [
    ("https://dialer.example/api/things?page=2", "/things", (("page", "2"),)),
    ("/api/things?page=2&x=", "/things", (("page", "2"), ("x", ""))),
    ("?page=2", "/things", (("page", "2"),)),
    ("more", "/more", ()),
    ("HTTPS://Dialer.Example/api/more", "/more", ()),
    ("https://dialer.example:443/api/more", "/more", ()),
    # Odd, but both are links relative to our own host.
    ("https:evil.example", "/evil.example", ()),
    ("https:///api/things", "/things", ()),
]


@pytest.mark.parametrize(("link", "path", "query"), LINKS_HOME)
def test_a_link_at_home_is_followed(link: str, path: str, query: tuple[tuple[str, str], ...]) -> None:
    request = Request("GET", "/things", (("page", "1"),), (("accept", "x"),))
    assert ORIGIN.follow(request, link) == Request("GET", path, query, (("accept", "x"),))


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/things",
        "https://dialer.example.evil.example/api/things",
        "http://dialer.example/api/things",
        "https://dialer.example:8443/api/things",
        "https://dialer.example@evil.example/api/things",
        "https://user:pass@dialer.example/api/things",
        "//evil.example/api/things",
        "///evil.example/api/things",
        "https://[::1",
        "https://dialer.example:99999/api/things",
        "https://dialer.example/other",
        "https://dialer.example/apix/things",
        "https://dialer.example/api",
        "/other",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://dialer.example/api/x",
        "https://xn--dialer.example/api/x",
        "https://dialer.example./api/x",
        "https://127.0.0.1/api/x",
        "https://dialer.example%2eevil.example/api/x",
        "https://dialer.example\\.evil.example/api/x",
        "../x",
        "/api/../x",
        "mailto:x@dialer.example",
        "https://evil.example?https://dialer.example/api/",
        "https://evil.example#https://dialer.example/api/",
        "wss://dialer.example/api/x",
    ],
)
def test_a_link_that_leads_elsewhere_is_not_followed(link: str) -> None:
    assert ORIGIN.follow(Request("GET", "/things"), link) is None


@pytest.mark.parametrize(
    "header",
    [
        ("Host", "evil.example"),
        ("content-length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("x-y", "a\r\nb: c"),
        ("x y", "a"),
        ("x:y", "a"),
        ("", "a"),
        ("x", "ü"),
    ],
)
def test_headers_that_frame_the_message_are_refused(header: tuple[str, str]) -> None:
    with pytest.raises(RemoteError, match="header"):
        ORIGIN.check_headers("op", (header,))


def test_plain_headers_pass() -> None:
    ORIGIN.check_headers("op", (("Accept-Language", "en, pl"), ("x_server", "0016")))
