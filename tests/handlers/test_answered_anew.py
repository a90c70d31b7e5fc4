"""An order is answered once more only where the retailer still listens, and nothing is under way."""

from datetime import timedelta

import msgspec
import pytest

from handlers.acknowledgement_said import Said, SaidState
from handlers.answered_anew import why_not
from handlers.purchase_order_desk import PoFile
from schemas.purchase_order import Acknowledgement, Party, PurchaseOrderNumber
from tests.handlers.vendor_orders import ORDERED, VENDOR, line, order, stored

NUMBER = PurchaseOrderNumber("4Z32PABC")
SOON = ORDERED + timedelta(hours=30)


def file(said: SaidState | None = None, **changes: object) -> PoFile:
    answer = Acknowledgement(
        number=NUMBER,
        vendor=Party(party_id="ACME1"),
        ship_to=None,
        ordered_at=ORDERED,
        acknowledged_at=ORDERED,
        lines=(),
    )
    had = () if said is None else (
        Said(channel_account=VENDOR, number=NUMBER, sequence=1, version=1, decided_by="rule", acknowledgement=answer,
             state=said, sent_at=ORDERED),
    )  # fmt: skip
    return PoFile(stored=msgspec.structs.replace(stored(order()), **changes), said=had)


@pytest.mark.parametrize("said", [None, "refused", "processing", "presumed", "confirmed", "by_hand", "withdrawn"])
def test_what_is_settled_or_was_never_answered_may_be_answered(said: SaidState | None) -> None:
    assert why_not(file(said), SOON) == ""


@pytest.mark.parametrize("said", ["sent", "unsent", "unknown", "made"])
def test_nothing_is_said_across_an_answer_that_is_under_way(said: SaidState) -> None:
    assert f"({said})" in why_not(file(said), SOON)


def test_nothing_is_said_to_an_order_that_is_over() -> None:
    assert "closed or cancelled" in why_not(file(state="ended"), SOON)
    assert "closed or cancelled" in why_not(file(order=order(state="closed")), SOON)


def test_nothing_is_said_once_the_last_window_has_ended() -> None:
    assert why_not(file("refused"), ORDERED + timedelta(days=10)) == "", "the window's last moment"
    assert "2026-11-12 09:00" in why_not(file("refused"), ORDERED + timedelta(days=10, seconds=1))
    assert why_not(file("refused", order=order(delivery_window=None)), ORDERED + timedelta(days=99)) == ""


def test_nothing_is_said_of_an_order_whose_lines_are_all_cancelled() -> None:
    assert "every line" in why_not(file(order=order(line(amount=0))), SOON)
