import time

import pytest

from syncengine.matching import fault, fits


def test_a_pattern_is_about_the_whole_text() -> None:
    assert fits("[0-9]{4}", "0016")
    assert not fits("[0-9]{4}", "0016\n")
    assert not fits("[0-9]{4}", "٠٠١٦")
    assert not fits("[a-z]+", "\ud800")


@pytest.mark.parametrize("pattern", [r"^(\+?\d+\s?)+$", "(a|a){1,30}b", "([a-z]{0,61}[a-z0-9])*"])
def test_what_takes_years_elsewhere_ends_at_once(pattern: str) -> None:
    began = time.process_time()
    assert not fits(pattern, "a1" * 5_000 + "!")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("pattern", ["(", "a++", r"(a)\1", "(?=a)b", "((a{0,100}){0,100}){0,100}", "\ud800"])
def test_what_cannot_be_read_says_why(pattern: str) -> None:
    assert fault(pattern)


def test_a_sound_pattern_has_no_fault() -> None:
    assert fault("CA[A-Za-z0-9]{1,30}") == ""
