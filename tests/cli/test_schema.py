import json
from pathlib import Path

import pytest

from syncengine.cli.exits import run
from syncengine.cli.main import cli
from syncengine.cli.schema import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_printed(kind: str, capsys) -> None:
    assert run(cli, ["schema", kind]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "object"


def test_all_are_written_into_a_folder(tmp_path: Path, capsys) -> None:
    assert run(cli, ["schema", "--write", str(tmp_path / "schemas")]) == 0
    assert sorted(path.stem for path in (tmp_path / "schemas").iterdir()) == sorted(KINDS)
    assert capsys.readouterr().out == ""


def test_a_kind_has_to_be_named(capsys) -> None:
    assert run(cli, ["schema"]) == 64
    assert "manifest" in capsys.readouterr().err
