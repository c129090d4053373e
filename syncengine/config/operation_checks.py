"""What one operation of a vendor file must say before it may be trusted with people's phones.

Whatever decides about dialling or about a lost answer is stated, never assumed: a call that writes says what it can do
to who is rung, and what proves that it was done.
"""

import re
from collections.abc import Iterable

from syncengine.config.patterns import pattern_fault
from syncengine.config.places import Complaints, Path
from syncengine.config.safe_switches import check_unsafe_defaults
from syncengine.config.vendor_spec import BodySpec, OperationSpec, VendorSpec
from syncengine.config.written_operations import WrittenOperation
from syncengine.diagnostics import did_you_mean
from syncengine.model.answers import Items, Match, ResponseClass
from syncengine.model.calling import SinglePage

_READ_BACK = frozenset({"list", "lookup", "read"})
_ALREADY = frozenset({"already_present", "already_absent"})
_ROW_VALUES = ("key", "phone", "remote_id")
_HEADER = re.compile(r"[A-Za-z0-9_-]{1,60}")
# These belong to the transport, to the body's encoding, or decide where a request goes.
_OUR_HEADERS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection", "authorization"})
_STATUS_CLASS = re.compile(r"[1-5]xx")


def check_operation(written: WrittenOperation, vendor: VendorSpec, complaints: Complaints) -> None:
    """Report what one operation lacks or contradicts."""
    spec, path = written.spec, written.path
    if written.writes:
        _check_write(written, vendor, complaints)
    if spec.ability == "unverified" and not spec.check:
        complaints.error(
            path,
            f"{written.name} is unverified and does not say what to check against the real account",
            expected="check: what to look at before it is trusted",
            key=True,
        )
    check_match(spec.success, (*path, "success"), complaints)
    check_classes(spec.responses, (*path, "responses"), complaints)
    _check_items(written, complaints)
    _check_task(written, vendor, complaints)
    _check_body(spec.body, (*path, "body"), complaints)
    _check_headers(spec, path, complaints)
    _check_numbers(spec, path, complaints)
    check_unsafe_defaults(spec, written.name, path, complaints)
    if fault := pattern_fault(spec.id_pattern):
        complaints.error((*path, "id_pattern"), fault)
    if written.role in {"list", "lookup"} and written.collection is not None and written.collection.listed is None:
        complaints.error(
            path, f"{written.name} lists records, and nothing says how a record reads", expected="listed:", key=True
        )


def _check_write(written: WrittenOperation, vendor: VendorSpec, complaints: Complaints) -> None:
    spec, path = written.spec, written.path
    if "effect" not in spec.model_fields_set:
        complaints.error(
            path,
            f"{written.name} writes and does not say what it can do to who is rung",
            expected="effect: dialable, suppressing or neutral",
            hint="When in doubt: dialable. A call that only reads says reads: true.",
            key=True,
        )
    if not isinstance(spec.pagination, SinglePage):
        complaints.error((*path, "pagination"), f"{written.name} writes; only a reading call has pages", key=True)
    if spec.proof is None:
        complaints.error(
            path,
            f"{written.name} writes and does not say what settles a lost answer",
            expected="proof: {by: repeat | refusal | task | read_back | park}",
            hint="When nothing can prove it: park. A call that only reads says reads: true.",
            key=True,
        )
        return
    if spec.batch > 1 and "refused_batch" not in spec.model_fields_set:
        complaints.error(
            (*path, "batch"),
            f"{written.name} sends many rows and does not say what a batch that is refused whole has left behind",
            expected="refused_batch: nothing_applied or unknown",
            hint="When in doubt: unknown. Only nothing_applied lets a refused batch be halved and sent again.",
            key=True,
        )
    _check_proof(written, vendor, complaints)


def _check_proof(written: WrittenOperation, vendor: VendorSpec, complaints: Complaints) -> None:
    spec, path = written.spec, (*written.path, "proof")
    assert spec.proof is not None
    by = spec.proof.by
    if by == "read_back" and "settle" not in spec.proof.model_fields_set:
        complaints.error(
            path,
            f"{written.name} is proved by reading back and does not say from when on",
            expected="settle: the seconds after which what was written is listed for sure",
            hint="The longest the vendor may work on a call, and how long its listings lag; when in doubt more.",
            key=True,
        )
    if spec.proof.settle < 0:
        complaints.error((*path, "settle"), "the time to settle cannot be less than 0", expected="seconds")
    if by == "read_back" and not written.is_call and not _READ_BACK & set(written.siblings):
        complaints.error(
            path,
            f"{written.name} is proved by reading back, and there is no operation that reads",
            expected="an operation list, lookup or read beside it, or another proof",
        )
    if by == "task" and spec.task is None:
        complaints.error(path, f"{written.name} is proved by its task and has none", expected="task:, or another proof")
    if by == "refusal" and not _ALREADY & set(_outcomes(spec, vendor)):
        complaints.error(
            path,
            f"{written.name} is proved by the refusal of a repeat, and no answer means that",
            expected="a response class or an item outcome already_present or already_absent",
        )


def _outcomes(spec: OperationSpec, vendor: VendorSpec) -> Iterable[str]:
    yield from (found.outcome for found in (*spec.responses, *vendor.responses))
    if spec.items is not None:
        yield from (*spec.items.outcomes.values(), spec.items.unlisted)
        yield from (listed.outcome for listed in spec.items.lists)


def check_match(match: Match, path: Path, complaints: Complaints) -> None:
    """Report a test that every answer would pass, and statuses that none has."""
    if not (match.status or match.body or match.present or match.text or match.empty is not None):
        complaints.error(
            path,
            "this states nothing, so every answer would do",
            expected="status, body, present, text or empty",
            key=True,
        )
    for at, status in enumerate(match.status):
        if isinstance(status, int) and 100 <= status <= 599:
            continue
        if isinstance(status, str) and _STATUS_CLASS.fullmatch(status):
            continue
        complaints.error(
            (*path, "status", at), f"{status!r} is no HTTP status", expected='a number as 200, or a class as "2xx"'
        )


def check_classes(classes: tuple[ResponseClass, ...], path: Path, complaints: Complaints) -> None:
    """Report faults of response classes."""
    for at, found in enumerate(classes):
        check_match(found.when, (*path, at, "when"), complaints)
        if found.wait is not None and found.outcome != "wait":
            complaints.error((*path, at, "wait"), f"only the outcome wait waits, not {found.outcome}", key=True)


def _check_items(written: WrittenOperation, complaints: Complaints) -> None:
    spec, path = written.spec, (*written.path, "items")
    if spec.items is None:
        if spec.batch > 1 and spec.task is None and written.writes:
            complaints.error(
                (*written.path, "batch"),
                f"{written.name} sends many rows, and nothing says what became of each",
                expected="items: {shape: ...}; {shape: none} where the answer tells nothing by row",
            )
        return
    for message, expected in _item_faults(spec.items):
        complaints.error(path, message, expected=expected, key=True)
    row = spec.items.row
    columns = written.scope.row_names.members.get("record") if written.scope.row_names else frozenset()
    known = [*_ROW_VALUES, *(f"record.{name}" for name in sorted(columns or ()))]
    if row not in known and not (columns is None and row.startswith("record.")):
        complaints.error(
            (*path, "row"), f"a row has no {row}", expected=", ".join(known[:12]), hint=did_you_mean(row, known)
        )


def _item_faults(items: Items) -> Iterable[tuple[str, str]]:
    if items.shape in {"map", "map_of_lists", "list"}:
        if not items.status or not items.outcomes:
            yield f"items of shape {items.shape} are judged by a word of the vendor", "status: and outcomes:"
        if items.shape == "list" and not items.key:
            yield "items of shape list name their row", "key: the path of the row's value in each result"
    if items.shape == "lists" and not items.lists:
        yield "items of shape lists name the lists", "lists: [{at: ..., outcome: ...}]"
    if items.lists and items.shape != "lists":
        yield f"lists belong to the shape lists, not to {items.shape}", "shape: lists"
    if items.total and items.shape != "none":
        yield f"total belongs to the shape none, not to {items.shape}", "shape: none"


def _check_task(written: WrittenOperation, vendor: VendorSpec, complaints: Complaints) -> None:
    task, path = written.spec.task, (*written.path, "task")
    if task is None:
        return
    if task.poll not in vendor.calls:
        complaints.error(
            (*path, "poll"),
            f"there is no call {task.poll}",
            expected=f"one of calls: {', '.join(sorted(vendor.calls)) or '(none)'}",
            hint=did_you_mean(task.poll, sorted(vendor.calls)),
        )
    elif not _reads(vendor.calls[task.poll]):
        complaints.error((*path, "poll"), f"{task.poll} writes; a task is asked about by a call that reads")
    if not task.success:
        complaints.error(path, "no word means that the task is done", expected="success: [...]", key=True)
    if task.interval <= 0 or task.deadline < task.interval:
        complaints.error(path, "the task's times do not fit", expected="0 < interval <= deadline, in seconds", key=True)


def _reads(call: OperationSpec) -> bool:
    return call.method == "GET" if call.reads is None else call.reads


def _check_body(body: BodySpec | None, path: Path, complaints: Complaints) -> None:
    if body is None:
        return
    forms = [name for name in ("json_", "form", "multipart", "text") if getattr(body, name) is not None]
    if len(forms) != 1:
        complaints.error(path, "a body has exactly one form", expected="one of json, form, multipart, text", key=True)
    if body.text is not None and "json" in body.content_type.lower():
        complaints.error(
            (*path, "text"),
            "JSON written as text lets a value with a quote in it add fields",
            expected="the same as a tree under json:",
        )
    if set(body.content_type) & set("\r\n"):
        complaints.error((*path, "content_type"), "a content type is one line")
    for name, part in (body.multipart or {}).items():
        given = [form for form in ("text", "json_", "file") if getattr(part, form) is not None]
        at = (*path, "multipart", name)
        if len(given) != 1:
            complaints.error(at, "a part has exactly one form", expected="one of text, json, file", key=True)
        if part.file is not None and len(part.file.delimiter) != 1:
            complaints.error((*at, "file", "delimiter"), "a delimiter is one character")


def _check_headers(spec: OperationSpec, path: Path, complaints: Complaints) -> None:
    for name in spec.headers:
        at = (*path, "headers", name)
        if not _HEADER.fullmatch(name):
            complaints.error(at, f"{name!r} is no name of a header", expected="letters, digits, - and _", key=True)
        elif name.lower() in _OUR_HEADERS:
            hint = "The type of a body is written as content_type below body." if name.lower() == "content-type" else ""
            complaints.error(at, f"the header {name} is not for vendor files to set", hint=hint, key=True)


def _check_numbers(spec: OperationSpec, path: Path, complaints: Complaints) -> None:
    if not 1 <= spec.batch <= 100_000:
        complaints.error((*path, "batch"), "a batch holds at least 1 row", expected="1 to 100000")
    if spec.timeout is not None and not 0 < spec.timeout <= 3600:
        complaints.error((*path, "timeout"), "the time for a call", expected="more than 0, at most 3600 seconds")
