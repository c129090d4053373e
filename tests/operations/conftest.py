"""The five dialers, as in the conformance walk."""

from tests.conformance.conftest import running, sandbox

__all__ = ["running", "sandbox"]
