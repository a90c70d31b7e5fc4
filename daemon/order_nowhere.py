"""Orders that neither the books nor their channel know: a notice came early, or was false.

Each is asked for ever more seldom, and given up after a while: else a false notice would cost calls for ever.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from daemon.links import answer as answers
from daemon.log import fact
from daemon.settings import Orders
from daemon.store import orders_to_read
from daemon.store.database import Connection
from daemon.store.orders_to_read import ToRead
from schemas.terms import ChannelAccount, ChannelOrderId

log = logging.getLogger(__name__)


def nowhere(
    asked: Mapping[ChannelOrderId, ToRead], answered: "Mapping[ChannelOrderId, answers.Reading[bytes]]"
) -> list[ToRead]:
    """Those of the orders that nobody knows."""
    return [asked[name] for name, answer in answered.items() if not asked[name].known and _unknown(answer)]


def _unknown(answer: "answers.Reading[bytes]") -> bool:
    return isinstance(answer, answers.Refused) and answer.code == "order_not_found"


async def put_off(
    connection: Connection, account: ChannelAccount, orders: Sequence[ToRead], settings: Orders, begun: datetime
) -> int:
    """Until as long again as they have waited; returns how many were given up. `begun`: when they were asked for."""
    again, unknown_for = timedelta(seconds=settings.read_again), timedelta(seconds=settings.unknown_for)
    given_up = sorted(one.order_id for one in orders if begun - one.asked_at >= unknown_for)
    await orders_to_read.were_read(connection, account, given_up, begun)
    for order_id, asked_at, _ in sorted(orders):
        if order_id not in given_up:
            await orders_to_read.read_later(connection, account, order_id, begun + max(again, begun - asked_at))
    for order_id in given_up:
        why = fact("order_known_nowhere", account=account, order=order_id)
        log.warning("order given up: neither its channel nor the books know it", extra=why)
    return len(given_up)
