import json

import pytest

from syncengine.cli.vendors import command
from syncengine.config.vendor_files import shipped_vendors
from syncengine.errors import ConfigError
from tests.cli.running import run


def test_all_vendors_are_shown_in_every_form():
    names = shipped_vendors()
    assert all(f"(vendor: {name})" in run(command).output for name in names)
    assert len(run(command, "--format", "markdown").output.split("\n|")) == len(names) + 2
    document = json.loads(run(command, "--json").output)
    assert [row["vendor"] for row in document["vendors"]] == names
    assert document["format_version"] == 1


@pytest.mark.parametrize("name", shipped_vendors())
def test_every_call_of_a_vendor_is_shown_with_its_verb_and_source(name):
    document = json.loads(run(command, name, "--format", "json").output)
    assert document["vendor"]["calls"] == len(document["operations"])
    assert all(row["method"] and row["source"] for row in document["operations"])
    shown = run(command, name, "--no-color").output
    assert all(row["role"] in shown for row in document["operations"])
    table = run(command, name, "--format", "markdown").output
    assert table.count("\n| ") == len(document["operations"]) + 1


def test_an_unknown_vendor_is_explained():
    with pytest.raises(ConfigError) as refused:
        run(command, shipped_vendors()[0] + "x")
    assert any("Did you mean" in item.hint for item in refused.value.diagnostics)
