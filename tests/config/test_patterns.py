"""Patterns that would keep the program busy are refused."""

import pytest

from syncengine.config.patterns import pattern_fault


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(a|a)*",
        "(\\d+\\s?){2,}x",
        "^(\\+?\\d+\\s?)+$",
        "(a)\\1",
        "(?P<x>a)(?P=x)",
        "a*a*a*b",
        "[",
        "(",
        "a" * 400,
        "*",
    ],
)
def test_a_pattern_that_is_broken_or_unbounded_is_refused(pattern: str) -> None:
    assert pattern_fault(pattern)


@pytest.mark.parametrize(
    "pattern", ["", "[0-9]{4}", "CA[A-Za-z0-9]{1,30}", "([a-z0-9-]{1,40}\\.){1,2}x", "\\(a\\)+", "a+", "[a-z]*-[0-9]*"]
)
def test_plain_patterns_are_fine(pattern: str) -> None:
    assert pattern_fault(pattern) == ""
