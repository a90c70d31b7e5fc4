"""What the tests of the commands share: a configuration by variables, and books with something in them."""

import asyncio
import base64
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import click
from click.testing import CliRunner, Result

from daemon.commands.context import CommandLine
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import Connection, open_database
from daemon.store.sealing import KeyRing, read_key

T = TypeVar("T")
SELLER = {
    "account": "acme", "seller_id": "A1", "endpoint": "https://example.com", "client_id": "c",
    "marketplaces": '["UK"]', "warehouses": '["W1"]', "release": "clarus",
}  # fmt: skip
SECRETS = {"secret": "CLIENT_SECRET_FILE", "refresh": "REFRESH_TOKEN_FILE"}


def bus_given(url: str, folder: Path) -> dict[str, str]:
    """The variables of a bus; its password in a file, as the configuration wants it."""
    parts = urlsplit(url)
    if parts.password is None:
        return {"GOODSOUT_BUS__URL": url}
    file = folder / "bus-password"
    file.write_text(parts.password)
    file.chmod(0o600)
    bare = url.replace(f":{parts.password}@", "@", 1)
    return {"GOODSOUT_BUS__URL": bare, "GOODSOUT_BUS__PASSWORD_FILE": str(file)}


class Rig:
    """Runs commands against one database, in this process."""

    def __init__(self, database_url: str, folder: Path, amqp_url: str = "embedded:") -> None:
        self.url = database_url
        self.key_file = folder / "master.key"
        self.key_file.write_bytes(base64.b64encode(os.urandom(32)))
        self.key_file.chmod(0o600)
        self.environ = {
            **bus_given(amqp_url, folder),
            "GOODSOUT_DATABASE__URL": database_url,
            "GOODSOUT_KEYS__MASTER_KEY_FILES": f'["{self.key_file}"]',
        }

    def sell_as(self, name: str, folder: Path) -> None:
        """A selling account of this name is configured from now on, its secrets in the folder."""
        for secret, setting in SECRETS.items():
            (folder / secret).write_text("x" * 40)
            (folder / secret).chmod(0o600)
            self.environ[f"GOODSOUT_SELLERS__{name}__{setting}"] = str(folder / secret)
        for setting, value in SELLER.items():
            self.environ[f"GOODSOUT_SELLERS__{name}__{setting.upper()}"] = value

    @property
    def ring(self) -> KeyRing:
        return KeyRing((read_key(self.key_file),))

    def run(self, command: click.Command, *arguments: object) -> Result:
        given = [str(argument) for argument in arguments]
        return CliRunner().invoke(command, given, obj=CommandLine(environ=self.environ))

    def told(self, command: click.Command, *arguments: object) -> str:
        """Its output; the command must succeed."""
        result = self.run(command, *arguments)
        assert result.exit_code == 0, result.output
        return result.output

    def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do something in a transaction of its own."""

        async def in_transaction() -> T:
            database = await open_database(self.url, DatabaseSettings(url=self.url), 1)
            try:
                async with database.transaction() as connection:
                    return await work(connection)
            finally:
                await database.close()

        return asyncio.run(in_transaction())
