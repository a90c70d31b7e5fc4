"""Whether we have an order's picks processed now: where that is ours to ask for, and something is left to allocate.

Most orders are picked when the warehouse likes to. A retailer's order says by when it is to be allocated: its picks
are processed then, again after a change, and now and then as long as not all of it is allocated.
"""

from datetime import datetime
from typing import Final

from handlers.alerts import AlertKind
from handlers.life_cycle import Change, Standing
from handlers.order_requests import Status
from handlers.release_desk import Desk

UNPROCESSED: Final[tuple[Status, ...]] = ("draft", "pending")


def processing_due(desk: Desk, change: Change, standing: Standing) -> datetime | None:
    """When its picks are to be processed; None: not by us, or there is nothing left to allocate.

    A warehouse that is driven by commands allocates by itself: the contract has no command for it.
    """
    wanted, row = desk.wanted, desk.row
    if change != "new" or wanted is None or wanted.process_at is None or desk.rules.asks_machine:
        return None
    if standing not in ("pending", "part_allocated") or row.gave_up_version == desk.version:
        return None
    if row.processed_version != desk.version:
        return wanted.process_at
    pause = desk.rules.look_again if standing == "pending" else desk.rules.look_over
    return max(wanted.process_at, (row.acted_at or desk.now) + pause)


def note_unallocated(desk: Desk) -> None:
    """People hear that nothing is allocated of what was processed, until it is; a look that may be behind says
    nothing new."""
    processed = desk.row.processed_version == desk.version and desk.row.status in UNPROCESSED
    if processed and (desk.fresh or AlertKind.ORDER_ADRIFT.value in desk.row.alerts):
        desk.alarm(AlertKind.ORDER_ADRIFT, f"{desk.name} had its picks processed, and nothing of it is allocated")
