"""Which modules those are, and which tests are their own: as pyproject.toml says it to the tool that changes them."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _configured() -> dict[str, list[str]]:
    found: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    return found


def modules() -> list[str]:
    """Return the paths of the modules."""
    return list(_configured()["only_mutate"])


def own_tests() -> list[str]:
    """Return the paths of their tests."""
    return list(_configured()["pytest_add_cli_args_test_selection"])
