"""For pytest: take the defence out that TAKEN_OUT names, before any test is collected."""

import importlib
import os
import sys
from typing import Any

from tests.mutants.mutants import MUTANTS


def pytest_configure(config: Any) -> None:
    """Take one defence out of this process."""
    del config
    take_out(os.environ["TAKEN_OUT"])


def take_out(name: str) -> None:
    """Replace the mutant's function wherever a module of the engine has taken it in."""
    mutant = MUTANTS[name]
    owner, last = found_at(mutant.target)
    real = getattr(owner, last)
    changed = mutant.without(real)
    setattr(owner, last, changed)
    for other in [found for key, found in sys.modules.items() if key.startswith("syncengine")]:
        for key, value in list(vars(other).items()):
            if value is real:
                setattr(other, key, changed)
            elif isinstance(value, dict):
                # Where functions are found by what they are for.
                value.update({name: changed for name, found in value.items() if found is real})


def found_at(target: str) -> tuple[Any, str]:
    """Return the module or class that holds a mutant's function, and its name there; AttributeError: it is gone."""
    where, _, attribute = target.partition(":")
    *owners, last = attribute.split(".")
    owner: Any = importlib.import_module(where)
    for part in owners:
        owner = getattr(owner, part)
    getattr(owner, last)
    return owner, last
