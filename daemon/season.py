"""The settings in force: the standing ones, or during a peak those with the peak's over them.

Every loop asks at the beginning of each round, so that a peak begins and ends without a restart. `Recomputing` has
every listing computed anew whenever what it should show may be another by that: a peak, or a changed configuration.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from daemon.ahead import Ahead, ahead_of
from daemon.brakes import Brakes, brakes_of
from daemon.clock import Clock
from daemon.config_peaks import peaks_of
from daemon.selling import accounts_of, placed_of, rules_of
from daemon.settings import Peak as PeakSettings
from daemon.settings import Settings
from daemon.store.database import Database, query
from handlers.peaks import Peak, in_force
from handlers.supply import Rules

NEVER = "never"
PIECE = 1_000
"""SKUs in one transaction."""
SETTLED = timedelta(seconds=2)
"""A change counts once it has been in force for so long: clocks of processes differ a little."""
IDLE = 1.0
"""Real seconds between two looks."""


@dataclass(frozen=True, slots=True)
class InForce:
    """What the loops go by."""

    peak: Peak | None
    settings: Settings
    rules: Rules
    ahead: Ahead
    brakes: Brakes


@dataclass(slots=True)
class Season:
    """The standing settings with their peaks."""

    settings: Settings
    peaks: tuple[Peak, ...] = field(init=False)
    _found: dict[str, InForce] = field(default_factory=dict[str, InForce])

    def __post_init__(self) -> None:
        self.peaks = peaks_of(self.settings)

    def at(self, now: datetime) -> InForce:
        peak = in_force(self.peaks, now)
        name = "" if peak is None else peak.name
        if name not in self._found:
            self._found[name] = _in_force(self.settings, peak)
        return self._found[name]


def _in_force(settings: Settings, peak: Peak | None) -> InForce:
    found = settings if peak is None else with_peak(settings, settings.peaks[peak.name])
    rules = rules_of(found)
    return InForce(peak, found, rules, ahead_of(found), brakes_of(found.zeroes, accounts_of(found), rules))


def with_peak(settings: Settings, peak: PeakSettings) -> Settings:
    """The settings with those of the peak over them."""
    replace = msgspec.structs.replace
    named = {name: getattr(peak, name) for name in ("patience", "near_zero", "foresight")}
    publication = replace(settings.publication, **{name: value for name, value in named.items() if value is not None})
    classes = {
        name: replace(one, buffer_units=other.buffer_units, buffer_percent=other.buffer_percent)
        if (other := peak.classes.get(name))
        else one
        for name, one in settings.classes.items()
    }
    found = replace(settings, publication=publication, classes=classes)
    if peak.baseline_at is None:
        return found
    at = None if peak.baseline_at == NEVER else peak.baseline_at
    sellers = {name: replace(one, baseline_at=at) for name, one in settings.sellers.items()}
    fulfilment = {name: replace(one, baseline_at=at) for name, one in settings.direct_fulfilment.items()}
    return replace(found, sellers=sellers, direct_fulfilment=fulfilment)


def fingerprint(settings: Settings) -> str:
    """The same for settings by which every listing should show the same."""
    said = {
        "classes": settings.classes,
        "accounts": {
            name: (one.warehouses, one.nets_own_orders) for name, one in accounts_of(settings).items()
        },
        "places": {
            name: {code: place.stock for code, place in one.warehouses.items()}
            for name, one in placed_of(settings).items()
        },
        "foresight": (
            settings.publication.foresight, settings.publication.channel_lag, settings.publication.order_units
        ),
    }  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


@dataclass(slots=True)
class Recomputing:
    """Marks every SKU that is sold, once what listings should show is reckoned in another way."""

    season: Season
    database: Database
    clock: Clock
    _done: str = ""
    """The fingerprint that all listings are known to have been marked for."""

    async def round(self) -> float:
        """Returns the real seconds until the next look is worth while."""
        wanted = fingerprint(self.season.at(self.clock.now() - SETTLED).settings)
        if wanted != self._done and not await self._was_done(wanted):
            await self._mark_all()
            async with self.database.connection() as connection:
                await connection.execute(query("reckoned_save"), wanted, self.clock.now())
        self._done = wanted
        return IDLE

    async def _was_done(self, wanted: str) -> bool:
        async with self.database.connection() as connection:
            return bool(await connection.fetchval(query("reckoned")) == wanted)

    async def _mark_all(self) -> None:
        account, sku, at = "", "", self.clock.now()
        while True:
            async with self.database.transaction() as connection:
                rows = await connection.fetch(query("listed_skus"), account, sku, PIECE)
                if not rows:
                    return
                names = [row["account"] for row in rows], [row["sku"] for row in rows]
                await connection.execute(query("mark_dirty"), *names, at)
            account, sku = rows[-1]["account"], rows[-1]["sku"]
