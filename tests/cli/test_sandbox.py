"""``sandbox``: five dialers on ports of their own, with all that a person needs to use them."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from syncengine.cli.exits import run
from syncengine.cli.main import cli


def _free_ports() -> int:
    """The first of five ports in a row that nobody uses now."""
    for first in range(18700 + os.getpid() % 400 * 10, 60000, 10):
        try:
            for port in range(first, first + 5):
                with socket.create_server(("127.0.0.1", port)):
                    pass
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_dialers_answer_and_their_use_is_printed(number: int) -> None:
    first = _free_ports()
    process = subprocess.Popen(
        [sys.executable, "-m", "syncengine", "sandbox", "--port-base", str(first)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    said = "".join(lines)
    urls = re.findall(r"http://127\.0\.0\.1:[0-9]+/_sandbox/state", said)
    assert [int(url.split(":")[2].split("/")[0]) for url in urls] == list(range(first, first + 5))
    assert all("summary" in httpx.get(url).json() for url in urls)
    exports = dict(re.findall(r"export ([A-Z0-9_]+)='([^']+)'", said))
    assert {"LYNN_ACCESS_TOKEN", "WOLKVOX_TOKEN", "COMUNIK8_KEY", "STRINGEE_KEY_SID", "THULIUM_PASSWORD"} <= set(
        exports
    )
    assert "base_url" in said
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out.strip(), err) == (0, "stopped", "")


def test_it_stops_by_itself(capsys) -> None:
    began = time.monotonic()
    assert run(cli, ["sandbox", "--port-base", str(_free_ports()), "--seconds", "0.1"]) == 0
    assert time.monotonic() - began < 8
    assert capsys.readouterr().out.endswith("stopped\n")


def test_a_port_that_is_taken_is_said_with_the_way_on(capsys) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        if port > 65531:
            pytest.skip("the port is too high to be the first of five")
        assert run(cli, ["sandbox", "--port-base", str(port), "--seconds", "0.1"]) == 1
    assert "--port-base" in capsys.readouterr().err
