"""What is done about a purchase order: answered at once, held for people, answered by policy, bettered."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from handlers.acknowledgement_said import Said, SaidState
from handlers.acknowledging import parts_of
from handlers.purchase_order_desk import DeskRules, PoFile, Verdict, verdict
from handlers.purchase_order_judgement import Known, judge
from handlers.purchase_orders import StoredPurchaseOrder
from handlers.securing import Secured
from schemas.purchase_order import PoLineNumber, PurchaseOrder
from tests.handlers.vendor_orders import ORDERED, TERMS, VENDOR, known, line, order, stored

HOUR = timedelta(hours=1)
RULES = DeskRules(pace=TERMS.pace)
SOON = ORDERED + HOUR
LATE = ORDERED + 23 * HOUR


def looked(
    given: PurchaseOrder | StoredPurchaseOrder, secured: int, now: datetime = SOON, *, books: Known | None = None,
    rules: DeskRules = RULES, **file: Any,
) -> Verdict:  # fmt: skip
    held = given if isinstance(given, StoredPurchaseOrder) else stored(given)
    found = judge(held, TERMS, books or known(), now)
    return verdict(PoFile(stored=held, **file), found, {PoLineNumber("1"): Secured(secured)}, rules, now)


def parts(found: Verdict) -> tuple[int, int, int]:
    assert found.proposal is not None
    one = parts_of(found.proposal.acknowledgement.lines[0])
    return one.accepted, one.backordered, one.rejected


def said(found: Verdict, state: SaidState = "presumed", version: int = 1) -> Said:
    assert found.proposal is not None
    return Said(
        channel_account=VENDOR, number=order().number, sequence=1, version=version, decided_by=found.decided_by,
        acknowledgement=found.proposal.acknowledgement, state=state, sent_at=SOON,
    )  # fmt: skip


def answered(given: PurchaseOrder) -> StoredPurchaseOrder:
    return msgspec.structs.replace(stored(given), state="answered", answered_version=1)


def test_what_is_right_and_secured_is_answered_at_once_by_rule() -> None:
    found = looked(order(), 24)
    assert (found.sends, found.decided_by, parts(found), found.question) == (True, "rule", (24, 0, 0), None)


def test_what_is_short_waits_for_the_account_manager_with_the_safe_answer_named() -> None:
    found = looked(order(), 10)
    assert (found.sends, found.state) == (False, "held")
    assert found.question is not None
    assert (found.question.default, found.question.default_at) == ("answer_now", ORDERED + 22.8 * HOUR)
    assert "line 1: 14 rejected (10 eaches are secured by reservation)" in found.question.question


def test_at_95_per_cent_the_policy_sends_the_safe_answer() -> None:
    found = looked(order(), 10, LATE)
    assert (found.sends, found.decided_by, parts(found)) == (True, "policy", (10, 0, 14))


def test_the_policy_does_not_accept_a_cost_below_what_was_agreed() -> None:
    assert parts(looked(order(line(cost="1.00")), 24, LATE)) == (0, 0, 24)


def test_a_person_may_answer_sooner_and_is_named() -> None:
    found = looked(order(), 10, decided="answer_now", decided_by="jo")
    assert (found.sends, found.decided_by, parts(found)) == (True, "jo", (10, 0, 14))


def test_a_person_may_reject_it_all_or_keep_it_for_the_retailers_own_pages() -> None:
    assert parts(looked(order(), 24, decided="reject_all", decided_by="jo")) == (0, 0, 24)
    assert not looked(order(), 24, LATE, decided="by_hand", decided_by="jo").sends


def test_where_people_answer_nothing_is_ever_sent() -> None:
    rules = msgspec.structs.replace(RULES, answers=False)
    assert not looked(order(), 24, rules=rules).sends
    assert not looked(order(), 24, LATE, rules=rules).sends


def test_a_line_that_a_person_rejected_holds_nothing_up() -> None:
    found = looked(order(line(sku="WHAT")), 0, rejections={PoLineNumber("1"): "obsolete"})
    assert (found.sends, found.decided_by, parts(found)) == (True, "rule", (0, 0, 24))


def test_nothing_newer_is_said_before_it_is_known_what_became_of_the_last() -> None:
    sent = said(looked(order(), 24), "unknown")
    amended = stored(order(line(amount=12)), version=2)
    assert not looked(amended, 12, LATE, said=(sent,)).sends
    assert looked(amended, 12, said=(msgspec.structs.replace(sent, state="presumed"),)).sends


def test_what_the_retailer_refused_is_not_said_again_by_itself() -> None:
    refused = said(looked(order(), 24), "refused")
    assert not looked(order(), 24, LATE, said=(refused,)).sends


def test_a_refused_answer_told_the_retailer_nothing() -> None:
    refused = said(looked(order(), 0, LATE), "refused")
    withdrawn = msgspec.structs.replace(refused, state="withdrawn")
    assert parts(looked(order(), 24, said=(withdrawn,))) == (24, 0, 0)


def test_what_was_backordered_is_accepted_as_stock_comes_but_only_within_48_h() -> None:
    rules = msgspec.structs.replace(RULES, backorder_after=timedelta(days=2))
    given = order(line(backorder=True))
    first = looked(given, 10, LATE, rules=rules)
    assert parts(first) == (10, 14, 0)
    told = (said(first),)
    better = looked(answered(given), 24, ORDERED + 30 * HOUR, rules=rules, said=told)
    assert (better.sends, better.decided_by, parts(better)) == (True, "rule", (24, 0, 0))
    assert not looked(answered(given), 10, ORDERED + 30 * HOUR, rules=rules, said=told).sends
    assert not looked(answered(given), 24, ORDERED + 49 * HOUR, rules=rules, said=told).sends


def test_an_answer_is_never_cut_by_itself_and_the_lack_is_told() -> None:
    told = (said(looked(order(), 24)),)
    found = looked(answered(order()), 6, SOON + HOUR, said=told)
    assert (found.sends, found.overdrawn) == (False, ("1",))


def test_an_order_that_has_ended_or_that_is_cancelled_whole_asks_for_nothing() -> None:
    over = msgspec.structs.replace(stored(order()), state="ended")
    assert looked(over, 24).look_at is None
    assert looked(order(line(amount=0)), 24).state == "answered"


def test_it_is_looked_at_again_when_its_clock_does_something_next() -> None:
    assert looked(order(), 10).look_at == SOON + RULES.look_again
    assert looked(order(), 10, ORDERED + 22.7 * HOUR).look_at == ORDERED + 22.8 * HOUR


def test_a_change_by_edi_is_answered_though_nobody_has_said_that_the_first_answer_was_read() -> None:
    first = said(looked(order(transport="x12"), 24), "processing")
    changed = msgspec.structs.replace(
        stored(order(line(amount=12), transport="x12"), 2), state="received", answered_version=1
    )
    found = looked(changed, 24, said=(first,))
    assert (found.sends, parts(found)) == (True, (12, 0, 0))
    assert not looked(msgspec.structs.replace(changed, version=1), 24, said=(first,)).sends, "of the same version not"
    unsure = msgspec.structs.replace(first, state="unknown")
    assert not looked(changed, 24, said=(unsure,)).sends
    by_api = msgspec.structs.replace(changed, order=order(line(amount=12)))
    assert not looked(by_api, 24, said=(first,)).sends, "requests keep no order"


def test_what_is_answered_is_looked_at_seldom_and_once_a_day_when_its_window_is_over() -> None:
    told = (said(looked(order(), 24)),)
    found = looked(answered(order()), 24, SOON, said=told)
    assert found.look_at is not None and found.look_at - SOON == 4 * RULES.look_again
    over = ORDERED + timedelta(days=11)
    assert looked(answered(order()), 24, over, said=told).look_at == over + timedelta(days=1)


def test_what_may_still_be_bettered_is_looked_at_as_often_as_what_waits() -> None:
    rules = msgspec.structs.replace(RULES, backorder_after=timedelta(days=2))
    given = order(line(backorder=True))
    told = (said(looked(given, 10, LATE, rules=rules)),)
    assert looked(answered(given), 10, LATE, rules=rules, said=told).look_at == LATE + RULES.look_again
