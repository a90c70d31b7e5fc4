"""Peaks: dated periods in which other settings are in force. Which one is, now and next.

Where periods overlap, the one that began last is in force: a weekend within a season. A period holds its beginning
and not its end.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import combinations

import msgspec


class Peak(msgspec.Struct, frozen=True, order=True):
    """A named period. Its end lies after its beginning."""

    begins: datetime
    ends: datetime
    name: str

    def holds(self, now: datetime) -> bool:
        return self.begins <= now < self.ends


def in_force(peaks: Iterable[Peak], now: datetime) -> Peak | None:
    """The peak whose settings hold now; of several that began at once, the one that ends first, then by name."""
    running = [peak for peak in peaks if peak.holds(now)]
    latest = max((peak.begins for peak in running), default=None)
    return min((peak for peak in running if peak.begins == latest), default=None)


def next_change(peaks: Sequence[Peak], now: datetime) -> tuple[datetime, Peak | None] | None:
    """When other settings will be in force, and whose: None in the second place for the standing ones.

    None where nothing will change any more.
    """
    moments = sorted({at for peak in peaks for at in (peak.begins, peak.ends) if at > now})
    current = in_force(peaks, now)
    for at in moments:
        if (following := in_force(peaks, at)) != current:
            return at, following
    return None


def overlapping(peaks: Iterable[Peak]) -> list[tuple[Peak, Peak]]:
    """Pairs of which both run for a while: allowed, and seldom meant where neither lies within the other."""
    return [
        (one, other)
        for one, other in combinations(sorted(peaks), 2)
        if other.begins < one.ends and other.ends > one.ends
    ]


def in_words(peaks: Sequence[Peak], now: datetime) -> list[str]:
    """For people: what is in force and what comes next; nothing where there are no peaks."""
    if not peaks:
        return []
    current, following = in_force(peaks, now), next_change(peaks, now)
    says = "no peak is in force" if current is None else f"the peak {current.name} is in force"
    if following is None:
        return [f"{says}, and none will be"]
    at, peak = following
    then = "the standing settings" if peak is None else f"the peak {peak.name}"
    return [f"{says}; {then} from {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC on"]
