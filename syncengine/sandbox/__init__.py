"""Stateful fake dialers of the five vendors on loopback.

They exist to be the judge: for trying the tool without an account, for the demo and for the tests. Each one is written
from the vendor's own documents and never from our vendor files, so that a mistake in a vendor file shows as a refusal
here. This is the only package whose Python may name a vendor.
"""
