"""Vendors and their calls on a terminal and in Markdown."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from syncengine.model.counted import plural
from syncengine.views.abilities import OperationRow, VendorRow
from syncengine.views.grouping import gathered
from syncengine.views.lines import heading, line
from syncengine.views.markup import escape

_STAR = "* documented by name only: not called unless --allow-unverified is given"


def vendors_text(rows: Sequence[VendorRow]) -> Text:
    """Return all vendors, a block each."""
    lines = [text for row in rows for text in _vendor(row)]
    return Text("\n").join([*lines, line((_STAR, "dim"))])


def _vendor(row: VendorRow) -> Iterator[Text]:
    yield line((row.title, "bold"), f"  (vendor: {row.vendor})")
    yield line("  campaigns    ", row.campaigns)
    yield line("  contacts     ", row.contacts, f"; {_batch(row)}")
    yield line("  do-not-call  ", row.do_not_call, f": {row.enforcement}" if row.enforcement else "")
    yield line("  credentials  ", row.credentials)
    if row.unverified:
        yield line("  unverified   ", f"{row.unverified} of {plural(row.calls, 'call')}")
    yield Text("")


def vendors_markdown(rows: Sequence[VendorRow]) -> str:
    """Return all vendors as one table."""
    lines = [
        "| vendor | campaigns | contacts | do-not-call | credentials | unverified |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        do_not_call = f"**{escape(row.do_not_call)}**{f': {escape(row.enforcement)}' if row.enforcement else ''}"
        cells = [
            escape(row.title),
            escape(row.campaigns),
            escape(f"{row.contacts}; {_batch(row)}"),
            do_not_call,
            escape(row.credentials),
            f"{row.unverified} of {row.calls}" if row.unverified else "none",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", escape(_STAR), ""])


def _batch(row: VendorRow) -> str:
    return f"{plural(row.batch, 'row')} a call"


def operations_text(row: VendorRow, operations: Sequence[OperationRow]) -> Text:
    """Return one vendor with every call."""
    lines = list(_vendor(row))[:-1]
    for part in gathered(operations, lambda operation: operation.part):
        lines += heading(part[0].part)
        for operation in part:
            lines += _operation(operation)
    return Text("\n").join(lines)


def _operation(row: OperationRow) -> Iterator[Text]:
    yield line(
        "  ",
        (f"{row.role:<18}", "cyan"),
        f" {row.method:<6} ",
        (f"{row.ability:<10}", "" if row.ability == "documented" else "yellow"),
        f" {row.effect:<11}",
        f" {_batched(row)}",
        f" {_proof(row)}",
    )
    for word, text in (("warns", row.warns), ("check", row.check), ("source", row.source)):
        if text:
            yield line((f"      {word}: {text}", "bold yellow" if word == "warns" else "dim"))


def _batched(row: OperationRow) -> str:
    return f"{row.batch:,} rows a call," if row.batch > 1 else ""


def _proof(row: OperationRow) -> str:
    return f"a lost answer is settled by: {row.proof}" if row.proof else "only reads"


def operations_markdown(row: VendorRow, operations: Sequence[OperationRow]) -> str:
    """Return every call of one vendor as a table."""
    lines = [
        f"### {escape(row.title)}",
        "",
        "| part | call | method | ability | effect | rows a call | lost answer | notes |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for operation in operations:
        told = (("warns", operation.warns), ("check", operation.check), ("source", operation.source))
        notes = "<br>".join(f"{word}: {escape(text)}" for word, text in told if text)
        cells = [operation.part, operation.role, operation.method, operation.ability, operation.effect]
        cells += [str(operation.batch), operation.proof]
        lines.append(f"| {' | '.join(escape(cell) for cell in cells)} | {notes} |")
    return "\n".join([*lines, ""])
