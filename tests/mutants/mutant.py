"""What a mutant is, and the ways in which most of them take a defence out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defence less."""

    # "module:function" or "module:Class.method".
    target: str
    # The function as it is -> the one without the defence.
    without: Callable[[Callable[..., Any]], Callable[..., Any]]
    # The test that must fail.
    fails: str


def nothing(result: Any = None) -> Callable[[Any], Callable[..., Any]]:
    """Do nothing and return always the same."""
    return lambda _: lambda *_args, **_more: result


def always(value: Any) -> Callable[[Any], Any]:
    """Make a property that has always the same value."""
    return lambda _: property(lambda _self: value)


def passed_on(position: int = 0) -> Callable[[Any], Callable[..., Any]]:
    """Return one of the arguments as it is."""
    return lambda _: lambda *args, **_more: args[position]


def instead(old: str, new: str) -> Callable[[Any], Callable[..., Any]]:
    """Replace a part of the SQL that a function returns."""

    def made(real: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*args: Any, **more: Any) -> Any:
            text = real(*args, **more)
            assert old in text, f"the mutant finds no {old!r} any more"
            return text.replace(old, new, 1)

        return changed

    return made
