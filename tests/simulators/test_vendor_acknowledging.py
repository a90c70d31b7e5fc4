"""What the simulated Amazon makes of an acknowledgement, of its clocks, and of orders that change after it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from schemas.amazon_vendor_acknowledgements import write_acknowledgement
from schemas.purchase_order import Acknowledgement, Cost, CountedIn, PoLineNumber, PurchaseOrderNumber
from simulators.amazon.vendor import Vendor
from simulators.amazon.vendor_books import Change
from simulators.amazon.vendor_transactions import VendorPlan
from tests.controls import vendor as made
from tests.simulators.vendor_desk import NOW, acknowledge, codes, standing

DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def vendor() -> Vendor:
    vendor = Vendor()
    vendor.add_order(made.order(made.order_line(), made.order_line(made.SECOND, made.each(5), identifiers=made.PAN)))
    return vendor


def both(*parts: object, at: object = NOW) -> Acknowledgement:
    first = made.answer_line(*parts)  # type: ignore[arg-type]
    return made.answer(first, made.answer_line(made.accepted(5), number=made.SECOND, identifiers=made.PAN))


def kinds(vendor: Vendor) -> list[str]:
    return [one.kind for one in vendor.chargebacks]


def test_what_is_accepted_on_back_order_and_rejected_is_booked(vendor: Vendor) -> None:
    acknowledge(vendor, both(made.accepted(6), made.backordered(3), made.rejected(1)))
    assert (standing(vendor), standing(vendor, line="2")) == ((6, 3, 1), (5, 0, 0))
    assert vendor.orders[made.NUMBER].order.state == "acknowledged"


def test_a_line_that_the_first_answer_does_not_mention_is_rejected(vendor: Vendor) -> None:
    acknowledge(vendor, made.answer())
    assert (standing(vendor), standing(vendor, line="2")) == ((10, 0, 0), (0, 0, 5))


def test_a_later_answer_may_name_only_what_it_changes(vendor: Vendor) -> None:
    acknowledge(vendor, both())
    acknowledge(vendor, made.answer(made.answer_line(made.accepted(3), made.rejected(7))), LATER)
    assert (standing(vendor), standing(vendor, line="2")) == ((3, 0, 7), (5, 0, 0))


def test_what_was_rejected_is_never_accepted_again(vendor: Vendor) -> None:
    acknowledge(vendor, both(made.accepted(6), made.rejected(4)))
    for part in (made.accepted, made.backordered):
        acknowledge(vendor, made.answer(made.answer_line(made.accepted(6), part(1), made.rejected(3))), LATER)
        assert codes(vendor) == ["REJECTED_BEFORE"] and standing(vendor) == (6, 0, 4)


def test_what_is_on_back_order_can_be_accepted_later(vendor: Vendor) -> None:
    acknowledge(vendor, both(made.accepted(6), made.backordered(4)))
    acknowledge(vendor, made.answer(), LATER)
    assert standing(vendor) == (10, 0, 0)


Wrong = Callable[[], Acknowledgement]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda: both(made.accepted(11)), "INVALID_QUANTITY"),
        (lambda: both(made.accepted(9)), "INVALID_QUANTITY"),
        (lambda: made.answer(made.answer_line(net_cost=Cost(Decimal("10.21"), "GBP"))), "NET_COST_TOO_HIGH"),
        (lambda: made.answer(made.answer_line(net_cost=Cost(Decimal(1), "EUR"))), "NET_COST_TOO_HIGH"),
        (lambda: made.answer(made.answer_line(identifiers=made.names("B00POT0001", "pot"))), "INVALID_ITEM"),
        (lambda: made.answer(number=PurchaseOrderNumber("NOBODY00")), "INVALID_ORDER_ID"),
        (lambda: msgspec.structs.replace(made.answer(), vendor=made.CENTRE), "INVALID_ORDER_ID"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_taken_and_never_takes_effect(vendor: Vendor, answer: Wrong, code: str) -> None:
    assert acknowledge(vendor, answer()).status == 202
    assert codes(vendor) == [code]
    assert standing(vendor) == (0, 0, 0) and not vendor.documents[-1].took_effect


def test_back_order_is_only_for_lines_that_allow_it(vendor: Vendor) -> None:
    vendor.add_order(made.order(made.order_line(backorder_allowed=False)))
    acknowledge(vendor, made.answer(made.answer_line(made.accepted(6), made.backordered(4))))
    assert codes(vendor) == ["BACKORDER_NOT_ALLOWED"]


def test_an_answer_without_a_cost_is_refused_whole(vendor: Vendor) -> None:
    body = write_acknowledgement(both()).replace(b'"netCost":{"currencyCode":"GBP","amount":"10.20"},', b"")
    vendor.acknowledge(body, NOW)
    assert codes(vendor) == ["MISSING_NET_COST", "MISSING_NET_COST"]


@pytest.mark.parametrize("code", [b"ACCEPTED", b"accepted"])
def test_a_code_in_another_case_is_passed_over_in_silence_for_ever(vendor: Vendor, code: bytes) -> None:
    body = write_acknowledgement(made.answer()).replace(b'"Accepted"', b'"' + code + b'"')
    reply = vendor.acknowledge(body, NOW)
    assert reply.status == 202 and vendor.documents[-1].passed_over == ("1",)
    assert standing(vendor) == (0, 0, 0) and vendor.orders[made.NUMBER].order.state == "new"
    (name,) = vendor.transactions.begun
    assert "Processing" in str(vendor.transactions.told(name, NOW + 30 * DAY).body)


def test_another_unit_fails_and_is_charged_for() -> None:
    vendor = Vendor()
    vendor.add_order(made.order(made.order_line(ordered=made.cases(4))))
    part = msgspec.structs.replace(made.accepted(24), quantity=made.each(24))
    acknowledge(vendor, made.answer(made.answer_line(part)))
    assert "INVALID_UNIT" in codes(vendor) and kinds(vendor) == ["unit_mismatch"]


def test_what_amazon_says_of_an_acknowledgement_is_never_success(vendor: Vendor) -> None:
    vendor.transactions.plan = VendorPlan(verdict_lag=(600, 600))
    acknowledge(vendor, both())
    acknowledge(vendor, made.answer(number=PurchaseOrderNumber("NOBODY00")))
    good, bad = vendor.transactions.begun
    told = [
        str(vendor.transactions.told(name, NOW + timedelta(minutes=m)).body) for name in (good, bad) for m in (9, 11)
    ]
    assert ["Processing" in told[0], "Processing" in told[1], "Processing" in told[2]] == [True] * 3
    assert "Failure" in told[3] and "INVALID_ORDER_ID" in told[3]


def test_a_submission_that_is_lost_stays_under_way_and_does_nothing(vendor: Vendor) -> None:
    vendor.transactions.plan = VendorPlan(lost=1.0)
    acknowledge(vendor, both())
    (name,) = vendor.transactions.begun
    assert "Processing" in str(vendor.transactions.told(name, NOW + 30 * DAY).body)
    assert vendor.documents[-1].lost and standing(vendor) == (0, 0, 0)


def test_no_answer_within_a_day_is_charged_once_however_late_it_comes(vendor: Vendor) -> None:
    acknowledge(vendor, both(), NOW + DAY)
    assert kinds(vendor) == []
    vendor.add_order(made.order(number=PurchaseOrderNumber("LATE0001")))
    vendor.settle(NOW + DAY + timedelta(seconds=1))
    acknowledge(vendor, made.answer(number=PurchaseOrderNumber("LATE0001")), NOW + 3 * DAY)
    assert [(one.kind, one.subject) for one in vendor.chargebacks] == [("late_acknowledgement", "LATE0001")]
    assert vendor.documents[-1].took_effect


def test_after_two_days_only_dates_can_change(vendor: Vendor) -> None:
    acknowledge(vendor, both())
    cut = made.answer(made.answer_line(made.accepted(9), made.rejected(1)))
    acknowledge(vendor, cut, NOW + 2 * DAY + timedelta(minutes=1))
    assert codes(vendor) == ["TOO_LATE"] and standing(vendor) == (10, 0, 0)
    acknowledge(vendor, both(), NOW + 2 * DAY + timedelta(minutes=2))
    assert codes(vendor) == []


def test_a_raised_quantity_and_a_new_line_are_owed_anew(vendor: Vendor) -> None:
    acknowledge(vendor, both())
    new = made.order_line(PoLineNumber("3"), made.each(2), identifiers=made.names("B00LID0001", "LID"))
    vendor.change_order(made.NUMBER, Change(quantities={made.FIRST: 15}, added=(new,)), NOW + 3 * DAY)
    assert {line.number for line, _ in vendor.orders[made.NUMBER].owed()} == {"1", "3"}
    acknowledge(vendor, made.answer(made.answer_line(made.accepted(15))), NOW + 3 * DAY + timedelta(hours=1))
    assert codes(vendor) == [] and standing(vendor) == (15, 0, 0)
    vendor.settle(NOW + 5 * DAY)
    assert [(one.kind, one.at) for one in vendor.chargebacks] == [("late_acknowledgement", NOW + 4 * DAY)]


def test_a_lowered_quantity_and_a_cancelled_line_cut_what_was_promised(vendor: Vendor) -> None:
    acknowledge(vendor, both(made.accepted(6), made.backordered(3), made.rejected(1)))
    vendor.change_order(made.NUMBER, Change(quantities={made.FIRST: 7}, cancelled=(made.SECOND,)), LATER)
    assert (standing(vendor), standing(vendor, line="2")) == ((6, 1, 0), (0, 0, 0))
    acknowledge(vendor, both(made.accepted(7)), LATER)
    assert codes(vendor) == ["INVALID_QUANTITY"], "a cancelled line cannot be accepted"


def test_a_lowered_cost_holds_for_the_next_answer(vendor: Vendor) -> None:
    vendor.change_order(made.NUMBER, Change(costs={made.FIRST: Cost(Decimal(9), "GBP")}), NOW)
    acknowledge(vendor, both())
    assert codes(vendor) == ["NET_COST_TOO_HIGH"]


def test_what_was_answered_to_an_older_version_fails_as_a_whole(vendor: Vendor) -> None:
    vendor.change_order(made.NUMBER, Change(quantities={made.FIRST: 12}), NOW)
    acknowledge(vendor, both())
    assert codes(vendor) == ["INVALID_QUANTITY"] and standing(vendor, line="2") == (0, 0, 0)


def test_one_bad_answer_of_a_request_does_not_keep_the_others_out(vendor: Vendor) -> None:
    good, bad = (write_acknowledgement(one) for one in (both(), made.answer(number=PurchaseOrderNumber("NOBODY00"))))
    told = [msgspec.json.decode(body)["acknowledgements"][0] for body in (bad, good)]
    vendor.acknowledge(msgspec.json.encode({"acknowledgements": told}), NOW)
    assert [document.took_effect for document in vendor.documents] == [False, True]
    assert [bool(one.faults) for one in vendor.transactions.begun.values()] == [True]


def test_an_answer_in_the_portal_is_found_by_reading_only(vendor: Vendor) -> None:
    assert vendor.acknowledge_by_hand(both(made.accepted(4), made.rejected(6)), NOW) == ()
    assert standing(vendor) == (4, 0, 6) and vendor.orders[made.NUMBER].acknowledged_by == "portal"
    assert vendor.transactions.begun == {} and vendor.documents[-1].by == "portal"
    acknowledge(vendor, both(), LATER)
    assert codes(vendor) == ["REJECTED_BEFORE"]


def test_a_closed_order_takes_no_answer(vendor: Vendor) -> None:
    vendor.close_order(made.NUMBER, NOW)
    acknowledge(vendor, both())
    assert codes(vendor) == ["ORDER_CLOSED"]


@pytest.mark.parametrize(
    "body", [b"{", b"{}", b'{"acknowledgements":[{"purchaseOrderNumber":"X","sellingParty":{}}]}']
)
def test_a_body_that_is_wrong_in_form_is_refused_at_once(vendor: Vendor, body: bytes) -> None:
    assert vendor.acknowledge(body, NOW).status == 400
    assert vendor.documents == [] and vendor.transactions.begun == {}


def test_a_line_is_found_by_its_item_where_its_number_is_not_said() -> None:
    vendor = Vendor()
    vendor.add_order(made.order(made.order_line(ordered=CountedIn(10, "each"))))
    body = write_acknowledgement(made.answer()).replace(b'"itemSequenceNumber":"1",', b"")
    vendor.acknowledge(body, NOW)
    assert standing(vendor) == (10, 0, 0)
