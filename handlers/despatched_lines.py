"""From eaches in a parcel to channel units of an order's lines. Nothing is guessed: what does not fit is said."""

from collections.abc import Mapping, Sequence

import msgspec

from handlers.alerts import AlertKind
from handlers.channel_orders import ChannelOrder
from handlers.effects import ConfirmDespatch, ContentLine
from handlers.kit_lines import NotWhole, kits_told, together
from handlers.mappings import ListingRow, Mappings
from schemas.amazon_orders import DespatchedLine
from schemas.terms import Eaches, LineReference, Marketplace, SellerSku, Sku


class NeedsOrder(msgspec.Struct, frozen=True):
    """The channel's order has to be read before this can be told."""


class Blocked(msgspec.Struct, frozen=True):
    """Held until `waits_for` is put right; the alert says by whom."""

    kind: AlertKind
    waits_for: str
    cause: str
    text: str


class Misfit(Exception):
    """Why a line cannot be told as it is: raised and caught within the preparation of one parcel."""

    def __init__(self, why: NeedsOrder | Blocked) -> None:
        super().__init__(getattr(why, "text", "the order has to be read"))
        self.why = why


class Matching(msgspec.Struct, frozen=True):
    """What lines are matched against. Without `order`, what only the order can tell raises NeedsOrder."""

    effect: ConfirmDespatch
    subject: str
    marketplace: Marketplace
    mappings: Mappings
    order: ChannelOrder | None

    def incomplete(self, text: str) -> Misfit:
        return Misfit(Blocked(AlertKind.DESPATCH_INCOMPLETE, f"revision:{self.subject}", self.subject, text))

    def no_such_line(self, text: str) -> Misfit:
        """A cached order may be old: then it is read anew before anybody is bothered."""
        if self.order is None or not self.order.fresh:
            return Misfit(NeedsOrder())
        return Misfit(Blocked(AlertKind.ORDER_UNKNOWN, f"order:{self.subject}", self.subject, text))

    def listings_of(self, sku: Sku) -> tuple[ListingRow, ...]:
        effect = self.effect
        return self.mappings.listings_of(effect.channel_account, self.marketplace, effect.account, sku)

    def kit_of(self, skus: Sequence[Sku]) -> bool:
        """Whether some kit has all of these as components."""
        return any(all(row.has_component(sku) for sku in skus) for row in self.listings_of(skus[0]))

    def unlisted(self, line: ContentLine) -> Misfit:
        cause = f"listing:{self.effect.channel_account}/{line.sku}"
        where = f"{self.effect.channel_account} in {self.marketplace}"
        text = f"SKU {line.sku} of {self.effect.account} is in no listing of {where}; its despatches are held"
        return Misfit(Blocked(AlertKind.LISTING_UNMAPPED, cause, cause, text))


def channel_lines(matching: Matching) -> tuple[DespatchedLine, ...]:
    """The parcel's lines as the channel counts them: none where all of it is told with another parcel.

    Raises Misfit with the first that does not fit.
    """
    told: dict[LineReference, int] = {}
    kits: dict[LineReference, tuple[ListingRow, dict[Sku, Eaches]]] = {}
    for line in _added_up(matching):
        reference, row = _match(line, matching)
        if row.has_component(line.sku):
            kits.setdefault(reference, (row, {}))[1][line.sku] = line.quantity
        else:
            told[reference] = told.get(reference, 0) + _packs(line, row.pack_size, matching)
    for reference, (kit, here) in kits.items():
        told[reference] = told.get(reference, 0) + _kits(reference, kit, here, matching)
    lines = tuple(DespatchedLine(reference, units) for reference, units in sorted(told.items()) if units)
    _check_room(lines, matching)
    return lines


def _added_up(matching: Matching) -> list[ContentLine]:
    """Lots of one line together. One line reference is one SKU, or the components of one kit."""
    total: dict[tuple[LineReference, str], ContentLine] = {}
    skus: dict[LineReference, list[Sku]] = {}
    for line in matching.effect.content.lines:
        key = (line.line_reference, line.sku)
        if line.line_reference and key not in total:
            skus.setdefault(line.line_reference, []).append(line.sku)
        before = total[key].quantity if key in total else 0
        total[key] = msgspec.structs.replace(line, quantity=before + line.quantity)
    for reference, named in skus.items():
        if len(named) > 1 and not matching.kit_of(named):
            raise matching.incomplete(f"line {reference} holds several SKUs, and no kit has them: {', '.join(named)}")
    return list(total.values())


def _match(line: ContentLine, matching: Matching) -> tuple[LineReference, ListingRow]:
    """The line of the order, and the listing that was sold by it."""
    rows = matching.listings_of(line.sku)
    if not rows:
        raise matching.unlisted(line)
    sizes, plain = {row.pack_size for row in rows}, not any(row.has_component(line.sku) for row in rows)
    if line.line_reference and len(sizes) == 1 and plain and matching.order is None:
        return line.line_reference, rows[0]
    if matching.order is None:
        raise Misfit(NeedsOrder())
    return _match_in_order(line, {row.seller_sku: row for row in rows}, matching, matching.order)


def _match_in_order(
    line: ContentLine, listings: Mapping[SellerSku, ListingRow], matching: Matching, order: ChannelOrder
) -> tuple[LineReference, ListingRow]:
    fitting = [
        found
        for found in order.lines
        if found.seller_sku in listings and line.line_reference in ("", found.line_reference)
    ]
    if len(fitting) != 1:
        named = f"line {line.line_reference}, SKU {line.sku}" if line.line_reference else f"SKU {line.sku}"
        what = "no line" if not fitting else f"{len(fitting)} lines"
        raise matching.no_such_line(f"order {order.order_id} has {what} for {named}")
    [found] = fitting
    return found.line_reference, listings[found.seller_sku]


def _kits(reference: LineReference, kit: ListingRow, here: Mapping[Sku, Eaches], matching: Matching) -> int:
    beside = [
        [(line.sku, line.quantity) for line in lines if line.line_reference == reference]
        for lines in matching.effect.beside
    ]
    try:
        return kits_told(kit, here, [together(lines) for lines in beside])
    except NotWhole as why:
        raise matching.incomplete(str(why)) from None


def _packs(line: ContentLine, pack_size: int, matching: Matching) -> int:
    units, left = divmod(line.quantity, pack_size)
    if left:
        raise matching.incomplete(f"{line.quantity} eaches of {line.sku} are no whole number of packs of {pack_size}")
    return units


def _check_room(lines: tuple[DespatchedLine, ...], matching: Matching) -> None:
    order = matching.order
    for line in lines if order is not None else ():
        assert order is not None
        found = order.line(line.line_reference)
        room = order.room_for(found, matching.effect.package_reference) if found else 0
        if line.quantity > room:
            raise matching.no_such_line(
                f"{line.quantity} of line {line.line_reference} left, and order {order.order_id} is open for {room}"
            )
