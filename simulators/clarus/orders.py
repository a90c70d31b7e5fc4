"""Goods outs of the simulated Clarus: created, changed, deleted, cancelled by REST as their status allows.

References may come twice: nothing here keeps them apart, as nothing documented does. Lists show an order and its
lines as they were some lag ago. What people do at their own screens is in `by_hand`.
"""

import copy
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

STATUSES: Final = {
    1: "DRAFT", 2: "PENDING", 3: "PICK", 4: "PART", 5: "ALLOCATED", 6: "COMPLETED", 7: "PART_ALLOCATED",
    8: "CANCELLED",
}  # fmt: skip
TYPES: Final = ("sales_order", "work_order", "crossdock")
REQUIRED: Final = ("goods_out_type", "account_id", "reference", "expected_date_of_dispatch")
NOT_STARTED: Final = ("DRAFT", "PENDING")
PROCESSED: Final = ("PENDING", "ALLOCATED", "PART_ALLOCATED")
CHANGEABLE: Final = (*NOT_STARTED, "ALLOCATED", "PART_ALLOCATED")
LINES_OF_ONE: Final = 100_000
"""Line ids count from its order's id times this: no two orders share one."""

Answer = tuple[int, dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class _Content:
    """What an order said from `since` on."""

    since: datetime
    attributes: dict[str, Any]
    address: dict[str, Any] | None
    lines: dict[int, dict[str, Any]]


@dataclass(slots=True)
class GoodsOut:
    id: int
    attributes: dict[str, Any]
    lines: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    past: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    """(since when, status); an empty status: deleted."""
    address: dict[str, Any] | None = None
    contents: list[_Content] = field(default_factory=list[_Content])
    progress: dict[int, dict[str, float]] = field(default_factory=dict[int, dict[str, float]])
    """Line -> allocated_quantity, pick_quantity, dispatch_quantity."""
    past_progress: list[tuple[datetime, dict[int, dict[str, float]]]] = field(
        default_factory=list[tuple[datetime, dict[int, dict[str, float]]]]
    )

    @property
    def status(self) -> str:
        return self.past[-1][1]

    def keep(self, now: datetime) -> None:
        """What it says from now on, for the replicas that lag."""
        self.contents.append(_Content(now, dict(self.attributes), self.address, copy.deepcopy(self.lines)))

    def was_named(self, references: Collection[str]) -> bool:
        """At any time."""
        return any(content.attributes["reference"] in references for content in self.contents)

    def keep_progress(self, now: datetime) -> None:
        self.past_progress.append((now, copy.deepcopy(self.progress)))

    def _progress_at(self, when: datetime) -> dict[int, dict[str, float]]:
        return next((progress for since, progress in reversed(self.past_progress) if since <= when), {})

    def node_at(self, when: datetime) -> dict[str, Any] | None:
        status = next((status for since, status in reversed(self.past) if since <= when), "")
        content = self._content_at(when)
        if not status or content is None:
            return None
        said = content.attributes
        return {
            "id": str(self.id),
            "reference": said["reference"],
            "priority": said.get("priority"),
            "expected_date_of_dispatch": said["expected_date_of_dispatch"],
            "external_system_reference1": said.get("external_system_reference1"),
            "goods_out_status": {"code": status, "name": status.capitalize()},
            "account": {"id": str(said["account_id"]), "code": None},
            "warehouse": {"id": _known(said.get("warehouse_id")), "code": None},
            "carrier": {"id": str(said.get("carrier_id")), "code": None},
        }

    def line_nodes_at(self, when: datetime, codes: Mapping[str, str]) -> list[dict[str, Any]]:
        """Its lines as a replica has them. `codes`: product id -> its code."""
        node, content = self.node_at(when), self._content_at(when)
        if node is None or content is None:
            return []
        header = {"id": str(self.id), "reference": node["reference"], "goods_out_status": node["goods_out_status"]}
        shared = {"goods_out": header, "account": node["account"], "warehouse": node["warehouse"]}
        done = self._progress_at(when)
        return [
            {**self._line(line_id, line, codes), **done.get(line_id, {}), **shared}
            for line_id, line in content.lines.items()
        ]

    def _line(self, line_id: int, line: Mapping[str, Any], codes: Mapping[str, str]) -> dict[str, Any]:
        product = str(line["product_id"])
        return {
            "id": str(line_id),
            "order_quantity": float(line["order_quantity"]),
            "alt_line_reference": line.get("alt_line_reference"),
            "external_system_reference1": line.get("external_system_reference1"),
            "short_status": None,
            "product": {"id": product, "code": codes.get(product)},
            "carrier": {"id": None, "code": None},
            **dict.fromkeys(("allocated_quantity", "pick_quantity", "dispatch_quantity"), 0.0),
        }

    def _content_at(self, when: datetime) -> _Content | None:
        return next((content for content in reversed(self.contents) if content.since <= when), None)

    def answer(self) -> Answer:
        return 200, {"data": {"id": self.id, "type": "goods_outs", "attributes": self.attributes}}


@dataclass(slots=True)
class GoodsOuts:
    """The REST calls. `new_id` gives ids; `now` is when it happens."""

    there: dict[int, GoodsOut]
    shorts: set[str] = field(default_factory=set[str])
    """References that are only part-allocated when their picks are processed."""

    def create(self, body: Any, new_id: int, now: datetime) -> Answer:
        attributes = _attributes(body)
        if attributes is None:
            return fault(422, "invalid_request", "data.type must be goods_outs, with attributes")
        missing = [name for name in REQUIRED if attributes.get(name) in (None, "")]
        if missing or attributes["goods_out_type"] not in TYPES or len(str(attributes["reference"])) > 50:
            return fault(422, "invalid_attributes", f"missing or invalid: {', '.join(missing) or 'goods_out_type'}")
        lines = attributes.pop("lines_changes", [])
        status = STATUSES.get(attributes.get("goods_out_status_id", 2), "PENDING")
        made = GoodsOut(new_id, dict(attributes), past=[(now, status)], address=_address(body))
        if (wrong := _changed(made, lines)) is not None:
            return wrong
        made.keep(now)
        self.there[new_id] = made
        return made.answer()

    def change(self, order_id: int, body: Any, now: datetime) -> Answer:
        order, attributes = self._order(order_id), _attributes(body)
        if order is None or attributes is None:
            return _unknown(order_id) if order is None else fault(422, "invalid_request", "no attributes")
        if order.status not in CHANGEABLE:
            return fault(422, "goods_out_in_progress", f"goods out {order_id} is {order.status}")
        before = copy.deepcopy(order.lines)
        if (wrong := _changed(order, attributes.pop("lines_changes", []))) is not None:
            order.lines = before
            return wrong
        order.attributes |= attributes
        order.address = _address(body) or order.address
        order.keep(now)
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
        for done in order.progress.values():
            done["allocated_quantity"] = 0.0
        order.keep_progress(now)
        return order.answer()

    def process_picks(self, body: Any, now: datetime) -> Answer:
        """Allocates what is pending or allocated in part, all of it or, for `shorts`, a part."""
        ids = body.get("ids") if isinstance(body, Mapping) else None
        if not ids:
            return fault(422, "empty_ids_provided", "No order IDs provided", 36)
        orders = [self._order(one) if isinstance(one, int) else None for one in ids]
        if any(order is None for order in orders):
            return fault(422, "invalid_ids_provided", "Some IDs do not exist", 37)
        started = [order for order in orders if order is not None and order.status not in PROCESSED]
        if started:
            return fault(422, "goods_out_already_allocated", f"{started[0].id} is processed already", 59)
        for order in orders:
            if order is not None:
                self._allocate(order, now)
        return 200, {"process_references": [f"process-{one}" for one in ids]}

    def _allocate(self, order: GoodsOut, now: datetime) -> None:
        short = order.attributes["reference"] in self.shorts
        order.past.append((now, "PART_ALLOCATED" if short else "ALLOCATED"))
        for line_id, line in order.lines.items():
            whole = float(line["order_quantity"])
            order.progress.setdefault(line_id, {})["allocated_quantity"] = whole // 2 if short else whole
        order.keep_progress(now)

    def by_hand(self, order_id: int, status: str, now: datetime) -> None:
        """Somebody moves it to a status, or deletes it (an empty one), at the warehouse's own screens."""
        order = self.there[order_id]
        order.past.append((now, status))
        moved = {"PICK": ("pick_quantity",), "COMPLETED": ("pick_quantity", "dispatch_quantity")}.get(status, ())
        for line_id, line in order.lines.items():
            done = order.progress.setdefault(line_id, {})
            done |= {name: float(line["order_quantity"]) for name in moved}
        order.keep_progress(now)

    def named(self, reference: str) -> list[GoodsOut]:
        """Those of this reference that were not deleted, oldest first."""
        return [one for one in self.there.values() if one.attributes["reference"] == reference and one.status]

    def twice(self) -> Collection[str]:
        """References that more than one living order has."""
        seen, twice = set[str](), set[str]()
        for one in self.there.values():
            if one.status and one.status != "CANCELLED":
                reference = str(one.attributes["reference"])
                (twice if reference in seen else seen).add(reference)
        return twice

    def _order(self, order_id: int) -> GoodsOut | None:
        order = self.there.get(order_id)
        return order if order is not None and order.status else None


def _known(value: object) -> str | None:
    return None if value is None else str(value)


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


def _address(body: Any) -> dict[str, Any] | None:
    found = body["data"].get("relationships") or {}
    return ((found.get("address") or {}).get("data") or {}).get("attributes")


def _changed(order: GoodsOut, changes: Sequence[Mapping[str, Any]]) -> Answer | None:
    """Apply the changes of lines; an answer when one of them cannot be."""
    for change in changes:
        attributes, line_id = dict(change.get("attributes") or {}), change.get("id")
        match change.get("type"):
            case "ADD":
                if not attributes.get("product_id") or _quantity(attributes) <= 0:
                    return fault(422, "invalid_line", "a line needs a product_id and an order_quantity above 0")
                order.lines[_next_line(order)] = attributes
            case "UPDATE" if line_id in order.lines:
                if "order_quantity" in attributes and _quantity(attributes) <= 0:
                    return fault(422, "invalid_line", "order_quantity must be above 0")
                order.lines[int(line_id)] |= attributes
            case "DESTROY" if line_id in order.lines:
                del order.lines[int(line_id)]
            case _:
                return fault(422, "invalid_line", "no such change, or no such line")
    return None


def _next_line(order: GoodsOut) -> int:
    return max(order.lines, default=order.id * LINES_OF_ONE) + 1


def _quantity(attributes: Mapping[str, Any]) -> Decimal:
    try:
        return Decimal(str(attributes.get("order_quantity", 0)))
    except InvalidOperation:
        return Decimal(0)
