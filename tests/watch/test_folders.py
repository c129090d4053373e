import logging
import threading
import time

from syncengine.watch.folders import Eyes, folders_of


def woken(wake, seconds=3.0):
    found = wake.wait(timeout=seconds)
    time.sleep(0.1)
    wake.clear()
    return found


def test_a_project_behind_links_is_watched_where_the_links_are(tmp_path):
    one = tmp_path / "releases" / "one"
    one.mkdir(parents=True)
    (tmp_path / "current").symlink_to("releases/one")
    (one / "syncengine.yaml").symlink_to("real.yaml")
    (one / "real.yaml").write_text("")
    found = list(folders_of(tmp_path / "current" / "syncengine.yaml"))
    assert found == [(tmp_path, False), (one, False), (one, True)]
    assert list(folders_of(one)) == [(one, True)]


def test_links_in_a_circle_end(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert list(folders_of(tmp_path / "a" / "syncengine.yaml"))


def test_a_swapped_link_wakes_and_the_new_place_is_watched(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "current").symlink_to("one")
    wake = threading.Event()
    with Eyes(tmp_path / "current", wake) as eyes:
        (tmp_path / "next").symlink_to("two")
        (tmp_path / "next").replace(tmp_path / "current")
        assert woken(wake)
        eyes.follow()
        wake.clear()
        (tmp_path / "two" / "leads.csv").write_text("x")
        assert woken(wake)


def test_our_own_files_and_those_of_git_wake_nobody(tmp_path):
    for name in (".syncengine", ".git"):
        (tmp_path / name).mkdir()
    wake = threading.Event()
    with Eyes(tmp_path, wake):
        (tmp_path / ".syncengine" / "ledger.db-wal").write_text("x")
        (tmp_path / ".git" / "index").write_text("x")
        assert not woken(wake, 0.5)


def test_lost_events_wake_the_loop(tmp_path):
    wake = threading.Event()
    with Eyes(tmp_path, wake) as eyes:
        logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; events were lost")
        assert woken(wake)
        assert eyes.overflows == 1


def test_watchdog_says_that_events_were_lost_by_a_warning(tmp_path):
    """What the test before stands for: the system's mark of an overflow becomes a line in watchdog's log."""
    from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, InotifyFD

    wake = threading.Event()
    with Eyes(tmp_path, wake) as eyes:
        InotifyFD.get_instance().handle_event(InotifyEvent(-1, InotifyConstants.IN_Q_OVERFLOW, 0, b""))
        assert woken(wake)
        assert eyes.overflows
