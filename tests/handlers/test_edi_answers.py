"""An answer by EDI ends its order's clock once its file lies at the partner, and not before."""

from datetime import timedelta

import pytest

from handlers.acknowledgement_said import ACKNOWLEDGED, Said
from handlers.acknowledgement_settling import made
from handlers.alerts import AlertKind
from handlers.edi_answers import LOOK_AGAIN, after_document
from handlers.edi_documents import SentDocument, State
from handlers.notes import KeepPromise, ResolveAlert
from handlers.purchase_order_notes import clock_alerts
from tests.controls.said import SENT, said

KEPT = KeepPromise(ACKNOWLEDGED, "acme-vendor/4Z32PABC")


def document(state: State) -> SentDocument:
    return SentDocument(id=7, partner="amazon", code="855", key="4Z32PABC", number="0007", state=state)


def lying() -> Said:
    return made(said(), "edi-7", SENT + LOOK_AGAIN).said


def test_a_file_that_is_made_keeps_no_promise_and_the_order_is_not_answered_twice() -> None:
    settled = made(said(), "edi-7", SENT + LOOK_AGAIN)
    assert (settled.said.state, settled.said.transaction_id, settled.answered) == ("made", "edi-7", True)
    assert KEPT not in settled.notes and not any(isinstance(note, ResolveAlert) for note in settled.notes)


def test_while_it_lies_here_it_is_looked_at_again_and_nothing_else_happens() -> None:
    later = SENT + timedelta(hours=20)
    settled = after_document(lying(), document("waiting"), later)
    assert (settled.said.state, settled.said.look_at, settled.notes) == ("made", later + LOOK_AGAIN, ())


@pytest.mark.parametrize("state", ["put", "overdue", "read", "presumed", "accepted"])
def test_once_it_is_put_the_promise_is_kept_and_the_alerts_close(state: State) -> None:
    settled = after_document(lying(), document(state), SENT)
    assert settled.said.state == "processing" and KEPT in settled.notes
    assert ResolveAlert(AlertKind.PO_LATE, "acme-vendor/4Z32PABC") in settled.notes


def test_the_partners_refusal_of_a_file_keeps_no_promise() -> None:
    settled = after_document(lying(), document("rejected"), SENT)
    assert (settled.said.state, settled.answered) == ("refused", False) and KEPT not in settled.notes


@pytest.mark.parametrize(("hours", "stage", "kinds"), [
    (12, 1, ["po_waits"]), (18, 2, ["po_due"]), (25, 3, ["po_late", "po_due"]),
])  # fmt: skip
def test_the_clock_of_a_file_that_cannot_be_put_is_told_as_such(hours: int, stage: int, kinds: list[str]) -> None:
    due, now = SENT + timedelta(hours=24), SENT + timedelta(hours=hours)
    told = list(clock_alerts("acme-vendor", "4Z32PABC", due, SENT, stage, 3, now, made=True))
    assert [alert.kind for alert in told] == kinds
    assert all("could not be put" in alert.text and "policy" not in alert.text for alert in told)
