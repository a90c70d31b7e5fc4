"""A look at a load: its notice's clock ends when the document has left, not when it was made."""

from datetime import timedelta

import msgspec
import pytest

from handlers.alerts import AlertKind
from handlers.notes import AskPerson, RaiseAlert
from handlers.ship_desk import Case, Limits, LoadRow, NoticeDeed, Outcome, look, notice_deed, told_by_hand
from handlers.ship_loads import load_keys, load_of
from handlers.ship_notices import compose
from handlers.vendor_documents import MADE, notice_effect
from handlers.vendor_goods import Lack
from tests.handlers.vendor_loads import FREIGHT, NOW, carton, held, known, part

LIMITS = Limits()
LATE = NOW + timedelta(days=30)


def looked(reason: str) -> Outcome:
    load = load_of(load_keys(part().data)[0], (part(),))
    notice = compose(load, known(), "S1", NOW).notice
    assert notice is not None
    effect = notice_effect("acme-vendor", load.key, notice, 1, NOW, None)
    effect = effect.moved("accepted", reason=reason, request_id="edi-7")
    row = LoadRow(
        channel_account="acme-vendor", load_key=load.key, shipment="S1", told=notice, first_at=NOW,
        effect_key=effect.unique_key, documents=1,
    )  # fmt: skip
    return look(Case(row=row, load=load, notice=notice, lacks=(), market="eu", effect=effect, now=LATE), LIMITS)


def test_a_notice_that_is_made_and_lies_here_is_late_like_one_that_is_not_there() -> None:
    outcome = looked(MADE)
    alerts = [note for note in outcome.notes if isinstance(note, RaiseAlert)]
    assert [alert.kind for alert in alerts] == [AlertKind.SHIP_NOTICE_DUE]
    assert "could not be put" in alerts[0].text and outcome.row.breached_at == LATE


def test_a_notice_that_has_left_ends_its_clock() -> None:
    outcome = looked("processing")
    assert outcome.notes == () and outcome.row.breached_at is None


def test_a_load_whose_document_waits_to_be_asked_about_is_not_looked_at_again_at_once() -> None:
    assert looked("processing").row.look_at == LATE + LIMITS.look_again


def packed(lack: str, bill: str = "BOL123456789") -> Outcome:
    """A load that goes out when it has left, and lacks something as it is packed."""
    shipment = msgspec.structs.replace(FREIGHT, bill_of_lading=bill)
    load = load_of("LEEDS/D1", (part(stage="packed", shipment=shipment),))
    row = LoadRow(channel_account="acme-vendor", load_key="LEEDS/D1", shipment="S1")
    lacks = (Lack(lack, "it says so"),)
    return look(Case(row=row, load=load, notice=None, lacks=lacks, market="na", now=NOW), LIMITS)


@pytest.mark.parametrize(
    ("lack", "bill", "told"),
    [
        ("bill_of_lading", "20261102", True),
        ("bill_of_lading", "", False),
        ("above_acknowledged", "", True),
        ("carton_count", "", False),
        ("retailer_reference", "", False),
    ],
)
def test_what_departing_does_not_mend_is_told_when_the_load_is_packed(lack: str, bill: str, told: bool) -> None:
    outcome = packed(lack, bill)
    kinds = [note.kind for note in outcome.notes if isinstance(note, RaiseAlert)]
    assert (AlertKind.SHIP_NOTICE_HELD in kinds) == told
    assert outcome.row.lacks == ((lack,) if told else ())
    assert outcome.effects == ()


def asked(told: int, there: int) -> Outcome:
    """A load that was noticed with so many, and holds another number long after."""
    before, load = (load_of("LEEDS/D1", (part(carton(1, held(quantity=units))),)) for units in (told, there))
    notices = [compose(one, known(), "S1", NOW).notice for one in (before, load)]
    row = LoadRow(channel_account="acme-vendor", load_key="LEEDS/D1", shipment="S1", told=notices[0], first_at=NOW)
    return look(Case(row=row, load=load, notice=notices[1], lacks=(), market="eu", now=LATE), LIMITS)


def test_what_a_person_told_of_is_what_was_on_the_load_when_they_were_asked() -> None:
    outcome = asked(told=4, there=6)
    [question] = [note for note in outcome.notes if isinstance(note, AskPerson)]
    assert notice_deed(question.detail) == NoticeDeed("acme-vendor", "LEEDS/D1")
    row = told_by_hand(outcome.row, LATE)
    assert row is not None and (row.accepted, sum(row.lines.values()), row.first_at) == (True, 6, NOW)
    assert told_by_hand(row, LATE) is None, "said once, it is not said of what comes after"


def test_a_question_of_before_names_no_load_and_changes_nothing() -> None:
    assert notice_deed({"why": "arrived"}) is None
    assert told_by_hand(LoadRow(channel_account="acme-vendor", load_key="LEEDS/D1", shipment="S1"), NOW) is None
