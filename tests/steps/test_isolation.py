"""An offline plan reaches out to nothing: refused, whichever library tries."""

import asyncio
import os
import socket
import subprocess

import httpx
import pytest

from syncengine.steps.isolation import NetworkRefusedError, without_network


def by_socket() -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=1)


def by_name() -> None:
    socket.getaddrinfo("dialer.example", 443)


def by_datagram() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def by_a_local_socket() -> None:
    with socket.socket(socket.AF_UNIX) as found:
        found.connect("/run/docker.sock")


def by_httpx() -> None:
    httpx.get("http://127.0.0.1:9/")


def by_a_program() -> None:
    subprocess.run(["true"], check=True)


def by_a_shell() -> None:
    os.system("true")


@pytest.mark.parametrize(
    "reach_out", [by_socket, by_name, by_datagram, by_a_local_socket, by_httpx, by_a_program, by_a_shell]
)
def test_nothing_reaches_out(reach_out: object) -> None:
    with without_network(), pytest.raises(NetworkRefusedError):
        reach_out()  # type: ignore[operator]


def test_an_event_loop_still_runs_and_all_is_open_again_afterwards() -> None:
    with without_network():
        assert asyncio.run(asyncio.sleep(0, "done")) == "done"
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
