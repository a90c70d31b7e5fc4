"""The books of direct fulfilment: updates of stock, their items, and what became of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from daemon.store.database import Connection, query
from daemon.store.publication import Begun
from schemas.terms import SellerSku


class Update(NamedTuple):
    id: int
    warehouse: str
    state: str
    items: int
    sent_at: datetime
    transaction_id: str
    request_id: str


class Item(NamedTuple):
    """An item of an update with where its listing stands, locked."""

    attempt: int
    listing_id: int
    value: int
    told_before: int | None
    sent_at: datetime
    flight_id: int | None
    told_at: datetime | None
    untold_since: datetime | None
    tell_again_at: datetime | None
    together: int | None
    seller_sku: SellerSku

    @property
    def is_in_flight(self) -> bool:
        """Nothing else was told of it since."""
        return self.flight_id == self.attempt


class Place(NamedTuple):
    """Where a listing is stocked at the channel."""

    listing_id: int
    warehouse: str
    seller_sku: SellerSku
    together: int | None


class Awaited(NamedTuple):
    """An item that does not show yet what it should. `left_at`: when what is to make it true left."""

    warehouse: str
    seller_sku: SellerSku
    since: datetime
    left_at: datetime | None


async def places(connection: Connection, listing_ids: Sequence[int]) -> dict[int, Place]:
    rows = await connection.fetch(query("stock_update_places"), list(listing_ids))
    return {row["id"]: Place(*row) for row in rows}


async def begin(
    connection: Connection,
    account: str,
    warehouse: str,
    begun: Sequence[Begun],
    at: datetime,
    look_at: datetime,
    over_at: datetime,
    holder: str,
) -> int:
    """Write an update about to leave, with its items, which are in flight from here on; returns its id."""
    update: int = await connection.fetchval(
        query("stock_update_begin"), account, warehouse, len(begun), at, look_at, holder
    )
    names = ("listing_id", "value", "told_before", "sellable", "doubtful", "overtakes")
    columns = [[getattr(one, name) for one in begun] for name in names]
    written = await connection.fetch(query("stock_update_attempts"), *columns, update, at, holder)
    attempts = {row["listing_id"]: row["id"] for row in written}
    flights = [[b.listing_id for b in begun], [attempts[b.listing_id] for b in begun], [b.value for b in begun]]
    await connection.execute(query("feed_flights_begin"), *flights, over_at, at, [b.again_at for b in begun])
    return update


async def due(connection: Connection, account: str, now: datetime, limit: int) -> list[Update]:
    """Updates that somebody has to look at, the longest due first."""
    return [Update(*row) for row in await connection.fetch(query("stock_updates_due"), account, now, limit)]


async def lock(connection: Connection, update: int) -> Update | None:
    """None where it has ended."""
    row = await connection.fetchrow(query("stock_update_lock"), update)
    return None if row is None else Update(*row)


async def move(
    connection: Connection, update: Update, state: str, now: datetime, *, look_at: datetime | None, answer: str = ""
) -> None:
    """Where the update stands now; without `look_at` it has ended."""
    ended_at = now if look_at is None else None
    await connection.execute(
        query("stock_update_save"), update.id, state, look_at or now, ended_at, answer[:500], update.transaction_id,
        update.request_id,
    )  # fmt: skip


async def items(connection: Connection, update: int) -> list[Item]:
    return [Item(*row) for row in await connection.fetch(query("stock_update_items"), update)]


async def end_attempts(
    connection: Connection, found: Sequence[Item], state: str, now: datetime, answer: str = ""
) -> None:
    """What is to be said of each request that was not ended before."""
    columns = [[one.attempt for one in found], [state] * len(found), [answer[:500]] * len(found)]
    await connection.execute(query("feed_messages_end"), *columns, now)


async def in_effect(connection: Connection, found: Sequence[Item], now: datetime) -> None:
    await connection.execute(query("items_in_effect"), *_columns(found, "value"), now)


async def refused(connection: Connection, found: Sequence[Item], reason: str) -> None:
    await connection.execute(query("items_refused"), *_columns(found, "value", "told_before"), reason[:500])


async def put_off(
    connection: Connection, found: Sequence[Item], until: datetime, together: Mapping[SellerSku, int | None]
) -> None:
    """As if these had not been told, until then. `together`: how many items the next update with each may have."""
    sizes = [together[one.seller_sku] for one in found]
    await connection.execute(query("items_put_off"), *_columns(found, "told_before"), until, sizes)


async def doubt(connection: Connection, found: Sequence[Item], over_at: datetime) -> None:
    """Nobody knows what the channel did with these; from `over_at` on their newest values go out again."""
    await connection.execute(query("items_doubted"), *_columns(found), over_at)


async def tell_again(connection: Connection, found: Sequence[Item], at: datetime) -> None:
    """Something else was told of these meanwhile, which this update may have buried."""
    await connection.execute(query("feed_tell_again"), [one.listing_id for one in found], at)


async def awaited(connection: Connection, account: str, now: datetime) -> list[Awaited]:
    return [Awaited(*row) for row in await connection.fetch(query("items_awaited"), account, now)]


def _columns(found: Sequence[Item], *names: str) -> list[list[Any]]:
    return [[getattr(one, name) for one in found] for name in ("listing_id", "attempt", *names)]
