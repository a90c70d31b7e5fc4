"""The watch over replenishments: direct fulfilment stock that will not be true when the channel takes it over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeAlias

from daemon.settings import DirectFulfilmentAccount, FulfilmentWarehouse, StockReportAccount
from daemon.store import stock_updates
from daemon.store.database import Connection, Database
from daemon.store.stock_updates import Awaited
from daemon.telemetry import Telemetry
from daemon.watch import Task, standing
from handlers.alerts import AlertKind
from handlers.direct_fulfilment import Change, at_risk, replenished_at
from handlers.notes import Note, RaiseAlert

SHOWN = 20


Replenished: TypeAlias = DirectFulfilmentAccount | StockReportAccount
Late: TypeAlias = list[tuple[datetime, Awaited]]
"""(replenishment, item) of those at risk, the earliest first."""


@dataclass(frozen=True, slots=True)
class ReplenishmentWatch:
    """Tasks for `daemon/watch.py`, and a gauge."""

    accounts: Mapping[str, Replenished]

    def tasks(self) -> tuple[Task, ...]:
        return (self.raise_at_risk,) if self.accounts else ()

    async def raise_at_risk(self, connection: Connection, at: datetime) -> list[Note]:
        """One alert for each of the channel's warehouses, early enough to act."""
        found = await self._at_risk(connection, at)
        raised = [_alert(name, code, late) for (name, code), late in found.items() if late]
        return await standing(connection, AlertKind.REPLENISHMENT_AT_RISK, raised)

    async def show(self, database: Database, at: datetime, telemetry: Telemetry) -> None:
        """Every process shows it, not only whoever watches."""
        if self.accounts:
            async with database.connection() as connection:
                found = await self._at_risk(connection, at)
            telemetry.at_risk_are({place: len(late) for place, late in found.items()})

    async def _at_risk(self, connection: Connection, at: datetime) -> dict[tuple[str, str], Late]:
        """By account and the channel's warehouse."""
        risks: dict[tuple[str, str], Late] = {}
        for name, account in self.accounts.items():
            found = await stock_updates.awaited(connection, name, at)
            for code, place in account.warehouses.items():
                risks[name, code] = _late([one for one in found if one.warehouse == code], account, place, at)
        return risks


def next_replenishment(place: FulfilmentWarehouse, after: datetime) -> datetime | None:
    return replenished_at(after, [time.fromisoformat(one) for one in place.replenished_at], place.zone)


def _late(
    found: Sequence[Awaited],
    account: Replenished,
    place: FulfilmentWarehouse,
    at: datetime,
) -> Late:
    warn, usual = timedelta(seconds=account.warn_before), timedelta(seconds=account.usual)
    risks = list[tuple[datetime, Awaited]]()
    for one in found:
        due = next_replenishment(place, one.since)
        if due is not None and at_risk(Change(one.seller_sku, one.since, one.left_at), due, at, warn, usual):
            risks.append((due, one))
    return sorted(risks, key=lambda risk: (risk[0], risk[1].since, risk[1].seller_sku))


def _alert(name: str, code: str, late: Sequence[tuple[datetime, Awaited]]) -> RaiseAlert:
    """Said the same as long as the first one is the same."""
    due, first = late[0]
    text = (
        f"stock of {name} in {code} is not true in time for the replenishment of {due:%F %T} UTC:"
        f" {first.seller_sku} has waited since {first.since:%F %T} UTC"
    )
    skus = [one.seller_sku for _, one in late]
    detail: dict[str, str | int | list[str] | None] = {"items": len(skus), "skus": [*map(str, skus[:SHOWN])]}
    return RaiseAlert(AlertKind.REPLENISHMENT_AT_RISK, f"{name}/{code}", name, text, detail, due)
