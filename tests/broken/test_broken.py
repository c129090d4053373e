"""Each file here holds one mistake; beside it stands, word for word, what is said about it.

``project/`` holds project files, ``manifest/`` manifests of the sample project. After a wanted change of words, write
the expectations anew with ``REWRITE_EXPECTATIONS=1`` and read the difference.
"""

import os
from pathlib import Path

import pytest

from tests.config.samples import MANIFEST, PROJECT, load, write

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*/*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_broken_file_is_explained(file: Path, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8")
    if file.parent.name == "project":
        write(tmp_path, text, case=MANIFEST)
    else:
        write(tmp_path, PROJECT, case=text)
    desired, shown, _ = load(tmp_path)
    expected = file.with_suffix(".txt")
    if os.environ.get("REWRITE_EXPECTATIONS"):
        expected.write_text("\n".join(shown) + "\n", encoding="utf-8")
    assert desired is None
    assert "\n".join(shown) + "\n" == expected.read_text(encoding="utf-8")


def test_every_expectation_belongs_to_a_file() -> None:
    assert {file.with_suffix("") for file in HERE.glob("*/*.txt")} == {file.with_suffix("") for file in FILES}


def test_no_message_shows_a_secret_a_number_or_a_name() -> None:
    # The words that stand in the broken files as credentials and as people.
    said = "\n".join(file.read_text(encoding="utf-8") for file in HERE.glob("*/*.txt"))
    for hidden in ("hunter2", "573001234567", "3001234567", "Ana María"):
        assert hidden not in said
