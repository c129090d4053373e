"""All hostile inputs, family by family."""

from collections.abc import Callable, Mapping
from importlib import import_module

from tests.hostile.case import BESIDE, FAMILIES, Case


def cases_of(family: str) -> list[Case]:
    """Return the cases of a family in their order."""
    module = import_module(f"tests.hostile.{family.replace('-', '_')}_cases")
    found: Callable[[], list[Case]] = module.cases
    return found()


def whole() -> Mapping[str, list[Case]]:
    """Return all cases by family."""
    return {family: cases_of(family) for family in (*FAMILIES, *BESIDE)}


def sample(cases: list[Case], every: int) -> list[Case]:
    """Return each so-manieth case, and the first of every verdict."""
    firsts = {case.wanted: case for case in reversed(cases)}
    return list(dict.fromkeys([*cases[::every], *firsts.values()]))
