"""Listings to their end, over pages, and whether the end was proven.

An incomplete listing is no error: its records are true as far as they go. But nothing may be concluded from what it
does not hold, so every doubt (an end that was not seen, a total that disagrees, a page that came twice, a list that is
not where the vendor file says) makes it incomplete, and never an empty list.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from email.message import Message

import orjson

from syncengine.errors import AnswerError, RefusedError, RemoteError
from syncengine.model.calling import Cursor, Link, Offset, PageNumber, SinglePage
from syncengine.model.counted import plural
from syncengine.model.exchange import Answer, Request
from syncengine.model.vendor import Operation
from syncengine.remote.client import DialerClient
from syncengine.remote.course import CallResult
from syncengine.remote.pages import page_scope
from syncengine.remote.paths import MISSING, as_count, as_list, as_text, find, is_blank

MAX_PAGES = 100_000

# Words of envelopes that have more pages, without their "_" and in lower case. Where a vendor file says that there are
# no pages and one of these speaks up, what was read is a part.
_MORE = frozenset({"next", "nextpage", "nextlink", "nextcursor", "nexttoken", "nextpagetoken", "hasmore"})
_HOPELESS = frozenset({"stop_dialer", "budget_exhausted"})
_PAGES = frozenset({"totalpages", "pagecount", "lastpage"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEnd:
    """How a listing ended."""

    complete: bool
    # Records read, doubled ones included.
    records: int
    # Why it is not complete, for people.
    problem: str = ""


class Listing:
    """One reading of a listing: walk its pages, then look at its end."""

    def __init__(self, client: DialerClient, operation: Operation, scope: Mapping[str, object]) -> None:
        self._client = client
        self._operation = operation
        self._scope = scope
        self._records = 0
        self._totals: set[int | None] = set()
        self._page_counts: set[int] = set()
        self._sizes: list[int] = []
        self._seen: set[bytes] = set()
        self._problem = ""
        self._ended = False
        # Whether the dialer refuses every further call, too.
        self.hopeless = False

    @property
    def end(self) -> ListingEnd:
        """Return how far the listing got; complete only after it was walked to a proven end."""
        problem = self._problem or ("" if self._ended else "the listing was not read to its end")
        return ListingEnd(complete=not problem, records=self._records, problem=problem)

    async def pages(self) -> AsyncIterator[list[object]]:
        """Walk the pages; a page is a list of decoded records. Raises nothing that a dialer can cause."""
        place = _Place()
        operation = self._operation
        for _ in range(MAX_PAGES):
            result = await self._ask(operation, place)
            records = self._records_of(result)
            if records is None:
                return
            yield records
            assert result is not None
            following = self._next(place, result, records)
            if following is None:
                self._finish()
                return
            if self._problem:
                return
            place, operation = following
        self._problem = f"the listing has more than {MAX_PAGES:,} pages"

    async def _ask(self, operation: Operation, place: "_Place") -> CallResult | None:
        page = page_scope(self._operation.pagination, index=place.index, offset=place.offset, cursor=place.cursor)
        try:
            result = await self._client.call(operation, {**self._scope, "page": page})
        except RemoteError as problem:
            self._problem = problem.detail
            return None
        if result.judgement.outcome != "applied" or result.answer is None:
            self.hopeless = result.judgement.outcome in _HOPELESS
            self._problem = result.judgement.message or result.judgement.name
            return None
        return result

    def _records_of(self, result: CallResult | None) -> list[object] | None:
        """Return a page's records, or None when there is no usable page; counts them and remembers the page."""
        if result is None or result.answer is None:
            return None
        body = result.answer.body
        found = find(body, self._operation.records) if result.answer.is_json else MISSING
        records = as_list(found)
        if records is None and (found is None or found == {}) and self._total(result.answer) == 0:
            # Some dialers write an empty list as null, or as an object without places.
            records = []
        if records is None:
            self._problem = f"the answer has no list of records at {self._operation.records or 'its root'}"
            return None
        if records and not self._is_new("page", records):
            self._problem = "the dialer gave the same page twice"
            return None
        self._records += len(records)
        self._sizes.append(len(records))
        self._totals.add(self._total(result.answer))
        return records

    def _is_new(self, kind: str, value: object) -> bool:
        # Processors have instructions for it: twice as fast as BLAKE2 over a page of a thousand records.
        digest = hashlib.sha256(orjson.dumps([kind, value])).digest()[:16]
        if digest in self._seen:
            return False
        self._seen.add(digest)
        return True

    def _total(self, answer: Answer) -> int | None:
        path = getattr(self._operation.pagination, "total", "")
        return as_count(find(answer.body, path)) if path else None

    # --------------------------------------------------------------------------------------------- the next page

    def _next(self, place: "_Place", result: CallResult, records: list[object]) -> "tuple[_Place, Operation] | None":
        """Return the next page's place; None at the end. Sets the problem where there should be more and is not."""
        assert result.answer is not None
        match self._operation.pagination:
            case SinglePage():
                if _speaks_of_more(result.answer.body):
                    self._problem = "the answer speaks of further pages and the vendor file knows of none"
                return None
            case PageNumber(pages=pages):
                if self._numbered_end(place, result.answer, records, pages):
                    return None
            case Offset():
                if self._counted_end(result.answer, records):
                    return None
            case Cursor(next=path):
                return self._by_cursor(place, find(result.answer.body, path))
            case Link(next=path):
                return self._by_link(place, result, path)
        return place.after(len(records)), self._operation

    def _numbered_end(self, place: "_Place", answer: Answer, records: list[object], pages: str) -> bool:
        if not pages:
            return self._counted_end(answer, records)
        count = as_count(find(answer.body, pages))
        if count is None:
            self._problem = f"the answer does not tell the number of pages at {pages}"
            return not records
        self._page_counts.add(count)
        if not records and place.index + 1 < count:
            self._problem = f"page {place.index + 1} of {count} is empty"
        return not records or place.index + 1 >= count

    def _counted_end(self, answer: Answer, records: list[object]) -> bool:
        """Whether this was the last page: nothing on it, or all that the total announces.

        A page shorter than the limit proves nothing, since the dialer may have a lower limit of its own.
        """
        total = self._total(answer)
        return not records or (total is not None and self._records >= total)

    def _by_cursor(self, place: "_Place", found: object) -> "tuple[_Place, Operation] | None":
        if is_blank(found):
            return None
        cursor = as_text(found)
        if not self._is_new("cursor", cursor):
            self._problem = "the dialer gave the same cursor twice"
        return replace(place.after(0), cursor=cursor), self._operation

    def _by_link(self, place: "_Place", result: CallResult, path: str) -> "tuple[_Place, Operation] | None":
        assert result.answer is not None
        found = find(result.answer.body, path) if path else _next_of(result.answer.headers.get("link", ""))
        if is_blank(found):
            return None
        request = self._client.origin.follow(result.request, as_text(found))
        if request is None:
            self._problem = "the link to the next page leads out of the dialer's own address; it was not followed"
            return place, self._operation
        if not self._is_new("link", [request.path, request.query]):
            self._problem = "the dialer gave the same link twice"
        return place.after(0), _fixed(self._operation, request)

    def _finish(self) -> None:
        self._ended = True
        if not self._problem:
            self._problem = self._disagreement()

    def _disagreement(self) -> str:
        """Return how what was read disagrees with what the dialer says of it; empty: it does not."""
        if len(self._page_counts) > 1:
            return "the number of pages changed while they were read"
        if isinstance(self._operation.pagination, PageNumber) and (short := self._short_page()):
            return f"page {short} holds fewer records than another one, and is not the last"
        if not getattr(self._operation.pagination, "total", ""):
            return ""
        if None in self._totals:
            return "the answer does not tell the total number of records"
        if len(self._totals) > 1:
            return "the number of records changed while they were read"
        if self._totals != {self._records}:
            read = plural(self._records, "record was", "records were")
            return f"{read} read and the dialer says it has {next(iter(self._totals)):,}"
        return ""

    def _short_page(self) -> int:
        """Return the number of a page that was cut, or 0.

        Pages are asked for by number, so that what a page leaves out stands on no other one.
        """
        sizes = self._sizes if self._sizes and self._sizes[-1] else self._sizes[:-1]
        full = max(sizes, default=0)
        return next((number for number, size in enumerate(sizes[:-1], 1) if size < full), 0)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a listing we are."""

    index: int = 0
    offset: int = 0
    cursor: str = ""

    def after(self, records: int) -> "_Place":
        return replace(self, index=self.index + 1, offset=self.offset + records)


def _fixed(operation: Operation, request: Request) -> Operation:
    return replace(operation, render=lambda _: request)


def _next_of(header: str) -> str:
    """Return the target of rel="next" in a Link header, or an empty text."""
    for part in header[:8192].split(","):
        target, _, parameters = part.strip().partition(">")
        message = Message()
        message["content-type"] = f"a/b{parameters}"
        relations = str(message.get_param("rel", "")).lower().split()
        if target.startswith("<") and "next" in relations:
            return target[1:]
    return ""


def _speaks_of_more(body: object) -> bool:
    if not isinstance(body, Mapping):
        return False
    for name, value in body.items():
        word = name.replace("_", "").lower()
        if word in _MORE and as_text(value).strip().lower() not in {"", "false", "0"}:
            return True
        if word in _PAGES and (as_count(value) or 0) > 1:
            return True
    return False


async def read_records(client: DialerClient, operation: Operation, scope: Mapping[str, object]) -> list[object]:
    """Return all records of a short listing.

    Raises:
        RefusedError: the dialer refuses this and every further call.
        AnswerError: the listing could not be read to a proven end.
    """
    listing = Listing(client, operation, scope)
    records = [record async for page in listing.pages() for record in page]
    if listing.hopeless:
        raise RefusedError(client.dialer, operation.name, listing.end.problem)
    if not listing.end.complete:
        raise AnswerError(client.dialer, operation.name, listing.end.problem)
    return records
