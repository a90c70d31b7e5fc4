"""A PostgreSQL that answers, and a database in it for each test, copied from one that is migrated already."""

import hashlib
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil

from daemon.store.embedded import PrivatePostgres
from tests.services.processes import ended, wait_until

FORGETFUL = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB"}
"""For servers of tests: what they hold need not survive a power cut. A killed process loses nothing by it."""
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Databases:
    """`url` names a database of the server whose user may make others."""

    url: str

    def url_of(self, name: str) -> str:
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    async def answers(self) -> bool:
        try:
            await self._run("select 1")
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        return True

    @asynccontextmanager
    async def fresh_database(self, template: str | None = None) -> AsyncIterator[str]:
        """The URL of a new database, dropped at the end even when connections to it are still open."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        await self.create(name, template)
        try:
            yield self.url_of(name)
        finally:
            await self._run(f"drop database {name} with (force)")

    async def create(self, name: str, template: str | None = None) -> None:
        """Copied as files: without flushing that costs half of what copying through the log does."""
        await self._run(f"create database {name} template {template or 'template0'} strategy file_copy")

    async def migrated_template(self) -> str:
        """The name of a database with all tables and no rows; made once for each state of the migrations."""
        from daemon.store import database

        name = f"template_{_digest(database.MIGRATIONS)}"
        if not await self._exists(name):
            making = f"making_{os.getpid()}_{next(_numbers)}"
            await self.create(making)
            await database.migrate(self.url_of(making))
            await self._rename(making, name)
        return name

    async def _rename(self, old: str, new: str) -> None:
        try:
            await self._run(f"alter database {old} rename to {new}")
        except asyncpg.DuplicateDatabaseError:
            await self._run(f"drop database {old}")

    async def _exists(self, name: str) -> bool:
        return await self._run(f"select count(*) from pg_database where datname = '{name}'") == 1

    async def _run(self, statement: str) -> object:
        connection = await asyncpg.connect(self.url, timeout=10, command_timeout=60)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close(timeout=5)


def _digest(folder: Path) -> str:
    texts = [path.name.encode() + path.read_bytes() for path in sorted(folder.glob("*.sql"))]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


def destroy(home: Path) -> None:
    """Server and files, whoever started it."""
    if not home.exists():
        return
    pointer = home / "elsewhere"
    place = Path(pointer.read_text().strip()) if pointer.exists() else home
    server, socket_folder = _server_of(place / "data"), _socket_folder_of(place)
    if server is not None:
        server.send_signal(signal.SIGQUIT)
        wait_until(lambda: ended(server), 20)
    for folder in (socket_folder, place, home):
        shutil.rmtree(folder, ignore_errors=True)


def _server_of(data: Path) -> psutil.Process | None:
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
        return process if str(data) in process.cmdline() else None
    except (FileNotFoundError, ValueError, IndexError, psutil.Error):
        return None


def _socket_folder_of(place: Path) -> Path:
    """One of its own under the temporary folder, where the path would be too long."""
    try:
        return Path((place / "data" / "postmaster.pid").read_text().splitlines()[4])
    except (FileNotFoundError, IndexError):
        return place / "socket"


def start_and_release(home: Path) -> str:
    """The URL of a server that goes on after us."""
    server = PrivatePostgres.start(home, settings=FORGETFUL)
    server.release()
    return server.url
