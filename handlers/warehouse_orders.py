"""What the warehouse is to have of an order, in base units, and the request that makes it so.

`Wanted` is what was cleared, with the address beside it. `Destination` is where it goes: the ids and strategies of
the settings. Nothing is made up: what has no id there is named in `Lacking`, and the order waits for it.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from schemas.clarus_order_lists import LineNode
from schemas.clarus_orders import (
    Address,
    Attributes,
    DeleteVerb,
    DispatchStrategy,
    GoodsOut,
    LineAttributes,
    LineChange,
    PackStrategy,
    PickType,
    goods_out,
    moment,
    new_order,
)
from schemas.sales_order import ShipTo
from schemas.terms import Account, ChannelOrderId, Eaches, LineReference, OrderReference, Sku

LINES_OF_ADDRESS: Final = ("address_1", "address_2", "address_5")
"""`address_3` is the town and `address_4` the county."""


class WantedLine(msgspec.Struct, frozen=True, kw_only=True):
    line_reference: LineReference
    sku: Sku
    quantity: Eaches


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the warehouse is to have. Holds buyer data: stored only sealed, and its repr says nothing of it."""

    reference: OrderReference
    channel_order_id: ChannelOrderId
    account: Account
    despatch_by: datetime
    carrier: str
    carrier_service: str
    lines: tuple[WantedLine, ...]
    ship_to: ShipTo | None = None
    process_at: datetime | None = None
    """From when on we have its picks processed; None: the warehouse starts picking by itself."""


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """Where a channel account's orders go, in the warehouse system's ids; None is left to its own defaults."""

    warehouse_id: int | None
    account_ids: Mapping[str, int]
    """Stock owner -> id."""
    carrier_ids: Mapping[str, int]
    """Carrier -> id."""
    service_ids: Mapping[str, int]
    """`CARRIER/SERVICE` -> id."""
    customer_id: int | None = None
    order_type_id: int | None = None
    priority: int | None = None
    dispatch_strategy: DispatchStrategy | None = None
    pack_strategy: PackStrategy | None = None
    pick_type: PickType | None = None
    delete_verb: DeleteVerb = "DESTROY"


class Lacking(msgspec.Struct, frozen=True):
    """Why it cannot be sent as it is. `cause` is the same for all orders that wait for the same."""

    cause: str
    text: str


def lacking(wanted: Wanted, to: Destination, products: Mapping[Sku, int]) -> Lacking | None:
    """The first thing that is missing before a request can be made of it."""
    if wanted.account not in to.account_ids:
        return Lacking(f"account_id:{wanted.account}", f"stock owner {wanted.account} has no id in account_ids")
    if wanted.carrier and wanted.carrier not in to.carrier_ids:
        return Lacking(f"carrier_id:{wanted.carrier}", f"carrier {wanted.carrier} has no id in carrier_ids")
    service = f"{wanted.carrier}/{wanted.carrier_service}"
    if wanted.carrier_service and service not in to.service_ids:
        return Lacking(f"service_id:{service}", f"service {service} has no id in service_ids")
    for line in wanted.lines:
        if line.sku not in products:
            return Lacking(f"product:{line.sku}", f"product {line.sku} is not in the warehouse's system")
    try:
        creation(wanted, to, products)
    except ValueError as fault:
        # The words of our own checks: they name fields and lengths, never what stands there.
        return Lacking(f"order:{wanted.reference}", f"order {wanted.reference} does not fit: {fault}")
    return None


def creation(wanted: Wanted, to: Destination, products: Mapping[Sku, int]) -> GoodsOut:
    """The request that creates it; `lacking` found nothing."""
    lines = tuple(LineChange(type="ADD", attributes=_attributes(line, products)) for line in wanted.lines)
    return new_order(_header(wanted, to, lines), address_of(wanted.ship_to))


def amendment(wanted: Wanted, there: Sequence[LineNode], to: Destination, products: Mapping[Sku, int]) -> GoodsOut:
    """The request that makes the order at the warehouse the wanted one. All but added lines is absolute."""
    changes = line_changes(wanted.lines, there, products, to.delete_verb)
    attributes = Attributes(
        expected_date_of_dispatch=moment(wanted.despatch_by),
        carrier_id=to.carrier_ids.get(wanted.carrier),
        carrier_service_id=to.service_ids.get(f"{wanted.carrier}/{wanted.carrier_service}"),
        lines_changes=changes,
    )
    return goods_out(attributes, address_of(wanted.ship_to))


def _header(wanted: Wanted, to: Destination, lines: tuple[LineChange, ...]) -> Attributes:
    return Attributes(
        goods_out_type="sales_order",
        account_id=to.account_ids[wanted.account],
        reference=wanted.reference,
        expected_date_of_dispatch=moment(wanted.despatch_by),
        warehouse_id=to.warehouse_id,
        customer_id=to.customer_id,
        carrier_id=to.carrier_ids.get(wanted.carrier),
        carrier_service_id=to.service_ids.get(f"{wanted.carrier}/{wanted.carrier_service}"),
        order_type_id=to.order_type_id,
        priority=to.priority,
        dispatch_strategy=to.dispatch_strategy,
        pack_strategy=to.pack_strategy,
        pick_type=to.pick_type,
        external_system_reference1=wanted.channel_order_id,
        lines_changes=lines,
    )


def _attributes(line: WantedLine, products: Mapping[Sku, int]) -> LineAttributes:
    return LineAttributes(
        product_id=products[line.sku],
        order_quantity=line.quantity,
        alt_line_reference=line.line_reference,
        external_system_reference1=line.line_reference,
    )


def line_changes(
    wanted: Sequence[WantedLine], there: Sequence[LineNode], products: Mapping[Sku, int], verb: DeleteVerb
) -> tuple[LineChange, ...]:
    """What makes these lines the wanted ones: those of one product are told apart by reference where it is shown."""
    all_of_them, free = _Untaken(there), _Untaken(there)

    def stands(line: WantedLine) -> bool:
        """It is there as it is wanted: no other line may take its place."""
        place = all_of_them.find(line, products)
        return place is not None and there[place].order_quantity == line.quantity

    changes = list[LineChange]()
    for line in sorted(wanted, key=lambda line: not stands(line)):
        place = free.find(line, products)
        if place is None:
            changes.append(LineChange(type="ADD", attributes=_attributes(line, products)))
            continue
        found = free.left.pop(place)
        if found.order_quantity != line.quantity or _reference(found) not in ("", line.line_reference):
            changes.append(LineChange(type="UPDATE", id=int(found.id), attributes=_update(line)))
    return (*changes, *(LineChange(type=verb, id=int(left.id)) for left in free.left.values()))


class _Untaken:
    """Lines at the warehouse that no wanted line has taken yet, by their places; an order may have ten thousand."""

    def __init__(self, there: Sequence[LineNode]) -> None:
        self.left = dict(enumerate(there))
        self._places = defaultdict[tuple[object, ...], deque[int]](deque)
        for place, line in self.left.items():
            for key in _keys(line.product.key, _reference(line), line.order_quantity):
                self._places[key].append(place)

    def find(self, line: WantedLine, products: Mapping[Sku, int]) -> int | None:
        """The line of the product, by its reference, else by its quantity, else any that names none."""
        product = str(products[line.sku])
        for key in (*_keys(product, line.line_reference, None), *_keys(product, "", line.quantity)):
            places = self._places.get(key)
            while places and places[0] not in self.left:
                places.popleft()
            if places:
                return places[0]
        return None


def _keys(product: str, reference: str, quantity: object) -> tuple[tuple[object, ...], ...]:
    return ((product, reference),) if reference else ((product, "", quantity), (product, "", "any"))


def _update(line: WantedLine) -> LineAttributes:
    return LineAttributes(
        order_quantity=line.quantity,
        alt_line_reference=line.line_reference,
        external_system_reference1=line.line_reference,
    )


def _reference(line: LineNode) -> str:
    return line.alt_line_reference or line.external_system_reference1 or ""


def agrees(wanted: Wanted, there: Sequence[LineNode], products: Mapping[Sku, int]) -> bool:
    """The warehouse has as much of each product as is wanted, in however many lines."""
    asked, has = Counter[str](), Counter[str]()
    for line in wanted.lines:
        asked[str(products.get(line.sku, line.sku))] += line.quantity
    for node in there:
        if node.order_quantity is None or int(node.order_quantity) != node.order_quantity:
            return False
        has[node.product.key] += int(node.order_quantity)
    return asked == has


def address_of(ship_to: ShipTo | None) -> Address | None:
    """The address in the warehouse system's fields. Raises ValueError where it has no room; nothing is cut."""
    if ship_to is None:
        return None
    company = [ship_to.company] if ship_to.company and ship_to.name else []
    lines = [line for line in (*company, *ship_to.lines, ship_to.district) if line.strip()]
    if len(lines) > len(LINES_OF_ADDRESS):
        raise ValueError(f"{len(lines)} lines of street, there is room for {len(LINES_OF_ADDRESS)}")
    fields = {
        "name": ship_to.name or ship_to.company, "address_3": ship_to.city, "address_4": ship_to.region,
        "postcode": ship_to.postcode, "country_code": ship_to.country, "email_address": ship_to.email,
        "phone_number": ship_to.phone, **dict(zip(LINES_OF_ADDRESS, lines, strict=False)),
    }  # fmt: skip
    return Address(**{name: text for name, text in fields.items() if text})
