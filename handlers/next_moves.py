"""What to send next: which listings are patched now, in which order, and what the next feed carries.

For each listing that has something to say, two expectations over the horizon (the channel's lag and the patience):
`over`, the units that will be oversold if it is not told, and `lost`, the sales that will be missed. They come out
of `demand_model`; docs/publication-model.md has the formulas and a picture. Then:

* lowerings near zero first, by `over` times how long the word stays good: one call for a listing that has run out
  settles it until a delivery, one for a fast seller holds until others order again; then what costs anything, by its
  cost; increases that open no sale last;
* of every ten patches two are for the dearest missed sales, one for the longest wait beyond a bound;
* a feed carries what the patches would not reach soon and what is safe in it, and whoever would wait too long;
* a listing in a running feed gets no patch, except a lowering.

Pure and deterministic: equal candidates have their turn by age, then by their place.
"""

from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from handlers.demand_model import Floats, Integers, beyond, chance_of

Flags = NDArray[np.bool_]
UNKNOWN = -1
"""In `told`, `live` and `pool`: nobody knows."""
CYCLE = 10
MISSED_SALES, LONG_WAITS = 1, 2
LANES = {3: MISSED_SALES, 7: MISSED_SALES, 9: LONG_WAITS}
"""Of every ten patches, the fourth and the eighth are for the dearest missed sale, the tenth for the longest wait."""


class Candidates(NamedTuple):
    """Listings that have something to say, as columns of one length. Quantities in the channel's units."""

    wanted: Integers
    told: Integers
    """The last value that left for the channel, by either route; UNKNOWN: none ever did."""
    live: Integers
    """What the channel shows by a reading after `told` left, or less what it sold since; UNKNOWN: just `told`.

    Too much is reckoned from the more of both, too little from the less."""
    since: Floats
    """Since when the channel has not been told, in seconds of the same clock as `now`."""
    demand: Floats
    """What this listing sells, units per second."""
    pool: Integers
    """What backs it, before buffer and share; UNKNOWN: just what is wanted."""
    others: Floats
    """What everything else draws from the same pool, units per second."""
    order_units: Floats
    """Units in an average order, at least 1."""
    in_feed: Flags
    """In a feed that has not ended."""


class Routes(NamedTuple):
    """What both routes can take now."""

    patches: int
    """How many patches to choose."""
    sent: int = 0
    """Patches sent so far: which of the ten slots is next."""
    feeds: int = 0
    """Feed submissions that the budget allows now."""
    last_feed: float | None = None
    """When a feed was last submitted, on the clock of `now`."""
    oldest_feed: float | None = None
    """When the oldest feed that has not ended was submitted."""


class Policy(msgspec.Struct, frozen=True):
    """The figures that the choice depends on. Seconds, and units of the channel."""

    patch_rate: float = 4.9
    patch_lag: float = 30.0
    """From the request until the channel shows it."""
    patience: float = 30.0
    """How much further ahead it looks: a listing that is passed over waits about this long."""
    good_for: float = 3_600.0
    """The longest that a word is taken to stay good, and that of a zero."""
    dear: float = 0.01
    """Expected units from which on a lowering that waits counts as pressure."""
    near_zero: int = 5
    material: float = 0.001
    """Expected units below which a listing costs nothing worth a place in the order."""
    missed_sale: float = 0.1
    """What a lost sale weighs against an oversold unit, where both compete."""
    least_demand: float = 1 / 604_800
    """Units per second of a listing whose demand was never measured: one a week."""
    longest_wait: float = 3_600.0
    """Whoever waits longer has a slot of the patches; after twice that the next feed takes it, whatever the risk."""
    feed_lag: float = 1_800.0
    """From the submission until nearly all feeds have been applied."""
    feed_usual: float = 600.0
    """From the submission until half of them have: whoever has its turn before gains nothing in a feed."""
    feed_risk: float = 0.001
    """The chance of selling out while a feed runs, up to which a listing may go into it."""
    feed_every: float = 300.0
    feed_room: int = 25_000
    feed_worth: int = 100
    """Fewer are left to the patches, unless somebody has waited too long."""


class Costs(NamedTuple):
    """What it costs not to tell, per listing."""

    over: Floats
    lost: Floats
    stays: Floats
    """Seconds for which the word, once told, stays good."""
    lowering: Flags
    urgent: Flags
    opens: Flags
    """It would open a sale."""


class Plan(NamedTuple):
    """Indices into the candidates: the patches in their order, and the next feed's content, dearest first."""

    patches: Integers
    feed: Integers
    pressure: float = 0.0
    """Seconds of the patches' budget that the dear lowerings among the candidates take."""


DEFAULT = Policy()


def plan(candidates: Candidates, routes: Routes, now: float, policy: Policy = DEFAULT) -> Plan:
    """What leaves next by both routes."""
    costs = weigh(candidates, policy)
    value = worth(candidates, costs, now, policy)
    patches = _in_lanes(value, candidates, costs, routes, now, policy)
    pressure = int(np.count_nonzero(costs.over >= policy.dear)) / policy.patch_rate
    return Plan(patches, _feed(value, patches, candidates, routes, now, policy), pressure)


def weigh(candidates: Candidates, policy: Policy) -> Costs:
    """Expected oversold and lost units of each listing if it is not told within the horizon."""
    c = candidates
    lowering = (c.told < 0) | (np.maximum(c.told, c.live) > c.wanted)
    raising = ~lowering & (c.wanted > _least(c))
    over, lost = np.zeros(len(c.wanted)), np.zeros(len(c.wanted))
    over[lowering] = _oversold(_chosen(c, lowering), policy)
    lost[raising] = _missed(_chosen(c, raising), policy)
    urgent = lowering & ((c.wanted <= policy.near_zero) | (over >= policy.material))
    opens = raising & ((_least(c) <= 0) | (lost >= policy.material))
    return Costs(over, lost, _stays_good(c, policy), lowering, urgent, opens)


def _stays_good(c: Candidates, policy: Policy) -> Floats:
    """Until others order again; they order no more of what has run out. The channel counts its own sales itself."""
    until_next = c.order_units / np.maximum(c.others, 1e-9)
    found: Floats = np.where(c.wanted <= 0, policy.good_for, np.minimum(until_next, policy.good_for))
    return found


def _chosen(c: Candidates, rows: Flags) -> Candidates:
    return Candidates(
        c.wanted[rows], c.told[rows], c.live[rows], c.since[rows], c.demand[rows], c.pool[rows], c.others[rows],
        c.order_units[rows], c.in_feed[rows],
    )  # fmt: skip


def _oversold(c: Candidates, policy: Policy) -> Floats:
    """Own demand between what should be shown and what is; a unit that stock still backs counts by its risk."""
    own, others = _asked(c, policy)
    wanted, shown = c.wanted.astype(np.float64), np.maximum(c.told, c.live).astype(np.float64)
    beyond_shown = np.where(c.told < 0, 0.0, beyond(shown, own, c.order_units))
    found: Floats = np.maximum(beyond(wanted, own, c.order_units) - beyond_shown, 0.0)
    if not np.any(c.pool > c.wanted):
        return found
    backed = np.where(c.told < 0, c.pool, np.minimum(c.pool, shown))
    beyond_backed = np.minimum(beyond(np.maximum(backed, wanted), own, c.order_units), found + beyond_shown)
    unbacked = np.maximum(beyond_backed - beyond_shown, 0.0)
    at_risk: Floats = unbacked + (found - unbacked) * chance_of(c.pool - wanted, others, c.order_units)
    return at_risk


def _missed(c: Candidates, policy: Policy) -> Floats:
    """Own demand between what is shown and what should be, as far as nobody else takes it meanwhile."""
    own, others = _asked(c, policy)
    least, wanted = _least(c).astype(np.float64), c.wanted.astype(np.float64)
    found = beyond(least, own, c.order_units) - beyond(wanted, own, c.order_units)
    taken = chance_of(np.maximum(c.pool, c.wanted) - least, others, c.order_units)
    missed: Floats = np.maximum(found, 0.0) * (1.0 - taken)
    return missed


def _least(c: Candidates) -> Integers:
    found: Integers = np.where(c.live < 0, c.told, np.minimum(c.told, c.live))
    return found


def _asked(c: Candidates, policy: Policy) -> tuple[Floats, Floats]:
    """Units that are asked for within the horizon: of this listing, and of everything else on its pool."""
    horizon = policy.patch_lag + policy.patience
    return np.maximum(c.demand, policy.least_demand) * horizon, c.others * horizon


def worth(candidates: Candidates, costs: Costs, now: float, policy: Policy) -> Floats:
    """What a place in the order is worth: lowerings near zero 1 to 2, other costs 0 to 1, idle increases below 0."""
    age = np.maximum(now - candidates.since, 0.0)
    older = age / (age + policy.longest_wait)
    settled = costs.over * costs.stays / (policy.patch_lag + policy.patience)
    dear = np.where(costs.lowering, settled, policy.missed_sale * costs.lost)
    value = dear / (100.0 + dear) + 1e-8 * older
    idle = ~costs.lowering & ~costs.opens
    found: Floats = np.where(idle, older - 1.0, value) + np.where(costs.urgent, 1.0, 0.0)
    return found


def in_order(value: Floats) -> Integers:
    """Every candidate, the worthiest first; equal ones by their place."""
    found: Integers = np.argsort(-value, kind="stable")
    return found


def _in_lanes(
    value: Floats, candidates: Candidates, costs: Costs, routes: Routes, now: float, policy: Policy
) -> Integers:
    """The worthiest, with two of every ten for missed sales and one for long waits."""
    free = np.flatnonzero(~candidates.in_feed | costs.lowering)
    n = min(routes.patches, len(free))
    waited = now - candidates.since[free]
    worthiest = _first(free, -value[free], n)
    lanes = [iter(worthiest), iter(_dearest(free, costs, n)), iter(_oldest(free, waited, n, policy.longest_wait))]
    chosen = dict[int, None]()
    for place in range(n):
        lane = LANES.get((routes.sent + place) % CYCLE, 0)
        pick = next((i for i in lanes[lane] if i not in chosen), None)
        chosen[next(i for i in worthiest if i not in chosen) if pick is None else pick] = None
    return np.fromiter(chosen, dtype=np.int64, count=len(chosen))


def _dearest(free: Integers, costs: Costs, n: int) -> list[int]:
    opening = free[costs.opens[free]]
    return _first(opening, -costs.lost[opening], n)


def _oldest(free: Integers, waited: Floats, n: int, bound: float) -> list[int]:
    overdue = waited > bound
    return _first(free[overdue], -waited[overdue], n)


def _first(items: Integers, key: Floats, n: int) -> list[int]:
    """The `n` items of least key, in order, without sorting the rest."""
    if n < 1:
        return []
    if n < len(items):
        kept = np.argpartition(key, n - 1)[:n]
        kept.sort()
        items, key = items[kept], key[kept]
    found: list[int] = items[np.argsort(key, kind="stable")].tolist()
    return found


def _feed(
    value: Floats, patches: Integers, candidates: Candidates, routes: Routes, now: float, policy: Policy
) -> Integers:
    nothing: Integers = np.empty(0, dtype=np.int64)
    if routes.feeds < 1 or not _may_feed(routes, now, policy):
        return nothing
    fits = _fits(value, candidates, now, policy) & ~candidates.in_feed
    fits[patches] = False
    content = np.flatnonzero(fits)
    waits_long = bool(np.any(now - candidates.since[content] > 2 * policy.longest_wait))
    if len(content) < policy.feed_worth and not waits_long:
        return nothing
    return np.array(_first(content, -value[content], policy.feed_room), dtype=np.int64)


def _may_feed(routes: Routes, now: float, policy: Policy) -> bool:
    """Not too soon after the last, and none behind one that sticks: feeds of an account run in a row."""
    recent = routes.last_feed is not None and now - routes.last_feed < policy.feed_every
    sticks = routes.oldest_feed is not None and now - routes.oldest_feed > policy.feed_lag
    return not recent and not sticks


def _fits(value: Floats, c: Candidates, now: float, policy: Policy) -> Flags:
    """Whether a feed serves the listing better than waiting for its turn by patch."""
    drawn = (np.maximum(c.demand, policy.least_demand) + c.others) * policy.feed_lag
    safe = chance_of(c.wanted.astype(np.float64), drawn, c.order_units) <= policy.feed_risk
    found: Flags = safe & _after(value, policy.feed_usual * policy.patch_rate)
    found |= _after(value, policy.feed_lag * policy.patch_rate) | (now - c.since > 2 * policy.longest_wait)
    return found


def _after(value: Floats, places: float) -> Flags:
    """Whether the turn comes after so many others."""
    place = max(0, int(places))
    if place >= len(value):
        return np.zeros(len(value), dtype=np.bool_)
    found: Flags = value <= -np.partition(-value, place)[place]
    return found
