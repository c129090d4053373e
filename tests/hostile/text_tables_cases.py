"""CSV and JSON Lines that hide rows, shift columns, or are something else."""

import gzip
import os
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from tests.hostile.case import Case, Verdict, written
from tests.hostile.lists import read_both
from tests.rows.conftest import NOW

FAMILY = "text-tables"

# Two people whom every file states.
ANA, BEN = "+573001234567", "+573007654321"
_SOUND = f"phone,first_name\n{ANA},Ana\n{BEN},Ben\n"


def cases() -> list[Case]:
    readable = [
        Case(
            FAMILY,
            found.name,
            found.verdict,
            partial(_attempt, lambda text=found.text: (text + "\n").encode(), found.words),
            as_dnd=found.words.get("dnd", "held"),  # type: ignore[arg-type]  # a word of the file
        )
        for found in written(FAMILY)
    ]
    made = [
        Case(FAMILY, name, verdict, partial(_attempt, make, words), as_dnd=as_dnd)
        for name, (verdict, as_dnd, make, words) in _MADE.items()
    ]
    return readable + made


def _attempt(make: Callable[[], bytes], words: Mapping[str, str], folder: Path) -> str:
    path = folder / f"list.{words.get('as', 'csv')}"
    path.write_bytes(make())
    os.utime(path, (NOW, NOW))
    numbers = {"both": (ANA, BEN), "ana": (ANA,), "ben": (BEN,)}.get(words.get("states", ""), ())
    return read_both(path, numbers=numbers, rows=int(words["rows"]) if "rows" in words else None)


def _cut_gzip() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(bytes(50_000_000)) + packer.flush()


_BOTH = {"states": "both", "rows": "2"}
_TWO_LINES = {"rows": "2"}
_JSONL = {"as": "jsonl"}
_JSONL_BOTH = {"as": "jsonl", **_BOTH}
_JSON_ANA = f'{{"phone": "{ANA}"}}\n'

_MADE: dict[str, tuple[Verdict, Verdict, Callable[[], bytes], Mapping[str, str]]] = {
    "a byte order mark before the heading": ("harmless", "harmless", lambda: b"\xef\xbb\xbf" + _SOUND.encode(), _BOTH),
    "a byte order mark before a number": (
        "harmless",
        "harmless",
        lambda: _SOUND.replace(BEN, "\ufeff" + BEN).encode(),
        _BOTH,
    ),
    "a zero-width space inside the heading": (
        "quarantined",
        "held",
        lambda: _SOUND.replace("phone", "pho\u200bne").encode(),
        _TWO_LINES,
    ),
    "a Cyrillic letter in the heading": (
        "quarantined",
        "held",
        lambda: _SOUND.replace("phone", "ph\u043ene").encode(),
        _TWO_LINES,
    ),
    "a NUL byte that ends a number": ("refused", "held", lambda: _SOUND.replace("4567", "45\x0067").encode(), {}),
    "carriage returns alone as line ends": ("harmless", "harmless", lambda: _SOUND.replace("\n", "\r").encode(), _BOTH),
    "a carriage return between two numbers of a field": (
        "quarantined",
        "held",
        lambda: f'phone,first_name\n"{ANA}\r{BEN}",Ana\n'.encode(),
        {},
    ),
    "a line separator between two numbers": (
        "quarantined",
        "held",
        lambda: f"phone,first_name\n{ANA}\u2028{BEN},Ana\n".encode(),
        {"rows": "1"},
    ),
    "a vertical tab between two numbers": (
        "quarantined",
        "held",
        lambda: f"phone,first_name\n{ANA}\x0b{BEN},Ana\n".encode(),
        {"rows": "1"},
    ),
    "the end mark of an old system": ("quarantined", "held", lambda: _SOUND.encode() + b"\x1a", {"rows": "3"}),
    "CP1252 in a name": ("harmless", "harmless", lambda: _SOUND.replace("Ana", "Jos\xe9").encode("cp1252"), _BOTH),
    "CP1252 in a file of UTF-8": (
        "refused",
        "held",
        lambda: _SOUND.replace("Ana", "Jos\xe9 Mu\xf1oz").encode() + b"3009998877,Jos\xe9\n",
        {},
    ),
    "UTF-16 with its mark": ("harmless", "harmless", lambda: _SOUND.encode("utf-16"), _BOTH),
    "UTF-16 cut in the middle of a character": ("refused", "held", lambda: _SOUND.encode("utf-16")[:-1], {}),
    "an overlong encoding of a digit": (
        "quarantined",
        "held",
        lambda: _SOUND.encode().replace(b"567,", b"56\xc0\xb7,"),
        {},
    ),
    "digits of another script": (
        "harmless",
        "harmless",
        lambda: _SOUND.replace(BEN, "+" + "".join(chr(0x660 + int(c)) for c in BEN[1:])).encode(),
        _BOTH,
    ),
    "marks that turn the direction around a number": (
        "harmless",
        "harmless",
        lambda: _SOUND.replace(BEN, f"\u202e{BEN}\u202c").encode(),
        _BOTH,
    ),
    "a field of 131,073 characters": (
        "refused",
        "held",
        lambda: _SOUND.replace("Ana", '"' + "x" * 131_073 + '"').encode(),
        {},
    ),
    "a line of thirty megabytes": ("refused", "held", lambda: b"phone,first_name\n" + b"3" * 30_000_000 + b",x\n", {}),
    "20,000 columns": ("refused", "held", lambda: (",".join(f"c{n}" for n in range(20_000)) + "\n").encode(), {}),
    "1,000 columns, and one of them is the phone": (
        "harmless",
        "harmless",
        lambda: ("phone," + ",".join(f"c{n}" for n in range(999)) + f"\n{ANA}" + "," * 999 + "\n").encode(),
        {"states": "ana", "rows": "1"},
    ),
    "a million quotes": ("refused", "held", lambda: b"phone,first_name\n" + b'"' * 1_000_001 + b"\n", {}),
    "a million empty lines": ("harmless", "harmless", lambda: _SOUND.encode() + b"\n" * 1_000_000, _BOTH),
    "a gzip bomb by the name of a CSV": ("refused", "held", _cut_gzip, {}),
    "a packed list by the name of a CSV": ("refused", "held", lambda: gzip.compress(_SOUND.encode()), {}),
    "a workbook by the name of a CSV": ("refused", "held", lambda: b"PK\x03\x04" + _SOUND.encode(), {}),
    "nothing at all": ("harmless", "held", lambda: b"", {}),
    "an object nested 100,000 deep": (
        "quarantined",
        "held",
        lambda: _JSON_ANA.encode() + b'{"phone":' * 100_000,
        _JSONL,
    ),
    "an object nested a thousand deep": (
        "quarantined",
        "held",
        lambda: _JSON_ANA.encode() + b'{"phone":' * 1_005 + b"1" + b"}" * 1_005 + b"\n",
        _JSONL,
    ),
    "a phone of five thousand digits": (
        "quarantined",
        "held",
        lambda: _JSON_ANA.encode() + b'{"phone": ' + b"5" * 5_000 + b"}\n",
        _JSONL,
    ),
    "30,000 names of columns": (
        "refused",
        "held",
        lambda: b"".join(b'{"c%d": 1}\n' % n for n in range(30_000)),
        _JSONL,
    ),
    "a line separator inside a text": (
        "harmless",
        "harmless",
        lambda: f'{{"phone": "{ANA}", "first_name": "A\u2028B"}}\n{{"phone": "{BEN}"}}\n'.encode(),
        _JSONL_BOTH,
    ),
    "a byte order mark before an object": (
        "harmless",
        "harmless",
        lambda: b"\xef\xbb\xbf" + f'{_JSON_ANA}{{"phone": "{BEN}"}}\n'.encode(),
        _JSONL_BOTH,
    ),
    "a byte that is no UTF-8 inside an object": (
        "refused",
        "held",
        lambda: _JSON_ANA.encode() + b'{"phone": "3007654321", "first_name": "Jos\xc3\xa9 \xff"}\n',
        _JSONL,
    ),
}
