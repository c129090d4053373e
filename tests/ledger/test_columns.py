import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.ledger import columns
from syncengine.ledger.ledger import Ledger
from syncengine.model.exchange import RowItem
from tests.ledger.writing import CONTACTS, NOW, item


def test_rows_beyond_one_page_come_whole_and_in_order(locked: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_PAGE", 7)
    keys = [f"{number:03}" for number in range(50)]
    locked.save_rows(CONTACTS, [item(key) for key in reversed(keys)], now=NOW)
    assert locked.rows_table(CONTACTS).column("key").to_pylist() == keys


# Keys and messages are people's and vendors' texts; halves of characters and NUL are refused on the way in.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    found=st.dictionaries(
        TEXT.filter(bool),
        st.tuples(TEXT, TEXT, st.none() | st.floats(0, 5e9)),
        max_size=6,
    )
)
def test_every_text_and_time_comes_back_as_it_was(
    found: dict[str, tuple[str, str, float | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        Ledger.open(tmp_path_factory.mktemp("texts") / "ledger.db", "acme") as ledger,
        ledger.lock("apply", now=0.0),
    ):
        for key, (content, remote_id, expires_at) in found.items():
            ledger.save_rows(CONTACTS, [RowItem(key, (), {}, content, remote_id)], now=1.25, expires_at=expires_at)
        read = {
            row["key"]: (row["content_hash"], row["remote_id"], row["expires_at"])
            for row in ledger.rows_table(CONTACTS).to_pylist()
        }
    assert read == found


_READING = """
import os, signal, threading
import pyarrow as pa
from syncengine.ledger.columns import parse_csv

asked = []
signal.signal(signal.SIGINT, lambda *_: asked.append(True))
text = b'"a","b"\\n' * 4_000_000
threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
print(parse_csv(text, pa.schema([("x", pa.string()), ("y", pa.string())])).num_rows, asked)
"""


def test_ctrl_c_while_rows_are_read_is_a_wish_and_breaks_off_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", _READING], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "4000000 [True]\n", done.stderr
