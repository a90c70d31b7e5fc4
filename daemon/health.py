"""How selling accounts stand: read out of the books, for the watch, the gauges and the command line.

All that is read is found by index, and counted up to now: of 100,000 open orders only the first, and the one that
tips, are looked at one by one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import asyncpg
import msgspec

from daemon.settings import Health, SellerAccount
from daemon.store import channel_reports
from daemon.store.channel_reports import Newest
from daemon.store.database import Connection, query
from handlers.account_health import (
    FORECAST,
    Base,
    Books,
    Counted,
    Forecast,
    Outlook,
    Target,
    Threat,
    base_of,
    first_to_tip,
    measured_in,
    outlook,
    room,
    settled,
    standings,
    target_of,
)
from schemas.amazon_reports import SELLER_PERFORMANCE
from schemas.terms import ChannelAccount, ChannelOrderId, Marketplace

CANCELLED_LATELY: Final = timedelta(days=60)
AT_MOST: Final = 1_000
"""Orders of a kind that are read one by one."""
LONG_AGO: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class OpenOrders(msgspec.Struct, frozen=True, kw_only=True):
    """Open orders of an account in a marketplace, counted. `since`: of the oldest."""

    over: int
    """Past their ship-by time."""
    soon: int
    """Due within the time of warning, and still in the warehouse."""
    gone: int
    """Left the warehouse long enough ago, and the channel has not accepted it."""
    gone_since: datetime | None
    unshown: int
    """Told, and the channel still shows them as to be sent."""
    unshown_since: datetime | None


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One account."""

    account: ChannelAccount
    outlooks: tuple[Outlook, ...]
    """The one that is crossed, or will be first, first."""
    open: Mapping[Marketplace, OpenOrders]
    report_of: datetime | None
    """When the report was asked for that this reckons from; None: none was read yet."""
    standings: Mapping[Marketplace, str]
    """Where the channel itself says that the account is at risk, or worse."""
    faults: tuple[str, ...] = ()


class Window(msgspec.Struct, frozen=True):
    """One measure in one marketplace, before our books are asked."""

    target: Target
    base: Base


Windows = dict[tuple[Marketplace, Forecast], Window]


async def look(connection: Connection, name: str, seller: SellerAccount, section: Health, now: datetime) -> Look:
    """How one account stands."""
    newest = (await channel_reports.read(connection, [name], SELLER_PERFORMANCE)).get(name)
    markets = [Marketplace(one) for one in seller.marketplaces]
    windows = _windows(newest, markets, section, now)
    opened = await _open(connection, name, markets, section, now)
    books = await _books(connection, name, markets, windows, section, now)
    found = list[Outlook]()
    for (market, measure), window in windows.items():
        tip = await _tip(connection, name, market, measure, window, books[market, measure], section, now)
        found.append(
            outlook(ChannelAccount(name), market, measure, window.target, window.base, books[market, measure], tip)
        )
    report = newest.content if newest is not None else None
    return Look(
        account=ChannelAccount(name),
        outlooks=tuple(first_to_tip(found)),
        open=opened,
        report_of=newest.asked_at if newest is not None else None,
        standings=standings(report),
        faults=report.faults if report is not None else (),
    )


def _windows(newest: Newest | None, markets: Sequence[Marketplace], section: Health, now: datetime) -> Windows:
    fallback: dict[Forecast, tuple[str, int]] = {
        "late_shipment": (section.late_target, section.late_window),
        "cancellation": (section.cancel_target, section.cancel_window),
        "tracking": (section.tracking_target, section.tracking_window),
    }
    found: Windows = {}
    for market in markets:
        told = measured_in(newest.content if newest is not None else None, market)
        for measure in FORECAST:
            value, days = fallback[measure]
            base = base_of(told.get(measure), now - timedelta(days=days), measure)
            found[market, measure] = Window(target_of(told.get(measure), Decimal(value), measure), base)
    return found


async def _open(
    connection: Connection, name: str, markets: Sequence[str], section: Health, now: datetime
) -> dict[Marketplace, OpenOrders]:
    rows = await connection.fetch(
        query("health_open"), name, list(markets), now,
        now + _seconds(section.warn_before), now - _seconds(section.shown_within),
    )  # fmt: skip
    return {Marketplace(row["marketplace"]): msgspec.convert(dict(row.items()), OpenOrders) for row in rows}


async def _books(
    connection: Connection,
    name: str,
    markets: Sequence[Marketplace],
    windows: Windows,
    section: Health,
    now: datetime,
) -> dict[tuple[Marketplace, Forecast], Books]:
    since = [[windows[market, measure].base.until for market in markets] for measure in FORECAST]
    rows = await connection.fetch(query("health_settled"), name, list(markets), *since, now)
    counted = {Marketplace(row["marketplace"]): row for row in rows}
    gone = await _cancelled_there(connection, name, now)
    doubtful = await _doubtful(connection, name, markets, min(since[2], default=now))
    found: dict[tuple[Marketplace, Forecast], Books] = {}
    for market in markets:
        found[market, "late_shipment"] = await _late(connection, name, market, counted[market], section, now)
        found[market, "cancellation"] = await _cancelled(
            connection, name, market, counted[market], gone.get(market, []), section, now
        )
        until = windows[market, "tracking"].base.until
        found[market, "tracking"] = _tracking(counted[market], doubtful.get(market, []), until, section)
    return found


async def _late(
    connection: Connection, name: str, market: str, counted: asyncpg.Record, section: Health, now: datetime
) -> Books:
    ahead = now + _seconds(section.look_ahead)
    rows = await connection.fetch(query("health_next"), name, market, LONG_AGO, ahead, 0, section.listed)
    over = await connection.fetchval(query("health_over"), name, market, now)
    threats = [_late_threat(row, now) for row in rows]
    return Books(since=Counted(counted["orders"], counted["bad"]), over=over, threats=threats)


def _late_threat(row: asyncpg.Record, now: datetime) -> Threat:
    over = row["ship_by"] < now
    return Threat(
        channel_order_id=ChannelOrderId(row["channel_order_id"]),
        due=None if over else row["ship_by"],
        why=f"was to be on its way by {row['ship_by']:%F %T} UTC" if over else "must be confirmed",
        left_at=row["left_at"],
    )


async def _cancelled(
    connection: Connection,
    name: str,
    market: str,
    counted: asyncpg.Record,
    gone: Sequence[asyncpg.Record],
    section: Health,
    now: datetime,
) -> Books:
    """What the warehouse will not send, then what the channel cancels by itself."""
    after = _seconds(section.auto_cancel_after)
    ahead = now + _seconds(section.look_ahead) - after
    rows = await connection.fetch(query("health_next"), name, market, LONG_AGO, ahead, 0, section.listed)
    lost = await connection.fetchval(query("health_over"), name, market, now - after)
    threats = [
        Threat(channel_order_id=row["channel_order_id"], due=None, why="the warehouse will not send it")
        for row in gone
    ]
    threats += [
        Threat(
            channel_order_id=row["channel_order_id"],
            due=row["ship_by"] + after if row["ship_by"] + after >= now else None,
            why="the channel cancels it by itself",
            left_at=row["left_at"],
        )
        for row in rows
    ]
    since = Counted(max(counted["placed"], counted["cancelled"]), counted["cancelled"])
    return Books(since=since, over=lost + len(gone), threats=threats[: section.listed])


async def _cancelled_there(
    connection: Connection, name: str, now: datetime
) -> dict[Marketplace, list[asyncpg.Record]]:
    found: dict[Marketplace, list[asyncpg.Record]] = {}
    rows = await connection.fetch(query("health_cancelled_there"), name, now - CANCELLED_LATELY, AT_MOST)
    for row in rows:
        found.setdefault(row["marketplace"], []).append(row)
    return found


async def _doubtful(
    connection: Connection, name: str, markets: Sequence[Marketplace], since: datetime
) -> dict[Marketplace, list[asyncpg.Record]]:
    """Where a parcel does not say, it is of the account's only marketplace, or of its first."""
    found: dict[Marketplace, list[asyncpg.Record]] = {}
    for row in await connection.fetch(query("health_doubtful"), name, since, AT_MOST):
        market = row["marketplace"] if row["marketplace"] in markets else next(iter(markets), "")
        found.setdefault(Marketplace(market), []).append(row)
    return found


def _tracking(counted: asyncpg.Record, doubtful: Sequence[asyncpg.Record], until: datetime, section: Health) -> Books:
    """Parcels are counted as orders: most have one. What was told is bad already; a correction mends it."""
    told = [
        row
        for row in doubtful
        if row["state"] in ("accepted", "live", "sent", "unknown") and row["received_at"] > until
    ]
    waiting = [row for row in doubtful if row["state"] in ("blocked", "waiting", "held")]
    threats = [
        Threat(channel_order_id=row["channel_order_id"] or row["order_reference"], due=None, why=row["why"])
        for row in (*waiting, *told)
    ]
    since = Counted(max(counted["told"], len(told)), len(told))
    return Books(since=since, over=len(waiting), threats=threats[: section.listed])


async def _tip(
    connection: Connection,
    name: str,
    market: str,
    measure: Forecast,
    window: Window,
    books: Books,
    section: Health,
    now: datetime,
) -> Threat | None:
    """The open order at which the target is crossed, if nothing leaves any more."""
    left = room(settled(window.base, books), window.target)
    if left < 0 or measure == "tracking":
        return None
    after = _seconds(section.auto_cancel_after) if measure == "cancellation" else timedelta(0)
    since, ahead = now - after, now + _seconds(section.look_ahead) - after
    row = await connection.fetchrow(query("health_next"), name, market, since, ahead, left, 1)
    if row is None:
        return None
    due = row["ship_by"] + after
    return Threat(channel_order_id=row["channel_order_id"], due=due, why="tips", left_at=row["left_at"])


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def plain(found: Look) -> dict[str, Any]:
    """As JSON has it: shares as text, so that nothing is rounded."""
    body: dict[str, Any] = msgspec.to_builtins(found, str_keys=True)
    return body
