"""The watch over the orders' clocks and the accounts' health: what ran out is written, what will tip is raised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from daemon.health import Look, look
from daemon.settings import Health, SellerAccount, Settings
from daemon.store import order_clocks
from daemon.store.database import Connection, Database
from daemon.store.mapping_tables import CARRIERS
from daemon.telemetry import Telemetry
from daemon.watch import Task, standing
from handlers.account_health import Forecast, Outlook
from handlers.alerts import AlertKind
from handlers.carrier_rules import CarrierRules, row_faults
from handlers.mappings import ANY
from handlers.notes import Note, RaiseAlert
from handlers.order_clocks import Rules, judge

AT_ONCE = 500
"""Orders whose clocks are judged in one round."""
KINDS: Mapping[Forecast, AlertKind] = {
    "late_shipment": AlertKind.LATE_SHIPMENT_FORECAST,
    "cancellation": AlertKind.CANCELLATION_FORECAST,
    "tracking": AlertKind.TRACKING_FORECAST,
}
WORDS: Mapping[Forecast, str] = {
    "late_shipment": "late shipment rate", "cancellation": "cancellation rate", "tracking": "valid tracking rate",
}  # fmt: skip


@dataclass(slots=True)
class HealthWatch:
    """Tasks for `daemon/watch.py`, and gauges."""

    sellers: Mapping[str, SellerAccount]
    settings: Health
    told_within: float
    carriers: CarrierRules
    _due: datetime | None = field(default=None)
    _carriers_due: datetime | None = field(default=None)
    _looks: list[Look] = field(default_factory=list[Look])

    def tasks(self) -> tuple[Task, ...]:
        return (self.run_clocks, self.raise_forecasts, self.raise_carriers) if self.sellers else ()

    async def run_clocks(self, connection: Connection, at: datetime) -> list[Note]:
        """Clocks that ran out are written, each deadline once; their numbers stand in the forecasts."""
        rules = Rules(
            told_within=timedelta(seconds=self.told_within),
            shown_within=timedelta(seconds=self.settings.shown_within),
            auto_cancel_after=timedelta(seconds=self.settings.auto_cancel_after),
        )
        found = await order_clocks.due(connection, at, AT_ONCE)
        await order_clocks.judged(connection, [judge(facts, rules, at) for facts in found], at)
        return []

    async def raise_forecasts(self, connection: Connection, at: datetime) -> list[Note]:
        if self._due is not None and self._due > at:
            return []
        self._due = at + timedelta(seconds=self.settings.look_every)
        looks = await self._all(connection, at)
        raised = [alert for one in looks for alert in alerts(one, self.settings, at)]
        kinds = (*KINDS.values(), AlertKind.DESPATCH_UNSHOWN, AlertKind.ACCOUNT_AT_RISK)
        notes = list[Note]()
        for kind in kinds:
            notes += await standing(connection, kind, [alert for alert in raised if alert.kind == kind])
        old = [alert for alert in raised if alert.kind == AlertKind.ACCOUNT_REPORT_UNREAD]
        return notes + await standing(connection, AlertKind.ACCOUNT_REPORT_UNREAD, old, _is_about_age)

    async def raise_carriers(self, connection: Connection, at: datetime) -> list[Note]:
        """One alert for each account whose carriers have names that the channel may not take."""
        if self._carriers_due is not None and self._carriers_due > at:
            return []
        self._carriers_due = at + timedelta(seconds=self.settings.look_every)
        rows = await CARRIERS.rows(connection)
        raised = list[RaiseAlert]()
        for name, seller in self.sellers.items():
            mine = [row for row in rows if row.channel_account in (name, ANY)]
            faults = [f"{row.carrier}/{row.service}: {text}" for row in mine
                      for text in row_faults(row, seller.marketplaces, self.carriers)]  # fmt: skip
            if faults:
                text = f"{len(faults)} of the names of carriers at {name} may not be taken there: {faults[0]}"
                raised.append(RaiseAlert(AlertKind.CARRIER_DOUBTFUL, name, name, text, {"faults": faults[:100]}))
        return await standing(connection, AlertKind.CARRIER_DOUBTFUL, raised)

    async def show(self, database: Database, at: datetime, telemetry: Telemetry) -> None:
        """Every process shows it, not only whoever watches; looked at as often as the watch does."""
        if not self.sellers:
            return
        if self._due is None or self._due <= at:
            self._due = at + timedelta(seconds=self.settings.look_every)
            async with database.connection() as connection:
                self._looks = await self._all(connection, at)
        show_looks(self._looks, at, telemetry)

    async def _all(self, connection: Connection, at: datetime) -> list[Look]:
        return [await look(connection, name, seller, self.settings, at) for name, seller in self.sellers.items()]


def health_watch(settings: Settings, carriers: CarrierRules) -> HealthWatch:
    return HealthWatch(settings.sellers, settings.health, settings.despatch.told_within, carriers)


def _is_about_age(cause: str) -> bool:
    """The others are raised, and resolved, by whoever fetches."""
    return cause.endswith("/age")


def alerts(found: Look, section: Health, at: datetime) -> list[RaiseAlert]:
    """What people should hear of an account."""
    by = at + timedelta(seconds=section.warn_before)
    raised = [_forecast(one) for one in found.outlooks if one.is_at_risk(by) and _is_worth(one, section)]
    raised += _unshown(found)
    raised += [_standing(found, market, word) for market, word in found.standings.items()]
    return raised + _old(found, section, at)


def _is_worth(one: Outlook, section: Health) -> bool:
    """Something is to be done about it, and the account is large enough for a rate to mean anything."""
    return one.counted.of >= section.least_orders and (bool(one.threats) or one.is_crossed)


def _forecast(one: Outlook) -> RaiseAlert:
    """Said the same as long as the same order tips it, and the rate is the same to a tenth of a per cent."""
    where, bound = f"{one.channel_account} in {one.marketplace}", _per_cent(one.target.value)
    word = "less than" if one.target.condition == "less_than" else "at least"
    first = next((threat for threat in one.threats if threat.due is None), one.threats[0] if one.threats else None)
    if one.is_crossed:
        text = f"the {WORDS[one.measure]} of {where} is {_per_cent(one.expected)} with what is open; {word} {bound}"
    else:
        text = (
            f"the {WORDS[one.measure]} of {where} crosses its target ({word} {bound}) at {one.tips_at:%F %T} UTC "
            f"with order {one.tips}, if nothing leaves before"
        )
    orders = [str(threat.channel_order_id) for threat in one.threats]
    detail: dict[str, str | int | list[str] | None] = {
        "room": one.room, "over": one.over, "orders": orders, "first": first.channel_order_id if first else None,
        "target_from": one.target.source,
    }  # fmt: skip
    cause = f"{one.channel_account}/{one.marketplace}"
    return RaiseAlert(KINDS[one.measure], cause, str(one.channel_account), text, detail, one.tips_at)


def _per_cent(share: Decimal | None) -> str:
    return "unknown" if share is None else f"{share * 100:.1f} %"


def _unshown(found: Look) -> list[RaiseAlert]:
    raised = list[RaiseAlert]()
    for market, opened in found.open.items():
        sinces = [since for since in (opened.gone_since, opened.unshown_since) if since is not None]
        if not sinces:
            continue
        text = (
            f"orders of {found.account} in {market} have left the warehouse and the channel shows them as to be sent,"
            f" the oldest since {min(sinces):%F %T} UTC"
        )
        detail: dict[str, str | int | list[str] | None] = {"not_told": opened.gone, "told": opened.unshown}
        cause = f"{found.account}/{market}"
        raised.append(RaiseAlert(AlertKind.DESPATCH_UNSHOWN, cause, str(found.account), text, detail))
    return raised


def _standing(found: Look, market: str, word: str) -> RaiseAlert:
    text = f"the channel says that {found.account} in {market} is {word}"
    return RaiseAlert(AlertKind.ACCOUNT_AT_RISK, f"{found.account}/{market}", str(found.account), text)


def _old(found: Look, section: Health, at: datetime) -> list[RaiseAlert]:
    """A first report that fails is told of by whoever fetches it."""
    if not section.report or found.report_of is None:
        return []
    if at - found.report_of <= timedelta(seconds=section.report_old_after):
        return []
    text = f"the newest account health report of {found.account} is of {found.report_of:%F %T} UTC"
    return [RaiseAlert(AlertKind.ACCOUNT_REPORT_UNREAD, f"{found.account}/age", str(found.account), text)]


def show_looks(looks: Sequence[Look], at: datetime, telemetry: Telemetry) -> None:
    """What was seen, as gauges."""
    rates, rooms, targets = (
        dict[tuple[str, ...], float](),
        dict[tuple[str, ...], float](),
        dict[tuple[str, ...], float](),
    )
    orders = dict[tuple[str, ...], float]()
    for found in looks:
        for one in found.outlooks:
            key = (one.channel_account, one.marketplace, one.measure)
            targets[key], rooms[key] = float(one.target.value), one.room
            for source, rate in (("reported", one.reported), ("expected", one.expected)):
                if rate is not None:
                    rates[(*key, source)] = float(rate)
        for market, opened in found.open.items():
            counts = {"over": opened.over, "soon": opened.soon, "left": opened.gone, "told": opened.unshown}
            orders |= {(found.account, market, state): count for state, count in counts.items()}
    ages = {str(one.account): (at - one.report_of).total_seconds() for one in looks if one.report_of is not None}
    telemetry.health.rates_are(rates, rooms, targets)
    telemetry.health.clocks_are(orders, ages)
