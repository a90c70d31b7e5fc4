"""Processes share one session with Clarus: a login of one would end the session of the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from daemon.clarus_session import BookedSession
from daemon.clock import Clock
from daemon.links.answer import Denied, Done
from daemon.links.clarus import ClarusLink
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import Database, open_database
from daemon.store.sealing import KeyRing, use_keys
from tests.daemon.clarus_rig import Rig, rig

pytestmark = pytest.mark.live


@dataclass
class Processes:
    given: Rig
    database: Database
    links: list[ClarusLink]

    async def call(self, link: ClarusLink, times: int = 1) -> None:
        for _ in range(times):
            answer = await link.balances(self.given.everything)
            assert isinstance(answer, Done), answer

    @property
    def logins(self) -> list[int]:
        return self.given.clarus.world.login.fetches


@asynccontextmanager
async def processes(folder: Path, url: str, count: int = 3, request_timeout: float = 2.0) -> AsyncIterator[Processes]:
    use_keys(KeyRing((b"k" * 32,)))
    given_rig = rig(folder, calls_per_second=1_000.0, request_timeout=request_timeout)
    async with given_rig as given, AsyncExitStack() as stack:
        database = await open_database(url, DatabaseSettings(url=url), 4)
        stack.push_async_callback(database.close)
        links = list[ClarusLink]()
        for _ in range(count):
            session = await stack.enter_async_context(aiohttp.ClientSession())
            shelf = BookedSession("main", given.tenant.request_timeout, database, Clock())
            links.append(ClarusLink(session, given.tenant, Clock(), shelf=shelf))
        yield Processes(given, database, links)


async def test_processes_that_start_together_log_in_once(tmp_path: Path, database_url: str) -> None:
    async with processes(tmp_path, database_url) as those:
        await asyncio.gather(*(those.call(link, 5) for link in those.links))
        assert those.logins == [200]
        assert {heard.status for heard in those.given.clarus.world.heard} == {200}


async def test_a_session_that_ended_elsewhere_is_renewed_by_one_of_them(tmp_path: Path, database_url: str) -> None:
    async with processes(tmp_path, database_url) as those:
        await asyncio.gather(*map(those.call, those.links))
        those.given.clarus.world.login.login_elsewhere(those.given.tenant.client_id)
        await asyncio.gather(*(those.call(link, 5) for link in those.links))
        assert those.logins == [200, 200]


async def test_another_secret_is_another_login(tmp_path: Path, database_url: str) -> None:
    async with processes(tmp_path, database_url, 2) as those:
        await those.call(those.links[0])
        those.given.clarus.world.login.rotate(those.given.tenant.client_id, "another-secret")
        those.given.clarus.world.login.login_elsewhere(those.given.tenant.client_id)
        assert isinstance(await those.links[0].balances(those.given.everything), Denied)
        those.given.write_secret("another-secret")
        await asyncio.gather(*map(those.call, those.links))
        assert those.logins.count(200) == 2


async def test_who_dies_while_logging_in_keeps_the_others_waiting_for_a_while_only(
    tmp_path: Path, database_url: str
) -> None:
    async with processes(tmp_path, database_url, 1, request_timeout=1.0) as those:
        dead = BookedSession("main", 0.2, those.database, Clock())
        assert await dead.claim(0) and not await dead.claim(0)
        await those.call(those.links[0])
        assert those.logins == [200]


async def test_the_token_is_never_in_clear(tmp_path: Path, database_url: str) -> None:
    async with processes(tmp_path, database_url, 1) as those:
        await those.call(those.links[0])
        token = next(iter(those.given.clarus.world.login.issued))
        async with those.database.connection() as connection:
            row = await connection.fetchrow("select * from clarus_session")
        assert row is not None and token.encode() not in row["sealed"]
        assert token not in repr(those.links[0].login) and token not in str(dict(row))


async def test_what_none_of_our_keys_opens_is_no_token(tmp_path: Path, database_url: str) -> None:
    async with processes(tmp_path, database_url, 2) as those:
        await those.call(those.links[0])
        use_keys(KeyRing((b"o" * 32,)))
        await those.call(those.links[1])
        assert those.logins == [200, 200]
