"""What a template sees of the page that is asked for."""

from syncengine.model.calling import Pagination


def page_scope(pagination: Pagination, *, index: int = 0, offset: int = 0, cursor: str = "") -> dict[str, object]:
    """Return ``page`` of a template scope; without arguments that of the first page."""
    number = getattr(pagination, "first", 1) + index
    return {"number": number, "limit": getattr(pagination, "limit", ""), "offset": offset, "cursor": cursor}
