"""Rows of Clarus's lists, whose fields are settings, read into one `GoodsOut`. What cannot be believed is said."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from handlers.clarus_goods_outs import Box, Content, GoodsOut, Line, Word
from schemas.clarus_goods_outs import Node, at
from schemas.inventory import MAX_NAME
from schemas.terms import Account, ChannelOrderId, LineReference, OrderReference, Sku, Warehouse

MOST: Final = 100_000_000
"""Eaches of a line that are believed."""


class ContentPaths(msgspec.Struct, frozen=True):
    """Where a row of the tenant's source of contents names the parcel, and where a package has that name."""

    parcel: str
    package: str
    sku: str
    quantity: str
    line: str = ""


class Paths(msgspec.Struct, frozen=True, kw_only=True):
    """Dotted paths into rows; of each kind, the first that holds a text counts."""

    order_id: tuple[str, ...] = ("external_system_reference1",)
    line_reference: tuple[str, ...] = ("alt_line_reference", "external_system_reference1")
    despatched_at: tuple[str, ...] = ("actual_date_of_dispatch",)
    tracking: tuple[str, ...] = ("tracking_number",)
    carrier: tuple[str, ...] = ("carrier.code",)
    service: tuple[str, ...] = ("carrier_service.code",)
    void: frozenset[str] = frozenset({"cancelled"})
    """Statuses of shipments that count for nothing, in small letters."""
    left: frozenset[str] = frozenset({"dispatched"})
    words: Mapping[str, Word] = {}
    """Status code, in capitals -> where it stands."""
    channels: Mapping[str, tuple[str, frozenset[str]]] = {}
    """Our name of a rule -> (path into the goods out, values that mean that channel)."""
    picked_leaves_allocated: bool = False
    """Whether Clarus's allocated_quantity falls as units are picked."""
    contents: ContentPaths | None = None


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to one goods out. `shipments` None: not asked for."""

    lines: Sequence[Node] = ()
    shipments: Sequence[Node] | None = None
    packages: Sequence[Node] = ()
    contents: Sequence[Node] = ()
    faults: tuple[str, ...] = ()


def text_at(node: Node, paths: Sequence[str]) -> str:
    """The first text or number that is a name; empty where there is none."""
    for path in paths:
        found = at(node, path)
        if isinstance(found, str | int) and not isinstance(found, bool):
            text = str(found).strip()
            if text and len(text) <= MAX_NAME and "\x00" not in text:
                return text
    return ""


def read_goods_out(node: Node, rows: Rows, account: Account, warehouse: Warehouse, paths: Paths) -> GoodsOut:
    """The goods out as these rows show it; what cannot be believed stands in `faults`."""
    faults = list(rows.faults)
    code = text_at(node, ("goods_out_status.code",))
    if paths.words.get(code.upper()) == "completed" and not rows.lines:
        faults.append("it is completed, and no line of it is shown")
    return GoodsOut(
        id=text_at(node, ("id",)),
        account=account,
        warehouse=warehouse,
        reference=OrderReference(text_at(node, ("reference",))),
        code=code,
        word=paths.words.get(code.upper()),
        channel_order_id=ChannelOrderId(text_at(node, paths.order_id)),
        channel=_channel(node, paths),
        despatched_at=_moment(text_at(node, paths.despatched_at)),
        lines=tuple(_line(line, paths, faults) for line in _sorted(rows.lines)),
        boxes=None if rows.shipments is None else _boxes(rows, paths, faults),
        faults=tuple(dict.fromkeys(faults)),
    )


def _sorted(nodes: Sequence[Node]) -> list[Node]:
    """By id, each once: a row that came on two pages is one row, and no order is promised."""
    by_id = {text_at(node, ("id",)): node for node in nodes}
    return [by_id[key] for key in sorted(by_id, key=lambda key: (len(key), key))]


def _channel(node: Node, paths: Paths) -> str:
    return next((name for name, (path, values) in paths.channels.items() if text_at(node, (path,)) in values), "")


def _line(node: Node, paths: Paths, faults: list[str]) -> Line:
    sku = text_at(node, ("product.code",))
    if not sku:
        faults.append(f"line {text_at(node, ('id',)) or '?'} names no product")
    read = {name: _eaches(node, field, sku, faults) for name, field in _QUANTITIES.items()}
    despatched = read["despatched"] or 0
    picked = max(read["picked"] or 0, despatched)
    more = picked if paths.picked_leaves_allocated else 0
    if read["ordered"] is None:
        faults.append(f"the line of {sku!r} says no quantity ordered")
    return Line(
        sku=Sku(sku),
        line_reference=LineReference(text_at(node, paths.line_reference)),
        ordered=read["ordered"] or 0,
        allocated=max((read["allocated"] or 0) + more, picked),
        picked=picked,
        despatched=despatched,
    )


_QUANTITIES: Final = {
    "ordered": "order_quantity", "allocated": "allocated_quantity", "picked": "pick_quantity",
    "despatched": "dispatch_quantity",
}  # fmt: skip


def _eaches(node: Node, field: str, sku: str, faults: list[str]) -> int | None:
    value = at(node, field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        faults.append(f"{field} of {sku!r} is no number")
        return 0
    if not 0 <= value <= MOST:  # before anything is made of it: a number may have a billion digits
        faults.append(f"{field} of {sku!r} is below 0 or above {MOST}")
        return 0
    if value != int(value):
        faults.append(f"{field} of {sku!r} is no whole number")
        return 0
    return int(value)


def _boxes(rows: Rows, paths: Paths, faults: list[str]) -> tuple[Box, ...]:
    """The packages of the shipments that count. A shipment that counts its packages must show as many."""
    boxes = list[Box]()
    for shipment in _sorted(rows.shipments or ()):
        status = text_at(shipment, ("status",)).lower()
        if status in paths.void:
            continue
        key = text_at(shipment, ("id",))
        packages = _sorted([node for node in rows.packages if text_at(node, ("shipment.id",)) == key])
        told = at(shipment, "packages_count")
        if isinstance(told, int) and told != len(packages):
            faults.append(f"shipment {key} counts {told} packages and {len(packages)} are shown")
        boxes += [_box(package, shipment, status in paths.left, rows, paths, faults) for package in packages]
    return tuple(boxes)


def _box(package: Node, shipment: Node, left: bool, rows: Rows, paths: Paths, faults: list[str]) -> Box:
    return Box(
        parcel_id=text_at(package, ("id",)),
        tracking_number=text_at(package, paths.tracking),
        carrier=text_at(shipment, paths.carrier),
        service=text_at(shipment, paths.service),
        left=left,
        contents=_contents(package, rows, paths.contents, paths.line_reference, faults),
    )


def _contents(
    package: Node, rows: Rows, paths: ContentPaths | None, of_lines: Sequence[str], faults: list[str]
) -> tuple[Content, ...] | None:
    """None where nobody says what is in it: no source, or no row of it names this package."""
    name = text_at(package, (paths.package,)) if paths else ""
    if paths is None or not name:
        return None
    references = {key_of(line): text_at(line, of_lines) for line in rows.lines}
    units: dict[tuple[str, str], int] = {}
    for node in _sorted(rows.contents):
        if text_at(node, (paths.parcel,)) == name:
            sku = text_at(node, (paths.sku,))
            line = text_at(node, (paths.line,)) if paths.line else ""
            key = (sku, references.get(line, line))
            units[key] = units.get(key, 0) + (_eaches(node, paths.quantity, sku, faults) or 0)
    found = [Content(Sku(sku), quantity, LineReference(line)) for (sku, line), quantity in sorted(units.items())]
    return tuple(one for one in found if one.quantity) or None


def _moment(text: str) -> datetime | None:
    """A day alone is no moment: it may lie before the order."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def owner_of(node: Node) -> tuple[str, str]:
    """(account code, warehouse id), as the settings name them."""
    return text_at(node, ("account.code",)), text_at(node, ("warehouse.id",))


def key_of(node: Any) -> str:
    return text_at(node, ("id",))
