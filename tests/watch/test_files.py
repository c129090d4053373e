import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from syncengine.watch.files import Drop, Files, Resting, digest_of, look_at


def resting(folder: Path, *, settle: float = 0.2, **more):
    files = Files(named=lambda: sorted(folder.glob("*.csv")), project=folder, **more)
    return Resting(files=files, settle=settle, stop=threading.Event())


def waited(one: Resting):
    """Wait in a thread; gives what came of it, in a list."""
    found: list = []
    thread = threading.Thread(target=lambda: found.append(one.wait()), daemon=True)
    thread.start()
    return found, thread


def test_a_vanished_file_has_a_look_of_its_own(tmp_path):
    assert look_at(tmp_path / "a") is None
    (tmp_path / "a").write_text("x")
    assert look_at(tmp_path / "a") is not None
    assert digest_of(tmp_path / "none") == ""


def test_files_at_rest_are_told_with_their_digests(tmp_path):
    (tmp_path / "leads.csv").write_text("x")
    one = resting(tmp_path)
    snapshot = one.wait()
    assert snapshot is not None
    assert snapshot.digests[str(tmp_path / "leads.csv")] == hashlib.sha256(b"x").hexdigest()
    assert not one.moved()
    assert not snapshot.moved([tmp_path / "leads.csv"])
    (tmp_path / "leads.csv").write_text("xy")
    assert one.moved()
    assert snapshot.moved([tmp_path / "leads.csv"])


def test_a_time_of_writing_that_was_put_back_hides_nothing(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("one")
    one = resting(tmp_path)
    one.wait()
    before = path.stat()
    path.write_text("two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert one.moved()


def test_bytes_that_change_under_a_look_that_stays_are_no_rest(tmp_path, monkeypatch):
    path = tmp_path / "leads.csv"
    path.write_text("x")
    digests = iter(["half", "whole", "whole", "whole"])
    monkeypatch.setattr("syncengine.watch.files.digest_of", lambda _: next(digests))
    snapshot = resting(tmp_path, settle=0.05).wait()
    assert snapshot is not None
    assert snapshot.digests[str(path)] == "whole"


def test_what_looks_as_before_is_not_read_again(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("a")
    one = resting(tmp_path, settle=0.05)
    one.wait()
    (tmp_path / "b.csv").write_text("b")
    read = []
    monkeypatch.setattr("syncengine.watch.files.digest_of", lambda path: read.append(path.name) or "d")
    one.wait()
    assert set(read) == {"b.csv"}


def test_nothing_is_at_rest_while_git_is_at_work(tmp_path):
    (tmp_path / "leads.csv").write_text("x")
    (tmp_path / ".git").mkdir()
    lock = tmp_path / ".git" / "index.lock"
    lock.touch()
    one = resting(tmp_path, settle=0.05)
    found, thread = waited(one)
    time.sleep(0.5)
    assert found == []
    lock.unlink()
    thread.join(timeout=5)
    assert found


@pytest.mark.parametrize("holds", ["nothing", "sha256"])
def test_a_dropped_file_counts_once_it_is_marked(tmp_path, holds):
    drop = tmp_path / "drop"
    drop.mkdir()
    leads, mark = drop / "leads.csv", drop / "leads.csv.done"
    leads.write_text("half")
    files = Files(
        named=lambda: [leads], project=tmp_path, drops=lambda: [Drop(folder=drop, marker=".done", holds=holds)]
    )
    one = Resting(files=files, settle=0.05, stop=threading.Event())
    found, thread = waited(one)
    time.sleep(0.4)
    assert found == []
    leads.write_text("whole")
    mark.write_text(f"{hashlib.sha256(b'whole').hexdigest()}  leads.csv\n")
    thread.join(timeout=5)
    assert found[0].digests[str(leads)] == hashlib.sha256(b"whole").hexdigest()


def test_a_mark_that_is_older_than_its_file_marks_nothing_whatever_time_the_file_pretends(tmp_path):
    drop = Drop(folder=tmp_path, marker=".done")
    path = tmp_path / "leads.csv"
    assert drop.why_waiting(path) == ""
    path.write_text("x")
    assert "not there" in drop.why_waiting(path)
    drop.mark_of(path).touch()
    assert drop.why_waiting(path) == ""
    time.sleep(0.05)
    path.write_text("y")
    os.utime(path, (0, 0))
    assert "older" in drop.why_waiting(path)


def test_a_mark_with_another_digest_marks_nothing(tmp_path):
    drop = Drop(folder=tmp_path, marker=".sha256", holds="sha256")
    path = tmp_path / "leads.csv"
    path.write_text("x")
    drop.mark_of(path).write_text(f"{hashlib.sha256(b'y').hexdigest()}  leads.csv")
    assert "another digest" in drop.why_waiting(path)


def test_a_wait_ends_when_it_is_told_to_and_says_what_for_it_waits(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index.lock").touch()
    said = []
    one = resting(tmp_path, settle=0.05)
    one.waiting = lambda _, why: said.append(why)
    found, thread = waited(one)
    time.sleep(1.4)
    one.stop.set()
    thread.join(timeout=5)
    assert (found, said[:1]) == ([None], ["a Git command is at work"])


def test_where_the_link_to_the_project_leads_is_a_part_of_how_its_files_look(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "current").symlink_to("one")
    # The files of the old place stay as they are, and are all that is known.
    files = Files(named=lambda: [tmp_path / "one" / "leads.csv"], project=tmp_path / "current")
    before = files.look()
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").replace(tmp_path / "current")
    assert files.look() != before
