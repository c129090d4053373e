"""Operations by the names that examples, messages and tests use for them."""

from syncengine.model.vendor import Operation, Vendor


def find_operation(vendor: Vendor, name: str) -> Operation:
    """Return an operation by ``campaigns.<role>``, ``<collection>.<role>`` or ``calls.<name>``.

    Raises:
        KeyError: the vendor has no such operation.
    """
    group, _, role = name.partition(".")
    if group == "campaigns":
        return vendor.campaigns.operations[role]
    if group == "calls":
        return vendor.calls[role]
    for collection in vendor.collections:
        if collection.name == group:
            return collection.operations[role]
    raise KeyError(name)
