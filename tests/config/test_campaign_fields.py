import pytest

from syncengine.config.campaign_fields import check_fields, stated_fields
from syncengine.config.document import parse_document
from syncengine.config.manifest import CampaignFile
from syncengine.config.places import Complaints
from syncengine.diagnostics import Diagnostics
from tests.config.samples import reference_vendor, vendor


def said(entry: str, *, at: str = "acme") -> list[str]:
    diagnostics = Diagnostics()
    text = f"campaigns:\n  k: {entry}\n"
    document = parse_document(text.encode(), label="f", diagnostics=diagnostics)
    assert document is not None
    written = CampaignFile.model_validate(document.data["campaigns"]["k"])
    chosen = vendor() if at == "acme" else reference_vendor()
    check_fields("k", written, chosen, Complaints(document, diagnostics))
    return [item.message for item in diagnostics]


@pytest.mark.parametrize(
    "setting",
    [
        "speed: 3",
        "speed: -1",
        "ratio: 1.5",
        "ratio: 2",
        "open: false",
        "start: '08:00:00'",
        "day: 2026-03-01",
        "until: '2026-03-01T08:00:00Z'",
        "until: '2026-03-01T08:00:00-05:00'",
        "tags: [a]",
        "tags: a",
        "code: '007'",
        "extra: {a: [1, null]}",
    ],
)
def test_values_of_the_right_kind_pass(setting: str) -> None:
    assert said(f"{{dialer: main, type: preview, settings: {{{setting}}}}}") == []


@pytest.mark.parametrize(
    "setting",
    [
        "speed: '3'",
        "speed: 1.5",
        "speed: true",
        "ratio: x",
        "open: 'yes'",
        "open: 1",
        "start: '8'",
        "start: '2026-03-01T08:00:00'",
        "start: '08:00:00Z'",
        "day: '08:00'",
        "until: tomorrow",
        "tags: [1]",
        "tags: {a: b}",
        "code: 7",
        "code: [a]",
    ],
)
def test_values_of_a_wrong_kind_do_not(setting: str) -> None:
    (message,) = said(f"{{dialer: main, type: preview, settings: {{{setting}}}}}")
    assert "is no value for" in message


def test_a_type_that_only_chooses_nothing_is_unknown() -> None:
    # The vendor without campaign calls still has the type in its mapping; one without it has nobody to read it.
    assert said("{dialer: agreed, id: x, type: preview}", at="refs") == ['a campaign of Refs has no "type"']


def test_an_adopted_campaign_needs_nothing_more_than_its_id() -> None:
    assert said("{dialer: main, id: '7'}") == []


def test_a_name_is_invented_only_for_a_campaign_that_will_be_created() -> None:
    new = CampaignFile(dialer="main")
    adopted = CampaignFile(dialer="main", id="7")
    assert stated_fields("k", new, vendor()) == {"name": "k"}
    assert stated_fields("k", adopted, vendor()) == {}
    assert stated_fields("k", CampaignFile(dialer="main", id="7", name="N"), vendor()) == {"name": "N"}


def test_values_cannot_be_changed_behind_the_plan() -> None:
    written = CampaignFile(dialer="main", settings={"tags": ["a", "b"], "extra": {"x": ["y"]}})
    fields = stated_fields("k", written, vendor())
    assert fields["tags"] == ("a", "b")
    assert fields["extra"] == {"x": ("y",)}
