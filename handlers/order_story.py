"""An order's story as moments in order: the channel, the judging, the warehouse, the parcels, what was raised.

Pure: rows of the books in, sentences out. No row holds anything of the buyer.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from handlers.timeline import Moment, Row

HERE: Final = "here"

KINDS: Final = {
    "order_create": "the request to make the order", "order_amend": "the request to change the order",
    "order_cancel": "the request to take the order back",
    "order_process": "the request to process its picks", "confirm_despatch": "the confirmation",
    "buy_label": "the purchase of a label", "cancel_label": "giving the label back",
}  # fmt: skip
ENDS: Final = {
    "blocked": "waits for something that is missing", "held": "waits for a person", "waiting": "is to be sent",
    "sent": "left", "unknown": "nobody saw its end", "accepted": "was accepted", "live": "is settled",
    "refused": "was REFUSED", "withdrawn": "was withdrawn before it left", "dead": "was given up",
}  # fmt: skip


def of_order(order: Row) -> Iterator[Moment]:
    """When it was placed, heard of, changed, released and ended."""
    channel, lines = order["channel_account"], order["lines"]
    yield Moment(order["ordered_at"], channel, f"ordered, {lines} line{'s' * (lines != 1)}")
    yield Moment(order["first_seen"], HERE, "heard of for the first time")
    if order["version"] > 1:
        word = f" ({order['status_word']})" if order["status_word"] else ""
        yield Moment(order["changed_at"], channel, f"changed, version {order['version']}: {order['status']}{word}")
    for name, what in (("released_at", "released for the first time"), ("ended_at", "ended")):
        if order[name] is not None:
            yield Moment(order[name], HERE, what)


def of_requests(steps: Iterable[Row]) -> Iterator[Moment]:
    """Each step of each request to a partner."""
    for step in steps:
        why = f" ({step['note']})" if step["note"] else ""
        what = KINDS.get(step["kind"], step["kind"])
        yield Moment(step["at"], step["place"], f"{what}: {ENDS[step['state']]}{why}")


def of_warehouse(row: Row | None) -> Iterator[Moment]:
    """Where our own look saw it last."""
    if row is not None and row["status"] and row["read_at"] is not None:
        word = f" ({row['status_word']})" if row["status_word"] else ""
        name = f"goods out {row['goods_out_id']}: " if row["goods_out_id"] else ""
        yield Moment(row["read_at"], row["warehouse"], f"{name}looked at, {row['status']}{word}")


def of_goods_outs(rows: Iterable[Row]) -> Iterator[Moment]:
    for row in rows:
        held = ", HELD: see its alert" if row["held"] else ""
        yield Moment(row["changed_at"], row["tenant"], f"goods out {row['goods_out_id']} went to {row['code']}{held}")


def of_standings(rows: Iterable[Row]) -> Iterator[Moment]:
    for row in rows:
        told = f"told where it stands: {row['standing']}, revision {row['revision']}"
        yield Moment(row["at"], row["account"], told)


def of_parcels(parcels: Iterable[Row]) -> Iterator[Moment]:
    """Each parcel as it was told last."""
    for one in parcels:
        carrier = " ".join(part for part in (one["carrier"], one["service"]) if part) or "no carrier"
        number = one["tracking_number"] or "no tracking number"
        state = "WITHDRAWN" if one["withdrawn"] else one["state"]
        what = f"parcel {one['parcel_id']} {state}, revision {one['revision']}: {carrier}, {number}"
        yield Moment(one["despatched_at"], one["warehouse"], what)


def of_label(row: Row | None) -> Iterator[Moment]:
    if row is not None:
        why = f" ({row['why']})" if row["why"] else ""
        bought = f": {row['carrier']} {row['service']}, {row['tracking_number']}" if row["tracking_number"] else ""
        yield Moment(row["changed_at"], row["channel_account"], f"label {row['state']}{why}{bought}")


def of_decisions(rows: Iterable[Row]) -> Iterator[Moment]:
    for row in rows:
        yield Moment(
            row["raised_at"], row["owner"], f"asked ({row['kind']}, decision {row['id']}): {row['question']}"
        )
        if row["decided_at"] is not None:
            yield Moment(row["decided_at"], row["owner"], f"{row['decided_by']} decided: {row['decided']}")
