"""What was paid against what was invoiced: paid, paid short, too much, and never twice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from handlers.alerts import AlertKind
from handlers.notes import Announce, RaiseAlert, ResolveAlert
from handlers.remittances import Account, Payment, after, of_account, standing
from schemas.invoice import Invoice, Terms
from schemas.purchase_order import Party
from schemas.remittance import Adjustment, Paid, Remittance
from schemas.terms import ChannelAccount

VENDOR = ChannelAccount("acme-vendor")
ISSUED = datetime(2026, 11, 1, tzinfo=UTC)
SHORT = Adjustment(amount=Decimal(-10), code="06", reference="SC1")


def invoice(total: str = "100", number: str = "OH1", terms: Terms | None = None, credits: str = "") -> Invoice:
    return Invoice(
        kind="credit_note" if credits else "invoice", number=number, issued_at=ISSUED, vendor=Party(party_id="ACME1"),
        remit_to=Party(party_id="ACME1"), currency="GBP", total=Decimal(total), lines=(), terms=terms,
        credits=credits,
    )  # fmt: skip


def payment(paid: str, number: str = "OH1", day: int = 10, **more: object) -> Payment:
    item = Paid(number=number, paid=Decimal(paid), **more)  # type: ignore[arg-type]  # the fields of Paid
    return Payment(reference=f"PAY-{day}", paid_on=ISSUED + timedelta(days=day), currency="GBP", item=item)


def account(*payments: Payment, of: Invoice | None = None, credits: tuple[Invoice, ...] = ()) -> Account:
    return Account(channel_account=VENDOR, invoice=of or invoice(), credits=credits, payments=payments)


@pytest.mark.parametrize(
    ("given", "state", "lacks"),
    [
        (account(), "open", "100"),
        (account(payment("100")), "paid", "0"),
        (account(payment("60"), payment("40", day=20)), "paid", "0"),
        (account(payment("90", adjustments=(SHORT,))), "short_paid", "10"),
        (account(payment("90"), payment("15", day=20)), "over_paid", "-5"),
        (account(payment("100"), payment("-100", day=20)), "short_paid", "100"),
    ],
)
def test_an_invoice_stands_by_all_that_was_paid_for_it(given: Account, state: str, lacks: str) -> None:
    found = standing(given)
    assert (found.state, found.lacks) == (state, Decimal(lacks))


def test_a_credit_note_counts_once_whether_the_payer_names_it_or_takes_it_off() -> None:
    credit = (invoice("30", "OH2", credits="OH1"),)
    assert standing(account(payment("70"), credits=credit)).state == "paid"
    apart = (payment("100"), payment("-30", "OH2", what="credit_note"))
    assert standing(account(*apart, credits=credit)).state == "paid"
    assert standing(account(payment("100"), credits=credit)).lacks == -30


def test_a_discount_counts_as_paid_as_far_as_the_terms_allow_it_and_in_time() -> None:
    agreed = invoice(terms=Terms(net_days=60, discount=Decimal(2), discount_days=14))
    assert standing(account(payment("98", discount=Decimal(2)), of=agreed)).state == "paid"
    too_much = standing(account(payment("95", discount=Decimal(5)), of=agreed))
    assert (too_much.state, too_much.lacks) == ("short_paid", Decimal(3))
    late = standing(account(payment("98", day=15, discount=Decimal(2)), of=agreed))
    assert (late.state, late.lacks) == ("short_paid", Decimal(2)) and "a discount of 2" in late.reasons
    assert standing(account(payment("98", discount=Decimal(2)))).lacks == 2, "nobody agreed on a discount"


def test_a_short_payment_is_raised_with_the_payers_reason_and_closes_once_the_rest_is_there() -> None:
    raised, _ = of_account(account(payment("90", adjustments=(SHORT,))))
    assert isinstance(raised, RaiseAlert) and raised.kind is AlertKind.INVOICE_SHORT_PAID
    assert "short by 10 GBP of 100" in raised.text and "quantity contested (SC1)" in raised.text
    silent, _ = of_account(account(payment("90")))
    assert isinstance(silent, RaiseAlert) and "no reason is given" in silent.text
    healed = of_account(account(payment("90", adjustments=(SHORT,)), payment("10", day=20)))
    assert {type(one) for one in healed} == {ResolveAlert}


def remittance(*items: Paid, adjustments: tuple[Adjustment, ...] = ()) -> Remittance:
    total = sum((one.paid for one in items), Decimal(0)) + sum((one.amount for one in adjustments), Decimal(0))
    return Remittance(
        channel_account=VENDOR, transport="x12", reference="PAY-7", currency="GBP", total=total, items=items,
        adjustments=adjustments,
    )  # fmt: skip


def test_what_is_for_no_invoice_of_ours_and_what_is_kept_for_none_is_raised() -> None:
    stranger = Paid(number="OLD1", paid=Decimal(40))
    kept = Adjustment(amount=Decimal(-5), code="L7", reference="COOP-9")
    given = Adjustment(amount=Decimal(2), code="CS")
    notes = after(remittance(stranger, adjustments=(kept, given)), [], [stranger])
    told = {one.kind: one.text for one in notes if isinstance(one, RaiseAlert)}
    assert "40 for invoice OLD1" in told[AlertKind.REMITTANCE_UNMATCHED]
    kept_back = told[AlertKind.REMITTANCE_DEDUCTED]
    assert "keeps 5 GBP back" in kept_back and "COOP-9" in kept_back


def test_the_ledger_is_told_every_line_and_its_lines_come_to_the_total() -> None:
    given = remittance(
        Paid(number="OH1", paid=Decimal("89.5"), order="4Z32PABC", adjustments=(SHORT,)), adjustments=(SHORT,)
    )
    told = [one for one in after(given, [account(payment("89.5"))], []) if isinstance(one, Announce)]
    [journal] = told
    assert (journal.exchange, journal.routing_key, journal.type) == (
        "goodsout.finance", "journal.ready", "journal.ready.v1",
    )  # fmt: skip
    lines = journal.data["lines"]
    assert isinstance(lines, tuple)
    assert sum(Decimal(one["amount"]) for one in lines) == Decimal(str(journal.data["total"])) == Decimal("79.5")
    assert journal.message_id == after(given, [], [])[0].message_id, "the same id on every repeat"  # type: ignore[union-attr]
