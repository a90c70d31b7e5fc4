"""The simulated Clarus keeps to what Clarus documents: login, filters, pages, orders by their status, webhooks."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from simulators.clarus import CLIENT, SECRET, ClarusSimulator, Fault, Trading
from simulators.clarus.faults import Kind
from tests.simulators.clarus_orders import ORDER

SEED = 20261121
PAGES = (
    "query($filter: StockBalancesFilterType, $first: Int, $after: String) { stock_balances { all(filter: $filter,"
    " first: $first, after: $after) { pageInfo { hasNextPage endCursor } edges { cursor node { available"
    " product { id code } warehouse { id } } } } } }"
)


class Client:
    """Speaks to the simulator with a token of its own."""

    def __init__(self, clarus: ClarusSimulator, session: aiohttp.ClientSession) -> None:
        self.clarus, self.session = clarus, session
        self.headers = {"X-Clarus-Subdomain": clarus.world.subdomain}

    async def login(self) -> None:
        form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
        async with self.session.post(self.clarus.token_url, data=form) as answer:
            self.headers["Authorization"] = f"Bearer {(await answer.json())['access_token']}"

    async def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        url = self.clarus.url + path
        async with self.session.request(method, url, json=body, headers=self.headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def ask(self, query: str, **variables: object) -> Any:
        status, answer = await self.call("POST", "/graphql", {"query": query, "variables": variables})
        assert status == 200
        return answer


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with ClarusSimulator() as clarus, aiohttp.ClientSession() as session:
        client = Client(clarus, session)
        await client.login()
        yield client


def skus(answer: Any) -> list[str]:
    return [edge["node"]["product"]["code"] for edge in answer["data"]["stock_balances"]["all"]["edges"]]


async def test_a_call_without_the_tenant_or_with_no_token_is_turned_away(client: Client) -> None:
    del client.headers["X-Clarus-Subdomain"]
    assert (await client.call("POST", "/graphql", {"query": PAGES}))[0] == 401
    client.headers = {"X-Clarus-Subdomain": client.clarus.world.subdomain, "Authorization": "Bearer none"}
    status, answer = await client.call("POST", "/graphql", {"query": PAGES})
    assert status == 401 and isinstance(answer["error"], str)


async def test_a_second_login_ends_the_first_session(client: Client) -> None:
    first = dict(client.headers)
    await client.login()
    second, client.headers = client.headers, first
    assert (await client.call("POST", "/graphql", {"query": PAGES}))[0] == 401
    client.headers = second
    assert (await client.call("POST", "/graphql", {"query": PAGES}))[0] == 200


async def test_filters_are_those_that_are_documented(client: Client) -> None:
    world = client.clarus.world
    world.set_balance("RED-1", available=5)
    world.set_balance("red-2", available=0)
    world.set_balance("BLUE", available=7.5, warehouse="WH2")
    assert skus(await client.ask(PAGES, filter={"product_code": {"ilike": "RED"}})) == ["RED-1", "red-2"]
    assert skus(await client.ask(PAGES, filter={"product_code": {"in": ["BLUE", "RED-1"]}})) == ["RED-1", "BLUE"]
    assert skus(await client.ask(PAGES, filter={"available": {"between": [1, 6]}})) == ["RED-1"]
    assert skus(await client.ask(PAGES, filter={"warehouse_id": {"in": [world.warehouse_id("WH2")]}})) == ["BLUE"]
    refused = await client.ask(PAGES, filter={"updated_at": {"from": "2026-01-01"}})
    assert "data" not in refused and "updated_at" in refused["errors"][0]["message"]


async def test_an_unknown_field_and_a_wrong_filter_type_fail_the_whole_query(client: Client) -> None:
    for query in (
        "query { stock_balances { all { edges { node { available held } } } } }",
        "query($f: StockFilterType) { stock_balances { all(filter: $f) { edges { node { available } } } } }",
        "query { stock_balances { all { edges { node { available",
    ):
        answer = await client.ask(query)
        assert answer["errors"] and "data" not in answer


async def test_pages_go_by_offset_so_that_a_row_in_front_moves_those_behind(client: Client) -> None:
    world = client.clarus.world
    for sku in ("A", "B", "C"):
        world.set_balance(sku, available=1)
    page = (await client.ask(PAGES, first=2))["data"]["stock_balances"]["all"]
    assert page["pageInfo"] == {"hasNextPage": True, "endCursor": "Mg"}
    world.set_balance("NEW", available=1, front=True)
    assert skus(await client.ask(PAGES, first=2, after="Mg")) == ["B", "C"]


async def test_a_replica_shows_what_was_so_a_while_ago(client: Client) -> None:
    world = client.clarus.world
    world.set_balance("A", available=9)
    world.faults.replica_lag = (3600.0, 3600.0)
    assert skus(await client.ask(PAGES)) == []
    world.faults.replica_lag = (0.0, 0.0)
    assert skus(await client.ask(PAGES)) == ["A"]


@pytest.mark.parametrize(
    ("status", "cancelled", "then"),
    [
        ("PENDING", 200, ""),
        ("ALLOCATED", 200, "CANCELLED"),
        ("PICK", 200, "CANCELLED"),
        ("COMPLETED", 422, "COMPLETED"),
    ],
)
async def test_cancelling_an_order_goes_by_its_status(client: Client, status: str, cancelled: int, then: str) -> None:
    _, made = await client.call("POST", "/api/goods_outs", ORDER)
    order = client.clarus.world.goods_outs[made["data"]["id"]]
    order.past.append((client.clarus.world.time.now(), status))
    assert (await client.call("POST", f"/api/goods_outs/{order.id}/cancel"))[0] == cancelled
    assert order.status == then


async def test_an_order_is_changed_and_deleted_while_nothing_has_begun(client: Client) -> None:
    _, made = await client.call("POST", "/api/goods_outs", ORDER)
    order = client.clarus.world.goods_outs[made["data"]["id"]]
    destroyed = {"type": "DESTROY", "id": next(iter(order.lines))}
    change = {"data": {"type": "goods_outs", "attributes": {"priority": 1, "lines_changes": [destroyed]}}}
    assert (await client.call("PATCH", f"/api/goods_outs/{order.id}", change))[0] == 200
    assert order.lines == {} and order.attributes["priority"] == 1
    assert await client.call("DELETE", f"/api/goods_outs/{order.id}") == (204, None)
    status, answer = await client.call("DELETE", f"/api/goods_outs/{order.id}")
    assert status == 404 and set(answer["errors"][0]) == {"code", "symbol", "details", "source", "context"}


LINES = (
    "query($filter: GoodsOutLineFilterType) { goods_out_lines { all(filter: $filter) { edges { node { id"
    " order_quantity allocated_quantity product { id code } goods_out { id reference } } } } } }"
)
ORDERS = (
    "query($filter: GoodsOutsFilterType) { goods_outs { all(filter: $filter) { edges { node { id reference"
    " goods_out_status { code } } } } } }"
)


async def test_a_reference_may_come_twice_and_both_are_listed(client: Client) -> None:
    for _ in range(2):
        assert (await client.call("POST", "/api/goods_outs", ORDER))[0] == 200
    found = await client.ask(ORDERS, filter={"reference": {"in": ["SO-1"]}, "account_id": {"eq": "1"}})
    assert len(found["data"]["goods_outs"]["all"]["edges"]) == 2
    assert client.clarus.orders.twice() == {"SO-1"}


async def test_lines_are_listed_by_order_and_show_what_processing_allocated(client: Client) -> None:
    _, made = await client.call("POST", "/api/goods_outs", ORDER)
    order_id = made["data"]["id"]
    assert (await client.call("POST", "/api/goods_out_processes/process_picks_async", {"ids": [order_id]}))[0] == 200
    found = await client.ask(LINES, filter={"goods_out_id": {"in": [str(order_id)]}})
    [edge] = found["data"]["goods_out_lines"]["all"]["edges"]
    assert edge["node"]["allocated_quantity"] == 2.0 and edge["node"]["goods_out"]["reference"] == "SO-1"
    assert client.clarus.world.goods_outs[order_id].status == "ALLOCATED"


async def test_a_look_up_by_a_replica_that_lags_does_not_show_a_new_order_yet(client: Client) -> None:
    client.clarus.faults.replica_lag = (60.0, 60.0)
    await client.call("POST", "/api/goods_outs", ORDER)
    found = await client.ask(ORDERS, filter={"reference": {"eq": "SO-1"}})
    assert found["data"]["goods_outs"]["all"]["edges"] == []


@pytest.mark.parametrize(("kind", "there"), [("error_after", 1), ("error", 0), ("refused", 0)])
async def test_an_order_may_be_there_although_the_answer_was_an_error(client: Client, kind: Kind, there: int) -> None:
    client.clarus.faults.script(Fault(kind, "goods_outs.create", status=500))
    status, _ = await client.call("POST", "/api/goods_outs", ORDER)
    assert status in (500, 422) and len(client.clarus.world.goods_outs) == there


async def test_webhooks_carry_the_documented_headers_and_are_lost_and_doubled_by_seed(client: Client) -> None:
    print(f"seed {SEED}")
    heard: list[tuple[dict[str, str], Any]] = []

    async def hook(request: web.Request) -> web.Response:
        heard.append((dict(request.headers), await request.json()))
        return web.Response(status=204)

    application = web.Application()
    application.add_routes([web.post("/hook", hook)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    clarus = client.clarus
    automation = clarus.world.add_automation("stock_balance", "updated", url)
    trading = Trading(clarus, ("A", "B", "C"), seed=SEED)
    clarus.faults.hook_lost, clarus.faults.hook_twice, clarus.faults.hook_delay = 0.2, 0.2, (0.0, 0.05)
    moved = trading.trade(60)
    await clarus.hooks.settle()
    await runner.cleanup()
    lost, arrived = clarus.hooks.lost, [body["product"]["code"] for _, body in heard]
    assert 0 < lost < 60 and 60 - lost < len(arrived) < 120
    assert arrived != [sku for sku in moved if sku in arrived][: len(arrived)], "the order was kept throughout"
    headers = heard[0][0]
    assert headers["X-ClarusWMS-Automation-ID"] == str(automation.id)
    assert headers["X-ClarusWMS-Subdomain"] == clarus.world.subdomain
    assert {"X-ClarusWMS-Domain", "X-ClarusWMS-API-Domain"} <= set(headers)
    assert not any("signature" in name.lower() for name in headers)
