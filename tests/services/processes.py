"""Processes found again by a mark in their environment, which every child inherits, whoever started them."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "GOODSOUT_SERVICE"
FIRST_PORT, LAST_PORT = 20_000, 32_000
"""Below the range that the kernel hands out by itself."""


def start_marked(
    command: Sequence[str | Path], home: Path, environment: Mapping[str, str], output: Path
) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C for the tests is not a signal to the server."""
    with output.open("ab") as file:
        return subprocess.Popen(
            command,
            env={**environment, MARK: str(home)},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def marked(home: Path) -> list[psutil.Process]:
    """All live processes that were started for `home`, their children included."""
    return [process for process in psutil.process_iter() if _mark_of(process) == str(home)]


def _mark_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None


def kill_marked(home: Path, *, seconds: float = 20) -> None:
    """SIGKILL all of them and wait until none is left, those born meanwhile included.

    One that is dying has lost its mark and is not gone yet.
    """
    killed = set[psutil.Process]()

    def none_left() -> bool:
        found = marked(home)
        for process in found:
            _kill(process)
        killed.update(found)
        return not found and all(map(ended, killed))

    if not wait_until(none_left, seconds):
        raise RuntimeError(f"processes of {home} do not end: {marked(home)}")


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.kill()


def ended(process: psutil.Process) -> bool:
    """Gone, or a zombie whose adopted parent has not looked yet: where pid 1 is no init, that may last."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def outlived(pid: int, folder: Path) -> bool:
    """True when the process that made `folder` is gone; a younger one may have its number."""
    try:
        return psutil.Process(pid).create_time() > folder.stat().st_mtime + 1
    except psutil.NoSuchProcess:
        return True


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll; False when `seconds` passed first."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def free_ports(count: int, attempt: int = 0) -> range:
    """`count` free ports in a row on the loopback; processes that ask at the same time begin at different places."""
    room = LAST_PORT - FIRST_PORT
    first = (os.getpid() * 97 + attempt * 1_009) % room
    for offset in range(0, room, count):
        ports = range(base := FIRST_PORT + (first + offset) % (room - count), base + count)
        if all(_free(port) for port in ports):
            return ports
    raise RuntimeError(f"no {count} free ports in a row between {FIRST_PORT} and {LAST_PORT}")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def accepts(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((host, port)) == 0
