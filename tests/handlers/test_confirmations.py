"""What the channel's answer makes of a confirmation's row: told, refused, doubtful, or to be told again."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from handlers.alerts import AlertKind
from handlers.answers import Answer, Denied, Done, NeverLeft, Refused, Throttled, Unknown
from handlers.confirmations import (
    NOT_FOUND,
    after_loss,
    back_off,
    no_longer_wanted,
    not_sent,
    unchanged,
)
from handlers.notes import Announce, KeepPromise, RaiseAlert, ResolveAlert
from tests.handlers.confirming import NOW, OVER, RULES, SUBJECT, answered, effect, kinds, read, shown


@pytest.mark.parametrize(
    ("answer", "state", "reason", "kind"),
    [
        (Done(None), "accepted", "", None),
        (Refused("ship_plus", "no"), "withdrawn", "ship_plus", None),
        (Refused("invalid_carrier", "no"), "refused", "invalid_carrier", AlertKind.DESPATCH_REFUSED),
        (Refused("order_not_found", "no"), "refused", "order_not_found", AlertKind.DESPATCH_REFUSED),
        (Refused(NOT_FOUND, "no"), "unknown", NOT_FOUND, None),
        (Throttled("", "slow down"), "waiting", "throttled", AlertKind.CHANNEL_THROTTLED),
        (NeverLeft("no route"), "waiting", "never_left", None),
        (Unknown("reset"), "unknown", "unknown", None),
        (Denied("no role"), "waiting", "denied", AlertKind.CHANNEL_DENIED),
    ],
)
def test_what_an_answer_makes_of_the_row(
    answer: "Answer[None]", state: str, reason: str, kind: AlertKind | None
) -> None:
    row, notes = answered(answer)
    assert (row.state, row.reason) == (state, reason)
    assert kinds(notes) == ([kind] if kind else [])


@pytest.mark.parametrize("answer", [Done(None), Refused("ship_plus", "no")])
def test_told_or_not_to_be_told_keeps_the_promise(answer: "Answer[None]") -> None:
    _, notes = answered(answer)
    assert KeepPromise("despatch_told", SUBJECT) in notes


def test_a_refusal_says_the_channels_own_text_and_keeps_no_promise() -> None:
    row, notes = answered(Refused("invalid_carrier", "carrierCode 'X' is not a known carrier."))
    [alert] = [note for note in notes if isinstance(note, RaiseAlert)]
    assert "carrierCode 'X'" in alert.text
    assert not any(isinstance(note, KeepPromise) for note in notes)
    assert row.detail.startswith("carrierCode")


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (Done(None), "despatch.accepted"),
        (Refused("x", "no"), "despatch.refused"),
        (Refused("ship_plus", "no"), "despatch.withdrawn"),
    ],
)
def test_what_is_settled_is_announced(answer: "Answer[None]", key: str) -> None:
    _, notes = answered(answer)
    assert [note.routing_key for note in notes if isinstance(note, Announce)] == [key]


@pytest.mark.parametrize("answer", [Throttled("", "slow"), NeverLeft("no"), Unknown("reset"), Denied("no")])
def test_what_is_not_settled_is_not_announced(answer: "Answer[None]") -> None:
    _, notes = answered(answer)
    assert not any(isinstance(note, Announce) for note in notes)


def test_an_acceptance_after_trouble_closes_what_the_trouble_opened() -> None:
    _, notes = answered(Done(None), effect(attempt=2))
    closed = {note.kind for note in notes if isinstance(note, ResolveAlert)}
    assert {AlertKind.DESPATCH_REFUSED, AlertKind.DESPATCH_UNKNOWN, AlertKind.CHANNEL_DENIED} <= closed


def test_a_plain_acceptance_closes_nothing() -> None:
    _, notes = answered(Done(None))
    assert not any(isinstance(note, ResolveAlert) for note in notes)


@pytest.mark.parametrize(
    ("times", "jitter", "seconds"), [(1, 0.0, 1), (2, 0.0, 2), (4, 0.0, 8), (30, 0.0, 60), (4, 1.0, 4)]
)
def test_back_off_doubles_up_to_the_longest_and_jitter_halves_it_at_most(
    times: int, jitter: float, seconds: float
) -> None:
    assert back_off(times, (1.0, 60.0), jitter) == timedelta(seconds=seconds)


def test_a_throttled_request_waits_longer_each_time() -> None:
    first, _ = answered(Throttled("", ""), effect(attempt=1))
    third, _ = answered(Throttled("", ""), effect(attempt=3))
    assert third.due - NOW == 4 * (first.due - NOW)


def test_an_unknown_request_is_over_after_late_effect_and_read_lag() -> None:
    row, _ = answered(Unknown("reset"))
    assert row.over_at == OVER
    assert NOW < row.due < NOW + timedelta(seconds=10)


def test_a_request_whose_sender_was_lost_is_unknown_from_the_moment_that_we_know() -> None:
    later = NOW + timedelta(hours=1)
    row, _ = after_loss(effect(), later, RULES)
    assert (row.state, row.reason, row.over_at) == ("unknown", "sender_lost", later + timedelta(seconds=90))


def test_a_request_that_was_too_late_to_leave_waits() -> None:
    row, _ = not_sent(effect(), NOW, "late")
    assert (row.state, row.due) == ("waiting", NOW)


def test_what_nobody_wants_any_more_is_withdrawn_with_its_questions() -> None:
    row, notes = no_longer_wanted(effect("waiting", called_off=True))
    assert row.state == "withdrawn"
    assert ResolveAlert(AlertKind.DESPATCH_UNKNOWN, SUBJECT) in notes


def test_the_promise_waits_for_the_correction_behind() -> None:
    row = effect(later=("withdrawn", "waiting"))
    assert KeepPromise("despatch_told", SUBJECT) not in answered(Done(None), row)[1]
    called_off = msgspec.structs.replace(row, called_off=True)
    assert KeepPromise("despatch_told", SUBJECT) not in no_longer_wanted(called_off)[1]


def test_what_was_called_off_and_refused_bothers_nobody() -> None:
    row, notes = answered(Refused("invalid_date", "no"), effect(called_off=True))
    assert (row.state, kinds(notes)) == ("withdrawn", [])


def test_the_alert_stays_while_the_channel_has_what_was_told_before() -> None:
    resolved = ResolveAlert(AlertKind.UNDONE_AFTER_CONFIRMATION, SUBJECT)
    assert resolved in no_longer_wanted(effect("unknown", called_off=True))[1]
    assert resolved not in no_longer_wanted(effect("unknown", called_off=True, told_hash="before"))[1]


@pytest.mark.parametrize(("told_hash", "settled"), [(None, False), ("", False), ("other", False), ("same", True)])
def test_what_the_channel_has_by_now_is_not_told_again(told_hash: str | None, settled: bool) -> None:
    step = unchanged(effect("waiting", request_hash="same", told_hash=told_hash))
    assert (step is not None) == settled
    if step is not None:
        assert (step[0].state, step[0].reason) == ("withdrawn", "unchanged")
        assert KeepPromise("despatch_told", SUBJECT) in step[1]


@pytest.mark.parametrize(("later", "closed"), [((), True), (("accepted",), True), (("refused",), False)])
def test_what_is_live_leaves_the_alert_about_a_later_refusal_open(later: tuple[Any, ...], closed: bool) -> None:
    _, notes = read(Done(shown()), effect("accepted", attempt=2, later=later))
    assert (ResolveAlert(AlertKind.DESPATCH_REFUSED, SUBJECT) in notes) == closed


def test_a_sender_that_is_only_out_of_sight_may_still_send() -> None:
    rules = msgspec.structs.replace(RULES, leaves_within=timedelta(seconds=40))
    [early, late] = [after_loss(effect(), NOW + timedelta(seconds=s), rules)[0] for s in (16, 45)]
    assert early.over_at == NOW + timedelta(seconds=40 + 90)
    assert late.over_at == NOW + timedelta(seconds=45 + 90)
