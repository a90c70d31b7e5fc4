import asyncio
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from daemon.secrets import Secret
from daemon.telemetry import CONTENT_TYPE, Telemetry
from daemon.web import AddressRefused, Check, WebServer


async def well() -> None:
    return None


async def ailing() -> str:
    return "the bus is not connected"


async def stuck() -> None:
    await asyncio.Event().wait()


async def raising() -> None:
    raise ConnectionError(f"no route with {Secret('open-sesame').reveal()}")


def server(**checks: Check) -> WebServer:
    return WebServer("127.0.0.1", 0, telemetry=Telemetry(), checks=checks, check_timeout=0.05)


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_alive_is_said_whatever_is_not_ready(client: aiohttp.ClientSession) -> None:
    async with server(bus=ailing) as running, client.get(f"{running.url}/livez") as answer:
        assert answer.status == 200


async def test_ready_when_every_check_is_well(client: aiohttp.ClientSession) -> None:
    async with server(bus=well, database=well) as running, client.get(f"{running.url}/readyz") as answer:
        assert answer.status == 200
        assert await answer.json() == {"ready": True, "failing": [], "checks": {"bus": "ok", "database": "ok"}}


async def test_not_ready_names_each_failing_check_and_no_secret(client: aiohttp.ClientSession) -> None:
    checks = {"bus": ailing, "database": raising, "roles": stuck, "watch": well}
    async with server(**checks) as running, client.get(f"{running.url}/readyz") as answer:
        assert answer.status == 503
        body = await answer.json()
    assert body["failing"] == ["bus", "database", "roles"]
    assert body["checks"] == {
        "bus": "the bus is not connected",
        "database": "ConnectionError: no route with ****",
        "roles": "no answer within 0.05 s",
        "watch": "ok",
    }


async def test_metrics_are_what_prometheus_reads(client: aiohttp.ClientSession) -> None:
    async with server() as running, client.get(f"{running.url}/metrics") as answer:
        assert answer.headers["Content-Type"] == CONTENT_TYPE
        assert "goodsout_stale_total 0.0" in await answer.text()


async def test_a_body_beyond_the_bound_is_refused(client: aiohttp.ClientSession) -> None:
    async def hook(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    running = WebServer(
        "127.0.0.1", 0, telemetry=Telemetry(), checks={}, routes=[web.post("/hook", hook)], max_request=1000
    )
    async with running:
        async with client.post(f"{running.url}/hook", data=b"x" * 1000) as answer:
            assert await answer.text() == "1000"
        async with client.post(f"{running.url}/hook", data=b"x" * 1001) as answer:
            assert answer.status == 413


async def test_port_0_takes_a_free_port_and_gives_it_back() -> None:
    async with server() as running:
        port = running.port
        assert port > 0
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))
        assert again.getsockname()[1] == port


async def test_a_taken_port_is_an_error_at_the_start() -> None:
    async with server() as running:
        with pytest.raises(AddressRefused, match=f"{running.port}: address already in use. Stop what listens there"):
            async with WebServer("127.0.0.1", running.port, telemetry=Telemetry(), checks={}):
                pass
