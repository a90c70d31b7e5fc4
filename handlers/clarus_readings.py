"""Readings of Clarus's stock balances: what is believed, and when.

Hears: balances, each with the time at which its read began; a replica may answer, behind by some lag.
Remembers: the books, and for some SKUs a first look that waits for a second.
Decides, where Clarus has the authority: a read that is not above the books is applied at once. One that would raise
is repeated once the lag is over, and the least of what was read since counts. Where the bus has it: two looks that
differ from books that stood still are a doubt. A balance that cannot be believed is never applied; one that is no
longer shown is a doubt, and zero only where the settings say so.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

import msgspec

from handlers.stock_state import StockState, Trouble, doubted
from schemas.clarus import BalanceNode
from schemas.envelope import Unreadable
from schemas.inventory import Quantities, StockMessage, whole
from schemas.terms import Account, CommandId, Sku, Warehouse

NOT_SHOWN: Final = "not_shown"
REFUSED: Final = "balance_refused"
DIFFERS: Final = "check_differs"
TAKEN_OVER: Final = "taken_over"

MOVING_ROUNDS: Final = 5
"""Looks at books that keep moving, after which a difference is a doubt all the same."""
FEW: Final = 10
MOST_ABSENT: Final = 0.05
"""More than FEW balances and this share of all gone at once is a right that was lost, not stock that was sold."""

Outcome = Literal["applied", "unchanged", "second_look", "refused", "not_shown", "differs", "agrees", "unknown"]


class Reading(msgspec.Struct, frozen=True):
    """One read. `number` was taken from our own counter, and `began` from our clock, before its request left."""

    number: int
    began: datetime
    lag: timedelta
    source: str

    @property
    def as_of(self) -> datetime:
        """What it shows is at least as new as this."""
        return self.began - self.lag


class Look(msgspec.Struct, frozen=True):
    """A read that waits for another. `number`: where the books' stream stood; `least`: the least balance since."""

    since: datetime
    least: Quantities
    number: int = 0
    rounds: int = 1


class Verdict(msgspec.Struct, frozen=True):
    """What comes of one balance: a level to apply, a look to keep (None: none is left), or a doubt's reason."""

    outcome: Outcome
    level: Quantities | None = None
    look: Look | None = None
    doubt: str = ""


def believable(node: BalanceNode, less: Iterable[str]) -> Quantities:
    """The balance in whole eaches; `less` are the columns still to be taken off `available`. Raises Unreadable."""
    columns = {name: getattr(node, name) for name in ("available", "allocated", "ordered", "received", "picked")}
    for name in ("available", *less):
        if columns[name] is None:
            raise Unreadable("missing_quantity", f"{name} is missing")
    counted = {name: _counted(name, value) for name, value in columns.items()}
    available = counted["available"] - sum(counted[name] for name in less)
    return Quantities(
        max(0, available), counted["allocated"], counted["ordered"], counted["received"], counted["picked"]
    )


def _counted(name: str, value: int | Decimal | None) -> int:
    try:
        quantity = whole(value)
    except Unreadable as refusal:
        raise Unreadable(refusal.reason, f"{name}: {refusal}") from None
    if quantity < 0:
        raise Unreadable("negative_quantity", f"{name} is {quantity}: a balance cannot be below 0")
    return quantity


def least_of(one: Quantities, other: Quantities) -> Quantities:
    return other if other.available < one.available else one


def judge_level(
    state: StockState, read: Quantities, look: Look | None, reading: Reading, *, must: bool = False
) -> Verdict:
    """Where Clarus has the authority. `must`: enter it even if nothing has changed, for its time is what counts."""
    if read.available <= state.balance.available:
        changed = read != state.balance or state.level_time is None or state.trouble is not None
        return Verdict("applied", read) if changed or must else Verdict("unchanged")
    if look is None:
        return Verdict("second_look", look=Look(reading.began, read, state.number))
    least = least_of(look.least, read)
    if reading.began < look.since + reading.lag:
        return Verdict("second_look", look=Look(look.since, least, look.number, look.rounds + 1))
    more = Look(reading.began, read, state.number) if read.available > least.available else None
    if least.available <= state.balance.available:
        return Verdict("second_look", look=more)
    return Verdict("applied", least, more)


def judge_check(state: StockState | None, read: Quantities, look: Look | None, reading: Reading) -> Verdict:
    """Where the bus has the authority: whether Clarus shows something else than the books."""
    if state is None or state.applied is None or state.trouble is not None:
        return Verdict("unknown")
    if read.available == state.balance.available:
        return Verdict("agrees")
    if look is None:
        return Verdict("second_look", look=Look(reading.began, read, state.number))
    if reading.began < look.since + reading.lag:
        return Verdict("second_look", look=look)
    if state.number != look.number and look.rounds < MOVING_ROUNDS:
        return Verdict("second_look", look=Look(reading.began, read, state.number, look.rounds + 1))
    return Verdict("differs", doubt=DIFFERS)


def judge_absent(state: StockState, *, means_zero: bool, must: bool = False) -> Verdict:
    """Asked for by name and not shown, although the books know it."""
    if state.balance.available == 0:
        return Verdict("applied", Quantities()) if must or state.trouble is not None else Verdict("unchanged")
    return Verdict("applied", Quantities()) if means_zero else Verdict("not_shown", doubt=NOT_SHOWN)


def too_many_absent(absent: int, known: int) -> bool:
    return absent > FEW and absent > known * MOST_ABSENT


def level_of(
    account: Account, warehouse: Warehouse, sku: Sku, state: StockState, level: Quantities, reading: Reading
) -> StockMessage:
    """The read as a level of the stock stream: true of a time that is the lag before it began.

    It answers a level request only when it began so late that it must show what was doubted.
    """
    return StockMessage(
        account=account,
        warehouse=warehouse,
        sku=sku,
        source=reading.source,
        event_id=f"read-{reading.number}",
        sequence=reading.number,
        epoch=state.epoch,
        time=reading.as_of,
        is_level=True,
        kind="level",
        quantities=level,
        command_id=_answered(state.trouble, reading),
    )


def _answered(trouble: Trouble | None, reading: Reading) -> CommandId | None:
    if trouble is None or trouble.asked_at is None or reading.as_of < trouble.asked_at:
        return None
    return trouble.command_id


def taken_over(state: StockState, source: str, at: datetime) -> StockState:
    """Another system counts this warehouse from now on, by numbers of its own; a level of its own ends the doubt."""
    fresh = msgspec.structs.replace(state, source=source, applied=None, held=(), trouble=Trouble(highest_seen=0))
    return doubted(fresh, TAKEN_OVER, at)


def read_again_at(
    marked_at: datetime, reading: Reading, verdicts: Iterable[Verdict], unsettled: timedelta
) -> datetime | None:
    """When a marked product is to be read next; None when its mark is settled.

    A mark is settled by a read begun so late that it must show what happened before the mark.
    """
    due = [marked_at + reading.lag] if reading.began < marked_at + reading.lag else []
    for verdict in verdicts:
        if verdict.outcome in ("refused", "not_shown"):
            due.append(reading.began + unsettled)
        if verdict.look is not None:
            due.append(verdict.look.since + reading.lag)
    return min(due, default=None)
