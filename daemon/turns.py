"""The books' rows as columns for the policy, and its choice as listing ids."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from daemon.settings import Publication
from daemon.store.publication import Waiting
from handlers.demand import order_units
from handlers.demand_model import per_second
from handlers.next_moves import UNKNOWN, Candidates, Policy, Routes, plan
from handlers.publication import Send, Told, next_for


def policy_of(settings: Publication) -> Policy:
    return Policy(
        patch_lag=settings.channel_lag,
        patience=settings.patience,
        near_zero=settings.near_zero,
        longest_wait=settings.longest_wait,
    )


class First(NamedTuple):
    """Ids of the listings to patch now, in order; and the seconds of budget that all dear lowerings take."""

    listing_ids: list[int]
    pressure: float


def first_patches(
    found: Sequence[Waiting], now: datetime, settings: Publication, half_life: float, patches: int, sent: int
) -> First:
    """`sent`: patches sent so far, so that each kind has its turn. `half_life`: seconds, of measured demand."""
    sends = sending(found, now, settings.near_zero)
    chosen = plan(columns(sends, settings, half_life), Routes(patches, sent), now.timestamp(), policy_of(settings))
    return First([sends[place][0].listing_id for place in chosen.patches.tolist()], chosen.pressure)


def sending(found: Sequence[Waiting], now: datetime, near_zero: int) -> list[tuple[Waiting, Send]]:
    """Those that the rules of one listing let send."""
    moves = ((waiting, next_for(waiting.told, waiting.desired, now, near_zero)) for waiting in found)
    return [(waiting, move) for waiting, move in moves if isinstance(move, Send)]


def columns(sends: Sequence[tuple[Waiting, Send]], settings: Publication, half_life: float) -> Candidates:
    """What the policy weighs of each, in their order. `half_life`: seconds, of measured demand."""
    fades = timedelta(seconds=half_life)
    return Candidates(
        wanted=_integers([send.value for _, send in sends]),
        told=_integers([_told(waiting.told, send) for waiting, send in sends]),
        live=_integers([waiting.seen for waiting, _ in sends]),
        since=np.array([send.since.timestamp() for _, send in sends], np.float64),
        demand=per_second([waiting.per_day for waiting, _ in sends]),
        pool=_integers([waiting.pool for waiting, _ in sends]),
        others=per_second([waiting.others_per_day for waiting, _ in sends]),
        order_units=np.array(
            [
                order_units(waiting.per_day, waiting.orders_per_day, settings.order_units, fades)
                for waiting, _ in sends
            ],
            np.float64,
        ),
        in_feed=np.array([send.overtakes is not None for _, send in sends], np.bool_),
    )


def _told(told: Told, send: Send) -> int | None:
    """What the channel may show. Once something may have overtaken what was told, nobody knows."""
    return None if told.flight is None and send.urgency == "again" else told.told


def _integers(values: Sequence[int | None]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array([UNKNOWN if value is None else value for value in values], np.int64)
