"""What a payment's parts come to: partners differ in what their amounts include, and the total says which it is."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from msgspec.structs import replace

from schemas.remittance import Adjustment, Paid

Way = Callable[[Paid], Paid]


def as_told(item: Paid) -> Paid:
    """What is paid includes what was adjusted."""
    return item


def with_adjustments(item: Paid) -> Paid:
    """What is paid is still to be adjusted."""
    return replace(item, paid=item.paid + sum((one.amount for one in item.adjustments), Decimal(0)))


def credits_taken_off(item: Paid) -> Paid:
    """A credit note's amount is written without a sign."""
    return replace(item, paid=-item.paid) if item.what == "credit_note" and item.paid > 0 else item


def fitting(
    items: Iterable[Paid], adjustments: Iterable[Adjustment], total: Decimal, ways: Iterable[Way]
) -> tuple[Paid, ...] | Decimal:
    """The items in the first way in which all comes to the total; else what they come to in the first of them."""
    given, apart = list(items), sum((one.amount for one in adjustments), Decimal(0))
    sums = list[Decimal]()
    for way in ways:
        found = tuple(way(one) for one in given)
        sums.append(sum((one.paid for one in found), Decimal(0)) + apart)
        if sums[-1] == total:
            return found
    return sums[0]
