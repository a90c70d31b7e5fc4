"""What is doubtful about an order in itself: contradictions, quantities, prices, twins, a buyer's wish to cancel.

Doubts can be overruled by a person, for the version that they saw.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Final

from handlers.order_terms import Known, Terms
from handlers.sales_orders import Reason, ReasonKind
from schemas.sales_order import SalesLine, SalesOrder

OVERRULABLE: Final[frozenset[ReasonKind]] = frozenset(
    {"quantity_doubtful", "price_doubtful", "cancel_asked", "late", "too_many_lines", "duplicate"}
)
"""What a person may accept; a mapping, an address or a contradiction has to be put right."""
NAMED: Final = 3
"""Lines that a reason names; it says how many more there are."""


def of_content(order: SalesOrder, terms: Terms, known: Known) -> list[Reason]:
    """Everything that is doubtful about the order in itself."""
    checks: tuple[tuple[ReasonKind, str, str], ...] = (
        ("order_contradicts", _contradiction(order), f"see what the channel says, then `{read_again(order)}`"),
        ("too_many_lines", _too_many(order, terms), ""),
        ("quantity_doubtful", _named(order, "more units than anybody orders", _too_much(terms)), ""),
        ("price_doubtful", _price_doubt(order, terms), ""),
        ("cancel_asked", _named(order, "the buyer asks to cancel", _asks), "cancel it in the channel, or accept"),
        ("duplicate", _twin(known), "remove one of the accounts, or accept"),
    )
    return [of_order(kind, order, text, fix) for kind, text, fix in checks if text]


def of_order(kind: ReasonKind, order: SalesOrder, text: str, fix: str) -> Reason:
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


def read_again(order: SalesOrder) -> str:
    """The command that has the channel asked once more."""
    return f"goodsout orders read {order.channel_account} {order.channel_order_id}"
