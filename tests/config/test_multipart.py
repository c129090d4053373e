"""Multipart bodies: any content, the same bytes each time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.config.multipart import Part, encode_parts


def decoded(body: bytes, content_type: str) -> list[tuple[str, bytes]]:
    boundary = content_type.partition("boundary=")[2].encode()
    pieces = body.split(b"--" + boundary)
    assert pieces[0] == b""
    assert pieces[-1] == b"--\r\n"
    return [
        (heading.decode(), content.removesuffix(b"\r\n"))
        for heading, _, content in (piece.partition(b"\r\n\r\n") for piece in pieces[1:-1])
    ]


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
@settings(max_examples=50)
def test_any_content_survives(contents: list[bytes]) -> None:
    body, content_type = encode_parts([Part(f"p{number}", content) for number, content in enumerate(contents)])
    assert [content for _, content in decoded(body, content_type)] == contents


def test_the_same_parts_give_the_same_bytes_and_others_another_boundary() -> None:
    assert encode_parts([Part("a", b"1")]) == encode_parts([Part("a", b"1")])
    assert encode_parts([Part("a", b"1")])[1] != encode_parts([Part("a", b"2")])[1]
    assert encode_parts([Part("a", b"1"), Part("b", b"")])[1] != encode_parts([Part("a", b""), Part("b", b"1")])[1]


def test_a_name_cannot_end_its_heading() -> None:
    ((heading, _),) = decoded(*encode_parts([Part('a"; filename="x\r\nX-Evil: 1', b"")]))
    assert heading.count("\r\n") == 1
    assert "%22" in heading
    assert "%0D%0A" in heading


def test_a_file_has_its_name_and_type() -> None:
    ((heading, _),) = decoded(*encode_parts([Part("file", b"x", "leads.csv", "text/csv")]))
    assert heading == '\r\nContent-Disposition: form-data; name="file"; filename="leads.csv"\r\nContent-Type: text/csv'
