"""Where an order stands, out of a goods out of Clarus: the contract's `order.*`.

Hears: what a read shows, and what we said last. Decides: a standing goes out when it says something new. What is more
than was said goes out at once; what is less, or an end (completed, cancelled: they set stock free), only from a
picture that two reads a lag apart have shown, since the first may come from a replica that is behind.
"""

from collections.abc import Sequence

import msgspec

from handlers.clarus_goods_outs import ENDED, NOT_STARTED, GoodsOut, Said, Word
from handlers.order_standing import Standing
from schemas.order import OrderLine, OrderStanding
from schemas.terms import Eaches

RANK: dict[Word, int] = {
    "draft": 0, "pending": 0, "part_allocated": 1, "allocated": 1, "picking": 2, "completed": 3, "cancelled": 3,
}  # fmt: skip
SAID_RANK: dict[str, int] = {"": 0, "part_allocated": 1, "allocated": 1, "picking": 2, "completed": 3, "cancelled": 3}


class Told(msgspec.Struct, frozen=True):
    """What is to be said; `standing` is the word in the routing key."""

    standing: Standing
    data: OrderStanding


def standing(said: Said, shown: GoodsOut) -> tuple[Standing, tuple[OrderLine, ...]] | None:
    """What a goods out says of its order; None where there is nothing to say yet."""
    word = shown.word
    lines = tuple(_line(shown, place) for place in range(len(shown.lines)))
    if word is None or (word in NOT_STARTED and not said.standing):
        return None
    if word == "draft" or word == "pending":
        return "part_allocated", lines
    return word, lines


def tell(said: Said, shown: GoodsOut, revision: int, *, proved: bool) -> tuple[Said, Told | None, bool]:
    """(what we have said then, what to say now, whether another read must come first).

    `revision`: the highest that was said of this order so far; a message takes the next.
    """
    stands = standing(said, shown)
    if stands is None or (stands[0] == said.standing and stands[1] == said.order_lines):
        return said, None, False
    if not proved and (shown.word in ENDED or _is_less(said, shown, stands[1])):
        return said, None, True
    word, lines = stands
    data = OrderStanding(shown.account, shown.reference, revision + 1, lines)
    after = msgspec.structs.replace(said, standing=word, order_lines=lines, order_revision=revision + 1)
    return after, Told(word, data), False


def cancelled(said: Said, revision: int) -> tuple[Said, Told]:
    """A goods out that is no longer there, as Clarus leaves it when what was not started is cancelled."""
    lines = tuple(
        msgspec.structs.replace(line, allocated=0, picked=0, despatched=0, cancelled=line.ordered)
        for line in said.order_lines
    )
    data = OrderStanding(said.account, said.reference, revision + 1, lines)
    after = msgspec.structs.replace(said, standing="cancelled", order_lines=lines, order_revision=revision + 1)
    return after, Told("cancelled", data)


def _line(shown: GoodsOut, place: int) -> OrderLine:
    line = shown.lines[place]
    left_out = max(0, line.ordered - line.despatched) if shown.ended else 0
    aside = line.despatched if shown.word in ENDED | NOT_STARTED else line.allocated
    return OrderLine(
        sku=line.sku,
        line_reference=line.line_reference or None,
        ordered=line.ordered,
        allocated=aside,
        picked=min(line.picked, aside) if shown.ended else line.picked,
        despatched=line.despatched,
        cancelled=left_out,
        warehouse=shown.warehouse,
    )


def _is_less(said: Said, shown: GoodsOut, lines: Sequence[OrderLine]) -> bool:
    """A state that was passed already, or fewer units: an older replica would show just that."""
    if shown.word is None or RANK[shown.word] < SAID_RANK.get(said.standing, 0):
        return True
    before, now = _units(said.order_lines), _units(lines)
    return any(now.get(key, 0) < units for key, units in before.items())


def _units(lines: Sequence[OrderLine]) -> dict[tuple[str, str, str], Eaches]:
    units: dict[tuple[str, str, str], Eaches] = {}
    for line in lines:
        for name in ("ordered", "allocated", "picked", "despatched", "cancelled"):
            key = (line.sku, line.line_reference or "", name)
            units[key] = units.get(key, 0) + int(getattr(line, name) or 0)
    return units


def speaker(shown: Sequence[GoodsOut]) -> GoodsOut:
    """Which of several goods outs of one name speaks for the order: the oldest not cancelled, or the newest."""
    alive = [one for one in shown if one.word != "cancelled"]
    by_age = sorted(alive or shown, key=lambda one: (len(one.id), one.id))
    return by_age[0] if alive else by_age[-1]
