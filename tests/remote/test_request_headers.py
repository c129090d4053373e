from syncengine.model.exchange import Request
from syncengine.remote.request_headers import headers_of


def test_what_an_operation_states_wins_over_ours() -> None:
    stated = (("accept", "text/csv"), ("X-Kind", "a"))
    request = Request(method="POST", path="/x", query=(), headers=stated, body=b"{}", content_type="application/json")
    found = headers_of(request)
    assert found[-2:] == stated
    names = [name for name, _ in found]
    assert names == ["User-Agent", "Accept-Encoding", "Content-Type", "accept", "X-Kind"]


def test_a_call_without_a_body_states_no_kind_of_it() -> None:
    request = Request(method="GET", path="/x", query=(), headers=(), body=b"", content_type="")
    assert "Content-Type" not in dict(headers_of(request))
