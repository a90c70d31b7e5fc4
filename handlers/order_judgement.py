"""Whether an order may go to the warehouse, and if not, everything that stands in its way.

Unmapped blocks and nothing is guessed; doubts can be overruled by a person, for the version that they saw. The
address is asked for last, when nothing else stands in the way: buyer data is not read before it is needed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

import msgspec

from handlers.addresses import Contact, Courier, address_faults, prepared
from handlers.connectors import Connector, named
from handlers.cross_reference import (
    CodeName,
    ListingName,
    Target,
    Unmapped,
    cleared_lines,
    hints_for,
    target_of,
)
from handlers.despatch_calendar import Calendar, is_reachable
from handlers.sales_orders import Cleared, Reason, ReasonKind, State, StoredOrder
from handlers.sellable_stock import Listing
from handlers.shipping_services import ServiceRow, near_services, service_for
from schemas.sales_order import SalesLine, SalesOrder, ShipTo
from schemas.terms import Account, ChannelAccount, LineReference

OVERRULABLE: Final[frozenset[ReasonKind]] = frozenset(
    {"quantity_doubtful", "price_doubtful", "cancel_asked", "late", "too_many_lines", "duplicate"}
)
"""What a person may accept; a mapping, an address or a contradiction has to be put right."""
NAMED: Final = 3
"""Lines that a reason names; it says how many more there are."""
MOST_UNMAPPED: Final = 50
"""Products that an order is held for at a time; once these are mapped the next ones are named."""
GONE: Final = frozenset({"cancelled", "unfulfillable", "despatched", "refunded"})
"""Nothing of it is to leave any more, as the channel says."""
KEPT_BACK: Final = frozenset({"pending", "held"})
"""The channel is not done with it, or has put it on hold: it says itself when the order may go on."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say about one selling account's orders."""

    account: ChannelAccount
    release: Literal["none", "clarus", "bus"] = "none"
    connector_active: bool = False
    looks_at_connectors: bool = False
    """The warehouse's own system is asked who else imports the account's orders."""
    hold_late: bool = False
    most_units: int = 1_000
    most_lines: int = 10_000
    most_value: Decimal | None = None
    contact: Contact = Contact()
    calendars: tuple[Calendar, ...] = ()
    couriers: Mapping[str, Courier] = {}
    regions_checked: frozenset[str] = frozenset()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What of the books an order is judged by."""

    listings: Mapping[ListingName, Listing] = {}
    codes: Mapping[CodeName, Target] = {}
    near: Sequence[ListingName] = ()
    """Listings of the account whose names look like those that are not mapped."""
    services: Sequence[ServiceRow] = ()
    twins: Sequence[str] = ()
    """Other accounts that have an order of this id."""
    importers: Sequence[Connector] = ()
    """Connectors of the warehouse's own system that may import the account's orders too."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """`wants_address`: nothing else stands in the way, and the address is still to be read."""

    state: State
    reasons: tuple[Reason, ...] = ()
    cleared: Cleared | None = None
    wants_address: bool = False


def judge(stored: StoredOrder, terms: Terms, known: Known, now: datetime) -> Judgement:
    """What becomes of the order as it is now. What the warehouse has stays released, whatever is found."""
    order = stored.order
    if stored.state == "ended":
        return Judgement(state="ended")
    if order.status in GONE:
        return Judgement(state="released" if stored.released_version else "ended")
    if order.status in KEPT_BACK:
        return Judgement(state=_kept(stored, "pending"))
    reasons, cleared = _plain_reasons(stored, terms, known, now)
    if not reasons and _address_is_old(stored):
        return Judgement(state=_kept(stored, "ready" if stored.state == "ready" else "pending"), wants_address=True)
    if not reasons:
        reasons = _address_reasons(order, terms, cleared)
    if reasons or cleared is None:
        return Judgement(state=_kept(stored, "blocked"), reasons=tuple(reasons))
    return Judgement(state=_kept(stored, "ready"), cleared=cleared)


def _kept(stored: StoredOrder, state: State) -> State:
    return "released" if stored.released_version or stored.state == "released" else state


def _address_is_old(stored: StoredOrder) -> bool:
    """Never read, or the channel says that the order has changed since."""
    return stored.ship_to_of is None or stored.ship_to_of < stored.order.updated_at


def _plain_reasons(
    stored: StoredOrder, terms: Terms, known: Known, now: datetime
) -> tuple[list[Reason], Cleared | None]:
    order = stored.order
    targets = {
        line.line_reference: target_of(line, order.marketplace, known.listings, known.codes) for line in order.lines
    }
    found = [
        *_imported_twice(terms, known),
        *_of_status(stored, terms),
        *_of_mapping(order, targets, known),
        *_of_content(order, terms, known),
        *_of_time(order, terms, now),
    ]
    country = order.ship_to.country.upper() if order.ship_to else ""
    service = service_for(known.services, order.channel_account, order.service, order.programmes, country)
    if service is None and _cannot_be_mapped(order, known, country):
        found.append(_no_service(order, known))
    overruled = {one.kind for one in stored.accepted if one.version == stored.version}
    reasons = [reason for reason in found if not (reason.kind in overruled and reason.kind in OVERRULABLE)]
    if reasons:
        return reasons, None
    return [], _cleared(order, targets, service, terms, now)


def _cannot_be_mapped(order: SalesOrder, known: Known, country: str) -> bool:
    """No row fits; where the country is not known yet, not for any country that has a row of its own."""
    if country:
        return True
    countries = {row.country for row in known.services}
    return all(
        service_for(known.services, order.channel_account, order.service, order.programmes, place) is None
        for place in countries | {""}
    )


def _cleared(
    order: SalesOrder,
    targets: Mapping[LineReference, Target | Unmapped],
    service: ServiceRow | None,
    terms: Terms,
    now: datetime,
) -> Cleared:
    """The order in the warehouse's terms. Without a service, for as long as its country is not known."""
    lines = [
        cleared
        for line in order.lines
        if isinstance(target := targets[line.line_reference], Target)
        for cleared in cleared_lines(line, target)
    ]
    return Cleared(
        account=lines[0].account if lines else Account(""),
        carrier=service.carrier if service else "",
        carrier_service=service.carrier_service if service else "",
        lines=tuple(lines),
        late=_is_late(order, terms, now),
    )


def _imported_twice(terms: Terms, known: Known) -> list[Reason]:
    account = terms.account
    who, fix = "", ""
    if terms.looks_at_connectors and known.importers:
        who = f"{named(known.importers)} of the warehouse's system"
        fix = "switch it off there, or name its id in other_connectors of [clarus.*] if it is for another account"
    if terms.connector_active:
        who = "the warehouse's own connector"
        fix = f"switch the connector off, then set sellers.{account}.connector_active = false"
    text = f"{who} imports this account's orders too: each would be made twice"
    return [Reason(kind="double_import", cause=f"{account}/double_import", text=text, fix=fix)] if who else []


def _of_status(stored: StoredOrder, terms: Terms) -> list[Reason]:
    order, account = stored.order, terms.account
    found = list[Reason]()
    if order.status == "unknown":
        word = order.status_word or "nothing"
        text = f"the channel says {word!r} of its status, a word that nobody here knows"
        fix = "see in the channel what it means, and report it; the order goes on once its status is a known one"
        found.append(Reason(kind="status_unknown", cause=f"{account}/status/{word}", text=text, fix=fix))
    if order.status == "part_despatched" and not stored.released_version:
        text = "the channel shows parts of it as despatched, but it was never released from here"
        fix = "finish it by hand where it was begun; it ends here once the channel says that it is despatched"
        found.append(_of_order("part_despatched_elsewhere", order, text, fix))
    return found


def _of_mapping(order: SalesOrder, targets: Mapping[LineReference, Target | Unmapped], known: Known) -> list[Reason]:
    found = dict[str, Reason]()
    unmapped = {
        (line.seller_sku, line.asin or line.line_reference): target
        for line in order.lines
        if isinstance(target := targets[line.line_reference], Unmapped) and line.ordered > line.cancelled
    }
    for target in list(unmapped.values())[:MOST_UNMAPPED]:
        reason = _unmapped(order, target, known)
        found.setdefault(reason.cause, reason)
    owners = {target.account for target in targets.values() if isinstance(target, Target)}
    if len(owners) > 1:
        text = f"its lines belong to several stock owners: {', '.join(sorted(owners))}"
        fix = "correct the listings' column `account`: `goodsout listings import FILE`"
        found["owners"] = _of_order("sku_contradicts", order, text, fix)
    return list(found.values())


def _unmapped(order: SalesOrder, target: Unmapped, known: Known) -> Reason:
    line, account = target.line, order.channel_account
    name = line.seller_sku or (f"ASIN {line.asin}" if line.asin else f"line {line.line_reference}")
    where = f"{account}/sku/{order.marketplace}/{name}"
    if target.contradicts:
        text = f"{name!r} in {order.marketplace}: {target.contradicts} lead to different SKUs"
        fix = "correct one of them: `goodsout listings import FILE`, `goodsout codes import FILE`"
        return Reason(kind="sku_contradicts", cause=where, text=text, fix=fix)
    text = f"nothing says which SKU of the warehouse {name!r} in {order.marketplace} is"
    fix = f"add the row {account},{order.marketplace},{line.seller_sku},... : `goodsout listings import FILE`"
    if not line.seller_sku:
        fix = f"add the row {account},asin,{line.asin},... : `goodsout codes import FILE`"
    hints = hints_for(order, line, known.near) if line.seller_sku else ()
    return Reason(kind="sku_unmapped", cause=where, text=text, fix=fix, hints=hints)


def _no_service(order: SalesOrder, known: Known) -> Reason:
    account, word = order.channel_account, order.service
    marks = f" of {', '.join(sorted(order.programmes))} orders" if order.programmes else ""
    text = f"nothing says which carrier and service {word!r}{marks} is in the warehouse"
    fix = f"add the row {account},{word},*,*,CARRIER,SERVICE : `goodsout services import FILE`"
    near = tuple(f"{name!r} is mapped" for name in near_services(known.services, account, word))
    cause = f"{account}/service/{word}/{'+'.join(sorted(order.programmes))}"
    return Reason(kind="service_unmapped", cause=cause, text=text, fix=fix, hints=near)


def _of_content(order: SalesOrder, terms: Terms, known: Known) -> list[Reason]:
    checks: tuple[tuple[ReasonKind, str, str], ...] = (
        ("order_contradicts", _contradiction(order), f"see what the channel says, then `{_read_again(order)}`"),
        ("too_many_lines", _too_many(order, terms), ""),
        ("quantity_doubtful", _named(order, "more units than anybody orders", _too_much(terms)), ""),
        ("price_doubtful", _price_doubt(order, terms), ""),
        ("cancel_asked", _named(order, "the buyer asks to cancel", _asks), "cancel it in the channel, or accept"),
        ("duplicate", _twin(known), "remove one of the accounts, or accept"),
    )
    return [_of_order(kind, order, text, fix) for kind, text, fix in checks if text]


def _of_order(kind: ReasonKind, order: SalesOrder, text: str, fix: str) -> Reason:
    """A reason that concerns this order alone. What a person may overrule says how."""
    account, name = order.channel_account, order.channel_order_id
    accept = f'`goodsout orders accept {account} {name} {kind} --note "..."`' if kind in OVERRULABLE else ""
    told = ": ".join(part for part in (fix, accept) if part)
    return Reason(kind=kind, cause=f"{account}/order/{name}/{kind}", text=text, fix=told)


def _contradiction(order: SalesOrder) -> str:
    if order.updated_at < order.ordered_at - timedelta(minutes=5):
        return "it changed before it was placed"
    if order.ship_by and order.deliver_by and order.deliver_by < order.ship_by:
        return "it must be delivered before it must be despatched"
    if all(line.cancelled >= line.ordered for line in order.lines):
        return "every line is cancelled or empty, but the order is not"
    return _named(order, "more is cancelled and sent than was ordered", _is_overdone)


def _is_overdone(line: SalesLine) -> bool:
    return line.cancelled + line.fulfilled > line.ordered


def _asks(line: SalesLine) -> bool:
    return line.cancel_asked and line.cancelled < line.ordered


def _too_many(order: SalesOrder, terms: Terms) -> str:
    many = len(order.lines)
    return f"it has {many} lines, {terms.most_lines} are usual at most" if many > terms.most_lines else ""


def _too_much(terms: Terms) -> Callable[[SalesLine], bool]:
    return lambda line: line.ordered - line.cancelled > terms.most_units


def _price_doubt(order: SalesOrder, terms: Terms) -> str:
    currencies = {line.currency for line in order.lines if line.unit_price is not None}
    if len(currencies) > 1:
        return f"it has prices in several currencies: {', '.join(sorted(currencies))}"
    if negative := _named(order, "a price is below nothing", lambda line: (line.unit_price or 0) < 0):
        return negative
    free = "replacement" not in order.programmes and _named(
        order, "it costs nothing, and replaces no other order", lambda line: line.unit_price == 0
    )
    return free or _too_dear(order, terms)


def _too_dear(order: SalesOrder, terms: Terms) -> str:
    value = sum(
        ((line.unit_price or Decimal(0)) * (line.ordered - line.cancelled) for line in order.lines), Decimal(0)
    )
    if terms.most_value is None or value <= terms.most_value:
        return ""
    return f"it is worth {value}, {terms.most_value} is usual at most"


def _twin(known: Known) -> str:
    return f"{', '.join(known.twins)} has an order of this id too" if known.twins else ""


def _named(order: SalesOrder, text: str, holds: Callable[[SalesLine], bool]) -> str:
    """The text with the lines for which it holds; empty where there are none."""
    lines = [line.line_reference for line in order.lines if holds(line)]
    more = f" and {len(lines) - NAMED} more" if len(lines) > NAMED else ""
    return f"{text} (line {', '.join(lines[:NAMED])}{more})" if lines else ""


def _is_late(order: SalesOrder, terms: Terms, now: datetime) -> bool:
    return order.ship_by is not None and not is_reachable(terms.calendars, now, order.ship_by)


def _of_time(order: SalesOrder, terms: Terms, now: datetime) -> list[Reason]:
    if not terms.hold_late or not _is_late(order, terms, now):
        return []
    text = f"no warehouse can have it on its way by {_utc(order.ship_by)}"
    return [_of_order("late", order, text, "agree another date with the buyer, or accept")]


def _address_reasons(order: SalesOrder, terms: Terms, cleared: Cleared | None) -> list[Reason]:
    """What is wrong with the address, once it was read."""
    fix = f"have it put right in the channel, then `{_read_again(order)}`"
    if order.ship_to is None or order.ship_to == ShipTo() or cleared is None:
        text = "the channel tells no address; its role for buyers' addresses may be missing"
        return [_of_order("address_missing", order, text, fix)]
    courier = terms.couriers.get(cleared.carrier)
    faults = address_faults(prepared(order.ship_to, terms.contact), terms.contact, courier, terms.regions_checked)
    by_kind = dict[ReasonKind, list[str]]()
    for fault in faults:
        by_kind.setdefault(fault.kind, []).append(fault.text)
    return [_of_order(kind, order, "; ".join(found), _fix_of(kind, order, fix)) for kind, found in by_kind.items()]


def _read_again(order: SalesOrder) -> str:
    return f"goodsout orders read {order.channel_account} {order.channel_order_id}"


def _fix_of(kind: ReasonKind, order: SalesOrder, otherwise: str) -> str:
    if kind == "contact_missing":
        return f"set sellers.{order.channel_account}.phone_fallback and email_fallback"
    if kind == "country_not_served":
        return "map the service to a courier that goes there: `goodsout services import FILE`"
    return otherwise


def _utc(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def causes(reasons: Iterable[Reason]) -> set[str]:
    return {reason.cause for reason in reasons}
