import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.systemd import Systemd


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """The service manager's end: (NOTIFY_SOCKET, the socket behind it)."""
    address = str(tmp_path / "notify") if request.param == "path" else f"@goodsout-{uuid.uuid4()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + address[1:] if address.startswith("@") else address)
        listening.settimeout(5)
        yield address, listening


def test_each_notice_arrives_as_systemd_reads_it(manager: tuple[str, socket.socket]) -> None:
    address, listening = manager
    systemd = Systemd({"NOTIFY_SOCKET": address})
    for told, notice in (
        (systemd.ready("8 partitions"), b"READY=1\nSTATUS=8 partitions"),
        (systemd.watchdog(), b"WATCHDOG=1"),
        (systemd.status("behind\nby 3"), b"STATUS=behind by 3"),
        (systemd.stopping(), b"STOPPING=1"),
    ):
        assert told
        assert listening.recv(4096) == notice


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}])
def test_without_a_socket_that_we_know_nothing_is_said(environ: dict[str, str]) -> None:
    assert not Systemd(environ).ready()


def test_a_manager_that_went_away_does_not_stop_us(tmp_path: Path) -> None:
    assert not Systemd({"NOTIFY_SOCKET": str(tmp_path / "gone")}).watchdog()


@pytest.mark.parametrize(
    ("environ", "every"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "60000000"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_told_at_twice_the_rate_that_systemd_asks(
    environ: dict[str, str], every: float | None
) -> None:
    assert Systemd(environ).watchdog_every == every
