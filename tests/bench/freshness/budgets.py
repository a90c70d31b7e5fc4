"""The channel's call budgets, less what the product keeps (docs/decisions/0004-rate-budget.md)."""

from dataclasses import dataclass

PATCH_RATE, PATCH_BURST = 5.0 * 0.98, 3.0
FEED_RATE, FEED_BURST = 5 / 300.0, 5.0
FEED_ROOM = 25_000


@dataclass(slots=True)
class Bucket:
    """Tokens that come at `rate` a second, at most `burst` at once."""

    rate: float
    burst: float
    tokens: float = 0.0
    counted: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def whole(self, now: float) -> int:
        """Tokens that may be taken now."""
        self.tokens = min(self.burst, self.tokens + (now - self.counted) * self.rate)
        self.counted = now
        return int(self.tokens + 1e-9)

    def take(self, n: int) -> None:
        self.tokens -= n

    def next_at(self, now: float, n: float = 1.0) -> float:
        """When `n` tokens will be there."""
        return now + max(0.0, n - self.tokens) / self.rate


def patches() -> Bucket:
    return Bucket(PATCH_RATE, PATCH_BURST)


def feeds() -> Bucket:
    return Bucket(FEED_RATE, FEED_BURST)
