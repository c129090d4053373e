import gzip
import os

import pyarrow as pa
import pytest

from syncengine.errors import SourceError
from syncengine.model.desired import Source
from syncengine.rows import packed_file
from tests.rows.conftest import cells

TEXT = b"phone,name\n3001234567,Ana\n3007654321,\xc3\x93scar\n"
PACK = {"gz": gzip.compress, "zst": lambda data: pa.compress(data, codec="zstd", asbytes=True)}


def source_of(tmp_path, packed, name):
    path = tmp_path / name
    path.write_bytes(packed)
    return Source(paths=(str(path),), label=name, format="jsonl" if ".jsonl" in name else "csv")


@pytest.mark.parametrize("ending", PACK)
def test_packed_text_is_read_as_if_it_were_not(workspace, tmp_path, ending):
    source = source_of(tmp_path, PACK[ending](TEXT), f"leads.csv.{ending}")
    assert cells(workspace, source, "phone", "name") == [(2, "3001234567", "Ana"), (3, "3007654321", "Óscar")]
    lines = source_of(tmp_path, PACK[ending](b'\n{"phone": "1"}\n{"phone": "2"}\n'), f"leads.jsonl.{ending}")
    assert cells(workspace, lines, "phone") == [(2, "1"), (3, "2")]


@pytest.mark.parametrize("ending", PACK)
def test_files_that_were_packed_and_put_together_are_whole(workspace, tmp_path, ending):
    packed = PACK[ending](TEXT) + PACK[ending](b"3009998877,Eva\n")
    assert len(cells(workspace, source_of(tmp_path, packed, f"leads.csv.{ending}"), "phone")) == 3


@pytest.mark.parametrize("ending", PACK)
def test_a_file_that_was_cut_off_is_refused(workspace, tmp_path, ending):
    packed = PACK[ending](b"phone\n" + os.urandom(50_000).hex().encode())
    with pytest.raises(SourceError, match=rf"leads\.csv\.{ending}: the .* file is damaged or cut off"):
        cells(workspace, source_of(tmp_path, packed[: len(packed) // 2], f"leads.csv.{ending}"), "phone")


@pytest.mark.parametrize("ending", PACK)
def test_a_bomb_is_refused_while_it_unfolds(workspace, tmp_path, ending, monkeypatch):
    monkeypatch.setattr(packed_file, "_HARMLESS", 1 << 20)
    monkeypatch.setattr(packed_file, "_CHUNK", 1 << 18)
    bomb = PACK[ending](b"phone\n" + b"3001234567\n" * 2_000_000)
    with pytest.raises(SourceError, match="MB come out of it, as out of a bomb"):
        cells(workspace, source_of(tmp_path, bomb, f"leads.csv.{ending}"), "phone")
    (left,) = workspace.folder.glob("unpacked-*")
    assert left.stat().st_size < 6_000_000


def test_an_ending_that_is_not_true_is_refused(workspace, tmp_path):
    with pytest.raises(SourceError, match="this is not gzip, as its ending says"):
        cells(workspace, source_of(tmp_path, TEXT, "leads.csv.gz"), "phone")


def test_an_empty_file_is_an_empty_list(workspace, tmp_path):
    assert cells(workspace, source_of(tmp_path, b"", "leads.csv.gz"), "phone") == []
