"""Foresight's bargain: oversold units against lost ones, as what is shown is lowered ahead of sales elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass

from handlers.foresight import Foresight
from tests.bench.freshness import lags
from tests.bench.freshness.contest import Arena, ours, played
from tests.bench.freshness.measures import Figures
from tests.bench.freshness.trade import NoLimit

RISKS = (0.0, 0.5, 0.3, 0.2, 0.1, 0.05)
"""0 is off; the smaller, the more is held back."""
LOST_SHARE = 0.005
LOOKS = 3.0
"""Mean lags of a patch that foresight looks ahead: nearly all of them have passed by then."""


@dataclass(frozen=True)
class Curve:
    """Per risk, what ours came to; and no limit, beside which it is drawn."""

    points: dict[float, Figures]
    no_limit: Figures

    def share(self, risk: float) -> float:
        return self.points[risk].lost / max(1, self.points[risk].asked)

    def over(self, risk: float) -> float:
        return self.points[risk].oversold / max(1, self.no_limit.oversold)

    @property
    def chosen(self) -> float:
        """The risk that oversells least among those that lose at most 0.5 % of what is asked for."""
        affordable = [risk for risk in self.points if self.share(risk) <= LOST_SHARE]
        return min(affordable or self.points, key=self.over)

    @property
    def oversold(self) -> float:
        return self.over(self.chosen)

    @property
    def lost(self) -> float:
        return self.share(self.chosen)

    def lines(self) -> list[str]:
        return [
            f"  no limit: {self.no_limit.oversold:,} oversold, {self.no_limit.lost / self.no_limit.asked:.3%} lost",
            *(
                f"  risk {risk:g}: {one.oversold:,} oversold, {self.over(risk):.3f} of no limit;"
                f" {one.lost:,} lost, {self.share(risk):.3%}{' <- chosen' if risk == self.chosen else ''}"
                for risk, one in self.points.items()
            ),
        ]


def drawn(arena: Arena, said: Callable[[str], None]) -> Curve:
    points = dict[float, Figures]()
    for risk in RISKS:
        points[risk] = played(arena, ours(arena, Foresight(risk, LOOKS * lags.patch_mean())))
        said(f"  risk {risk:g}: {points[risk].oversold:,} oversold, {points[risk].lost:,} lost")
    return Curve(points, played(arena, NoLimit))
