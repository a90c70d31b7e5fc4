"""A selling account's orders, written and judged in one step where nothing stands in their way.

Most orders wait for nothing: they are judged with what the channel told of them, and written once. All others are
written as due, and the clearing judges them (daemon/order_clearing.py): it alone sees what they wait for, and is
told when a mapping changes meanwhile.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from daemon.store import orders_to_read, orders_told
from daemon.store.database import Connection
from daemon.store.order_judging import known_for
from daemon.store.orders_told import Hearing, Told
from daemon.store.sales_orders import Verdict
from handlers.notes import Note
from handlers.order_alerts import late_notes
from handlers.order_judgement import Judgement, can_be_judged_at_once, is_settled_at_once, judge
from handlers.order_terms import Terms
from handlers.sales_orders import State, StoredOrder, Word
from schemas.terms import ChannelAccount, ChannelOrderId


class TakenIn(msgspec.Struct, frozen=True):
    """What each answer was, by its order; what is to be told; and what became of the orders judged at once.

    `wanted`: orders that are to be read for their address from now on.
    """

    words: Mapping[ChannelOrderId, Word]
    notes: Sequence[Note] = ()
    states: Sequence[State] = ()
    wanted: Sequence[ChannelOrderId] = ()


async def take_and_judge(
    connection: Connection, account: ChannelAccount, told: Sequence[Told], terms: Terms, at: datetime
) -> TakenIn:
    """In one transaction. An order of which nothing but its address is lacking is asked for."""
    hearing = await orders_told.hear_each(connection, account, told, at)
    judged = await _judged(connection, account, hearing, terms, at)
    verdicts = {stored.order.channel_order_id: verdict_of(stored, judgement, None) for stored, judgement in judged}
    await orders_told.save(connection, hearing, verdicts, at)
    wanted = [stored.order.channel_order_id for stored, judgement in judged if judgement.wants_address]
    await orders_to_read.ask_for(connection, account, wanted, at)
    notes = [note for pair in judged for note in late_notes(*pair)]
    return TakenIn(hearing.words, notes, [judgement.state for _, judgement in judged], wanted)


async def _judged(
    connection: Connection, account: ChannelAccount, hearing: Hearing, terms: Terms, at: datetime
) -> list[tuple[StoredOrder, Judgement]]:
    orders = [heard.after for _, heard in hearing.moved if can_be_judged_at_once(heard.after)]
    if not orders:
        return []
    known = await known_for(connection, account, orders)
    judged = [(one, judge(one, terms, known[one.order.channel_order_id], at)) for one in orders]
    return [(one, judgement) for one, judgement in judged if is_settled_at_once(judgement)]


def verdict_of(stored: StoredOrder, judgement: Judgement, check_at: datetime | None) -> Verdict:
    """What is written of a judgement. `check_at`: when to judge it again."""
    return Verdict(
        channel_account=stored.order.channel_account,
        channel_order_id=stored.order.channel_order_id,
        version=stored.version,
        state=judgement.state,
        blocked_by=judgement.reasons,
        cleared=judgement.cleared,
        check_at=check_at,
    )
