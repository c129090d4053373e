"""Numbers of erased people are found by their digests wherever a plain number would be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.model.secret import Secret
from syncengine.rows.erased import DigestKey, DigestKeyError, ErasedIndex, Revealed, digests_in
from syncengine.rows.gate import ListedIndex
from syncengine.rows.workspace import Workspace

_KEY = DigestKey(Secret("k" * 32))
_OTHER = DigestKey(Secret("K" * 32))
_SAMPLES = (
    "+573001234567", "+14155550123", "+447840258823", "+84912345678", "+5491123456789", "+549223456789",
    "+3725123456", "+6834002", "+29012345", "+2904567", "+4930123456", "+36201234567", "+6901234", "+2479123",
)  # fmt: skip


def _index(*numbers: str) -> ErasedIndex:
    return ErasedIndex(_KEY, [_KEY.statement(number) for number in numbers])


numbers = st.one_of(
    st.sampled_from(_SAMPLES),
    st.from_regex(r"\+[1-9][0-9]{5,14}", fullmatch=True),
    st.tuples(
        st.sampled_from(["57", "1", "44", "84", "54", "549", "372", "683", "290", "690"]),
        st.from_regex(r"[1-9][0-9]{3,11}", fullmatch=True),
    ).map(lambda parts: f"+{''.join(parts)[:15]}"),
)


@st.composite
def spelled(draw: st.DrawFn) -> tuple[list[str], bytes]:
    """Return some numbers, and a text in which one of them may stand in some spelling."""
    chosen = draw(st.lists(numbers, min_size=1, max_size=4, unique=True))
    number = draw(st.sampled_from(chosen))
    digits = number[1:]
    skipped = draw(st.integers(0, 3))
    national = digits[skipped:]
    area = draw(st.sampled_from([2, 3, 4]))
    form = draw(
        st.sampled_from(
            [digits, number, f"00{digits}", f"0{national}", national, f"{digits[:skipped]}0{national}",
             f"{digits[:2]}(0){digits[2:]}", f"0{digits[3:][:area]}15{digits[3:][area:]}"]
        )
    )  # fmt: skip
    separator = draw(st.sampled_from(["", " ", "-", ".", " (", "%20", "\\u002d", "&#32;", "\u00a0"]))
    at = draw(st.integers(1, 6))
    form = separator.join(form[n : n + at] for n in range(0, len(form), at)) if separator else form
    before, after = (
        draw(st.sampled_from(["", "tel:", '{"n":"', "9", "id=12,", "7 "])),
        draw(st.sampled_from(["", '"}', ",1", "\n", " ext 4"])),
    )
    return chosen, f"{before}{form}{after}".encode()


@settings(max_examples=400, deadline=None)
@given(spelled())
def test_an_erased_number_is_found_in_every_spelling_in_which_a_plain_one_is(case: tuple[list[str], bytes]) -> None:
    chosen, data = case
    assert _index(*chosen).hits(data) == ListedIndex(chosen).hits(data)


@pytest.mark.parametrize("number", _SAMPLES)
def test_an_erased_number_is_found_in_the_spellings_that_people_use(number: str) -> None:
    digits = number[1:]
    for text in (number, f"00{digits}", f"({digits[:2]}) {digits[2:]}", f"%2B{digits}"):
        assert _index("+41791234567", number).hits(f"name={text}&x=1".encode()) == {number}


def test_a_number_that_only_ends_like_an_erased_one_is_not_held() -> None:
    assert (
        _index("+573001234567").hits(b"+34911234567") == ListedIndex(["+573001234567"]).hits(b"+34911234567") == set()
    )


def test_a_statement_shows_no_digit_of_its_number_and_is_another_one_under_another_key() -> None:
    one, other = _KEY.statement("+573001234567"), _OTHER.statement("+573001234567")
    assert one.startswith("~")
    assert "3001234567" not in one
    assert not set(one[1:].split(".")) & set(other[1:].split("."))


def test_digests_of_another_key_are_no_index_that_finds_nothing_but_an_error() -> None:
    with pytest.raises(DigestKeyError, match="1 of the numbers were erased under another key"):
        ErasedIndex(_OTHER, [_KEY.statement("+573001234567"), _OTHER.statement("+573001234568")])


def test_a_key_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(DigestKeyError, match="shorter than 32"):
        DigestKey(Secret("k" * 31))


@pytest.mark.parametrize("length", [32, 64, 65, 200])
def test_digests_made_in_columns_are_those_made_one_by_one(length: int) -> None:
    key = DigestKey(Secret("ü" * length))
    with Workspace() as workspace:
        made = key.digests(workspace, "(SELECT unnest(['+573001234567', '+6834002']) AS number)")
        found = dict(workspace.run(f"SELECT number, digest FROM {made}").fetchall())
    assert found == {number: key.digest(number) for number in ("+573001234567", "+6834002")}


def test_rows_are_looked_at_once_and_each_of_their_numbers_is_found() -> None:
    wanted = digests_in({"opt-outs": {_KEY.statement(number): 1.0 for number in ("+6834002", "+573001234567")}})
    with Workspace() as workspace:
        found = Revealed(workspace, _KEY)
        found.look(["(SELECT unnest(['+41791234567 +573001234567', '', '+1']) AS phones)"], wanted["opt-outs"])
        assert found.among(wanted["opt-outs"]) == {"+573001234567"}
        found.look(["(SELECT '+6834002' AS phones)", "(SELECT '+573001234567' AS phones)"], wanted["opt-outs"])
        assert found.among(wanted["opt-outs"]) == {"+573001234567", "+6834002"}
        assert found.among([]) == set()
