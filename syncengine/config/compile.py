"""A vendor file and its mapping, compiled into what the rest of the program works with.

Everything is looked at even after a mistake, so that one run reports all of them; only then is there no vendor.
"""

from collections.abc import Mapping

from syncengine.config.base_urls import read_base_url
from syncengine.config.document import Document
from syncengine.config.mapping_checks import check_mapping
from syncengine.config.operation_checks import check_operation
from syncengine.config.places import Complaints
from syncengine.config.request_templates import read_request
from syncengine.config.template_scope import CUSTOM
from syncengine.config.trees import TreeReader
from syncengine.config.vendor_checks import check_vendor
from syncengine.config.vendor_spec import CampaignsSpec, CollectionSpec, ColumnSpec, MappingSpec, VendorSpec
from syncengine.config.written_operations import WrittenOperation, written_operations
from syncengine.diagnostics import Diagnostics
from syncengine.model.vendor import Campaigns, Collection, Column, Operation, Vendor

# An id that is harmless wherever it is put.
_ANY_ID = "[A-Za-z0-9_-]{1,64}"

# What an operation has in both forms; the rest is compiled.
_SAME = (
    "ability",
    "check",
    "success",
    "responses",
    "items",
    "records",
    "pagination",
    "task",
    "id",
    "id_pattern",
    "batch",
    "refused_batch",
    "timeout",
    "warns",
)


def compile_vendor(
    spec: VendorSpec,
    mapping: MappingSpec,
    *,
    spec_document: Document,
    mapping_document: Document,
    digest: str,
    shipped: bool,
    diagnostics: Diagnostics,
) -> Vendor | None:
    """Return the vendor, or None after every mistake went to ``diagnostics``.

    Args:
        spec: The vendor file.
        mapping: Its mapping file.
        spec_document: Where the parts of the vendor file stand.
        mapping_document: Where the parts of the mapping file stand.
        digest: Of both files.
        shipped: Whether both came with the tool.
        diagnostics: Takes the mistakes.
    """
    before = len(diagnostics)
    complaints = Complaints(spec_document, diagnostics)
    operations: dict[str, Operation] = {}
    for written in written_operations(spec, mapping):
        check_operation(written, spec, complaints)
        operations[written.name] = _operation(written, spec, complaints)
    check_vendor(spec, mapping, complaints)
    check_mapping(spec, mapping, Complaints(mapping_document, diagnostics))
    base_url = read_base_url(spec, complaints)
    if any(item.severity == "error" for item in diagnostics.items[before:]):
        return None
    return Vendor(
        name=spec.vendor,
        title=spec.title,
        docs=spec.docs,
        settings=spec.settings,
        secrets=spec.secrets,
        optional_secrets=spec.optional_secrets,
        base_url=base_url,
        auth=spec.auth,
        limits=spec.limits,
        responses=spec.responses,
        campaigns=_campaigns(spec.campaigns, mapping, operations),
        collections=tuple(_collection(name, item, operations) for name, item in spec.collections.items()),
        columns={name: _columns(fields) for name, fields in mapping.collections.items()},
        calls={name: operations[f"calls.{name}"] for name in spec.calls},
        options=spec.options,
        digest=digest,
        # A host that anybody can name in a project file is no origin of ours.
        shipped=shipped and not spec.private_host,
    )


def _operation(written: WrittenOperation, vendor: VendorSpec, complaints: Complaints) -> Operation:
    spec = written.spec
    reader = TreeReader(written.scope.names, written.scope.row_names, complaints.finding)
    render = read_request(spec, reader, written.path, mapped=written.mapped)
    same = {name: getattr(spec, name) for name in _SAME}
    if spec.id and not spec.id_pattern:
        # People in a directory have ids of their own kind: the campaigns' pattern says nothing about those.
        same["id_pattern"] = _ANY_ID if written.collection else vendor.campaigns.id_pattern
    return Operation(
        name=written.name,
        # Reading rings nobody; of a write that says nothing, the worst is believed.
        effect=spec.effect if written.writes or "effect" in spec.model_fields_set else "neutral",
        writes=written.writes,
        render=render,
        settings_used=tuple(sorted(reader.settings)),
        proof=spec.proof.proof() if spec.proof else None,
        **same,
    )


def _campaigns(spec: CampaignsSpec, mapping: MappingSpec, operations: Mapping[str, Operation]) -> Campaigns:
    return Campaigns(
        operations={role: operations[f"campaigns.{role}"] for role in spec.operations},
        fields={name: field.named(name) for name, field in mapping.campaigns.items()},
        **{name: getattr(spec, name) for name in type(spec).model_fields if name != "operations"},
    )


def _collection(name: str, spec: CollectionSpec, operations: Mapping[str, Operation]) -> Collection:
    return Collection(
        name=name,
        operations={role: operations[f"{name}.{role}"] for role in spec.operations},
        **{field: getattr(spec, field) for field in type(spec).model_fields if field != "operations"},
    )


def _columns(fields: Mapping[str, str | ColumnSpec]) -> tuple[Column, ...]:
    return tuple(_column(field, line) for field, line in fields.items())


def _column(field: str, line: str | ColumnSpec) -> Column:
    to = "" if field == CUSTOM else field
    if isinstance(line, str):
        return Column(to=to, source=line, form="text" if to else "custom")
    return Column(
        to=to, source=line.source, form=line.form, pattern=line.pattern, required=line.required, values=line.values
    )
