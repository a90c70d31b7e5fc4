"""The loop that looks at loads to retailers: composes their ship notices and writes what is to be sent.

Nothing is sent here: a notice is a row of the ledger first, and `vendor_sending.py` takes it from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from daemon.notice_terms import limits_of, party_of, pool_of
from daemon.store import invoices, ship_loads, sscc, vendor_despatches, vendor_documents
from daemon.store.database import Connection
from daemon.store.notes import write_notes
from daemon.vendor_books import VendorBooks
from handlers import ship_notice_rules
from handlers.alerts import AlertKind
from handlers.ledger import named
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.ship_desk import Case, LoadRow, Outcome, look, settled
from handlers.ship_loads import Load, Part, load_of, siblings_of
from handlers.ship_notices import Composed, Known, compose, freight_of
from handlers.sscc_pool import Issued, is_low
from handlers.vendor_documents import OPEN
from handlers.vendor_goods import MARKETS, Lack, Market, OrderToShip
from schemas.despatch import Parcel

AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class _Found:
    """`notes`: about the numbers that its cartons were given."""

    load: Load
    composed: Composed
    lacks: tuple[Lack, ...]
    market: Market | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class ShipNoticing:
    books: VendorBooks

    async def look_at_due(self) -> int:
        """One look at every load that is due; returns how many were."""
        books, now = self.books, self.books.clock.now()
        async with books.turn, books.database.transaction() as connection:
            adrift = await ship_loads.adrift(connection, books.name)
            await vendor_despatches.touch(connection, books.name, adrift, now, books.account.shipment_prefix)
            rows = await ship_loads.due(connection, books.name, now, AT_ONCE)
            for row in rows:
                await self._look(connection, row, now)
        return len(rows)

    async def _look(self, connection: Connection, row: LoadRow, now: datetime) -> None:
        key = row.effect_key
        effect = (await vendor_documents.load(connection, [key] if key else [])).get(key)
        if effect is not None and effect.state not in OPEN:
            before, row, effect = row, settled(row, effect), None
            await ship_loads.save(connection, row, before, now)
        found = await self._found(connection, row, now)
        case = Case(
            row=row, load=found.load, notice=found.composed.notice, lacks=found.lacks, market=found.market,
            effect=effect, now=now,
        )  # fmt: skip
        outcome = look(case, limits_of(self.books.account))
        await self._write(connection, row, outcome, found.load, found.notes, now)

    async def composed_now(self, load_key: str) -> tuple[LoadRow, Composed, tuple[Lack, ...]] | None:
        """A load as it stands, for people; its cartons get their numbers. None: there is no such load."""
        books, now = self.books, self.books.clock.now()
        async with books.database.transaction() as connection:
            row = await ship_loads.read(connection, books.name, load_key)
            if row is None:
                return None
            found = await self._found(connection, row, now)
            await write_notes(connection, found.notes, now, books.owners)
        return row, found.composed, found.lacks

    async def _found(self, connection: Connection, row: LoadRow, now: datetime) -> _Found:
        parts = await vendor_despatches.of_load(connection, self.books.name, row.load_key)
        parts, notes = await self._numbered(connection, parts, now)
        load = load_of(row.load_key, parts)
        composed, orders = await self._composed(connection, row, load, now)
        market = self._market(composed, list(orders.values()))
        return _Found(load, composed, self._lacks(composed, load, orders, market), market, tuple(notes))

    async def _composed(
        self, connection: Connection, row: LoadRow, load: Load, now: datetime
    ) -> tuple[Composed, dict[str, OrderToShip]]:
        books, numbers = self.books, load.orders
        orders = await books.orders.of(connection, books.name, numbers)
        warehouse = load.parts[0].data.warehouse if load.parts else ""
        cartons = [box.sscc for box in (*load.boxes, *load.loose) if box.sscc] + list(load.pallets)
        known = Known(
            orders=orders,
            ship_from=party_of(books.account.ship_from.get(warehouse)),
            noticed=await ship_loads.noticed_elsewhere(connection, books.name, numbers, row.load_key),
            used=await ship_loads.numbers_elsewhere(connection, row, cartons, now),
            bills=await ship_loads.bill_elsewhere(
                connection, row, load.header.bill_of_lading, siblings_of(load), now
            ),
            ahead=timedelta(hours=books.account.ship_date_ahead_hours),
        )
        return compose(load, known, row.shipment, now), dict(orders.items())

    def _market(self, composed: Composed, orders: Sequence[OrderToShip]) -> Market | None:
        if self.books.account.market is not None:
            return self.books.account.market
        if composed.notice is not None:
            return MARKETS.get(composed.notice.ship_to.country)
        places = {order.ship_to.country for order in orders if order.ship_to}
        return MARKETS.get(places.pop()) if len(places) == 1 else None

    def _lacks(
        self, composed: Composed, load: Load, orders: dict[str, OrderToShip], market: Market | None
    ) -> tuple[Lack, ...]:
        if composed.notice is None:
            return composed.lacks
        terms = ship_notice_rules.Terms(
            transport=self.books.transport,
            freight=freight_of(load.header, orders.values()),
            market=market,
            dated=composed.dated,
            waived=frozenset(self.books.account.waived),
        )
        return (*composed.lacks, *ship_notice_rules.lacks(composed.notice, terms), *self._off())

    def _off(self) -> list[Lack]:
        why = f"notices.{self.books.name}.notices is false: tell the retailer by hand, or switch it on"
        return [] if self.books.account.notices else [Lack("switched_off", why)]

    async def _numbered(
        self, connection: Connection, parts: Sequence[Part], now: datetime
    ) -> tuple[list[Part], list[Note]]:
        """Cartons without an SSCC get one of our own, once for ever, where a prefix is configured."""
        pool = pool_of(self.books.account)
        bare = [
            _carton(part, parcel) for part in parts if part.stage != "undone" for parcel in part.data.parcels
            if not parcel.sscc
        ]  # fmt: skip
        if pool is None or not bare:
            return list(parts), []
        result = await sscc.give(connection, pool, bare, now)
        cause = pool.name
        if not isinstance(result, Issued):
            text = f"SSCC {result.sscc} was last used on {result.used_at:%d %B %Y}: prefix {cause} gives no more"
            return list(parts), [RaiseAlert(AlertKind.SSCC_POOL_LOW, cause, cause, text)]
        numbers = await sscc.given(connection, bare)
        low = is_low(pool, result.issued)
        text = f"{pool.size - result.issued % pool.size} SSCCs of {cause} are left of {pool.size}"
        note: Note = (
            RaiseAlert(AlertKind.SSCC_POOL_LOW, cause, cause, text) if low
            else ResolveAlert(AlertKind.SSCC_POOL_LOW, cause)
        )  # fmt: skip
        return [_with_numbers(part, numbers) for part in parts], [note]

    async def _write(
        self, connection: Connection, row: LoadRow, outcome: Outcome, load: Load, notes: Sequence[Note], now: datetime
    ) -> None:
        await vendor_documents.save(connection, outcome.effects, now)
        overtaken = [one.unique_key for one in outcome.effects if one.state == "refused"]
        await vendor_documents.close_questions(connection, overtaken, now)
        await ship_loads.save(connection, outcome.row, row, now)
        if outcome.row.lines != row.lines or outcome.row.accepted != row.accepted:
            await invoices.touch(connection, self.books.name, load.orders, now)
        await write_notes(connection, [*notes, *outcome.notes], now, self.books.owners)


def _carton(part: Part, parcel: Parcel) -> str:
    return f"carton/{named(part.data.account, part.data.despatch_id, parcel.parcel_id)}"


def _with_numbers(part: Part, numbers: dict[str, str]) -> Part:
    parcels = tuple(
        parcel if parcel.sscc else msgspec.structs.replace(parcel, sscc=numbers.get(_carton(part, parcel)))
        for parcel in part.data.parcels
    )
    return msgspec.structs.replace(part, data=msgspec.structs.replace(part.data, parcels=parcels))
