"""Why a listing's turn comes when it does: the policy's own figures for one listing, in words."""

from typing import NamedTuple

import numpy as np

from handlers.demand_model import DAY
from handlers.next_moves import Candidates, Costs, Policy, in_order, weigh, worth


class Turn(NamedTuple):
    """Where one listing stands among all that wait."""

    kind: str
    place: int
    """How many have their turn before it."""
    waiting: int
    over: float
    """Units expected to be oversold if it is passed over now."""
    lost: float
    """Sales expected to be missed if it is passed over now."""
    waited: float
    """Seconds."""
    per_day: float
    others_per_day: float
    horizon: float
    """Seconds ahead that the expectations cover."""
    stays: float
    """Seconds for which the word, once told, is taken to stay good."""
    overdue: bool


def turn_of(index: int, candidates: Candidates, now: float, policy: Policy) -> Turn:
    """The turn of the candidate at `index`."""
    costs = weigh(candidates, policy)
    order = in_order(worth(candidates, costs, now, policy))
    waited = max(0.0, now - float(candidates.since[index]))
    return Turn(
        kind=_kind(index, candidates, costs),
        place=int(np.flatnonzero(order == index)[0]),
        waiting=len(order),
        over=float(costs.over[index]),
        lost=float(costs.lost[index]),
        waited=waited,
        per_day=float(candidates.demand[index]) * DAY,
        others_per_day=float(candidates.others[index]) * DAY,
        horizon=policy.patch_lag + policy.patience,
        stays=float(costs.stays[index]),
        overdue=waited > policy.longest_wait,
    )


def _kind(index: int, candidates: Candidates, costs: Costs) -> str:
    if costs.urgent[index]:
        return "a lowering near zero: these go first"
    if costs.lowering[index]:
        return "a lowering far from zero"
    if candidates.in_feed[index]:
        return "in a running feed: only a lowering goes beside it"
    return "a raise that opens sales" if costs.opens[index] else "a raise that opens no sale: these go last"


def in_words(turn: Turn, patch_rate: float) -> tuple[str, ...]:
    """For people: what kind it is, what it costs to wait, and when its turn comes."""
    return (turn.kind, _cost(turn), _when(turn, patch_rate))


def _cost(turn: Turn) -> str:
    sells = f"it sells {turn.per_day:.2g} a day, others on its pool {turn.others_per_day:.2g}"
    if turn.over > 0:
        what = f"{turn.over:.2g} units are expected to be oversold"
    elif turn.lost > 0:
        what = f"{turn.lost:.2g} sales are expected to be missed"
    else:
        what = "nothing is expected to be oversold or missed"
    return f"{sells}: passed over now, {what} in {turn.horizon:.0f} s{_stays_good(turn)}"


def _stays_good(turn: Turn) -> str:
    """Only a lowering's turn depends on it."""
    if turn.over <= 0:
        return ""
    long = f"{turn.stays / 60:.0f} min" if turn.stays >= 120 else f"{turn.stays:.0f} s"
    return f"; once told, it stays good for about {long}"


def _when(turn: Turn, patch_rate: float) -> str:
    seconds = turn.place / patch_rate
    when = f"{turn.place} of {turn.waiting} that wait go before it, about {seconds:.0f} s of the budget"
    return f"{when}; overdue: for the next feed, or every tenth patch is for its like" if turn.overdue else when
