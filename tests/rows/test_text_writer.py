import pytest

from syncengine.errors import SourceError
from syncengine.rows import text_writer
from syncengine.rows.text_writer import TextWriter


@pytest.mark.parametrize("limit", ["_MAX_BYTES", "_MAX_ROWS"])
def test_an_answer_that_does_not_end_is_refused(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(text_writer, limit, 100)
    with TextWriter(tmp_path / "answer.txt", "q") as out, pytest.raises(SourceError, match="q: the answer is longer"):
        any(out.write(b"1\n") for _ in range(1000))
    assert (tmp_path / "answer.txt").stat().st_size <= 200
