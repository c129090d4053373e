import threading
import time

import pytest

from syncengine.watch import Watching, signature, watch


@pytest.fixture
def watched(tmp_path):
    """A running watcher over one file; gives the causes of its runs and stops by itself."""
    path = tmp_path / "leads.csv"
    path.write_text("phone\n")
    causes, contents, stop = [], [], threading.Event()

    def act(cause):
        causes.append(cause)
        contents.append(path.read_text() if path.exists() else None)

    started = []

    def begin(*, settle=0.15, interval=60.0):
        watching = Watching(root=tmp_path, files=lambda: [path], settle=settle, interval=interval)
        thread = threading.Thread(target=watch, args=(watching, act, stop))
        thread.start()
        started.append(thread)
        wait_for(lambda: causes == ["start"])
        return path, causes, contents

    yield begin
    stop.set()
    for thread in started:
        thread.join(timeout=5)
        assert not thread.is_alive()


def wait_for(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_change_is_acted_on_once_it_has_settled(watched):
    path, causes, contents = watched()
    path.write_text("phone\n+573001234567\n")
    wait_for(lambda: len(causes) == 2)
    assert causes == ["start", "change"]
    assert contents[-1] == "phone\n+573001234567\n"


def test_a_file_written_in_pieces_is_read_whole(watched):
    path, causes, contents = watched(settle=0.3)
    with path.open("w") as file:
        for piece in ["phone\n", "+573001", "234567\n", "+573007654321\n"]:
            file.write(piece)
            file.flush()
            time.sleep(0.08)
    wait_for(lambda: len(causes) == 2)
    assert contents[1] == "phone\n+573001234567\n+573007654321\n"


def test_an_editor_that_replaces_by_rename_is_seen(watched, tmp_path):
    path, causes, contents = watched()
    scratch = tmp_path / ".leads.csv.swp"
    scratch.write_text("phone\n+573009999999\n")
    scratch.replace(path)
    wait_for(lambda: len(causes) == 2)
    assert "+573009999999" in contents[1]


def test_a_file_near_by_causes_no_run(watched, tmp_path):
    _, causes, _ = watched()
    (tmp_path / "ledger.db-wal").write_text("x")
    time.sleep(0.6)
    assert causes == ["start"]


def test_the_clock_looks_without_any_event(watched):
    _, causes, _ = watched(settle=0.05, interval=0.3)
    wait_for(lambda: "clock" in causes)


def test_a_vanished_file_has_a_signature_of_its_own(tmp_path):
    path = tmp_path / "a"
    assert signature([path]) == {str(path): None}
    path.write_text("x")
    assert signature([path]) != {str(path): None}


def test_the_clock_ticks_though_something_near_by_never_rests(watched, tmp_path):
    _, causes, _ = watched(settle=0.05, interval=0.6)
    deadline = time.monotonic() + 5
    while "clock" not in causes and time.monotonic() < deadline:
        (tmp_path / "ledger.db").write_text(str(time.monotonic()))
        time.sleep(0.05)
    assert causes[:2] == ["start", "clock"]
