"""Goods outs that the daemon created itself: told to their channels, and known when they are taken back."""

from pathlib import Path

import msgspec
import pytest

from tests.live.clarus_rig import START
from tests.live.goods_out_rig import ORDER_ID, Reading, reading

pytestmark = pytest.mark.live


async def order_of_ours(at: Reading, status: str, sku: str = "KETTLE") -> None:
    """An order that we released to the warehouse, and where we left it there."""
    books = at.rig.books
    cleared = msgspec.json.encode({"lines": [{"line_reference": "L1", "sku": sku}]}).decode()
    await books.execute(
        "insert into sales_order (channel_account, channel_order_id, order_reference, marketplace, status,"
        " ordered_at, updated_at, lines, content_hash, cleared, subject, first_seen, changed_at)"
        " values ('shop', $1, 'SO-1', 'UK', 'open', $2, $2, '[]', '', $3::text::jsonb, 's', $2, $2)",
        ORDER_ID, START, cleared,
    )  # fmt: skip
    await books.execute(
        "insert into warehouse_order (channel_account, channel_order_id, warehouse, account, order_reference, status,"
        " changed_at) values ('shop', $1, 'W1', 'acme', 'SO-1', $2, $3)",
        ORDER_ID, status, START,
    )  # fmt: skip


async def test_what_we_took_back_ourselves_is_a_known_cancellation(tmp_path: Path, database_url: str) -> None:
    async with reading(tmp_path, database_url) as at:
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        await at.pass_(960)
        await order_of_ours(at, "withdrawn")
        at.desk.cancel(order)
        await at.pass_(1_200)
        assert await at.keys("order") == [("cancelled", 1)] and await at.rig.alerts() == []


async def test_what_we_took_back_and_made_anew_is_a_known_cancellation_of_the_first(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url) as at:
        first = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        await at.pass_(960)
        await order_of_ours(at, "pending")
        at.desk.cancel(first)
        second = at.desk.enter("SO-1", [("KETTLE", 3, "L1")])
        await at.rig.books.execute("update warehouse_order set goods_out_id = $1", str(second.id))
        await at.pass_(1_200)
        at.desk.allocate(second)
        await at.pass_(1_200)
        assert await at.keys("order") == [("allocated", 1)] and await at.rig.alerts() == []


async def test_an_order_of_ours_is_told_to_its_channel_and_another_sku_on_its_line_is_not(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url) as at:
        await order_of_ours(at, "picking", "MUG")
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        at.desk.pack(order)
        at.desk.complete(order)
        await at.hint("SO-1")
        await at.pass_(120)
        assert await at.keys() == [] and await at.rig.alerts() == [("goods_out_held", f"main/{order.id}")]
        await at.rig.books.execute(
            "update sales_order set cleared = jsonb_set(cleared, '{lines,0,sku}', '\"KETTLE\"')"
        )
        await at.pass_(600)
        [(_, data)] = await at.messages()
        assert (data["channel"]["account"], data["channel_order_id"]) == ("shop", ORDER_ID)
        assert await at.rig.alerts() == []
