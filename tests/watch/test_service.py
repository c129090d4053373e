import os
import socket
import threading
import time

import pytest

from syncengine.watch.service import Heartbeat, tell, watchdog_pause


@pytest.mark.parametrize("abstract", [False, True])
def test_the_service_manager_hears(tmp_path, abstract):
    path = f"@syncengine-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{path[1:]}" if abstract else path)
        assert tell("READY=1", {"NOTIFY_SOCKET": path})
        assert manager.recv(100) == b"READY=1"


def test_where_nobody_listens_nothing_is_said(tmp_path):
    assert not tell("READY=1", {})
    assert not tell("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "gone")})


@pytest.mark.parametrize(
    ("environment", "pause"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_heard_twice_in_its_patience(environment, pause):
    assert watchdog_pause(environment) == pause


def test_a_watcher_that_hangs_beats_no_more():
    beats = []
    with Heartbeat(lambda: beats.append(1), every=0.02, stuck_after=0.3) as heart:
        for _ in range(10):
            heart.alive()
            time.sleep(0.05)
        assert len(beats) > 5
        time.sleep(0.6)
        count = len(beats)
        time.sleep(0.3)
        assert len(beats) == count
        heart.alive()
        time.sleep(0.2)
        assert len(beats) > count
    assert not [thread for thread in threading.enumerate() if thread.name == "heartbeat"]
