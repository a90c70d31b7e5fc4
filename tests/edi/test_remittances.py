"""820 and REMADV: a payment is read whole, comes to its total, or is refused with segment and reason."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edi.edifact.read import read as read_edifact
from edi.edifact.remittance import remittance as read_remadv
from edi.faults import Fault
from edi.x12.read import read
from edi.x12.remittance import remittance as read_820
from schemas.remittance import Remittance
from tests.edi.documents import PROFILE
from tests.edi.samples import edifact, x12

HEAD = "BPR*I*{total}*C*ACH*CTX***********20261120~TRN*1*PAY-7*1234567890~N1*PR*Example Retail~N1*PE*Oak Hill**ABCD5~"
BODY = (
    "ENT*1~ADX*-30*L7**COOP-9~RMR*IV*OH1**90*100*0~REF*PO*4Z32PABC~ADX*-10*06*IV*OH1~RMR*IV*OH2**49*50*1~"
    "RMR*CM*OH3**-9~"
)


def of_820(total: str, body: str = BODY, head: str = HEAD) -> Remittance | tuple[Fault, ...]:
    rows = head.format(total=total) + body
    [interchange] = read(x12(sets=f"ST*820*0001~{rows}SE*{rows.count('~') + 2}*0001~")).interchanges
    return read_820(interchange.transactions[0], PROFILE)


def whole(found: Remittance | tuple[Fault, ...]) -> Remittance:
    assert isinstance(found, Remittance), [str(fault) for fault in found]
    return found


def amounts(found: Remittance) -> list[tuple[str, str, Decimal]]:
    return [(one.what, one.number, one.paid) for one in found.items]


def test_each_invoice_is_read_with_what_is_paid_and_kept_back() -> None:
    found = whole(of_820("100"))
    assert (found.reference, found.payer, found.payee, found.currency) == (
        "PAY-7", "Example Retail", "Oak Hill", "GBP",
    )  # fmt: skip
    assert found.paid_on == datetime(2026, 11, 20, tzinfo=UTC) and found.method == "ACH"
    assert amounts(found) == [
        ("invoice", "OH1", Decimal(90)), ("invoice", "OH2", Decimal(49)), ("credit_note", "OH3", Decimal(-9)),
    ]  # fmt: skip
    first, second, _ = found.items
    assert first.order == "4Z32PABC" and first.billed == 100
    assert [(one.amount, one.code, one.reference) for one in first.adjustments] == [(Decimal(-10), "06", "OH1")]
    assert second.discount == 1
    assert [(one.amount, one.code, one.reference) for one in found.adjustments] == [(Decimal(-30), "L7", "COOP-9")]


def test_whether_an_invoices_amount_is_already_adjusted_the_total_says() -> None:
    assert whole(of_820("100")).items[0].paid == 90, "10 are off it already"
    assert whole(of_820("90")).items[0].paid == 80, "10 are still to be taken off"


def test_a_payment_that_is_taken_back_is_below_nothing() -> None:
    found = whole(of_820("9", "ENT*1~RMR*CM*OH3**-9~", HEAD.replace("*C*ACH", "*D*ACH")))
    assert found.total == -9 and found.items[0].paid == -9


@pytest.mark.parametrize(
    ("total", "body", "place", "reason"),
    [
        ("101", BODY, "BPR02", "comes to 100, not to 101"),
        ("100", "", "BPR02", "comes to 0, not to 100"),
        ("ten", BODY, "BPR02", "no number"),
        ("100", BODY.replace("**90*", "***"), "RMR04", "missing"),
        ("100", BODY.replace("ADX*-30*", "ADX*x*"), "ADX01", "no number"),
        ("100", BODY.replace("RMR*IV*OH1", "RMR*IV*"), "RMR02", "missing"),
    ],
)
def test_an_820_that_does_not_come_to_its_total_is_refused_by_segment_and_reason(
    total: str, body: str, place: str, reason: str
) -> None:
    found = of_820(total, body)
    assert isinstance(found, tuple)
    assert [(fault.place, reason in fault.reason) for fault in found] == [(place, True)]


def test_a_payment_without_a_name_is_refused_and_one_with_a_cheques_number_is_not() -> None:
    nameless = HEAD.replace("TRN*1*PAY-7*1234567890~", "")
    found = of_820("100", head=nameless)
    assert isinstance(found, tuple) and "nothing else names the payment" in found[0].reason
    assert whole(of_820("100", head=nameless + "REF*CK*2395888~")).reference == "2395888"


@settings(deadline=None)
@given(st.lists(st.integers(-10_000, 100_000), min_size=1, max_size=8), st.integers(-500, 500))
def test_what_is_read_always_comes_to_the_total(cents: list[int], off: int) -> None:
    parts = [Decimal(one) / 100 for one in cents]
    body = "ENT*1~" + "".join(f"RMR*IV*N{place}**{one}~" for place, one in enumerate(parts))
    total = sum(parts, Decimal(0)) + Decimal(off) / 100
    found = of_820(f"{total}", body)
    if off:
        assert isinstance(found, tuple)
    else:
        assert sum(one.paid for one in whole(found).items) == whole(found).total == total


REMADV = (
    "BGM+481+PAY-7+9'DTM+137:20261119:102'DTM+138:20261120:102'NAD+PR+5450534000000::9++Example Retail'"
    "NAD+PE+4012345000009::9'CUX+2:EUR:11'DOC+380+OH1'MOA+9:100'MOA+12:90'RFF+ON:4Z32PABC'AJT+06'MOA+165:10'"
    "FTX+AAA+++two short'DOC+381+OH3'MOA+12:9'UNS+S'MOA+12:{total}'"
)


def of_remadv(total: str, rows: str = REMADV) -> Remittance | tuple[Fault, ...]:
    body = rows.format(total=total)
    count = body.count("'") + 2
    message = f"UNH+1+REMADV:D:96A:UN:EAN003'{body}UNT+{count}+1'"
    [interchange] = read_edifact(edifact(messages=message)).interchanges
    return read_remadv(interchange.messages[0], PROFILE)


def test_a_remadv_is_read_as_its_820_is() -> None:
    found = whole(of_remadv("81"))
    assert (found.reference, found.payer, found.currency) == ("PAY-7", "Example Retail", "EUR")
    assert found.paid_on == datetime(2026, 11, 20, tzinfo=UTC)
    assert amounts(found) == [("invoice", "OH1", Decimal(90)), ("credit_note", "OH3", Decimal(-9))], (
        "a credit note without a sign is taken off, where the total says so"
    )
    [kept] = found.items[0].adjustments
    assert (kept.amount, kept.code, found.items[0].order) == (Decimal(-10), "06", "4Z32PABC")


@pytest.mark.parametrize(
    ("rows", "place", "reason"),
    [
        (REMADV, "MOA01.2", "comes to 99, not to 80"),
        (REMADV.replace("MOA+12:90'", ""), "DOC", "does not say what is remitted"),
        (REMADV.replace("MOA+165:10'", ""), "AJT", "does not say by how much"),
        (REMADV.replace("MOA+12:{total}'", ""), "UNH", "no total"),
    ],
)
def test_a_remadv_that_is_not_whole_is_refused_by_segment_and_reason(rows: str, place: str, reason: str) -> None:
    found = of_remadv("80", rows)
    assert isinstance(found, tuple)
    assert (place, True) in [(fault.place, reason in fault.reason) for fault in found]
