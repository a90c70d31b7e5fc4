"""A partner's SFTP server as a spool: keys only, and only a host whose key is known."""

import asyncio
import posixpath
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import asyncssh
from asyncssh.constants import FILEXFER_TYPE_REGULAR

from daemon.links.edi_spool import SpoolTrouble, TooLarge, Waiting, is_whole

KEPT_ALIVE, LOST_AFTER = 30, 3
"""Real seconds between two signs of life, and how many may be missed."""


@dataclass(frozen=True, slots=True)
class SftpAccount:
    """Where one side of the exchange is. Partners often give one account to fetch and another to put."""

    host: str
    port: int
    user: str
    key_file: Path
    known_hosts: Path
    folder: str = "."
    timeout: float = 30.0
    """Real seconds for connecting, and for each answer."""


@dataclass(frozen=True, slots=True)
class SftpSpool:
    """Fetches from one account and puts to another; they may be the same. A connection lasts for one task."""

    fetches: SftpAccount
    puts: SftpAccount

    async def waiting(self) -> Sequence[Waiting]:
        async with _opened(self.fetches) as sftp:
            found = await sftp.readdir(self.fetches.folder)
        files = [entry for entry in found if entry.attrs.type == FILEXFER_TYPE_REGULAR]
        return sorted(
            Waiting(str(entry.filename), entry.attrs.size or 0) for entry in files if is_whole(str(entry.filename))
        )

    async def fetch(self, name: str, most: int) -> bytes:
        async with _opened(self.fetches) as sftp, sftp.open(_in(self.fetches, name), "rb") as file:
            content = cast("bytes", await file.read(most + 1))  # the annotation says str, whatever the mode
        if len(content) > most:
            raise TooLarge(f"{name} at {self.fetches.host} has more than {most:,} bytes")
        return content

    async def remove(self, name: str) -> None:
        async with _opened(self.fetches) as sftp:
            try:
                await sftp.remove(_in(self.fetches, name))
            except asyncssh.SFTPNoSuchFile:
                return

    async def put(self, name: str, content: bytes) -> None:
        async with _opened(self.puts) as sftp:
            hidden = _in(self.puts, f".{name}.tmp")
            async with sftp.open(hidden, "wb") as file:
                await file.write(content)
            await _rename(sftp, hidden, _in(self.puts, name))


async def _rename(sftp: asyncssh.SFTPClient, old: str, new: str) -> None:
    """Over whatever is there: after a lost answer the same file is put again."""
    try:
        await sftp.posix_rename(old, new)
    except asyncssh.SFTPOpUnsupported:
        if await sftp.exists(new):
            await sftp.remove(new)
        await sftp.rename(old, new)


def _in(account: SftpAccount, name: str) -> str:
    return posixpath.join(account.folder, name)


@asynccontextmanager
async def _opened(account: SftpAccount) -> AsyncIterator[asyncssh.SFTPClient]:
    where = f"{account.user} at {account.host}:{account.port}"
    try:
        async with (
            asyncio.timeout(account.timeout * 4),
            asyncssh.connect(
                account.host, account.port, username=account.user, client_keys=[str(account.key_file)],
                known_hosts=str(account.known_hosts), config=None, agent_path=None, password=None,
                connect_timeout=account.timeout, login_timeout=account.timeout,
                keepalive_interval=KEPT_ALIVE, keepalive_count_max=LOST_AFTER,
            ) as connection,
            connection.start_sftp_client() as sftp,
        ):  # fmt: skip
            yield sftp
    except asyncssh.HostKeyNotVerifiable as error:
        raise SpoolTrouble(
            f"{where}: its host key is not in {account.known_hosts}; ask the partner before it is added"
        ) from error
    except (asyncssh.Error, OSError, TimeoutError) as error:
        raise SpoolTrouble(f"{where}: {type(error).__name__}: {error}") from error
