import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.rows import phones
from syncengine.rows.phones import canonical, national_form, plausible

LONDON = "+442079460018"


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("+44 20 7946 0018", ""),
        ("+44 (0)20 7946 0018", ""),
        ("+44 (0) 20 7946-0018", "GB"),
        ("020 7946 0018", "GB"),
        ("(020) 7946.0018", "GB"),
        ("0044 20 7946 0018", ""),
        ("0044 20 7946 0018", "GB"),
        ("0044 20 7946 0018", "US"),
        ("tel:+44-20-7946-0018", ""),
        ("'+442079460018", ""),
        ("’+442079460018", ""),
        ("+44\u00a020\u00a07946\u00a00018", ""),
        ("\u202a+442079460018\u202c", ""),
        ("+44207946\u200b0018", ""),
        ("\ufeff+442079460018", ""),
        ("+４４２０７９４６００１８", ""),
        ("+٤٤٢٠٧٩٤٦٠٠١٨", ""),
        ("442079460018.0", "GB"),
        ("+442079460018 ext. 12", ""),
        (" +442079460018 ", ""),
    ],
)
def test_every_spelling_of_one_number_is_one_number(raw, region):
    assert canonical(raw, region).number == LONDON


@pytest.mark.parametrize(
    ("raw", "region", "problem"),
    [
        ("", "CO", phones.BLANK),
        ("  ", "CO", phones.BLANK),
        ("n/a", "CO", phones.NOT_A_NUMBER),
        ("4.42E+11", "GB", phones.LOST_DIGITS),
        ("4,42079E+11", "GB", phones.LOST_DIGITS),
        ("020 7946 0018; 020 7946 0019", "GB", phones.TWO_NUMBERS),
        ("020 7946 0018 / 020 7946 0019", "GB", phones.TWO_NUMBERS),
        ("+442079460018,+442079460019", "", phones.TWO_NUMBERS),
        ("020 7946 0018 or 020 7946 0019", "GB", phones.TWO_NUMBERS),
        ("3001234567", "", phones.NO_REGION),
        ("7946 0018", "GB", phones.LOCAL_ONLY),
        ("112", "GB", phones.TOO_SHORT),
        ("911", "US", phones.TOO_SHORT),
        ("116117", "DE", phones.EMERGENCY),
        ("+4420794600180", "", phones.TOO_LONG),
        ("+1234567890123456", "", phones.TOO_LONG),
        ("+0442079460018", "", phones.NOT_A_NUMBER),
    ],
)
def test_what_is_no_number_beyond_doubt_has_its_reason(raw, region, problem):
    found = canonical(raw, region)
    assert found.number is None
    assert found.problem == problem


def test_letters_that_stand_for_digits_are_read():
    assert canonical("1-800-FLOWERS", "US").number == "+18003569377"


def test_a_listed_number_is_read_in_every_region():
    assert plausible("07840258823", ["GB", "VN"]) == {"+447840258823", "+847840258823"}
    assert plausible("573001234567", ["GB"]) == {"+573001234567"}
    assert plausible("00573001234567", ["US"]) == {"+573001234567"}
    assert plausible("n/a", ["GB"]) == frozenset()
    assert plausible("4.42E+11", ["GB"]) == frozenset()


def test_spellings_that_a_numbering_plan_has_given_up_are_listed_too():
    assert plausible("+5215512345678", []) == plausible("+525512345678", []) == {"+525512345678", "+5215512345678"}
    assert plausible("+5491123456789", []) == plausible("+541123456789", []) == {"+5491123456789", "+541123456789"}


def test_the_national_form_is_as_people_write_it():
    assert national_form("+447840258823") == "07840258823"
    assert national_form("+84346608877") == "0346608877"
    assert national_form("+573001234567") == "3001234567"


REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(REGIONS), st.text(min_size=1, max_size=20))
def test_any_text_has_an_answer(region, text):
    found = canonical(text, region)
    assert (found.number is None) != (not found.problem)
    if found.number:
        assert canonical(found.number, "").number == found.number
        assert found.number in plausible(text, [region])
