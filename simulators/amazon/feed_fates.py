"""How feeds end at the simulated Amazon, by script and by chance: done, half done, never, or told of with lies."""

import random
from typing import Literal

import msgspec

End = Literal["done", "fatal", "cancelled", "stuck"]
Lie = Literal["", "strange_message", "counts", "other_feed", "no_report", "other_format", "garbled"]
"""strange_message: an issue names a message that was never sent. counts: the summary does not add up.
other_feed: the report is about another feed. no_report: none is named. other_format: tab-separated text, as older
feed types had. garbled: the document breaks off."""


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one feed."""

    end: End = "done"
    applied: float = 1.0
    """Of a fatal feed: the share of its messages, from the first on, that took effect."""
    whole_file: str = ""
    """Text of an issue without a message id; nothing is applied then."""
    refused: float | None = None
    """Share of messages refused at random; None is the plan's own."""
    lie: Lie = ""
    gzip: bool | None = None
    """None: drawn."""


class FeedLags(msgspec.Struct, frozen=True, kw_only=True):
    """Simulated seconds, each drawn between two bounds."""

    queue: tuple[float, float] = (0.0, 0.0)
    """From the creation of a feed until it may start; it starts when those before it have ended."""
    work: tuple[float, float] = (0.0, 0.0)
    """From start to end."""


REALISTIC = FeedLags(queue=(30.0, 300.0), work=(60.0, 900.0))
"""Minutes, as on a usual day; under load it is hours."""


class FeedPlan:
    """Scripts come first, in order; then chances, drawn from the seed."""

    def __init__(
        self,
        seed: int = 0,
        lags: FeedLags | None = None,
        refused: float = 0.0,
        chances: tuple[tuple[float, Fate], ...] = (),
    ) -> None:
        """`refused` is a share of messages; `chances` are (probability, fate)."""
        self.seed = seed
        self.lags = lags or FeedLags()
        self.refused = refused
        self.chances = chances
        self._random = random.Random(seed)
        self._scripts: list[Fate] = []

    def script(self, *fates: Fate) -> None:
        """The next feeds end like this, in order of their creation."""
        self._scripts += fates

    def stop(self) -> None:
        """Feeds created from here on end well; lags stay."""
        self._scripts.clear()
        self.chances, self.refused = (), 0.0

    def next(self) -> Fate:
        if self._scripts:
            return self._scripts.pop(0)
        for probability, fate in self.chances:
            if self._random.random() < probability:
                return fate
        return Fate()

    def queue_lag(self) -> float:
        return self._random.uniform(*self.lags.queue)

    def work_lag(self) -> float:
        return self._random.uniform(*self.lags.work)

    def refuses(self, fate: Fate) -> bool:
        share = self.refused if fate.refused is None else fate.refused
        return self._random.random() < share

    def zips(self, fate: Fate) -> bool:
        return self._random.random() < 0.5 if fate.gzip is None else fate.gzip
