"""What a mapping file says about its vendor file: collections and roles that it names exist, forms are whole."""

import re

from syncengine.config.places import Complaints, Path
from syncengine.config.template_scope import CUSTOM
from syncengine.config.vendor_spec import CampaignFieldSpec, ColumnSpec, MappingSpec, VendorSpec
from syncengine.diagnostics import did_you_mean
from syncengine.model.desired import PHONE_COLUMNS

NEVER = "never"
_PHONE_FORMS = frozenset({"e164", "digits", "national"})


def check_mapping(spec: VendorSpec, mapping: MappingSpec, complaints: Complaints) -> None:
    """Report what a mapping file says that its vendor file does not know, and what it leaves out."""
    if mapping.vendor != spec.vendor:
        complaints.error(
            ("vendor",), f"this mapping is for {mapping.vendor}", expected=spec.vendor, hint="Is it in the right file?"
        )
    for name, field in mapping.campaigns.items():
        _check_field(name, field, spec, complaints)
    for name in mapping.collections:
        if name not in spec.collections:
            complaints.error(
                ("collections", name),
                f"the vendor has no collection {name}",
                expected=", ".join(spec.collections),
                hint=did_you_mean(name, list(spec.collections)),
                key=True,
            )
    for name, collection in spec.collections.items():
        # DND entries may do with the row's own number; people cannot.
        if collection.holds != "dnd" and name not in mapping.collections:
            complaints.error(
                ("collections",), f"the columns of {name} are missing", expected=f"collections: {name}:", key=True
            )
    for name, fields in mapping.collections.items():
        for column, line in fields.items():
            _check_column(column, line, ("collections", name, column), complaints)


def _check_field(name: str, field: CampaignFieldSpec, spec: VendorSpec, complaints: Complaints) -> None:
    path: Path = ("campaigns", name)
    roles = list(spec.campaigns.operations)
    # The default role counts only where campaigns can be changed at all.
    stated = "write" in field.model_fields_set
    if field.write not in {NEVER, *roles} and (stated or "update" in roles or roles):
        complaints.error(
            (*path, "write") if stated else path,
            f"{name} is changed by campaigns.{field.write}, which does not exist",
            expected=", ".join([NEVER, *roles]),
            hint=did_you_mean(field.write, [NEVER, *roles]) or "A field that is fixed at creation says write: never.",
            key=not stated,
        )
    if field.kind == "datetime" and not field.form:
        complaints.error(path, f"{name} is a date and has no form", expected='form: as "%Y-%m-%d"', key=True)
    if field.form and field.kind != "datetime":
        complaints.error((*path, "form"), "only a datetime has a form", expected="kind: datetime", key=True)
    if field.default is not None and field.values and field.default not in field.values:
        complaints.error(
            (*path, "default"), f'"{field.default}" is none of the values', expected=", ".join(field.values)
        )


def _check_column(field: str, line: str | ColumnSpec, path: Path, complaints: Complaints) -> None:
    source = line if isinstance(line, str) else line.source
    form = "text" if isinstance(line, str) else line.form
    if not re.fullmatch(r"=.*|\*|[^\s=*][^=*]*", source, re.DOTALL):
        complaints.error(
            path, f"{source!r} names no column", expected='a column as first_name, or a constant as "=text"'
        )
    if field == CUSTOM and isinstance(line, ColumnSpec) and form != "custom":
        complaints.error(path, "* spreads the custom columns", expected='"*": {from: "*", as: custom}', key=True)
    if form == "datetime" and isinstance(line, ColumnSpec) and not line.pattern:
        complaints.error(path, f"{field} is a date and has no form", expected='pattern: as "%Y-%m-%d %H:%M"', key=True)
    if source in PHONE_COLUMNS and form not in _PHONE_FORMS:
        complaints.error(
            path,
            f"{field} is a phone, and nothing says how it is written there",
            expected="as: e164, digits or national",
        )
