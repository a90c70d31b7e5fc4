"""The simulators as commands: what they write and say is enough for a daemon to begin."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import msgspec
import pytest

from daemon.bus import open_bus
from daemon.bus.port import Publication
from daemon.config import load
from daemon.demo.simulated_amazon import Market, serve
from daemon.demo.simulated_clarus import Tenant
from daemon.demo.simulated_clarus import serve as serve_clarus
from daemon.demo.simulated_clarus import trade as trade_clarus
from daemon.demo.simulated_partner import partner_of
from daemon.demo.simulated_partner import trade as trade_by_edi
from daemon.demo.simulated_warehouse import Day, trade
from daemon.edi_role import profile_of
from daemon.settings import Bus as BusSettings
from daemon.topology import ANSWER_QUEUE, COMMANDS, STOCK_QUEUES, TOPOLOGY
from edi.edifact.purchase_order import purchase_order
from edi.edifact.read import read as read_edifact
from handlers.code_file import read_codes
from handlers.listings import read_listings
from handlers.vendor_files import read_costs, read_packs
from schemas.purchase_order import PurchaseOrder
from simulators.edi_partner import EdiPlan
from tests.journeys.rig import until


def silent(line: str) -> None:
    assert line


async def test_a_simulated_amazon_writes_a_configuration_that_holds(tmp_path: Path) -> None:
    async with serve(Market(sellers=2, listings=5, orders=3), "127.0.0.1", 0, tmp_path, silent) as amazon:
        configuration = load(tmp_path / "goodsout.toml", {})
        assert set(configuration.settings.sellers) == {"shop1", "shop2"}
        assert configuration.settings.sellers["shop1"].endpoint == amazon.url
        assert not configuration.warnings
        read = read_listings((tmp_path / "listings.csv").read_bytes())
        assert (len(read.listings), read.faults) == (10, ())
        assert len(json.loads((tmp_path / "orders.json").read_bytes())) == 6
        async with aiohttp.ClientSession() as session, session.get(f"{amazon.url}/_simulator/state") as state:
            assert len((await state.json())["listings"]) == 10


async def test_a_simulated_amazon_writes_vendor_accounts_that_hold_and_files_that_are_taken(tmp_path: Path) -> None:
    bus = "amqp://guest:private@127.0.0.1:21986"
    async with serve(Market(listings=1, orders=0), "127.0.0.1", 0, tmp_path, silent, bus) as amazon:
        whole = (tmp_path / "goodsout.toml").read_text() + (tmp_path / "vendor.toml").read_text()
        assert "private" not in whole and (tmp_path / "bus-password").read_text() == "private"
        (tmp_path / "goodsout.toml").write_text(whole)
        found = load(tmp_path / "goodsout.toml", {})
        assert set(found.settings.vendors) == set(found.settings.notices) == {"vendor1", "vendor2"}
        assert not found.warnings
        accounts = set(found.settings.vendors)
        for name, read in (("codes", read_codes), ("codes-more", read_codes), ("costs", read_costs)):
            rows, faults = read((tmp_path / f"{name}.csv").read_bytes(), accounts)
            assert rows and not faults, name
        assert read_packs((tmp_path / "packs.csv").read_bytes())[1] == []
        [interchange] = read_edifact((tmp_path / "edi-order.edi").read_bytes()).interchanges
        [message] = interchange.accepted
        exchange, vendor = found.settings.edi["simulated"], found.settings.vendors["vendor2"]
        order = purchase_order(message, profile_of(exchange, vendor))
        assert isinstance(order, PurchaseOrder) and order.number == "SIMPO009"
        async with aiohttp.ClientSession() as session:
            address, another = f"{amazon.url}/_simulator/vendors/AVENDOR1", (tmp_path / "order.json").read_bytes()
            async with session.post(address, data=another) as answer:
                assert answer.status == 200, await answer.text()
            async with session.get(address) as state:
                told = (await state.json())["orders"]
        assert [one["number"] for one in told] == ["SIMPO001", "SIMPO002", "SIMPO003", "SIMPO004"]


async def test_a_simulated_partner_does_what_it_is_told_and_says_what_it_heard(tmp_path: Path) -> None:
    async with serve(Market(listings=1, orders=0), "127.0.0.1", 0, tmp_path, silent):
        file = tmp_path / "goodsout.toml"
        file.write_text(file.read_text() + (tmp_path / "vendor.toml").read_text())
        settings = load(file, {}).settings
    exchange, said = settings.edi["simulated"], list[str]()
    vendor = settings.vendors[exchange.vendor]
    partner = partner_of(exchange, vendor.party, tmp_path / "desk", EdiPlan(), 1, said.append)
    (tmp_path / "edi-order.json").rename(tmp_path / "desk" / "order.json")
    (tmp_path / "desk" / "wrong.json").write_text('{"orders": "none"}')
    (tmp_path / "edi" / "out" / "junk.edi").write_bytes(b"nothing that anybody could read")
    partner.turn(datetime.now(UTC))
    [laid] = [one for one in (tmp_path / "edi" / "in").iterdir() if one.name.endswith("orders.edi")]
    [message] = read_edifact(laid.read_bytes()).interchanges[0].accepted
    order = purchase_order(message, profile_of(exchange, vendor))
    assert isinstance(order, PurchaseOrder) and order.number == "SIMPO010"
    assert sorted(one.name for one in (tmp_path / "desk").iterdir()) == ["order.done", "state.json", "wrong.wrong"]
    state = json.loads((tmp_path / "desk" / "state.json").read_bytes())
    assert [one["number"] for one in state["orders"]] == ["SIMPO010"] and len(state["documents"]) == 1
    assert len(state["not_read_by_vendor"]) == 1 and any("wrong.json cannot be done" in line for line in said)
    over = asyncio.Event()
    over.set()
    await trade_by_edi(partner, over)
    with pytest.raises(ValueError, match="SFTP"):
        partner_of(msgspec.structs.replace(exchange, transport="sftp"), "", tmp_path, EdiPlan(), 1, said.append)


async def test_a_configuration_that_was_edited_is_kept(tmp_path: Path) -> None:
    (tmp_path / "goodsout.toml").write_text("# mine")
    async with serve(Market(listings=1, orders=0), "127.0.0.1", 0, tmp_path, silent):
        assert (tmp_path / "goodsout.toml").read_text() == "# mine"


async def test_a_simulated_clarus_writes_what_a_configuration_needs_and_trades(tmp_path: Path) -> None:
    said, stop = list[str](), asyncio.Event()
    tenant = Tenant(skus=5, rate=200.0, lose=0.5, errors=0.0)
    async with serve_clarus(tenant, "127.0.0.1", 0, "http://127.0.0.1:1", tmp_path, said.append) as trading:
        least = '[bus]\nurl = "embedded:"\n[database]\nurl = "embedded:"\n'
        (tmp_path / "goodsout.toml").write_text(least + (tmp_path / "clarus.toml").read_text())
        configuration = load(tmp_path / "goodsout.toml", {})
        assert configuration.settings.clarus["simulated"].host == trading.clarus.url
        assert configuration.settings.warehouses["W1"].accounts == {"acme": "ACME"}
        assert not configuration.warnings
        day = asyncio.create_task(trade_clarus(trading, tenant, stop, said.append))

        async def lost() -> object:
            return trading.clarus.hooks.lost > 5

        await until(lost)
        stop.set()
        await day
    assert "movements; webhooks:" in said[-1]


@pytest.mark.live
async def test_a_simulated_warehouse_tells_levels_and_movements_and_answers(amqp_url: str) -> None:
    settings, stop, said = BusSettings(url=amqp_url), asyncio.Event(), list[str]()
    async with open_bus(settings, None) as bus:
        await bus.declare(TOPOLOGY)
        day = asyncio.create_task(trade(Day(skus=5, rate=40, lose=0.1), settings, None, stop, said.append))

        async def told() -> object:
            return sum([await bus.depth(queue) for queue in STOCK_QUEUES]) > 20

        await until(told)
        command = {"data": {"command_id": "C1", "account": "acme", "warehouse": "W1", "sku": "not-ours"}}
        asked = Publication(COMMANDS, "inventory.level_request", json.dumps(command).encode(), "C1")
        assert await bus.publish([asked]) == [True]

        async def refused() -> object:
            return await bus.depth(ANSWER_QUEUE) == 1

        await until(refused)
        stop.set()
        await day
    assert "lost" in said[-1]
    assert "1 levels asked and answered" in said[-1]


async def test_an_order_is_cancelled_at_the_simulated_amazon_from_outside(tmp_path: Path) -> None:
    async with serve(Market(listings=1, orders=1), "127.0.0.1", 0, tmp_path, silent) as amazon:
        [order] = json.loads((tmp_path / "orders.json").read_bytes())
        change = {"seller_id": order["seller_id"], "order_id": order["order_id"], "status": "CANCELLED"}
        async with aiohttp.ClientSession() as session:
            address = f"{amazon.url}/_simulator/orders"
            async with session.post(address, json=change) as answer:
                assert (answer.status, (await answer.json())["status"]) == (200, "CANCELLED")
            async with session.post(address, json=change | {"order_id": "nobody's"}) as answer:
                assert answer.status == 404
        seller = amazon.world.sellers[order["seller_id"]]
        assert seller.orders[order["order_id"]].status == "CANCELLED"
