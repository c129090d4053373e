"""The written form of vendor files: strict, and made of the same words as the compiled one."""

from dataclasses import fields

import pytest
from pydantic import ValidationError

from syncengine.config.vendor_spec import (
    CampaignFieldSpec,
    CampaignsSpec,
    CollectionSpec,
    ColumnSpec,
    OperationSpec,
    VendorSpec,
)
from syncengine.model.vendor import CampaignField, Campaigns, Collection, Column, Operation, Vendor

from .vendor_samples import MAPPING, SPEC, document

# What only one of the two forms has: what is compiled, and what compiling adds.
ONLY_ONE = {
    (OperationSpec, Operation): {"source", "method", "path", "query", "headers", "body", "reads", "unsafe_defaults"}
    | {"name", "writes", "render", "settings_used"},
    (CollectionSpec, Collection): {"name"},
    (CampaignsSpec, Campaigns): {"fields"},
    (CampaignFieldSpec, CampaignField): {"name"},
    (ColumnSpec, Column): {"to"},
    (VendorSpec, Vendor): {"vendor", "examples", "private_host", "name", "columns", "digest", "shipped"},
}


@pytest.mark.parametrize(("written", "compiled"), ONLY_ONE, ids=lambda form: form.__name__)
def test_no_word_is_lost_between_file_and_model(written: type, compiled: type) -> None:
    words = set(written.model_fields)  # type: ignore[attr-defined]
    assert words ^ {field.name for field in fields(compiled)} == ONLY_ONE[written, compiled]


@pytest.mark.parametrize("key", ["vendr", "retries"])
def test_an_unknown_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match=key):
        VendorSpec.model_validate(document(SPEC, "v").data | {key: "x"})


@pytest.mark.parametrize("name", ["Sample", "../x", "a b", "", "9x"])
def test_a_vendors_name_is_a_plain_word(name: str) -> None:
    with pytest.raises(ValidationError):
        VendorSpec.model_validate(document(SPEC, "v").data | {"vendor": name})


def test_success_is_mandatory() -> None:
    data = document(SPEC, "v").data
    del data["calls"]["ask"]["success"]
    with pytest.raises(ValidationError, match="success"):
        VendorSpec.model_validate(data)


def test_a_campaign_field_takes_its_name_from_its_key() -> None:
    spec = CampaignFieldSpec.model_validate(document(MAPPING, "m").data["campaigns"]["kind"])
    assert spec.named("kind") == CampaignField(
        name="kind", to="kind", values={"fast": "fast", "slow": "slow"}, write="never"
    )
