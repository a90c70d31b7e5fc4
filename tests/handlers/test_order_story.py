"""An order's story, moment by moment."""

from typing import Any, get_args

import pytest

from handlers.ledger import State
from handlers.order_story import (
    ENDS,
    KINDS,
    of_decisions,
    of_goods_outs,
    of_label,
    of_order,
    of_parcels,
    of_requests,
    of_standings,
    of_warehouse,
)
from handlers.timeline import Moment
from tests.controls.stock import AT, later

ORDER: dict[str, Any] = {
    "channel_account": "uk", "ordered_at": AT, "first_seen": later(5), "changed_at": later(9), "version": 1,
    "status": "open", "status_word": "UNSHIPPED", "lines": 2, "released_at": None, "ended_at": None,
}  # fmt: skip
PARCEL: dict[str, Any] = {
    "parcel_id": "P1", "state": "completed", "revision": 2, "carrier": "DPD", "service": "NEXT", "warehouse": "W1",
    "tracking_number": "T1", "withdrawn": False, "despatched_at": AT,
}  # fmt: skip


def test_an_order_says_when_it_came_and_changed_and_went() -> None:
    assert list(of_order(ORDER)) == [
        Moment(AT, "uk", "ordered, 2 lines"), Moment(later(5), "here", "heard of for the first time"),
    ]  # fmt: skip
    ended = ORDER | {"version": 3, "lines": 1, "released_at": later(10), "ended_at": later(20)}
    assert [moment.what for moment in of_order(ended)] == [
        "ordered, 1 line", "heard of for the first time", "changed, version 3: open (UNSHIPPED)",
        "released for the first time", "ended",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "what"),
    [
        (("order_create", "sent", ""), "the request to make the order: left"),
        (("order_create", "unknown", "timeout"), "the request to make the order: nobody saw its end (timeout)"),
        (("order_cancel", "refused", "not_found"), "the request to take the order back: was REFUSED (not_found)"),
        (("confirm_despatch", "live", ""), "the confirmation: is settled"),
        (("a_kind_of_later", "held", ""), "a_kind_of_later: waits for a person"),
    ],
)
def test_each_step_of_a_request_says_what_and_how_it_ended(step: tuple[str, str, str], what: str) -> None:
    kind, state, note = step
    row = {"kind": kind, "state": state, "note": note, "at": AT, "place": "W1"}
    assert list(of_requests([row])) == [Moment(AT, "W1", what)]


def test_every_state_and_every_request_about_an_order_has_words() -> None:
    assert set(ENDS) == set(get_args(State))
    assert set(KINDS) == {
        "order_create", "order_amend", "order_cancel", "order_process", "confirm_despatch", "buy_label",
        "cancel_label",
    }  # fmt: skip


def test_parcels_say_what_they_went_with_and_what_they_lack() -> None:
    bare = PARCEL | {"carrier": "", "service": "", "tracking_number": "", "withdrawn": True}
    assert [moment.what for moment in of_parcels([PARCEL, bare])] == [
        "parcel P1 completed, revision 2: DPD NEXT, T1",
        "parcel P1 WITHDRAWN, revision 2: no carrier, no tracking number",
    ]


def test_where_it_stands_says_who_said_so() -> None:
    looked = {
        "warehouse": "W1", "goods_out_id": "9", "status": "unknown", "status_word": "QUARANTINE", "read_at": AT,
    }  # fmt: skip
    assert list(of_warehouse(looked)) == [Moment(AT, "W1", "goods out 9: looked at, unknown (QUARANTINE)")]
    assert list(of_warehouse(None)) == list(of_warehouse(looked | {"status": ""})) == []
    shown = {"tenant": "main", "goods_out_id": "9", "code": "COMPLETED", "held": True, "changed_at": AT}
    assert list(of_goods_outs([shown])) == [Moment(AT, "main", "goods out 9 went to COMPLETED, HELD: see its alert")]
    told = {"account": "acme", "standing": "picking", "revision": 4, "at": AT}
    assert list(of_standings([told])) == [Moment(AT, "acme", "told where it stands: picking, revision 4")]


def test_labels_and_people_have_their_moments() -> None:
    label = {
        "channel_account": "uk", "state": "blocked", "why": "no_rate", "carrier": "", "service": "",
        "tracking_number": "", "changed_at": AT,
    }  # fmt: skip
    assert list(of_label(label)) == [Moment(AT, "uk", "label blocked (no_rate)")]
    bought = label | {"state": "ready", "why": "", "carrier": "AMZN_UK", "service": "std", "tracking_number": "T"}
    assert list(of_label(bought)) == [Moment(AT, "uk", "label ready: AMZN_UK std, T")]
    asked = {
        "id": 7, "kind": "order_stop", "owner": "operations", "question": "Stopped?", "raised_at": AT,
        "decided": "stopped", "decided_by": "ann", "decided_at": later(60),
    }  # fmt: skip
    assert [moment.what for moment in of_decisions([asked])] == [
        "asked (order_stop, decision 7): Stopped?", "ann decided: stopped",
    ]  # fmt: skip
