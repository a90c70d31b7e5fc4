"""The faults that were injected, when, and how each of them ended."""

from collections.abc import Callable
from dataclasses import dataclass, field

from daemon.demo.look import Seen

Ending = Callable[[Seen], str | None]
"""How it ended, in words; None while it has not."""


@dataclass(slots=True)
class Episode:
    """`at` and `ended_at` in seconds of the demo. `so_far` fills the {} of `what`, where that grows."""

    at: float
    what: str
    ending: Ending
    so_far: Callable[[], str] = lambda: ""
    ended_at: float | None = None
    how: str = ""

    @property
    def title(self) -> str:
        return self.what.format(self.so_far())


@dataclass(slots=True)
class Timeline:
    episodes: list[Episode] = field(default_factory=list[Episode])
    told: Callable[[str], None] = lambda line: None  # noqa: ARG005
    """Hears of each beginning and each end, for those who cannot see the screen."""

    def begin(self, episode: Episode) -> None:
        self.episodes.append(episode)
        self.told(f"{clock(episode.at)} fault: {episode.title}")

    def follow(self, seen: Seen) -> None:
        """Close what has ended by now."""
        for episode in self.open:
            if (how := episode.ending(seen)) is not None:
                episode.how, episode.ended_at = how, seen.at
                self.told(f"{clock(seen.at)} ended: {episode.title}: {how}")

    @property
    def open(self) -> list[Episode]:
        return [episode for episode in self.episodes if episode.ended_at is None]


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
