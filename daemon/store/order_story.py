"""Everything that the books know of one order but its buyer, for `goodsout orders show`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from daemon.store.database import Connection, query
from handlers.effects import parcel_subject
from handlers.ledger import named
from handlers.order_requests import order_subject
from handlers.order_story import (
    HERE,
    of_decisions,
    of_goods_outs,
    of_label,
    of_order,
    of_parcels,
    of_requests,
    of_standings,
    of_warehouse,
)
from handlers.timeline import Moment, in_order, of_alerts
from schemas.terms import Account, ChannelAccount, ChannelOrderId, DespatchId, ParcelId

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrderStory:
    """`warehouse`: as our looks saw it; `standings` and `parcels`: as messages told it. `requests`: each step."""

    order: Row
    warehouse: Row | None
    goods_outs: list[Row]
    standings: list[Row]
    label: Row | None
    parcels: list[Row]
    requests: list[Row]
    decisions: list[Row]
    alerts: list[Row]

    def timeline(self, last: int) -> list[Moment]:
        return in_order(self._moments(), last)

    def _moments(self) -> Iterator[Moment]:
        yield from of_order(self.order)
        yield from of_warehouse(self.warehouse)
        yield from of_goods_outs(self.goods_outs)
        yield from of_standings(self.standings)
        yield from of_label(self.label)
        yield from of_parcels(self.parcels)
        yield from of_requests(self.requests)
        yield from of_decisions(self.decisions)
        yield from of_alerts(HERE, self.alerts)


async def order_story(
    connection: Connection, account: ChannelAccount, order_id: ChannelOrderId, last: int
) -> OrderStory | None:
    """With the `last` steps and alerts; None where there is no such order."""
    key = account, order_id
    order = await _one(connection, "order_story_order", *key)
    if order is None:
        return None
    name = order["stock_owner"], order["order_reference"]
    parcels = await _rows(connection, "order_story_parcels", *name, *key)
    goods_outs = await _rows(connection, "order_story_goods_outs", name[1])
    subjects = [order_subject(*key), named("label", *key), *map(_subject, parcels)]
    causes = [*subjects, f"{account}/{order_id}", *(f"{one['tenant']}/{one['goods_out_id']}" for one in goods_outs)]
    return OrderStory(
        order,
        await _one(connection, "order_story_warehouse", *key),
        goods_outs,
        await _rows(connection, "order_story_standings", *name),
        await _one(connection, "order_story_label", *key),
        parcels,
        await _rows(connection, "order_story_requests", subjects, last),
        await _rows(connection, "order_story_decisions", subjects, last),
        await _rows(connection, "order_story_alerts", causes, last),
    )


def _subject(parcel: Row) -> str:
    """Whose requests confirm it."""
    return parcel_subject(
        Account(parcel["account"]), DespatchId(parcel["despatch_id"]), ParcelId(parcel["parcel_id"])
    )


async def _rows(connection: Connection, name: str, *arguments: object) -> list[Row]:
    return [dict(row) for row in await connection.fetch(query(name), *arguments)]


async def _one(connection: Connection, name: str, *arguments: object) -> Row | None:
    row = await connection.fetchrow(query(name), *arguments)
    return None if row is None else dict(row)
