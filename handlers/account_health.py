"""How an account stands by its channel's measures, and what its open orders will make of that.

The channel's report is about the past, and a day old at that. To it come the orders since then, as our own books
have them; then each open order whose time is over counts as gone wrong, and each that is still in time is looked at
in the order in which its time runs out: so there is one order at which the account crosses its target, and a time
until then. Targets are the report's own; settings stand in where there is none. Counts decide, not the channel's
rates: a rate says nothing of how many more it takes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Final, Literal, TypeAlias

import msgspec

from schemas.amazon_health_report import Condition, HealthReport, Measure, Measured
from schemas.terms import ChannelAccount, ChannelOrderId, Marketplace

Source: TypeAlias = Literal["report", "books"]
Forecast: TypeAlias = Literal["late_shipment", "cancellation", "tracking"]
FORECAST: Final[tuple[Forecast, ...]] = ("late_shipment", "cancellation", "tracking")
"""The measures that open orders move. What else a report tells is shown as it is."""
ENDLESS: Final = 1_000_000_000
"""Room where nothing could ever cross the target."""
GOOD_STANDING: Final = frozenset({"", "NORMAL"})


class Target(msgspec.Struct, frozen=True):
    """`value`: a share, 0 to 1. `source`: where it is from; None where the report had none that could be used."""

    value: Decimal
    condition: Condition
    source: Literal["report", "settings"]


class Counted(msgspec.Struct, frozen=True):
    """Orders (of tracking: parcels) in a window, and how many of them are bad."""

    of: int = 0
    bad: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.of + other.of, self.bad + other.bad)


class Base(msgspec.Struct, frozen=True):
    """What the channel counted, up to `until`. Without a report: nothing, since the beginning of the window."""

    counted: Counted
    until: datetime
    source: Source
    rate: Decimal | None = None
    """As the channel says it."""
    doubt: str = ""
    """Why its counts were not taken as they stand."""


class Threat(msgspec.Struct, frozen=True, kw_only=True):
    """An open order that will count as bad unless something happens by `due`; None: it counts already."""

    channel_order_id: ChannelOrderId
    due: datetime | None
    why: str
    left_at: datetime | None = None
    """It has left the warehouse already: only the telling is missing."""


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """One measure of an account in a marketplace. Rates are of what is bad, but of tracking: of what is good."""

    channel_account: ChannelAccount
    marketplace: Marketplace
    measure: Forecast
    target: Target
    base: Base
    reported: Decimal | None
    """By the channel's own counts, or where those cannot be, its own rate."""
    expected: Decimal | None
    """With what happened since, and with every open order whose time is over."""
    room: int
    """How many more may go wrong without crossing the target; -1: it is crossed."""
    over: int
    """Open orders whose time is over."""
    counted: Counted = Counted()
    """What `expected` is reckoned from."""
    tips_at: datetime | None = None
    """When the target is crossed if nothing leaves any more; None: not in sight, or it is crossed already."""
    tips: ChannelOrderId | None = None
    """The order at which it is."""
    threats: tuple[Threat, ...] = ()
    """The first of those that count or will, in the order in which they do."""

    @property
    def is_crossed(self) -> bool:
        return self.room < 0

    def is_at_risk(self, by: datetime) -> bool:
        return self.is_crossed or (self.tips_at is not None and self.tips_at <= by)


def target_of(measured: Measured | None, fallback: Decimal, measure: Forecast) -> Target:
    """The report's own, where it has one that can be reckoned with."""
    wanted: Condition = "greater_than" if measure == "tracking" else "less_than"
    if measured is not None and measured.target is not None and measured.condition == wanted:
        return Target(measured.target, wanted, "report")
    return Target(fallback, wanted, "settings")


def base_of(measured: Measured | None, window_start: datetime, measure: Forecast) -> Base:
    """What to reckon from. A report without an end of its window, or with no counts, is not reckoned from."""
    if measured is None or measured.until is None or measured.of is None:
        return Base(Counted(), window_start, "books", None, "" if measured is None else "the report gives no counts")
    if measured.until < window_start:
        return Base(Counted(), window_start, "books", measured.rate, "the report is older than its own window")
    if measured.counted is not None and measured.counted <= measured.of:
        bad = measured.of - measured.counted if measure == "tracking" else measured.counted
        return Base(Counted(measured.of, bad), measured.until, "report", measured.rate)
    return _by_rate(measured, measure)


def _by_rate(measured: Measured, measure: Forecast) -> Base:
    """More of it is counted than there is, as in Amazon's own example: only the rate can be believed."""
    of, until = measured.of or 0, measured.until
    assert until is not None
    if measured.rate is None or measured.rate > 1:
        return Base(Counted(), until, "report", None, "its counts contradict each other, and there is no rate")
    share = 1 - measured.rate if measure == "tracking" else measured.rate
    bad = ceil(share * of)
    return Base(Counted(of, min(of, bad)), until, "report", measured.rate, "its counts contradict each other")


def room(counted: Counted, target: Target) -> int:
    """How many more may go wrong before the target is crossed; -1 where it is crossed. Exact."""
    allowed = _allowed(target)
    if counted.of == 0 and counted.bad == 0:
        return 0 if _crosses(Counted(1, 1), target) else ENDLESS
    if _crosses(counted, target):
        return -1
    if allowed >= 1:
        return ENDLESS
    # bad + k against allowed * (of + k), each one more being bad: solved for k, then walked to the exact place.
    k = max(0, int((allowed * counted.of - counted.bad) / (1 - allowed)) - 1)
    while not _crosses(counted + Counted(k + 1, k + 1), target):
        k += 1
    return k


def _allowed(target: Target) -> Fraction:
    """The share of bad ones at which the target is crossed, or just not."""
    value = Fraction(target.value)
    return 1 - value if target.condition == "greater_than" else value


def _crosses(counted: Counted, target: Target) -> bool:
    """ "Less than 4 %" is crossed at 4 %; "at least 95 %" is not crossed at 95 %."""
    if counted.of == 0:
        return False
    bad, allowed = Fraction(counted.bad, counted.of), _allowed(target)
    return bad > allowed if target.condition == "greater_than" else bad >= allowed


def rate(counted: Counted, measure: Forecast) -> Decimal | None:
    """As the channel would say it, to six places; None of nothing."""
    if counted.of == 0:
        return None
    share = Decimal(counted.bad) / counted.of
    return round(1 - share if measure == "tracking" else share, 6)


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """What our own books say of one measure since the report's end."""

    since: Counted = Counted()
    over: int = 0
    """Open orders whose time is over."""
    threats: Sequence[Threat] = ()
    """The first of those, then of the ones that are still in time, in the order in which their time runs out."""


def settled(base: Base, books: Books) -> Counted:
    """All that counts by now, the open orders whose time is over among it."""
    return base.counted + books.since + Counted(books.over, books.over)


def outlook(
    account: ChannelAccount,
    marketplace: Marketplace,
    measure: Forecast,
    target: Target,
    base: Base,
    books: Books,
    tip: Threat | None = None,
) -> Outlook:
    """`tip`: of the orders still in time, the one that has `room` others before it, where there is one."""
    now = settled(base, books)
    return Outlook(
        channel_account=account,
        marketplace=marketplace,
        measure=measure,
        target=target,
        base=base,
        reported=rate(base.counted, measure) if base.source == "report" and not base.doubt else base.rate,
        expected=rate(now, measure),
        room=room(now, target),
        over=books.over,
        counted=now,
        tips_at=tip.due if tip else None,
        tips=tip.channel_order_id if tip else None,
        threats=tuple(books.threats),
    )


def first_to_tip(outlooks: Iterable[Outlook]) -> list[Outlook]:
    """Those that are crossed, then those that will be, the soonest first; then the rest, the least room first."""

    def key(one: Outlook) -> tuple[int, float, int, str, str, str]:
        rank = 0 if one.is_crossed else 1 if one.tips_at is not None else 2
        at = one.tips_at.timestamp() if one.tips_at is not None else 0.0
        return rank, at, one.room, one.channel_account, one.marketplace, one.measure

    return sorted(outlooks, key=key)


def measured_in(report: HealthReport | None, marketplace: str) -> Mapping[Measure, Measured]:
    markets = report.markets if report is not None else ()
    return {one.measure: one for market in markets if market.marketplace == marketplace for one in market.measures}


def standings(report: HealthReport | None) -> dict[Marketplace, str]:
    """Marketplaces whose standing at the channel is anything but normal."""
    markets = report.markets if report is not None else ()
    return {market.marketplace: market.standing for market in markets if market.standing not in GOOD_STANDING}
