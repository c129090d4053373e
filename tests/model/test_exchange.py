from syncengine.model.exchange import Answer, Request, RowItem

NUMBER, NAME = "+573001112233", "Yesenia"


def test_what_is_printed_of_an_exchange_names_nobody() -> None:
    request = Request("POST", f"/leads/{NUMBER}", query=(("name", NAME),), body=NUMBER.encode())
    answer = Answer(200, {"x-name": NAME}, NUMBER.encode(), body={"tel": NUMBER}, text=NUMBER, is_json=True)
    item = RowItem(NUMBER, (NUMBER,), {"name": NAME}, "hash", NUMBER)
    for value in (request, answer, item):
        shown = f"{value!r} {value}"
        assert NUMBER not in shown
        assert NUMBER[3:] not in shown
        assert NAME not in shown


def test_what_is_printed_still_tells_one_from_another() -> None:
    assert repr(Request("GET", "/x", body=b"abc")) == "Request(GET, 3 bytes of body)"
    assert repr(Answer(404, {}, b"ab")) == "Answer(404, 2 bytes)"
    assert repr(RowItem(NUMBER, ())).endswith("33)")
