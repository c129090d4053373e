import inspect

import pytest

from syncengine import errors
from syncengine.diagnostics import Diagnostics

CLASSES = [
    found
    for _, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, errors.SyncEngineError) and found.__module__ == errors.__name__
]


def test_the_picture_in_the_module_names_every_error():
    assert [found.__name__ for found in CLASSES if found.__name__ not in (errors.__doc__ or "")] == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.SyncEngineError, 1),
        (errors.UsageError, 64),
        (errors.GuardError, 4),
        (errors.StalePlanError, 5),
        (errors.LockedError, 5),
    ],
)
def test_each_error_has_the_exit_code_of_the_readme(error, code):
    assert error.exit_code == code


def test_a_configuration_error_counts_errors_and_not_warnings():
    found = Diagnostics()
    found.warning("old")
    found.error("bad")
    assert str(errors.ConfigError(found)) == "1 mistake in the configuration"


def test_a_lost_answer_says_whether_anything_was_sent():
    assert errors.TransportError("acme", "add", "refused", sent=False).sent is False
