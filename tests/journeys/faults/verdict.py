"""What is still to come, and whether what came is what was wanted."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from simulators.clarus.orders import GoodsOut
from tests.journeys.faults.house import House
from tests.journeys.faults.shop import BLOCKED, RELEASED, Sold

OPEN: Final = """
select count(*) filter (where state in ('sent', 'unknown', 'waiting', 'held'))
from effect
"""
STATES: Final = """
select count(*) filter (where state = 'blocked') as blocked, count(*) filter (where state = 'ready') as ready,
    count(*) filter (where state = 'released' and version > released_version) as changing
from sales_order
"""
BEGUN_ELSEWHERE: Final = """
select channel_order_id, 'shop/order/' || channel_order_id || '/part_despatched_elsewhere' as cause
from sales_order
where state = 'blocked' and released_version = 0
    and blocked_by @> '[{"kind": "part_despatched_elsewhere"}]'
"""
ALERTS: Final = "select kind, cause, text from alert where resolved_at is null"
EXPECTED_ALERTS: Final = frozenset(
    {
        "order_unmapped", "order_address", "sale_unmapped", "listing_without_stock", "cancellation_forecast",
        "goods_out_differs",
    }
)  # fmt: skip
"""About blocked orders, a warehouse without any stock, buyers who cancel more than a channel allows, and orders that
left with less than was sold."""


async def lacking(here: House) -> str:
    """What has not come yet; empty when all is done."""
    wanted, packed = here.shop.to_leave, len(here.warehouse.packed)
    if packed < wanted:
        return f"{packed} of {wanted} orders have left"
    parcels = sum(len(shipment.packages) for shipment in here.clarus.world.shipments)
    told = len(here.amazon.journal.accepted("confirmShipment"))
    if told < parcels:
        return f"{told} of {parcels} parcels are told"
    living = here.warehouse.living()
    there = [sold.name for sold in here.shop.orders.values() if not sold.is_released and sold.name in living]
    if there:
        return f"{len(there)} that should not be at Clarus are, such as {there[0]}"
    begun = await _begun_by_hand(here)
    effects = await here.books.fetchval(OPEN)
    states = await here.books.fetchrow(STATES)
    assert states is not None
    blocked = len(here.shop.of(BLOCKED)) + len(begun)
    if effects or states["ready"] or states["changing"] or states["blocked"] != blocked:
        return f"{effects} requests are open, {dict(states)} of {blocked} blocked"
    alerts = [
        row["kind"]
        for row in await here.books.fetch(ALERTS)
        if row["kind"] not in EXPECTED_ALERTS and row["cause"] not in begun.values()
    ]
    return f"alerts stand: {', '.join(alerts)}" if alerts else ""


async def _begun_by_hand(here: House) -> dict[str, str]:
    """Orders that left with less, entered by hand, before the channel had told us of them: a person is told to finish
    them where they were begun. Name -> cause of its alert."""
    found = {row["channel_order_id"]: row["cause"] for row in await here.books.fetch(BEGUN_ELSEWHERE)}
    return {
        name: cause
        for name, cause in found.items()
        if here.shop.orders[name].fate == "by_hand" and name in here.warehouse.shorted
    }


UNTOLD: Final = """
select g.*, m.due_at, m.marked_at, d.state as despatch, s.state, s.status,
    (select array_agg(row(e.kind, e.state, e.reason)::text) from effect e
        where e.payload::text like '%' || g.order_reference || '%') as requests
from clarus_goods_out g
left join clarus_goods_out_mark m using (tenant, order_reference)
left join despatch d on d.order_reference = g.order_reference
left join sales_order s on s.order_reference = g.order_reference
where g.goods_out_id = any ($1)
"""
STUCK: Final = """
select s.channel_order_id, s.state, s.status, s.version, s.cleared_version, s.released_version, s.blocked_by::text,
    w.status as there, w.handled_version, w.goods_out_id, w.look_at, w.read_at, w.acted_at, w.waits_for,
    (select array_agg(row(e.kind, e.state, e.reason, e.attempt, e.sent_at, e.over_at, e.settled_at, e.payload)::text
        order by e.id) from effect e where e.unique_key like '%' || s.channel_order_id || '%') as requests
from sales_order s left join warehouse_order w using (channel_account, channel_order_id)
where s.channel_order_id = any ($1)
"""


async def stuck(here: House) -> str:
    """For a run that does not come to its end: what the books say of some of those that are missing."""
    lost = [sold for sold in here.shop.of(RELEASED) if sold.name not in here.warehouse.packed]
    lost += [
        sold for sold in here.shop.orders.values() if not sold.is_released and here.clarus.orders.named(sold.name)
    ]
    names = [sold.name for sold in lost]
    rows = {row["channel_order_id"]: dict(row) for row in await here.books.fetch(STUCK, names)}
    effects = await here.books.fetch(
        "select kind, state, subject, reason, attempt, due, over_at, detail from effect"
        " where state in ('sent', 'unknown', 'waiting', 'held') limit 5"
    )
    untold = await _untold(here)
    alerts = [row for row in await here.books.fetch(ALERTS) if row["kind"] not in EXPECTED_ALERTS]
    told = [f"{sold}\n  at Clarus {_shown(here, sold)}\n  in the books {rows.get(sold.name)}" for sold in lost[:5]]
    rest = [str(dict(row)) for row in (*effects, *alerts)]
    return "\n".join([await lacking(here), *told, *untold, *rest])


async def _untold(here: House) -> list[str]:
    """What the books say of goods outs with parcels that nobody was told of."""
    known = {str(entry.body["packageDetail"]["trackingNumber"]) for entry in  # type: ignore[index]  # JSON
             here.amazon.journal.accepted("confirmShipment")}  # fmt: skip
    lost = [str(shipment.goods_out) for shipment in here.clarus.world.shipments
            if any(package.tracking_number not in known for package in shipment.packages)]  # fmt: skip
    rows = await here.books.fetch(UNTOLD, lost[:3])
    shown = [here.clarus.world.goods_outs[int(one)] for one in lost[:3]]
    return [f"{one.attributes['reference']} {one.past} {one.past_progress}" for one in shown] + [
        str(dict(row)) for row in rows
    ]


def _shown(here: House, sold: Sold) -> list[object]:
    return [
        (one.id, one.past, here.warehouse.lines(one), [
            (heard.at, heard.operation, heard.status, heard.fault)
            for heard in here.clarus.world.heard
            if heard.path.endswith(f"/{one.id}")
        ])
        for one in here.clarus.orders.named(sold.name)
    ]  # fmt: skip


async def check(here: House) -> None:
    """Clarus against what was sold, the books against what is blocked, Amazon against what was packed."""
    assert here.clarus.orders.twice() == set()
    living = here.warehouse.living()
    for sold in here.shop.orders.values():
        _is_there_once(here, living, sold)
    rows = await here.books.fetch("select channel_order_id, state, blocked_by from sales_order")
    states = {row["channel_order_id"]: row for row in rows}
    begun = await _begun_by_hand(here)
    for sold in here.shop.orders.values():
        row = states.get(sold.name)
        if sold.fate in BLOCKED:
            assert row is not None and row["state"] == "blocked", sold
            assert BLOCKED[sold.fate] in row["blocked_by"], (sold, row["blocked_by"])
        elif sold.is_released and sold.name not in begun:
            assert row is not None and row["state"] in ("released", "ended"), (sold, row)
    _each_parcel_once(here)


def _is_there_once(here: House, living: Mapping[str, Sequence[GoodsOut]], sold: Sold) -> None:
    there = [here.warehouse.lines(order) for order in living.get(sold.name, ())]
    assert there == ([sold.lines] if sold.is_released else []), sold


def _each_parcel_once(here: House) -> None:
    """With what is in it, and no other."""
    told: list[Any] = [entry.body["packageDetail"] for entry in here.amazon.journal.accepted("confirmShipment")]  # type: ignore[index]  # JSON
    contents = {
        one["trackingNumber"]: {item["orderItemId"]: item["quantity"] for item in one["orderItems"]} for one in told
    }
    assert contents == here.warehouse.parcels()
    assert len(told) == len(contents) == sum(len(shipment.packages) for shipment in here.clarus.world.shipments)
