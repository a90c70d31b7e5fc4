"""What people hear of changes of purchase orders: one without its order, one that does not fit, one too late."""

from collections.abc import Sequence

from handlers.alerts import AlertKind
from handlers.change_dates import LineRefused
from handlers.changed_orders import TooLate
from handlers.notes import RaiseAlert, ResolveAlert
from handlers.purchase_orders import Key
from schemas.purchase_order_change import PurchaseOrderChange


def named(change: PurchaseOrderChange) -> str:
    """As people speak of it."""
    numbers = (change.reference, "" if change.sequence is None else f"number {change.sequence}")
    more = ", ".join(one for one in numbers if one)
    return f"{change.document} of order {change.number}" + (f" ({more})" if more else "")


def waits(key: Key, change: PurchaseOrderChange) -> RaiseAlert:
    subject = "/".join(key)
    text = f"{named(change)} of {change.channel_account} came, and its order has not; it is put upon it once it comes"
    return RaiseAlert(AlertKind.PO_CHANGE_WAITS, subject, subject, text)


def has_come(key: Key) -> ResolveAlert:
    return ResolveAlert(AlertKind.PO_CHANGE_WAITS, "/".join(key))


def refused(key: Key, change: PurchaseOrderChange, why: str) -> RaiseAlert:
    subject = "/".join(key)
    text = f"{named(change)} of {change.channel_account} is not taken: {why}"
    return RaiseAlert(AlertKind.PO_CHANGE_REFUSED, subject, subject, text)


def lines_refused(key: Key, change: PurchaseOrderChange, lines: Sequence[LineRefused]) -> RaiseAlert:
    """The rest of it is taken."""
    subject, told = "/".join(key), "; ".join(str(one) for one in lines[:10])
    text = f"{named(change)} of {change.channel_account} is taken but for {len(lines)} of its lines: {told}"
    detail: dict[str, str | int | list[str] | None] = {"lines": [str(one) for one in lines[:1000]]}
    return RaiseAlert(AlertKind.PO_CHANGE_REFUSED, subject, subject, text, detail)


def fits(key: Key) -> ResolveAlert:
    return ResolveAlert(AlertKind.PO_CHANGE_REFUSED, "/".join(key))


def too_late(key: Key, change: PurchaseOrderChange, lines: Sequence[TooLate]) -> RaiseAlert:
    subject = "/".join(key)
    told = "; ".join(str(one) for one in lines[:10])
    text = f"{named(change)} of {change.channel_account} comes too late: {told}. What has left stays ordered"
    detail: dict[str, str | int | list[str] | None] = {"lines": [str(one) for one in lines[:1000]]}
    return RaiseAlert(AlertKind.PO_CHANGE_LATE, subject, subject, text, detail)


def in_time(key: Key) -> ResolveAlert:
    return ResolveAlert(AlertKind.PO_CHANGE_LATE, "/".join(key))


def gap(key: Key, numbers: Sequence[int]) -> RaiseAlert:
    """The retailer counts its changes, and some of them have not come."""
    subject = "/".join(key)
    lacking = ", ".join(str(one) for one in numbers[:10])
    text = (
        f"change {lacking} of purchase order {subject} has not come, and later ones have; they are taken as they are"
    )
    return RaiseAlert(AlertKind.PO_CHANGE_MISSING, subject, subject, text)


def no_gap(key: Key) -> ResolveAlert:
    return ResolveAlert(AlertKind.PO_CHANGE_MISSING, "/".join(key))
