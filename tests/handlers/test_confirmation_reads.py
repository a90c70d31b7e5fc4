"""What a read of the order makes of a confirmation's row: ready, found, shown, or asked of a person."""

from datetime import timedelta

import pytest

from handlers.alerts import AlertKind
from handlers.answers import Answer, Denied, Done, NeverLeft, Reading, Refused, Throttled, Unavailable
from handlers.channel_orders import ChannelOrder
from handlers.confirmations import NOT_FOUND
from handlers.notes import Announce, AskPerson, KeepPromise, ResolveAlert
from tests.controls import despatches as control
from tests.handlers.confirming import NOW, OVER, RULES, SUBJECT, answered, effect, kinds, read, shown


def test_an_unknown_request_that_the_order_shows_is_live() -> None:
    row, notes = read(Done(shown()), effect("unknown"))
    assert (row.state, row.reason) == ("live", "found_by_reading")
    assert KeepPromise("despatch_told", SUBJECT) in notes


@pytest.mark.parametrize(
    "order", [shown(tracking="OLD"), shown(quantity=2), shown(reference="7"), control.order()], ids=str
)
def test_another_parcel_in_the_order_settles_nothing(order: ChannelOrder) -> None:
    row, _ = read(Done(order), effect("unknown"))
    assert row.state == "unknown"
    assert NOW < row.due <= OVER + timedelta(seconds=1)


def test_a_read_that_began_in_time_to_miss_it_is_followed_by_one_that_cannot() -> None:
    row, _ = read(Done(control.order()), effect("unknown"), OVER - timedelta(seconds=1))
    assert row.state == "unknown"
    assert OVER < row.due < OVER + timedelta(seconds=1)


def test_a_read_that_began_late_enough_and_found_nothing_lets_it_be_told_again() -> None:
    row, _ = read(Done(control.order()), effect("unknown"), OVER + timedelta(seconds=1))
    assert (row.state, row.over_at, row.called_off) == ("waiting", None, False)


def test_what_was_called_off_is_not_told_again_and_its_alert_closes() -> None:
    row, notes = read(Done(control.order()), effect("unknown", called_off=True), OVER + timedelta(seconds=1))
    assert (row.state, row.reason) == ("withdrawn", "undone")
    assert ResolveAlert(AlertKind.UNDONE_AFTER_CONFIRMATION, SUBJECT) in notes


@pytest.mark.parametrize("answer", [Throttled("", ""), NeverLeft(""), Denied("")])
def test_what_was_called_off_and_did_not_happen_is_withdrawn(answer: "Answer[None]") -> None:
    row, _ = answered(answer, effect(called_off=True))
    assert row.state == "withdrawn"


def test_what_was_called_off_and_is_found_stays_told() -> None:
    row, _ = read(Done(shown()), effect("unknown", called_off=True))
    assert row.state == "live"


def test_nothing_left_to_confirm_is_refused_only_after_a_read_that_did_not_find_it() -> None:
    asked, _ = answered(Refused(NOT_FOUND, "PackageToUpdateNotFound"))
    assert asked.over_at is not None
    early, _ = read(Done(control.order()), asked)
    late, notes = read(Done(control.order()), asked, asked.over_at + timedelta(seconds=1))
    assert (early.state, late.state, late.reason) == ("unknown", "refused", NOT_FOUND)
    assert kinds(notes) == [AlertKind.DESPATCH_REFUSED]


@pytest.mark.parametrize("order", [shown(), shown(reference="7", quantity=5)], ids=["ours", "by hand"])
def test_nothing_left_to_confirm_because_it_is_there_is_live(order: ChannelOrder) -> None:
    asked, _ = answered(Refused(NOT_FOUND, "PackageToUpdateNotFound"), effect(attempt=2))
    row, _ = read(Done(order), asked)
    assert row.state == "live"


@pytest.mark.parametrize("reading", [Unavailable("500"), NeverLeft("no route"), Refused("x", "no"), Denied("no")])
def test_reads_that_fail_often_enough_end_with_a_person(reading: "Reading[ChannelOrder]") -> None:
    row = effect("unknown")
    for _ in range(RULES.unknown_reads - 1):
        row, _ = read(reading, row)
        assert row.state == "unknown"
    row, notes = read(reading, row)
    assert row.state == "held"
    [question] = [note for note in notes if isinstance(note, AskPerson)]
    assert question.options == ("confirm_again", "confirmed_by_hand", "give_up")
    assert (question.default, question.detail["effect_id"]) == (None, 1)
    assert AlertKind.DESPATCH_UNKNOWN in kinds(notes)


def test_a_throttled_read_counts_for_nothing_but_time() -> None:
    row, notes = read(Throttled("", ""), effect("unknown", reads=RULES.unknown_reads - 1))
    assert (row.state, row.reads) == ("unknown", RULES.unknown_reads - 1)
    assert kinds(notes) == [AlertKind.CHANNEL_THROTTLED]


def test_an_order_that_was_read_makes_the_request_ready() -> None:
    row, _ = read(Done(control.order()), effect("waiting", needs_order=True))
    assert (row.state, row.needs_order) == ("waiting", False)
    assert row.payload.ready is not None


def test_an_order_that_the_channel_does_not_know_blocks() -> None:
    row, notes = read(Refused("order_not_found", "not there"), effect("waiting", needs_order=True))
    assert row.state == "blocked"
    assert kinds(notes) == [AlertKind.ORDER_UNKNOWN]


def test_an_order_that_cannot_be_read_now_is_read_later() -> None:
    row, _ = read(Unavailable("500"), effect("waiting", needs_order=True))
    assert (row.state, row.needs_order) == ("waiting", True)
    assert row.due > NOW


def test_what_was_accepted_and_is_shown_is_live() -> None:
    row, notes = read(Done(shown()), effect("accepted"))
    assert row.state == "live"
    assert [note.routing_key for note in notes if isinstance(note, Announce)] == ["despatch.live"]


def test_what_was_accepted_and_is_never_shown_is_raised() -> None:
    row = effect("accepted", reads=RULES.unknown_reads - 1)
    row, notes = read(Done(control.order()), row)
    assert row.state == "accepted"
    assert kinds(notes) == [AlertKind.DESPATCH_UNKNOWN]


def test_an_accepted_request_that_a_correction_overtook_is_no_longer_looked_for() -> None:
    row, notes = read(Done(shown(tracking="CORRECTED")), effect("accepted", reads=9, later=("accepted",)))
    assert (row.state, row.due.year, notes) == ("accepted", 9999, [])
