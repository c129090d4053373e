"""The five dialers, running once for a module and emptied before each test."""

from tests.conformance.conftest import running, sandbox

__all__ = ["running", "sandbox"]
