"""All operations of a vendor file in one walk, each with its place and what stands around it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from syncengine.config.template_scope import ScopeNames, call_scope, campaign_scope, collection_scope, mapped_fields
from syncengine.config.vendor_spec import CollectionSpec, MappingSpec, OperationSpec, VendorSpec

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class WrittenOperation:
    """One operation as it is written."""

    # As find_operation takes it.
    name: str
    role: str
    path: Path
    spec: OperationSpec
    scope: ScopeNames
    # The operations beside it, by role.
    siblings: Mapping[str, OperationSpec]
    # None for those of campaigns and for calls.
    collection: CollectionSpec | None = None
    mapped: frozenset[str] = frozenset()
    # A call that others refer to: nothing is planned with it by itself.
    is_call: bool = False

    @property
    def writes(self) -> bool:
        """Whether it changes something; unless the file says otherwise, everything but GET does."""
        return not (self.spec.method == "GET" if self.spec.reads is None else self.spec.reads)


def written_operations(spec: VendorSpec, mapping: MappingSpec) -> Iterator[WrittenOperation]:
    """Walk campaigns, collections and calls, in the order of the file."""
    campaigns = spec.campaigns.operations
    for role, operation in campaigns.items():
        path: Path = ("campaigns", "operations", role)
        scope = campaign_scope(spec, mapping, role)
        yield WrittenOperation(f"campaigns.{role}", role, path, operation, scope, campaigns)
    for name in spec.collections:
        yield from _of_collection(spec, mapping, name)
    for name, operation in spec.calls.items():
        scope = call_scope(spec, mapping, operation)
        yield WrittenOperation(f"calls.{name}", name, ("calls", name), operation, scope, spec.calls, is_call=True)


def _of_collection(spec: VendorSpec, mapping: MappingSpec, name: str) -> Iterator[WrittenOperation]:
    collection = spec.collections[name]
    siblings: dict[str, OperationSpec] = {str(role): operation for role, operation in collection.operations.items()}
    for role, operation in siblings.items():
        scope = collection_scope(spec, mapping, name=name, role=role, operation=operation)
        path: Path = ("collections", name, "operations", role)
        mapped = mapped_fields(mapping, name)
        yield WrittenOperation(f"{name}.{role}", role, path, operation, scope, siblings, collection, mapped)
