import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.model.answers import Match, ResponseClass
from syncengine.model.calling import Proof
from syncengine.model.vendor import Operation
from syncengine.remote.judge import judge, looks_cut, matches
from tests.remote.dialing import answer, reading, writing

PAGE = b"<!DOCTYPE html><html><body>Please log in</body></html>"


@pytest.mark.parametrize(
    ("match", "given", "expected"),
    [
        (Match(), answer(status=500), True),
        (Match(status=(200, 201)), answer(status=201), True),
        (Match(status=(200,)), answer(status=201), False),
        (Match(status=("2xx",)), answer(status=204), True),
        (Match(status=("2XX",)), answer(status=302), False),
        (Match(status=("404",)), answer(status=404), True),
        (Match(body={"code": (200, 201)}), answer({"code": "201"}), True),
        (Match(body={"code": ("200",)}), answer({"code": 200}), True),
        (Match(body={"code": ("200",)}), answer({"code": 200.0}), True),
        (Match(body={"code": ("200",)}), answer({"code": " 200 "}), True),
        (Match(body={"code": ("200",)}), answer({"code": "2000"}), False),
        (Match(body={"ok": (True,)}), answer({"ok": True}), True),
        (Match(body={"ok": (True,)}), answer({"ok": "true"}), True),
        (Match(body={"ok": (True,)}), answer({"ok": 1}), False),
        (Match(body={"error": (None,)}), answer({"error": None}), True),
        (Match(body={"error": (None,)}), answer({"error": "  "}), True),
        (Match(body={"error": (None,)}), answer({}), True),
        (Match(body={"error": (None,)}), answer({"error": "no"}), False),
        (Match(body={"error": ("",)}), answer({}), False),
        (Match(body={"error": (None,)}), answer(PAGE), False),
        (Match(body={"error": (None,)}), answer(), False),
        (Match(body={"r": (0,)}), answer({"r": False}), False),
        (Match(present=("data.0.id",)), answer({"data": [{"id": None}]}), True),
        (Match(present=("data.0.id",)), answer({"data": []}), False),
        (Match(text=("Existing Contact",)), answer(b"ERROR: existing contact!"), True),
        (Match(text=("a", "b")), answer(b"xxB"), True),
        (Match(text=("a",)), answer(b""), False),
        (Match(empty=True), answer(b" \n"), True),
        (Match(empty=True), answer({}), False),
        (Match(empty=False), answer({}), True),
        (Match(status=(200,), body={"r": (0,)}), answer({"r": 0}, status=202), False),
    ],
)
def test_a_match_holds_exactly_when_all_that_it_states_holds(match: Match, given: object, expected) -> None:
    assert matches(match, given) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (answer({"ok": False}), "unknown"),
        (answer(), "unknown"),
        (answer(b"ok"), "unknown"),
        (answer(PAGE), "unknown"),
        (answer(PAGE, 202), "unknown"),
        (answer(b'{"ok": tr'), "unknown"),
        (answer(status=302, headers={"location": "https://evil.example/"}), "unknown"),
        (answer({"error": "x"}, 400), "rejected"),
        (answer(status=404), "rejected"),
        (answer(PAGE, 400), "unknown"),
        (answer(b'{"error', 422), "unknown"),
        (answer({}, 401), "unknown"),
        (answer(PAGE, 403), "stop_dialer"),
        (answer({}, 408), "unknown"),
        (answer({}, 429), "wait"),
        (answer(PAGE, 429), "wait"),
        (answer({}, 500), "unknown"),
        (answer({"ok": 1}, 503), "unknown"),
    ],
)
def test_what_the_vendor_file_does_not_describe_is_never_success_for_a_write(given: object, outcome: str) -> None:
    assert judge(writing(), (), given).outcome == outcome  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (answer({"code": "400"}), "rejected"),
        (answer(), "rejected"),
        (answer(PAGE), "rejected"),
        (answer(b'{"ok": tr'), "wait"),
        (answer(status=302, headers={"location": "/login"}), "rejected"),
        (answer({}, 404), "rejected"),
        (answer({}, 401), "renew_auth"),
        (answer({}, 403), "stop_dialer"),
        (answer({}, 408), "wait"),
        (answer({}, 429), "wait"),
        (answer({}, 503), "wait"),
    ],
)
def test_what_the_vendor_file_does_not_describe_is_never_success_for_a_read(given: object, outcome: str) -> None:
    operation = reading(success=Match(body={"ok": (True,)}))
    assert judge(operation, (), given).outcome == outcome  # type: ignore[arg-type]


def test_the_operations_classes_come_first_then_success_then_the_vendors() -> None:
    there = ResponseClass(name="there", when=Match(text=("exists",)), outcome="already_present")
    wrong = ResponseClass(name="wrong", when=Match(status=(200,)), outcome="rejected")
    operation = writing(responses=(there,))
    assert judge(operation, (wrong,), answer({"ok": True, "error": "exists"})).outcome == "already_present"
    assert judge(operation, (wrong,), answer({"ok": True})).outcome == "applied"
    assert judge(operation, (wrong,), answer({"ok": False})).name == "wrong"


def test_a_page_or_half_an_answer_never_proves_that_something_is_done() -> None:
    loose = writing(success=Match(status=("2xx",)))
    assert judge(loose, (), answer(PAGE)).outcome == "unknown"
    assert judge(loose, (), answer(b'{"ok"')).outcome == "unknown"
    assert judge(loose, (), answer(status=204)).outcome == "applied"
    stated = writing(success=Match(text=("cancelled",)))
    assert judge(stated, (), answer(b"<html>cancelled</html>")).outcome == "applied"
    # What follows the words may take them back.
    assert judge(stated, (), answer(b'{"cancelled": server error')).outcome == "unknown"


def test_every_prefix_of_a_good_answer_is_unknown() -> None:
    whole = b'{"code":"201","error":null,"ok":true,"data":[{"total":" "}]}'
    for length in range(len(whole)):
        given = answer(whole[:length])
        assert judge(writing(), (), given).outcome == "unknown"
        assert looks_cut(given) is (length > 0)


def test_the_vendors_words_are_shown_masked_and_short() -> None:
    kind = ResponseClass(name="refused", when=Match(status=(400,)), outcome="rejected", message="errors.0.message")
    words = "Wrong number +573001234567\x1b[2J " + "x" * 500
    found = judge(writing(), (kind,), answer({"errors": [{"message": words}]}, 400))
    assert found.message.startswith("Wrong number +57")
    assert "3001234567" not in found.message
    assert "\x1b" not in found.message
    assert len(found.message) <= 200


def test_without_words_the_class_gives_its_name_and_its_wait() -> None:
    kind = ResponseClass(name="maintenance", when=Match(status=(403,)), outcome="wait", message="msg", wait=30.0)
    found = judge(writing(), (kind,), answer({}, 403))
    assert (found.outcome, found.name, found.message, found.wait) == ("wait", "maintenance", "maintenance", 30.0)


def test_a_redirect_names_its_target_without_the_query() -> None:
    headers = {"location": "https://evil.example/take?key=secret"}
    message = judge(writing(), (), answer(status=307, headers=headers)).message
    assert "https://evil.example/take" in message
    assert "secret" not in message


@given(st.integers(100, 599), st.binary(max_size=80))
@settings(max_examples=200)
def test_a_write_is_done_only_by_its_predicate(status: int, raw: bytes) -> None:
    assert judge(writing(), (), answer(raw, status)).outcome not in {"applied", "already_present", "already_absent"}


@pytest.mark.parametrize("operation", [reading(), writing(proof=Proof(by="repeat"))])
def test_a_refused_credential_is_renewed_where_a_repeat_is_harmless(operation: Operation) -> None:
    assert judge(operation, (), answer({}, 401)).outcome == "renew_auth"
