"""Whether an order may go to the warehouse, and if not, everything that stands in its way.

Unmapped blocks and nothing is guessed; doubts can be overruled by a person, for the version that they saw. The
address is asked for last, when nothing else stands in the way: buyer data is not read before it is needed.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from handlers.addresses import address_faults, prepared
from handlers.connectors import named
from handlers.cross_reference import (
    Target,
    Unmapped,
    cleared_lines,
    hints_for,
    target_of,
)
from handlers.despatch_calendar import is_reachable
from handlers.order_doubts import OVERRULABLE, of_content, of_order, read_again
from handlers.order_terms import Known, Terms
from handlers.sales_orders import Cleared, Reason, ReasonKind, State, StoredOrder
from handlers.shipping_services import ServiceRow, near_services, service_for
from schemas.sales_order import SalesOrder, ShipTo
from schemas.terms import Account, LineReference

MOST_UNMAPPED: Final = 50
"""Products that an order is held for at a time; once these are mapped the next ones are named."""
GONE: Final = frozenset({"cancelled", "unfulfillable", "despatched", "refunded"})
"""Nothing of it is to leave any more, as the channel says."""
KEPT_BACK: Final = frozenset({"pending", "held"})
"""The channel is not done with it, or has put it on hold: it says itself when the order may go on."""


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


def can_be_judged_at_once(stored: StoredOrder) -> bool:
    """With an answer in hand: nothing is known of it that the answer lacks, and nobody hears that it waited."""
    whole = stored.order.ship_to is not None or stored.ship_to_of is None
    return whole and not stored.blocked_by and stored.order.status not in GONE


def is_settled_at_once(judgement: Judgement) -> bool:
    """Nothing stands in its way: what does is weighed by who watches for what it waits for."""
    return not judgement.reasons and judgement.state != "ended"


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
        *of_content(order, terms, known),
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
        found.append(of_order("part_despatched_elsewhere", order, text, fix))
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
        found["owners"] = of_order("sku_contradicts", order, text, fix)
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


def _is_late(order: SalesOrder, terms: Terms, now: datetime) -> bool:
    return order.ship_by is not None and not is_reachable(terms.calendars, now, order.ship_by)


def _of_time(order: SalesOrder, terms: Terms, now: datetime) -> list[Reason]:
    if not terms.hold_late or not _is_late(order, terms, now):
        return []
    text = f"no warehouse can have it on its way by {_utc(order.ship_by)}"
    return [of_order("late", order, text, "agree another date with the buyer, or accept")]


def _address_reasons(order: SalesOrder, terms: Terms, cleared: Cleared | None) -> list[Reason]:
    """What is wrong with the address, once it was read."""
    fix = f"have it put right in the channel, then `{read_again(order)}`"
    if order.ship_to is None or order.ship_to == ShipTo() or cleared is None:
        text = "the channel tells no address; its role for buyers' addresses may be missing"
        return [of_order("address_missing", order, text, fix)]
    courier = terms.couriers.get(cleared.carrier)
    faults = address_faults(prepared(order.ship_to, terms.contact), terms.contact, courier, terms.regions_checked)
    by_kind = dict[ReasonKind, list[str]]()
    for fault in faults:
        by_kind.setdefault(fault.kind, []).append(fault.text)
    return [of_order(kind, order, "; ".join(found), _fix_of(kind, order, fix)) for kind, found in by_kind.items()]


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
