"""A pulled manifest reads as what the dialer holds, whatever its campaigns are called."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.config.adoption import adopted, adoption_manifest
from syncengine.config.document import parse_document
from syncengine.config.names import fits_name
from syncengine.config.vendor_files import load_vendor
from syncengine.config.yaml_builder import CONTROLS
from syncengine.diagnostics import Diagnostics
from syncengine.model.snapshot import ActualCampaign
from tests.views.plans import HOSTILE

LOADED = load_vendor("thulium", Diagnostics())
assert LOADED is not None
VENDOR = LOADED.vendor


def campaign(number: int = 11540, name: str = "Spring", **more: object) -> ActualCampaign:
    stated: dict[str, object] = {"status": "stopped", "fields": {"type": "predictive", "name": name}}
    return ActualCampaign(id=str(number), name=name, **(stated | more))  # type: ignore[arg-type]


def read(text: str) -> dict[str, dict[str, object]]:
    diagnostics = Diagnostics()
    found = parse_document(text.encode(), label="x", diagnostics=diagnostics)
    assert found is not None, [item.render() for item in diagnostics]
    assert not diagnostics.failed
    return found.data["campaigns"]


def test_a_campaign_is_named_by_its_id_and_states_what_can_be_read():
    text = adoption_manifest(adopted("co", VENDOR, [campaign()], set()))
    assert read(text) == {
        "spring": {"dialer": "co", "id": "11540", "name": "Spring", "type": "predictive", "status": "stopped"}
    }
    assert 'id: "11540"' in text


def test_keys_are_names_and_each_is_there_once():
    names = ["Spring", "spring!", "SPRING", "", "Año 2026", "all", "account", "true", "7", "x" * 200, "日本"]
    taken = {"spring"}
    found = adopted("co", VENDOR, [campaign(10_000 + n, name) for n, name in enumerate(names)], taken)
    keys = [each.key for each in found]
    assert len(set(keys)) == len(names)
    assert "spring" not in keys
    assert all(map(fits_name, keys))
    assert set(read(adoption_manifest(found))) == set(keys)


@given(st.text(max_size=60) | st.sampled_from([HOSTILE, '"', "\\", "#", "a: b", "\U000e0001", "+573001234567", "007"]))
def test_any_name_is_quoted_and_comes_back_as_it_was(name):
    if any("\ud800" <= c <= "\udfff" for c in name):
        return
    text = adoption_manifest(adopted("co", VENDOR, [campaign(name=name)], set()))
    (entry,) = read(text).values()
    # A manifest may hold no control character, so such a name stays the dialer's own affair.
    assert entry.get("name", "") == ("" if CONTROLS.search(name) else name)
    assert not any(not c.isprintable() for c in text if c != "\n")


def test_a_value_that_a_manifest_cannot_say_is_left_out_and_named():
    found = adopted("co", VENDOR, [campaign(fields={"type": "some new kind", "name": "a", "order": 2})], set())
    assert found[0].fields == {"name": "a", "order": 2}
    assert "type" not in found[0].fields
    text = adoption_manifest(found)
    assert "# Not stated, since a manifest cannot say it: type" in text
    assert read(text)


@pytest.mark.parametrize(("status", "stated"), [("started", True), ("stopped", True), ("unknown", False)])
def test_a_status_is_stated_where_it_is_known(status, stated):
    (entry,) = read(adoption_manifest(adopted("co", VENDOR, [campaign(status=status)], set()))).values()
    assert ("status" in entry) is stated


def test_no_campaign_is_an_empty_manifest():
    assert read(adoption_manifest([])) == {}


def test_what_no_call_changes_is_not_stated_unless_it_decides_how_the_campaign_is_kept():
    fixed = replace(VENDOR.campaigns.fields["order"], write="never")
    kind = replace(VENDOR.campaigns.fields["type"], write="never")
    campaigns = replace(VENDOR.campaigns, fields={**VENDOR.campaigns.fields, "order": fixed, "type": kind})
    vendor = replace(VENDOR, campaigns=campaigns)
    (found,) = adopted("co", vendor, [campaign(fields={"type": "preview", "order": 2})], set())
    assert found.fields == {"type": "preview"}
    assert found.left_out == []
