import threading
import time

import pytest

from syncengine.watch.files import Files
from syncengine.watch.loop import Turn, Watching, watch


@pytest.fixture
def watched(tmp_path):
    """A running watcher over one file; gives the causes of its runs and stops by itself."""
    path = tmp_path / "leads.csv"
    path.write_text("phone\n")
    causes, contents, stop = [], [], threading.Event()
    turns = []

    def act(cause, snapshot):
        assert snapshot.covers([path])
        causes.append(cause)
        contents.append(path.read_text() if path.exists() else None)
        return turns.pop(0) if turns else Turn()

    started = []

    def begin(*planned, settle=0.15, interval=60.0, rescan=30.0, project=tmp_path, **more):
        turns.extend(planned)
        files = Files(named=lambda: [path], project=project, **more)
        watching = Watching(files=files, settle=settle, interval=interval, rescan=rescan)
        thread = threading.Thread(target=watch, args=(watching, act, stop))
        thread.start()
        started.append(thread)
        wait_for(lambda: causes[:1] == ["start"])
        return path, causes, contents

    yield begin
    stop.set()
    for thread in started:
        thread.join(timeout=5)
        assert not thread.is_alive()


def wait_for(condition, seconds=8.0):
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


@pytest.mark.parametrize("pieces", [2, 20, 200])
def test_a_file_written_in_pieces_is_read_whole(watched, pieces):
    path, causes, contents = watched(settle=0.4)
    whole = "phone\n" + "".join(f"+57300{number:07d}\n" for number in range(pieces))
    with path.open("w") as file:
        for start in range(0, len(whole), -(-len(whole) // pieces)):
            file.write(whole[start : start - (-len(whole) // pieces)])
            file.flush()
            time.sleep(0.6 / pieces)
    wait_for(lambda: len(causes) == 2)
    assert contents[1] == whole


def test_an_editor_that_replaces_by_rename_is_seen(watched, tmp_path):
    path, causes, contents = watched()
    scratch = tmp_path / ".leads.csv.swp"
    scratch.write_text("phone\n+573009999999\n")
    scratch.replace(path)
    wait_for(lambda: len(causes) == 2)
    assert "+573009999999" in contents[1]


def test_a_file_near_by_and_the_same_bytes_written_anew_cause_no_run(watched, tmp_path):
    path, causes, _ = watched()
    (tmp_path / "notes.txt").write_text("x")
    path.write_text("phone\n")
    time.sleep(0.8)
    assert causes == ["start"]


def test_the_clock_looks_without_any_event(watched):
    _, causes, _ = watched(settle=0.05, interval=0.3)
    wait_for(lambda: "clock" in causes)


def test_the_clock_ticks_though_something_near_by_never_rests(watched, tmp_path):
    _, causes, _ = watched(settle=0.05, interval=0.6)
    deadline = time.monotonic() + 5
    while "clock" not in causes and time.monotonic() < deadline:
        (tmp_path / "notes.txt").write_text(str(time.monotonic()))
        time.sleep(0.05)
    assert causes[:2] == ["start", "clock"]


def test_what_is_held_back_is_looked_at_again_at_its_time(watched):
    began = time.time()
    _, causes, _ = watched(Turn(at=began + 1.0), settle=0.05)
    wait_for(lambda: causes == ["start", "clock"])
    assert time.time() - began >= 0.9


def test_an_action_that_asks_for_another_look_gets_it_at_once_and_not_for_ever(watched):
    _, causes, _ = watched(*[Turn(again=True)] * 100, settle=0.05)
    wait_for(lambda: len(causes) == 4)
    time.sleep(0.5)
    assert causes == ["start"] * 4


def test_another_reason_to_act_is_asked_for_now_and_then(tmp_path, monkeypatch):
    monkeypatch.setattr("syncengine.watch.loop._ASK", 0.2)
    causes, stop, answers = [], threading.Event(), iter([False, True])

    def act(cause, _):
        causes.append(cause)
        if len(causes) == 2:
            stop.set()
        return Turn()

    files = Files(named=list, project=tmp_path)
    watch(Watching(files=files, settle=0.05, interval=60.0, wanted=lambda: next(answers, False)), act, stop)
    assert causes == ["start", "clock"]
    assert next(answers, None) is None


def test_a_config_map_swapped_by_its_link_is_seen(watched, tmp_path):
    folders = [tmp_path / f"..{n}" for n in range(2)]
    for number, folder in enumerate(folders):
        folder.mkdir()
        (folder / "leads.csv").write_text(f"phone\n+57300123456{number}\n")
    data, path = tmp_path / "..data", tmp_path / "leads.csv"
    path.unlink()
    data.symlink_to(folders[0].name)
    path.symlink_to("..data/leads.csv")
    path, causes, contents = watched()
    fresh = tmp_path / "..data_tmp"
    fresh.symlink_to(folders[1].name)
    fresh.replace(data)
    wait_for(lambda: len(causes) == 2)
    assert "+573001234561" in contents[1]


def test_a_lost_event_is_made_good_by_the_next_rescan(watched, monkeypatch):
    monkeypatch.setattr("syncengine.watch.folders._Waker.on_any_event", lambda *_: None)
    path, causes, _ = watched(rescan=0.5)
    path.write_text("phone\n+573001234567\n")
    wait_for(lambda: causes == ["start", "change"])
