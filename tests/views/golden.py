"""Texts kept word for word beside the tests; written anew with SYNCENGINE_REWRITE=1, for people to read the difference."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
# Read when the tests are collected: each test runs without the variables of the environment.
REWRITE = os.environ.get("SYNCENGINE_REWRITE") == "1"


def is_as_kept(name: str, text: str) -> bool:
    kept = FOLDER / name
    if REWRITE:
        kept.write_text(text, encoding="utf-8")
    return text == kept.read_text(encoding="utf-8")
