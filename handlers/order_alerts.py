"""What orders that wait raise: one alert for each thing that is to be put right, however many orders wait for it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from handlers.alerts import AlertKind
from handlers.notes import Detail, Note, RaiseAlert, ResolveAlert
from handlers.order_judgement import GONE, Judgement
from handlers.sales_orders import ReasonKind, StoredOrder
from schemas.terms import ChannelAccount

ALERTS: Final[Mapping[ReasonKind, AlertKind]] = {
    "sku_unmapped": AlertKind.ORDER_UNMAPPED,
    "sku_contradicts": AlertKind.ORDER_UNMAPPED,
    "service_unmapped": AlertKind.ORDER_UNMAPPED,
    "address_missing": AlertKind.ORDER_ADDRESS,
    "address_faulty": AlertKind.ORDER_ADDRESS,
    "contact_missing": AlertKind.ORDER_ADDRESS,
    "country_not_served": AlertKind.ORDER_ADDRESS,
    "status_unknown": AlertKind.ORDER_DOUBTFUL,
    "quantity_doubtful": AlertKind.ORDER_DOUBTFUL,
    "price_doubtful": AlertKind.ORDER_DOUBTFUL,
    "order_contradicts": AlertKind.ORDER_DOUBTFUL,
    "duplicate": AlertKind.ORDER_DOUBTFUL,
    "double_import": AlertKind.ORDER_DOUBTFUL,
    "cancel_asked": AlertKind.ORDER_DOUBTFUL,
    "part_despatched_elsewhere": AlertKind.ORDER_DOUBTFUL,
    "late": AlertKind.ORDER_DOUBTFUL,
    "too_many_lines": AlertKind.ORDER_DOUBTFUL,
}
KINDS: Final = tuple(dict.fromkeys(ALERTS.values()))


def waiting_alert(
    account: ChannelAccount,
    kind: ReasonKind,
    cause: str,
    text: str,
    fix: str,
    hints: tuple[str, ...],
    orders: int,
    earliest: datetime | None,
    some: tuple[str, ...],
) -> RaiseAlert:
    """What `orders` orders wait for; `some` are the ids of the first few."""
    who = f"order {some[0]} waits" if orders == 1 and some else f"{orders} orders wait"
    near = f" It looks like: {'; '.join(hints)}." if hints else ""
    told = f"{who}: {text}.{near} To put it right: {fix}"
    detail: Detail = {"orders": orders, "some": list(some), "fix": fix, "hints": list(hints)}
    return RaiseAlert(ALERTS[kind], cause, account, told, detail, earliest)


def _utc(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def late_notes(stored: StoredOrder, judgement: Judgement) -> list[Note]:
    """An order that goes although it is late; settled once the channel says that nothing more is to be sent."""
    order = stored.order
    cause = f"{order.channel_account}/{order.channel_order_id}"
    if judgement.cleared is not None and judgement.cleared.late and stored.cleared is None:
        text = f"order {order.channel_order_id} was released late: its ship-by time is {_utc(order.ship_by)}"
        return [RaiseAlert(AlertKind.ORDER_LATE, cause, order.channel_account, text, deadline=order.ship_by)]
    over = order.status in GONE
    was_late = stored.cleared is not None and stored.cleared.late
    return [ResolveAlert(AlertKind.ORDER_LATE, cause)] if over and was_late else []
