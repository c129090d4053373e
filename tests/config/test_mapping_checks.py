"""Mappings that do not fit their vendor file."""

import pytest

from .vendor_samples import MAPPING, SPEC, bent, mistakes

CASES = {
    "a collection that is not there": (("  leads:", "  leeds:"), 'Did you mean "leads"?'),
    "a role that is not there": (("write: never", "write: set_kind"), "changed by campaigns.set_kind"),
    "a date without form": (("kind: integer", "kind: datetime"), "is a date and has no form"),
    "a form without date": (("kind: integer", "kind: integer, form: '%Y'"), "only a datetime has a form"),
    "a default that is no value": (("    write: never", "    write: never\n    default: x"), "none of the values"),
    "a column of nothing": (("name: first_name", 'name: ""'), "names no column"),
    "a date column without form": (
        ("name: first_name", "name: {from: callback_at, as: datetime}"),
        "is a date and has no form",
    ),
    "a phone as it comes": (("name: first_name", "name: phone2"), "nothing says how it is written"),
    "a star that is no star": (("name: first_name", '"*": {from: "*"}'), "* spreads the custom columns"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_its_place(name: str) -> None:
    (old, new), message = CASES[name]
    found = [text for text in mistakes(SPEC, bent(old, new, text=MAPPING)) if message in text]
    assert len(found) == 1
    assert found[0].startswith("mappings/sample.yaml:")


def test_the_columns_of_people_cannot_be_missing() -> None:
    assert "the columns of leads are missing" in mistakes(SPEC, MAPPING.partition("collections:")[0])[0]
