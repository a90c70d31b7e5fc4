"""One look at everything: the simulators for the truth, the books for what the daemon thinks."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from daemon.demo.house import House
from daemon.demo.offers import SELLERS, Offer
from daemon.store.alerts import Alert, list_alerts
from daemon.store.database import query
from daemon.store.status import Row, status
from simulators.amazon.journal import Entry

WINDOW = 5.0
"""Seconds over which calls are counted."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One account's listings: what Amazon shows against what the warehouse truly has."""

    true: int
    stale: int
    in_doubt: int


@dataclass(frozen=True, slots=True)
class Parcels:
    """`told`: parcels that Amazon has; latencies in seconds from the warehouse's event to the call at Amazon."""

    due: int
    told: int
    blocked: int
    latencies: tuple[float, ...]

    def at(self, share: float) -> float:
        """The latency that this share of the parcels stayed within."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    @property
    def middle(self) -> float:
        return median(self.latencies) if self.latencies else 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What there was to see `at` seconds after the start."""

    at: float
    shelves: Mapping[str, Shelf]
    parcels: Parcels
    calls: Mapping[tuple[str, str], float]
    """(operation, account) -> calls a second."""
    own_excess: int
    """429s that our own arithmetic is to blame for."""
    injected_throttles: int
    alerts: list[Alert]
    alerts_resolved: int
    figures: Row
    unknown: Mapping[str, int]
    """Account -> stock requests whose end nobody saw."""
    effects: list[Row]
    troubled: frozenset[str]
    """SKUs in a gap or in doubt."""

    @property
    def parked(self) -> int:
        return int(self.figures["parked"])

    @property
    def true(self) -> int:
        return sum(shelf.true for shelf in self.shelves.values())

    def states_of(self, order_reference: str) -> list[str]:
        """Of the confirmations of an order."""
        return [row["state"] for row in self.effects if row["order_reference"] == order_reference]


@dataclass(slots=True)
class Heard:
    """The simulated Amazon's journal, read once and remembered."""

    upto: int = 0
    calls: list[Entry] = field(default_factory=list[Entry])
    own_excess: int = 0
    injected: int = 0
    first_told: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """Tracking number -> arrival of the first request that told of it."""

    def listen(self, house: House) -> None:
        entries = house.amazon.journal.entries
        for entry in entries[self.upto :]:
            self._note(entry)
        self.upto = len(entries)
        since = house.amazon.world.time.now() - timedelta(seconds=WINDOW)
        self.calls = [entry for entry in self.calls if entry.at > since]

    def _note(self, entry: Entry) -> None:
        self.calls.append(entry)
        if entry.outcome == "throttled":
            self.injected += bool(entry.fault)
            self.own_excess += not entry.fault
        if entry.operation == "confirmShipment" and (tracking := tracking_of(entry)):
            self.first_told.setdefault(tracking, entry.at)


def tracking_of(entry: Entry) -> str:
    """The parcel that a confirmation tells of."""
    body = entry.body if isinstance(entry.body, dict) else {}
    detail = body.get("packageDetail", {})
    return str(detail.get("trackingNumber", "")) if isinstance(detail, dict) else ""


@dataclass(slots=True)
class Eyes:
    """Looks at a house, again and again."""

    house: House
    heard: Heard = field(default_factory=Heard)

    async def look(self, at: float) -> Seen:
        house = self.house
        async with house.books.connection() as connection:
            books = await status(connection, house.amazon.world.time.now())
            effects = [dict(row) for row in await connection.fetch(query("demo_effects"))]
            troubles = {row["sku"]: row["in_doubt"] for row in await connection.fetch(query("demo_troubled"))}
            alerts = await list_alerts(connection)
            resolved = await list_alerts(connection, resolved=True)
        self.heard.listen(house)
        return Seen(
            at=at,
            shelves={seller: self._shelf(seller, troubles) for seller in SELLERS},
            parcels=self._parcels(effects),
            calls=self._rates(),
            own_excess=self.heard.own_excess,
            injected_throttles=self.heard.injected,
            alerts=alerts,
            alerts_resolved=len(resolved),
            figures=books.figures,
            unknown={row["account"]: row["unknown"] for row in books.channels},
            effects=effects,
            troubled=frozenset(troubles),
        )

    def _shelf(self, seller: str, troubles: Mapping[str, bool]) -> Shelf:
        counts = Counter(self._standing(offer, troubles) for offer in self.house.offers if offer.seller == seller)
        return Shelf(counts["true"], counts["stale"], counts["doubt"])

    def _standing(self, offer: Offer, troubles: Mapping[str, bool]) -> str:
        if troubles.get(offer.sku):
            return "doubt"
        return (
            "true" if live(self.house, offer) == offer.shows(self.house.warehouse.available(offer.sku)) else "stale"
        )

    def _parcels(self, effects: list[Row]) -> Parcels:
        sales = [sale for sale in self.house.sales.made if sale.told_at is not None]
        expected = [sale for sale in sales if not sale.undone]
        told = self.heard.first_told
        latencies = tuple(
            (told[tracking] - sale.told_at).total_seconds()
            for sale in expected
            if sale.told_at is not None and not sale.unmapped
            for tracking in sale.parcels
            if tracking in told
        )
        due = sum(len(sale.parcels) for sale in expected)
        arrived = sum(tracking in told for sale in expected for tracking in sale.parcels)
        return Parcels(due, arrived, sum(row["state"] == "blocked" for row in effects), latencies)

    def _rates(self) -> dict[tuple[str, str], float]:
        names = {seller_id: name for name, seller_id in SELLERS.items()}
        counts = Counter((entry.operation, names.get(entry.seller, "")) for entry in self.heard.calls)
        return {key: count / WINDOW for key, count in counts.items()}


def live(house: House, offer: Offer) -> int | None:
    """What buyers see at the simulated Amazon."""
    return house.amazon.world.sellers[SELLERS[offer.seller]].listing(offer.seller_sku).live
