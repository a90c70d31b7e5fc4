"""From Amazon's answer to `ready`: judged with the books, blocked by name, on its way again once it is mapped."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.store import sales_orders as store
from handlers.sales_orders import Accepted
from handlers.sellable_stock import Component
from schemas.terms import SellerSku, Sku
from tests.live.clearing_rig import CHAIR, HOME, NEXT_DAY, house

pytestmark = pytest.mark.live


async def test_a_mapped_order_is_ready_with_what_the_warehouse_needs_and_its_address_sealed(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1")
        await here.run()
        stored = await here.stored("O-1")
        assert (stored.state, stored.cleared_version, stored.blocked_by) == ("ready", stored.version, ())
        assert stored.cleared is not None
        assert (stored.cleared.carrier, stored.cleared.carrier_service) == ("DPD", "12")
        assert [(line.sku, line.quantity) for line in stored.cleared.lines] == [("CHAIR", 6)]
        assert stored.order.ship_to is not None and stored.order.ship_to.name == "Zoë Ünlü 🚚"
        async with here.database.connection() as connection:
            assert "Some Street" not in await connection.fetchval("select sales_order::text from sales_order")
            assert await connection.fetchval("select count(*) from open_line") == 1


async def test_an_order_that_waits_for_nothing_is_judged_with_what_is_told_of_it_and_any_other_is_due(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1")
        here.order("O-2", sku="stool")
        await here.demand.round()
        async with here.database.connection() as connection:
            due = await connection.fetch("select channel_order_id from sales_order where check_at is not null")
            asked = await connection.fetch("select channel_order_id from order_to_read")
        assert ([row[0] for row in due], [row[0] for row in asked]) == (["O-2"], ["O-1"])
        await here.clearing.round()
        assert (await here.stored("O-1")).state == "ready" and (await here.stored("O-2")).state == "blocked"


async def test_a_blocked_order_says_what_is_missing_and_goes_on_by_itself_once_it_is_mapped(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        here.order("O-1", sku="CHAIR")
        here.order("O-2", sku="CHAIR")
        await here.run()
        assert (await here.stored("O-1")).state == "blocked"
        kinds = {reason.kind for reason in (await here.stored("O-1")).blocked_by}
        assert kinds == {"sku_unmapped", "service_unmapped"}
        assert not any("RECIPIENT" in str(entry) for entry in here.amazon.simulator.world.journal.entries)
        alerts = await here.alerts()
        [text] = [text for name, text in alerts.items() if "/sku/" in name]
        assert text.startswith("2 orders wait") and "goodsout listings import" in text
        await here.maps(replace(CHAIR, seller_sku=SellerSku("CHAIR")), NEXT_DAY)
        await here.run()
        assert [(await here.stored(name)).state for name in ("O-1", "O-2")] == ["ready", "ready"]
        assert await here.alerts() == {}


async def test_near_misses_are_shown_and_block(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(replace(CHAIR, seller_sku=SellerSku("00CHAIR-1")), NEXT_DAY)
        here.order("O-1", sku="chair1")
        await here.run()
        [reason] = (await here.stored("O-1")).blocked_by
        assert reason.kind == "sku_unmapped" and "'00CHAIR-1'" in reason.hints[0]


async def test_a_pending_order_reserves_and_is_never_released(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1", status="PENDING")
        await here.run()
        assert (await here.stored("O-1")).state == "pending"
        async with here.database.connection() as connection:
            assert await connection.fetchval("select ordered from open_line_part") == 6
        here.change("O-1", status="UNSHIPPED")
        await here.run()
        assert (await here.stored("O-1")).state == "ready"


async def test_a_cancelled_order_ends_and_its_alert_with_it(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(None, NEXT_DAY)
        here.order("O-1")
        await here.run()
        assert len(await here.alerts()) == 1
        here.change("O-1", status="CANCELLED")
        await here.run()
        assert (await here.stored("O-1")).state == "ended"
        assert await here.alerts() == {}


async def test_a_status_never_seen_is_held_and_raised(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1", status="UNSHIPPED_ON_MARS")
        await here.run()
        stored = await here.stored("O-1")
        assert (stored.state, stored.order.status) == ("blocked", "unknown")
        assert "UNSHIPPED_ON_MARS" in next(iter((await here.alerts()).values()))


async def test_an_address_that_nobody_can_deliver_to_blocks_without_repeating_it(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1", address=HOME | {"postalCode": "12345", "addressLine1": "1 Secret Lane"})
        await here.run()
        [reason] = (await here.stored("O-1")).blocked_by
        assert reason.kind == "address_faulty" and "postcode is not valid for GB" in reason.text
        assert not any("12345" in text or "Secret" in text for text in (await here.alerts()).values())
        here.change("O-1", address=HOME)
        await here.run()
        assert (await here.stored("O-1")).state == "ready"


async def test_a_bad_order_is_refused_alone_and_its_page_goes_on(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1")
        here.order("O-2", prices={"L1": "NaN"})
        await here.run()
        assert (await here.stored("O-1")).state == "ready"
        assert list(await here.alerts()) == ["order_unreadable shop/O-2"]
        here.change("O-2", prices={"L1": "9.90"})
        await here.run()
        assert (await here.stored("O-2")).state == "ready"
        assert await here.alerts() == {}


async def test_an_accepted_doubt_lets_the_order_go(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1", prices={"L1": "0.00"})
        await here.run()
        stored = await here.stored("O-1")
        assert [reason.kind for reason in stored.blocked_by] == ["price_doubtful"]
        now = datetime.now(UTC)
        yes = Accepted(kind="price_doubtful", version=stored.version, by="ann", note="a gift", at=now)
        async with here.database.transaction() as connection:
            assert not await store.accept(connection, stored.key, replace(yes, version=stored.version + 1))
            assert await store.accept(connection, stored.key, yes)
        await here.run()
        assert (await here.stored("O-1")).state == "ready"


async def test_a_kit_goes_out_as_its_components(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        kit = replace(CHAIR, pack_size=1, components=(Component(Sku("SEAT"), 1), Component(Sku("LEG"), 4)))
        await here.maps(kit, NEXT_DAY)
        here.order("O-1")
        await here.run()
        stored = await here.stored("O-1")
        assert stored.cleared is not None
        assert [(line.sku, line.quantity) for line in stored.cleared.lines] == [("SEAT", 3), ("LEG", 12)]
