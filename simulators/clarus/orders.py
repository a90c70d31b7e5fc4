"""Goods outs of the simulated Clarus: created, changed, deleted, cancelled by REST as their status allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

STATUSES: Final = {
    1: "DRAFT", 2: "PENDING", 3: "PICK", 4: "PART", 5: "ALLOCATED", 6: "COMPLETED", 7: "PART_ALLOCATED",
    8: "CANCELLED",
}  # fmt: skip
IDS: Final = {code: number for number, code in STATUSES.items()}
TYPES: Final = ("sales_order", "work_order", "crossdock")
REQUIRED: Final = ("goods_out_type", "account_id", "reference", "expected_date_of_dispatch")
NOT_STARTED: Final = ("DRAFT", "PENDING")

Answer = tuple[int, dict[str, Any] | None]


@dataclass(slots=True)
class GoodsOut:
    id: int
    attributes: dict[str, Any]
    lines: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    past: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    """(since when, status); an empty status: deleted."""

    @property
    def status(self) -> str:
        return self.past[-1][1]

    def node_at(self, when: datetime) -> dict[str, Any] | None:
        status = next((status for since, status in reversed(self.past) if since <= when), "")
        if not status:
            return None
        return {
            "id": str(self.id),
            "reference": self.attributes["reference"],
            "priority": self.attributes.get("priority"),
            "expected_date_of_dispatch": self.attributes["expected_date_of_dispatch"],
            "goods_out_status": {"code": status, "name": status.capitalize()},
            "account": {"id": str(self.attributes["account_id"]), "code": None},
            "warehouse": {"id": str(self.attributes.get("warehouse_id")), "code": None},
        }

    def answer(self) -> Answer:
        return 200, {"data": {"id": self.id, "type": "goods_outs", "attributes": self.attributes}}


@dataclass(slots=True)
class GoodsOuts:
    """The four calls. `new_id` gives ids; `now` is when it happens."""

    there: dict[int, GoodsOut]

    def create(self, body: Any, new_id: int, now: datetime) -> Answer:
        attributes = _attributes(body)
        if attributes is None:
            return fault(422, "invalid_request", "data.type must be goods_outs, with attributes")
        missing = [name for name in REQUIRED if attributes.get(name) in (None, "")]
        if missing or attributes["goods_out_type"] not in TYPES or len(str(attributes["reference"])) > 50:
            return fault(422, "invalid_attributes", f"missing or invalid: {', '.join(missing) or 'goods_out_type'}")
        lines = attributes.pop("lines_changes", [])
        made = GoodsOut(new_id, dict(attributes), past=[(now, "PENDING")])
        if (wrong := _changed(made, lines)) is not None:
            return wrong
        self.there[new_id] = made
        return made.answer()

    def change(self, order_id: int, body: Any) -> Answer:
        order, attributes = self._order(order_id), _attributes(body)
        if order is None or attributes is None:
            return _unknown(order_id) if order is None else fault(422, "invalid_request", "no attributes")
        if order.status not in (*NOT_STARTED, "ALLOCATED", "PART_ALLOCATED"):
            return fault(422, "goods_out_in_progress", f"goods out {order_id} is {order.status}")
        if (wrong := _changed(order, attributes.pop("lines_changes", []))) is not None:
            return wrong
        order.attributes |= attributes
        return order.answer()

    def delete(self, order_id: int, now: datetime) -> Answer:
        order = self._order(order_id)
        if order is None:
            return _unknown(order_id)
        if order.status not in NOT_STARTED:
            return fault(422, "goods_out_in_progress", f"goods out {order_id} is {order.status}: cancel it")
        order.past.append((now, ""))
        return 204, None

    def cancel(self, order_id: int, now: datetime) -> Answer:
        """A draft or pending order is deleted, a completed one refused, any other cancelled."""
        order = self._order(order_id)
        if order is None:
            return _unknown(order_id)
        if order.status in ("COMPLETED", "CANCELLED"):
            return fault(422, "goods_out_not_cancellable", f"goods out {order_id} is {order.status}")
        order.past.append((now, "" if order.status in NOT_STARTED else "CANCELLED"))
        return order.answer()

    def _order(self, order_id: int) -> GoodsOut | None:
        order = self.there.get(order_id)
        return order if order is not None and order.status else None


def fault(status: int, symbol: str, details: str, code: int = 1) -> Answer:
    error = {"code": code, "symbol": symbol, "details": details, "source": None, "context": None}
    return status, {"errors": [error]}


def _unknown(order_id: int) -> Answer:
    return fault(404, "not_found", f"no goods out {order_id}")


def _attributes(body: Any) -> dict[str, Any] | None:
    data = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(data, Mapping) or data.get("type") != "goods_outs":
        return None
    attributes = data.get("attributes")
    return dict(attributes) if isinstance(attributes, Mapping) else None


def _changed(order: GoodsOut, changes: Sequence[Mapping[str, Any]]) -> Answer | None:
    """Apply the changes of lines; an answer when one of them cannot be."""
    for change in changes:
        attributes = dict(change.get("attributes") or {})
        match change.get("type"):
            case "ADD":
                if not attributes.get("product_id") or float(attributes.get("order_quantity", 0)) <= 0:
                    return fault(422, "invalid_line", "a line needs a product_id and an order_quantity above 0")
                order.lines[len(order.lines) + 1] = attributes
            case "UPDATE" if change.get("id") in order.lines:
                order.lines[int(change["id"])] |= attributes
            case "DESTROY" if change.get("id") in order.lines:
                del order.lines[int(change["id"])]
            case _:
                return fault(422, "invalid_line", "no such change, or no such line")
    return None
