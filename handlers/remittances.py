"""What retailers pay, held against what was invoiced: paid, paid short, and what is kept back, with the reasons.

An invoice and the credit notes against it are one account: what is owed is the invoice less what was credited, and
whether a payer takes a credit note off the invoice or names it apart, it comes to the same. A discount for early
payment counts as paid as far as the terms allow it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.alerts import AlertKind
from handlers.money import minor_unit
from handlers.notes import Announce, Note, RaiseAlert, ResolveAlert
from schemas.invoice import Invoice
from schemas.outgoing import JOURNAL_READY, JournalData, JournalLine
from schemas.remittance import Adjustment, Paid, Remittance
from schemas.terms import ChannelAccount

FINANCE: Final = "goodsout.finance"
State: TypeAlias = Literal["open", "paid", "short_paid", "over_paid"]
REASONS: Final[Mapping[str, str]] = {
    "01": "pricing error", "04": "item not accepted", "05": "item not accepted", "06": "quantity contested",
    "11": "items returned", "59": "item not received", "72": "authorised return", "81": "credit as agreed",
    "90": "early payment allowance", "L7": "miscellaneous", "CS": "adjustment",
}  # fmt: skip
"""X12 ADX02; any other is told by its code."""
ZERO: Final = Decimal(0)
MOST: Final = 10


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """What one remittance says of one document of ours."""

    reference: str
    paid_on: datetime | None
    currency: str
    item: Paid


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice, its credit notes, and all that was paid for them, the oldest first."""

    channel_account: ChannelAccount
    invoice: Invoice
    credits: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """`owed`: less what was credited. `discount`: of early payment, as far as it was agreed. `lacks`: below 0 where
    more was paid than was owed."""

    state: State
    owed: Decimal
    paid: Decimal
    discount: Decimal
    reasons: tuple[str, ...] = ()

    @property
    def lacks(self) -> Decimal:
        return self.owed - self.paid - self.discount


def standing(account: Account) -> Standing:
    """Where the invoice stands after all payments."""
    invoice = account.invoice
    owed = invoice.total - sum((one.total for one in account.credits), ZERO)
    paid = sum((one.item.paid for one in account.payments), ZERO)
    discount = _discount(account, owed)
    found = Standing(state="open", owed=owed, paid=paid, discount=discount, reasons=_reasons(account))
    if not account.payments:
        return found
    state: State = "paid" if found.lacks == 0 else "short_paid" if found.lacks > 0 else "over_paid"
    return msgspec.structs.replace(found, state=state)


def _discount(account: Account, owed: Decimal) -> Decimal:
    """What was taken off for early payment, and may be."""
    terms = account.invoice.terms
    if terms is None or not terms.discount:
        return ZERO
    until = account.invoice.issued_at + timedelta(days=terms.discount_days + 1)
    taken = sum((abs(one.item.discount) for one in account.payments if not one.paid_on or one.paid_on < until), ZERO)
    most = (owed * terms.discount / 100).quantize(minor_unit(account.invoice.currency), ROUND_HALF_UP)
    return min(taken, most)


def _reasons(account: Account) -> tuple[str, ...]:
    """Why less was paid, in the payer's words."""
    found = list[str]()
    for one in account.payments:
        found += [shown(each) for each in one.item.adjustments if each.amount < 0]
        if one.item.discount:
            found.append(f"a discount of {one.item.discount}")
        if one.item.billed is not None and abs(one.item.billed) < abs(account.invoice.total):
            found.append(f"it is booked there with {one.item.billed}")
    return tuple(found)


def shown(one: Adjustment) -> str:
    """As people read it."""
    why = REASONS.get(one.code, f"reason {one.code}" if one.code else "no reason")
    more = " ".join(part for part in (one.reference, one.text) if part)
    return f"{one.amount}: {why}" + (f" ({more})" if more else "")


def digest_of(remittance: Remittance) -> str:
    return hashlib.sha256(msgspec.json.encode(remittance, order="deterministic")).hexdigest()


# What people hear, and the finance side.


def after(remittance: Remittance, accounts: Sequence[Account], unmatched: Iterable[Paid]) -> list[Note]:
    """What a remittance leaves. `accounts`: of every invoice that it names, with this payment among theirs."""
    notes: list[Note] = [journal(remittance, accounts)]
    for account in accounts:
        notes += of_account(account)
    if strange := [*unmatched]:
        notes.append(_unmatched(remittance, strange))
    if kept := [one for one in remittance.adjustments if one.amount < 0]:
        notes.append(_deducted(remittance, kept))
    return notes


def of_account(account: Account) -> list[Note]:
    """Of one invoice: raised while it is paid short, or too much was paid."""
    cause = f"{account.channel_account}/{account.invoice.number}"
    found, number = standing(account), account.invoice.number
    short, over = AlertKind.INVOICE_SHORT_PAID, AlertKind.INVOICE_OVER_PAID
    currency = account.invoice.currency
    if found.state == "short_paid":
        why = "; ".join(found.reasons[:MOST]) or "no reason is given"
        text = f"invoice {number} is paid short by {found.lacks} {currency} of {found.owed}: {why}"
        detail: dict[str, str | int | list[str] | None] = {
            "lacks": str(found.lacks), "owed": str(found.owed), "currency": currency, "reasons": list(found.reasons),
        }  # fmt: skip
        return [RaiseAlert(short, cause, number, text, detail), ResolveAlert(over, cause)]
    if found.state == "over_paid":
        text = f"{-found.lacks} {currency} more was paid for invoice {number} than the {found.owed} that it asks for"
        return [RaiseAlert(over, cause, number, text), ResolveAlert(short, cause)]
    return [ResolveAlert(short, cause), ResolveAlert(over, cause)]


def _unmatched(remittance: Remittance, items: Sequence[Paid]) -> RaiseAlert:
    told = "; ".join(f"{one.paid} for {one.what} {one.number}" for one in items[:MOST])
    more = f"; and {len(items) - MOST} more" if len(items) > MOST else ""
    text = f"remittance {remittance.reference} pays for what was never invoiced here: {told}{more}"
    cause = f"{remittance.channel_account}/{remittance.reference}"
    return RaiseAlert(AlertKind.REMITTANCE_UNMATCHED, cause, remittance.reference, text)


def _deducted(remittance: Remittance, kept: Sequence[Adjustment]) -> RaiseAlert:
    total = sum((one.amount for one in kept), ZERO)
    told = "; ".join(shown(one) for one in kept[:MOST])
    more = f"; and {len(kept) - MOST} more" if len(kept) > MOST else ""
    what = f"{-total} {remittance.currency} back, for no invoice"
    text = f"remittance {remittance.reference} keeps {what}: {told}{more}"
    cause = f"{remittance.channel_account}/{remittance.reference}"
    return RaiseAlert(AlertKind.REMITTANCE_DEDUCTED, cause, remittance.reference, text)


def contradicts(remittance: Remittance) -> RaiseAlert:
    cause = f"{remittance.channel_account}/{remittance.reference}"
    text = f"remittance {remittance.reference} came before and said otherwise; nothing of the second is taken"
    return RaiseAlert(AlertKind.REMITTANCE_UNMATCHED, cause, remittance.reference, text)


def journal(remittance: Remittance, accounts: Sequence[Account]) -> Announce:
    """The payment for whoever keeps the ledger; the same id on every repeat."""
    orders = {one.invoice.number: one.invoice.lines[0].purchase_order for one in accounts if one.invoice.lines}
    name = hashlib.sha256(f"{remittance.channel_account}/{remittance.reference}".encode()).hexdigest()[:32]
    data = JournalData(
        journal_id=f"remittance-{name}",
        kind="remittance",
        channel_account=remittance.channel_account,
        reference=remittance.reference,
        payer=remittance.payer,
        currency=remittance.currency,
        total=remittance.total,
        booked_on=remittance.paid_on,
        lines=tuple(
            JournalLine(
                kind=one.what, document=one.number, purchase_order=one.order or str(orders.get(one.number, "")),
                amount=one.paid, discount=one.discount, reasons=tuple(shown(each) for each in one.adjustments),
            )
            for one in remittance.items
        ) + tuple(
            JournalLine(kind="adjustment", document=one.reference, amount=one.amount, reasons=(shown(one),))
            for one in remittance.adjustments
        ),
    )  # fmt: skip
    return Announce(FINANCE, "journal.ready", JOURNAL_READY, data.journal_id, msgspec.to_builtins(data))
