"""`POST /clarus/hooks/<token>` on a real server and database: what is taken, and what is refused without a hint."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import asyncpg
import msgspec
import pytest

from daemon.clarus_hooks import ClarusHooks, Hook
from daemon.clock import Clock
from daemon.secrets import SecretFile
from daemon.settings import Clarus, ClarusGoodsOuts, ClarusHook
from daemon.settings import Database as DatabaseSettings
from daemon.store.clarus_hooks import subject_of
from daemon.store.database import Database, open_database
from daemon.store.retention import forget_hooks
from daemon.store.sealing import Erased, KeyRing, open_body, use_keys
from daemon.telemetry import Telemetry
from daemon.web import WebServer

pytestmark = pytest.mark.live

TOKEN, OTHER = "1f" * 32, "2f" * 32
HEADERS = {"X-ClarusWMS-Subdomain": "acme-warehouse", "X-ClarusWMS-Automation-ID": "17"}
LEAVING = {
    "completed": ("4f" * 32, "goods_out", "completed"),
    "cancelled": ("5f" * 32, "goods_out", "cancelled"),
    "left": ("6f" * 32, "stock", "dispatched"),
}
BODY = {"id": 5, "product": {"id": "900", "code": "KETTLE"}, "quantity": 1.0}


@dataclass
class Rig:
    url: str
    session: aiohttp.ClientSession
    database: Database
    books: "asyncpg.Connection[asyncpg.Record]"
    telemetry: Telemetry
    clock: Clock

    async def post(self, token: str = TOKEN, body: object = BODY, **headers: str) -> tuple[int, str]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.session.post(f"{self.url}/clarus/hooks/{token}", data=data, headers=given) as answer:
            return answer.status, await answer.text()

    def counted(self, outcome: str, tenant: str = "main") -> float:
        return (
            self.telemetry.registry.get_sample_value("goodsout_hooks_total", {"tenant": tenant, "outcome": outcome})
            or 0.0
        )

    async def rows(self) -> int:
        return int(await self.books.fetchval("select count(*) from clarus_hook"))

    async def marks(self) -> list[str]:
        return [row["sku"] for row in await self.books.fetch("select sku from clarus_mark order by sku")]


def hook(name: str, automation: str) -> ClarusHook:
    return ClarusHook(token_file=name, automation_id=automation, resource="stock", event="picked")


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[Rig]:
    use_keys(KeyRing((b"k" * 32,)))
    for name, token in (("one", TOKEN), ("two", OTHER)):
        (tmp_path / name).write_text(token)
    tenant = Clarus(
        subdomain="acme-warehouse", client_id="c", client_secret_file="s", hook_body=2_000, hook_timeout=0.3
    )
    hooks = tuple(
        Hook("main", tenant, name, hook(name, automation), SecretFile(str(tmp_path / name), {}))
        for name, automation in (("one", "17"), ("two", "18"))
    )
    leaving = msgspec.structs.replace(tenant, goods_outs=ClarusGoodsOuts(read=True))
    for name, (token, resource, event) in LEAVING.items():
        (tmp_path / name).write_text(token)
        settings = ClarusHook(token_file=name, automation_id="19", resource=resource, event=event)
        hooks += (Hook("main", leaving, name, settings, SecretFile(str(tmp_path / name), {})),)
    database = await open_database(database_url, DatabaseSettings(url=database_url), 3)
    telemetry, clock = Telemetry(), Clock()
    await database.now()
    routes = ClarusHooks(hooks, database, clock, telemetry, {}).routes()
    async with (
        WebServer("127.0.0.1", 0, telemetry=telemetry, checks={}, routes=routes) as server,
        aiohttp.ClientSession() as session,
    ):
        books = await asyncpg.connect(database_url)
        yield Rig(server.url, session, database, books, telemetry, clock)
        await books.close()
    await database.close()


async def nowhere(rig: Rig) -> tuple[int, str]:
    """What the server says of a path that does not exist."""
    async with rig.session.post(f"{rig.url}/no/such/path", data=b"{}") as answer:
        return answer.status, await answer.text()


async def test_a_webhook_is_kept_sealed_and_marks_its_product(rig: Rig) -> None:
    assert await rig.post(content_type="text/plain") == (204, "")
    assert await rig.marks() == ["KETTLE"]
    row = await rig.books.fetchrow("select * from clarus_hook")
    assert row is not None and row["outcome"] == "marked" and b"KETTLE" not in row["body"]
    async with rig.database.connection() as connection:
        body = await open_body(connection, subject_of("main", "stock/5"), row["body"])
    assert json.loads(body) == BODY
    assert rig.counted("marked") == 1


async def test_forged_and_misdirected_requests_look_like_a_path_that_does_not_exist(rig: Rig) -> None:
    refused = await nowhere(rig)
    assert refused[0] == 404
    assert await rig.post(token="3f" * 32) == refused
    assert await rig.post(token="%FF%00") == refused
    assert await rig.post(X_ClarusWMS_Subdomain="another-tenant") == refused
    assert await rig.post(X_ClarusWMS_Automation_ID="18") == refused
    assert await rig.post(body=b"x" * 2_001) == refused
    async with rig.session.get(f"{rig.url}/clarus/hooks/{TOKEN}", headers=HEADERS) as answer:
        assert (answer.status, await answer.text()) == refused
    assert await rig.rows() == 0 and await rig.marks() == []
    assert rig.counted("wrong_token", "") == 2
    counted = {word: rig.counted(word) for word in ("wrong_tenant", "wrong_automation", "oversize", "wrong_method")}
    assert counted == dict.fromkeys(counted, 1.0)


async def test_a_right_token_with_the_wrong_automation_is_shown_to_its_owner(rig: Rig) -> None:
    await rig.post(X_ClarusWMS_Automation_ID="18")
    row = await rig.books.fetchrow("select kind, cause, owner from alert")
    assert row is not None and tuple(row) == ("hook_refused", "main/one", "technical")


async def test_a_body_that_grows_past_its_bound_is_cut_off_while_it_streams(rig: Rig) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 100_000
            yield b"x" * 100_000

    try:
        async with rig.session.post(f"{rig.url}/clarus/hooks/{TOKEN}", data=endless(), headers=HEADERS) as answer:
            assert answer.status == 404
    except aiohttp.ClientError:
        pass  # the server closed the connection under the sender
    assert rig.counted("oversize") == 1
    assert sent < 50_000_000 and await rig.rows() == 0


async def test_a_body_that_dawdles_is_not_waited_for(rig: Rig) -> None:
    host, port = rig.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = [f"POST /clarus/hooks/{TOKEN} HTTP/1.1", f"Host: {host}", "Content-Length: 100",
             *(f"{name}: {value}" for name, value in HEADERS.items()), "", "{"]  # fmt: skip
    writer.write("\r\n".join(lines).encode())
    async with asyncio.timeout(60):
        assert (await reader.readline()).startswith(b"HTTP/1.1 404")
    writer.close()
    assert rig.counted("slow") == 1


async def test_the_same_content_again_is_one_row_and_no_second_read(rig: Rig) -> None:
    body = {**BODY, "created_at": rig.clock.now().isoformat()}
    assert await rig.post(body=body) == (204, "")
    await rig.books.execute("delete from clarus_mark")
    assert await rig.post(body=body) == (204, "")
    assert await rig.marks() == []
    assert await rig.books.fetchval("select times from clarus_hook") == 2
    assert rig.counted("duplicate") == 1


async def test_many_at_once_are_one_row(rig: Rig) -> None:
    body = {**BODY, "created_at": rig.clock.now().isoformat()}
    assert {status for status, _ in await asyncio.gather(*(rig.post(body=body) for _ in range(8)))} == {204}
    assert await rig.books.fetchval("select times from clarus_hook") == 8
    assert await rig.books.fetchval("select version from clarus_mark") == 1


async def test_a_replay_is_refused_kept_and_marks_nothing(rig: Rig) -> None:
    old = {**BODY, "created_at": (datetime.now(UTC) - timedelta(days=2)).isoformat()}
    assert await rig.post(body=old) == await nowhere(rig)
    assert (await rig.rows(), await rig.marks(), rig.counted("replayed")) == (1, [], 1)


async def test_a_product_named_by_its_id_is_found_in_what_the_sweep_has_seen(rig: Rig) -> None:
    seen = "insert into clarus_seen values ('acme', 'W1', 'LAMP', 'main', '77', 1)"
    await rig.books.execute(seen)
    assert (await rig.post(body={"id": 1, "product": {"id": 77}}))[0] == 204
    assert await rig.marks() == ["LAMP"]


async def test_a_body_that_names_nothing_is_taken_shown_and_swept_for(rig: Rig) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    ended = datetime.now(UTC) - timedelta(seconds=200)
    sweep = "insert into clarus_sweep (tenant, finished_at, next_at) values ('main', $1, $2)"
    await rig.books.execute(sweep, ended, later)
    assert (await rig.post(body=b"\xff not json"))[0] == 204
    assert await rig.books.fetchval("select kind from alert") == "hint_unreadable"
    next_at = await rig.books.fetchval("select next_at from clarus_sweep")
    assert abs(next_at - ended - timedelta(seconds=300)) < timedelta(seconds=1)
    assert rig.counted("unreadable") == 1


async def test_old_webhooks_are_forgotten_and_the_record_s_key_with_the_last_of_them(rig: Rig) -> None:
    await rig.post()
    await rig.post(body={**BODY, "quantity": 2.0})
    async with rig.database.connection() as connection:
        first, last = await connection.fetch("select * from clarus_hook order by last_at")
        assert await forget_hooks(connection, first["last_at"]) == 0
        assert first["subject"] == last["subject"] == subject_of("main", "stock/5")
        await forget_hooks(connection, last["last_at"])
        assert await rig.rows() == 1
        assert b"KETTLE" in await open_body(connection, last["subject"], last["body"])
        await forget_hooks(connection, last["last_at"] + timedelta(seconds=1))
        with pytest.raises(Erased):
            await open_body(connection, last["subject"], last["body"])
    assert await rig.rows() == 0


async def test_what_names_no_record_is_sealed_under_its_own_content(rig: Rig) -> None:
    await rig.post(body={"product_code": "KETTLE"})
    row = await rig.books.fetchrow("select subject, content_hash from clarus_hook")
    assert row is not None and row["subject"] == subject_of("main", row["content_hash"])


async def test_a_database_that_does_not_answer_is_not_hidden_behind_a_2xx(rig: Rig) -> None:
    await rig.books.execute("alter table clarus_hook rename to clarus_hook_gone")
    assert (await rig.post())[0] == 503


async def leaving(rig: Rig, name: str, body: object) -> int:
    status, _ = await rig.post(token=LEAVING[name][0], body=body, X_ClarusWMS_Automation_ID="19")
    return status


async def goods_out_marks(rig: Rig) -> list[tuple[str, bool]]:
    rows = await rig.books.fetch("select order_reference, cancelled from clarus_goods_out_mark order by 1")
    return [(row["order_reference"], row["cancelled"]) for row in rows]


async def test_a_webhook_of_a_goods_out_marks_its_name_and_says_whether_it_was_a_cancellation(rig: Rig) -> None:
    assert await leaving(rig, "completed", {"data": {"id": 7, "reference": "SO-7"}}) == 204
    assert await leaving(rig, "cancelled", {"id": 8, "reference": "SO-8"}) == 204
    assert await goods_out_marks(rig) == [("SO-7", False), ("SO-8", True)]
    assert await rig.marks() == []


async def test_units_that_left_mark_their_product_and_the_goods_out_that_they_name(rig: Rig) -> None:
    assert await leaving(rig, "left", {**BODY, "goods_out": {"reference": "SO-7"}}) == 204
    assert await goods_out_marks(rig) == [("SO-7", False)] and await rig.marks() == ["KETTLE"]


async def test_units_that_left_without_a_name_bring_the_sweep_of_goods_outs_forward(rig: Rig) -> None:
    far = rig.clock.now() + timedelta(hours=1)
    await rig.books.execute("insert into clarus_goods_out_sweep (tenant, next_at) values ('main', $1)", far)
    assert await leaving(rig, "left", BODY) == 204
    assert await goods_out_marks(rig) == []
    next_at = await rig.books.fetchval("select next_at from clarus_goods_out_sweep")
    assert next_at <= rig.clock.now() + timedelta(seconds=60)


async def test_a_goods_out_that_is_named_elsewhere_is_shown_and_the_sweep_comes_sooner(rig: Rig) -> None:
    far = rig.clock.now() + timedelta(hours=1)
    await rig.books.execute("insert into clarus_goods_out_sweep (tenant, next_at) values ('main', $1)", far)
    assert await leaving(rig, "completed", {"order": {"name": "SO-7"}}) == 204
    assert await rig.books.fetchval("select next_at < $1 from clarus_goods_out_sweep", far)
    assert await rig.books.fetchval("select kind from alert") == "hint_unreadable"
