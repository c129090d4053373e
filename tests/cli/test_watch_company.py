import socket
import time

from syncengine.cli.watch_company import keeping_company


class Listening:
    """Stands for a watcher: the company only asks how it is and minds its seat."""

    def __init__(self) -> None:
        self.kept = self.left = 0

    def status(self) -> str:
        return "start: applied"

    def keep_seat(self) -> None:
        self.kept += 1

    def leave_seat(self) -> None:
        self.left += 1


def test_systemd_is_told_that_it_is_ready_that_it_lives_and_that_it_ends(tmp_path, monkeypatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "200000")
        watcher, alive = Listening(), []
        with keeping_company(watcher, lambda: alive.append(1)) as sign:
            sign()
            time.sleep(0.5)
        manager.settimeout(1)
        said = []
        while not said or said[-1] != "STOPPING=1":
            said.append(manager.recv(200).decode())
    assert "READY=1" in said
    assert said.count("WATCHDOG=1\nSTATUS=start: applied") >= 2
    assert (alive, watcher.left) == ([1], 1)
    assert watcher.kept >= 2
