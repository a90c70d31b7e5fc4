"""What systemd wants to hear from a `Type=notify` service, over the socket that it names; silent without one."""

import os
import socket
from collections.abc import Mapping


class Systemd:
    """Notices to the service manager. A notice that cannot be sent is lost, never raised: it must not stop us."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._watchdog_usec = _number(environ.get("WATCHDOG_USEC"))
        self._watched_pid = _number(environ.get("WATCHDOG_PID"))

    @property
    def watchdog_every(self) -> float | None:
        """Real seconds between two `watchdog` notices: half of what systemd allows. None: it does not ask."""
        if not self._watchdog_usec or self._watched_pid not in (None, os.getpid()):
            return None
        return self._watchdog_usec / 2_000_000

    def ready(self, status: str = "") -> bool:
        return self._notify("READY=1", status)

    def watchdog(self) -> bool:
        return self._notify("WATCHDOG=1")

    def stopping(self, status: str = "") -> bool:
        return self._notify("STOPPING=1", status)

    def status(self, status: str) -> bool:
        """One line for `systemctl status`."""
        return self._notify("", status)

    def _notify(self, state: str, status: str = "") -> bool:
        """True if systemd was told."""
        if self._address[:1] not in ("/", "@"):
            return False
        said = f"STATUS={' '.join(status.split())}" if status else ""
        return self._send("\n".join(filter(None, (state, said))).encode())

    def _send(self, notice: bytes) -> bool:
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.setblocking(False)
                out.sendto(notice, address)
        except OSError:
            return False
        return True


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
