"""`database.url = "embedded:"`: a PostgreSQL of our own, for the demo, trying out and tests.

It listens on a unix socket in a folder that only its account may enter, never on TCP. Its data stays in the
configured folder and is used again by the next start. One process owns the server and stops it; others that ask
for the same folder meanwhile are guests and leave it running. A server that outlived its killed owner is taken over.
"""

import fcntl
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from daemon.store.embedded_account import Account, account_for, place_for
from daemon.store.embedded_programs import NoPrivatePostgres, Programs, find_programs

__all__ = ["NoPrivatePostgres", "PrivatePostgres"]

NAME = "goodsout"
"""Of the database and of its superuser."""
PORT = 5432
LONGEST_SOCKET_PATH = 103
START_SECONDS = 60.0
FOLDER_ADVICE = "Name a folder of yours in `database.folder`, or a server of yours in `database.url`."
SETTINGS: Mapping[str, str] = {
    "fsync": "on",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
"""What differs from PostgreSQL's own defaults. Durability is not traded for speed."""


@dataclass(slots=True)
class PrivatePostgres:
    """A running server. Make it with `start`; use it as a context manager or call `stop`."""

    place: Path
    """The folder of its files: the configured one, or another where root's `nobody` cannot reach that."""
    account: Account
    programs: Programs
    settings: Mapping[str, str]
    _lock: IO[str] | None = field(default=None, repr=False)

    @classmethod
    def start(cls, folder: Path, *, settings: Mapping[str, str] | None = None) -> Self:
        """Start or join the server of `folder`; `settings` go over SETTINGS. Raises NoPrivatePostgres."""
        folder = folder.absolute()
        try:
            return cls._start(folder, {**SETTINGS, **(settings or {})})
        except OSError as fault:
            raise NoPrivatePostgres(f"A private PostgreSQL in {folder} failed: {fault}. {FOLDER_ADVICE}") from fault

    @classmethod
    def _start(cls, folder: Path, settings: Mapping[str, str]) -> Self:
        folder.mkdir(parents=True, exist_ok=True)
        account = account_for(folder)
        place = place_for(folder, account)
        _refuse_foreign_data(place)
        server = cls(place, account, find_programs(account, place, _data_major(place)), settings)
        server._own_or_join(folder / "owner.lock")
        return server

    @property
    def url(self) -> str:
        """For asyncpg: the socket's folder, no host, no password."""
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self._socket_folder()), safe='')}&port={PORT}"

    @property
    def pid(self) -> int | None:
        """Of the server; None when none runs."""
        postmaster = _Postmaster.of(self.data)
        return postmaster.pid if postmaster and postmaster.alive(self.data) else None

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def owned(self) -> bool:
        """False for a guest, whose `stop` leaves the server to its owner."""
        return self._lock is not None

    def stop(self) -> None:
        """Stop the server if it is ours. May be called twice."""
        if self._lock is None:
            return
        socket_folder = self._socket_folder()
        for mode in ("fast", "immediate"):
            if self.pid is not None:
                self._control("stop", "-m", mode)
        if socket_folder.parent != self.place:
            shutil.rmtree(socket_folder, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Let it run on without an owner; a later `start` takes it over."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _own_or_join(self, lock_file: Path) -> None:
        def settled() -> bool:
            self._lock = _try_lock(lock_file)
            return self.owned or self._answers()

        if not _until(settled, START_SECONDS):
            raise NoPrivatePostgres(f"Another process holds {lock_file}, but its PostgreSQL does not answer.")
        if self.owned and not self._answers():
            self._start_or_release()

    def _start_or_release(self) -> None:
        try:
            self._clear_the_way()
            self._initialise()
            self._launch()
            self._create_database()
        except BaseException:
            self.release()
            raise

    def _answers(self) -> bool:
        postmaster = _Postmaster.of(self.data)
        return postmaster is not None and postmaster.alive(self.data) and postmaster.answers()

    def _clear_the_way(self) -> None:
        """What a kill left: a server without its socket is stopped, a number that is now another's is forgotten."""
        postmaster = _Postmaster.of(self.data)
        if postmaster is None:
            return
        if postmaster.alive(self.data):
            self._control("stop", "-m", "immediate")
        else:
            postmaster.forget(self.data)

    def _initialise(self) -> None:
        """Made beside and then renamed, so that half-made data is never used."""
        if self.data.exists():
            return
        making = self.place / "data.new"
        shutil.rmtree(making, ignore_errors=True)
        self.account.make_folder(making)
        options = ["-U", NAME, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-instructions"]
        if self.settings["fsync"] == "off":
            options.append("--no-sync")
        self._expect(self.account.run([self.programs["initdb"], "-D", making, *options]), "initdb")
        making.rename(self.data)

    def _launch(self) -> None:
        """For a while the remains of a killed server keep its shared memory: tried again until they are gone."""
        deadline = time.monotonic() + START_SECONDS
        options = self._server_options(self._make_socket_folder())
        while True:
            run = self._control("start", "-l", self.data / "server.log", "-o", options)
            if run.returncode == 0:
                return
            if "shared memory block" not in self._log_end() or time.monotonic() > deadline:
                self._expect(run, "pg_ctl start")

    def _server_options(self, socket_folder: Path) -> str:
        listening = {"unix_socket_directories": str(socket_folder), "listen_addresses": "", "port": str(PORT)}
        private = {"unix_socket_permissions": "0700"}
        every = {**self.settings, **listening, **private}
        return " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in every.items())

    def _make_socket_folder(self) -> Path:
        folder = self.place / "socket"
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH:
            return self.account.make_short_folder()
        return folder if folder.exists() else self.account.make_folder(folder)

    def _socket_folder(self) -> Path:
        postmaster = _Postmaster.of(self.data)
        return postmaster.socket_folder if postmaster else self.place / "socket"

    def _create_database(self) -> None:
        run = self.account.run([self.programs["createdb"], "-h", self._socket_folder(), "-U", NAME, NAME])
        if "already exists" not in run.stderr:
            self._expect(run, "createdb")

    def _control(self, *action: str | Path) -> "subprocess.CompletedProcess[str]":
        command = [self.programs["pg_ctl"], "-D", self.data, "-w", "-t", str(int(START_SECONDS)), *action]
        return self.account.run(command, seconds=START_SECONDS + 10)

    def _expect(self, run: "subprocess.CompletedProcess[str]", what: str) -> None:
        if run.returncode != 0:
            said = f"{run.stdout}{run.stderr}{self._log_end()}".strip()
            raise NoPrivatePostgres(f"{what} failed for {self.data}:\n{said}")

    def _log_end(self) -> str:
        log = self.data / "server.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log.exists() else ""


@dataclass(frozen=True, slots=True)
class _Postmaster:
    """What a server notes about itself in `postmaster.pid`; it stays behind after a kill."""

    pid: int
    socket_folder: Path

    @classmethod
    def of(cls, data: Path) -> Self | None:
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
            return cls(int(lines[0]), Path(lines[4]))
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def alive(self, data: Path) -> bool:
        """The number may be another program's by now: the server names its data folder on its command line."""
        try:
            return os.fsencode(data) in Path(f"/proc/{self.pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return not Path("/proc/self").exists() and _process_exists(self.pid)

    def forget(self, data: Path) -> None:
        """Its number may live on as a zombie or as another program: PostgreSQL would take either for a server."""
        leavings = self.socket_folder / f".s.PGSQL.{PORT}"
        for path in (data / "postmaster.pid", leavings, leavings.with_name(f"{leavings.name}.lock")):
            path.unlink(missing_ok=True)

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket_folder / f".s.PGSQL.{PORT}")) == 0


def _process_exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _try_lock(path: Path) -> IO[str] | None:
    """The kernel lets go of it when its process ends, however that happens."""
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _data_major(place: Path) -> int | None:
    version = place / "data" / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def _refuse_foreign_data(place: Path) -> None:
    data = place / "data"
    if data.exists() and os.geteuid() not in (0, data.stat().st_uid):
        raise NoPrivatePostgres(
            f"{data} belongs to another user (it was made as root?). Remove {place}, or: {FOLDER_ADVICE}"
        )
