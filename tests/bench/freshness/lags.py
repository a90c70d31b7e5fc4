"""How long the channel takes until it shows what it was told, the same for every contender.

A patch: lognormal, median 5 s, 99th percentile 40 s, at most a quarter of an hour. A feed: lognormal, median
8 minutes, 99th percentile about an hour, never before an earlier feed ("minutes normally, hours under load").
"""

from dataclasses import dataclass, field

import numpy as np

PATCH_MEDIAN, PATCH_SPREAD, PATCH_LONGEST = 5.0, 0.9, 900.0
FEED_MEDIAN, FEED_SPREAD, FEED_LONGEST = 480.0, 0.9, 8 * 3600.0
DRAWN = 65_536


def patch_mean() -> float:
    return PATCH_MEDIAN * float(np.exp(PATCH_SPREAD**2 / 2))


def _draw(random: np.random.Generator, median: float, spread: float, longest: float, n: int) -> list[float]:
    found: list[float] = np.minimum(median * np.exp(random.normal(0.0, spread, n)), longest).tolist()
    return found


@dataclass(slots=True)
class Lags:
    """A patch's lag depends on its SKU and how often its stock has changed, so contenders draw the same."""

    patches: list[float]
    feeds: list[float]
    landed: dict[int, float] = field(default_factory=dict[int, float])
    feed_landed: float = 0.0
    submitted: int = 0

    @classmethod
    def drawn(cls, seed: int) -> "Lags":
        random = np.random.default_rng([seed, 77])
        patches = _draw(random, PATCH_MEDIAN, PATCH_SPREAD, PATCH_LONGEST, DRAWN)
        return cls(patches, _draw(random, FEED_MEDIAN, FEED_SPREAD, FEED_LONGEST, DRAWN))

    def patch(self, sku: int, version: int, now: float) -> float:
        """When it is live; patches of one listing keep their order."""
        lag = self.patches[(sku * 40_503 + version * 9_973) % DRAWN]
        at = max(now + lag, self.landed.get(sku, 0.0))
        self.landed[sku] = at
        return at

    def feed(self, now: float) -> float:
        """When the feed has been applied."""
        self.feed_landed = max(self.feed_landed, now + self.feeds[self.submitted % DRAWN])
        self.submitted += 1
        return self.feed_landed
