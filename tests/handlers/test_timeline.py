"""A SKU's story, moment by moment."""

from collections.abc import Callable

import pytest

from handlers.timeline import (
    Moment,
    in_order,
    of_alerts,
    of_attempts,
    of_readings,
    of_requests,
    of_stream,
    of_trouble,
)
from tests.controls.stock import AT, later

ATTEMPT: dict[str, object] = {
    "value": 7, "told_before": 9, "sellable": 7, "doubtful": False, "overtakes": None, "sent_at": AT,
    "ended_at": later(0.5), "state": "accepted", "answer": "", "feed_id": None, "message_id": None,
    "update_id": None, "transaction_id": None,
}  # fmt: skip


def told(**changed: object) -> str:
    [moment] = of_attempts("shop", [ATTEMPT | changed])
    assert (moment.at, moment.where) == (AT, "shop")
    return moment.what


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({}, "told 7 after 9: accepted 0.5 s later"),
        ({"told_before": None}, "told 7: accepted 0.5 s later"),
        ({"doubtful": True}, "told 7 after 9 (in doubt): accepted 0.5 s later"),
        ({"doubtful": True, "sellable": 12}, "told 7 after 9 (in doubt; 12 would be sellable): accepted 0.5 s later"),
        ({"overtakes": 3}, "told 7 after 9, over a request whose end was not known: accepted 0.5 s later"),
        ({"update_id": 6, "transaction_id": "T9"}, "told 7 by update 6 (T9) after 9: accepted 0.5 s later"),
        ({"update_id": 6, "transaction_id": ""}, "told 7 by update 6 after 9: accepted 0.5 s later"),
        ({"feed_id": 4, "message_id": 2}, "told 7 by feed 4 after 9: accepted 0.5 s later"),
        ({"state": "sent", "ended_at": None}, "told 7 after 9: no answer yet"),
        ({"state": "unknown", "answer": "timeout"}, "told 7 after 9: nobody saw its end 0.5 s later (timeout)"),
        ({"state": "refused", "answer": "90220: no"}, "told 7 after 9: REFUSED 0.5 s later (90220: no)"),
        ({"state": "throttled"}, "told 7 after 9: throttled, told again later"),
        ({"state": "never_left"}, "told 7 after 9: it never left, told again later"),
    ],
)
def test_each_request_says_what_was_told_and_how_it_ended(changed: dict[str, object], what: str) -> None:
    assert told(**changed) == what


@pytest.mark.parametrize(
    ("meaning", "shows", "what"),
    [
        ("live", 7, "shows 7: live, as accepted"),
        ("older", 9, "shows 9: not yet the 7 that was accepted"),
        ("foreign", 99, "shows 99: NOT TOLD FROM HERE; 7 was accepted, somebody else writes"),
        ("nothing", None, "shows no stock of ours: 7 was accepted"),
        ("took_effect", 7, "shows 7: so the request whose end nobody saw took effect"),
        ("sold", 6, "shows 6: 7 was accepted, and the channel takes its own orders off"),
        ("before_us", 3, "shows 3: from before we told anything"),
        ("too_early", 9, "shows 9: read before 7 was accepted"),
    ],
)
def test_each_reading_says_what_it_means(meaning: str, shows: int | None, what: str) -> None:
    reading = {"read_at": AT, "shows": shows, "accepted": 7, "meaning": meaning}
    assert list(of_readings("shop", [reading])) == [Moment(AT, "shop", what)]


def test_the_stream_says_what_each_entry_changed_where_the_one_before_is_known() -> None:
    newest_first = [
        {"occurred_at": later(20), "kind": "allocated", "available": 6, "sequence": 12},
        {"occurred_at": later(10), "kind": "level", "available": 9, "sequence": 11},
    ]
    assert [moment.what for moment in of_stream("W1", newest_first)] == [
        "allocated: 6 available (-3), number 12",
        "level: 9 available, number 11",
    ]


def test_a_request_for_a_level_and_its_answer_are_two_moments() -> None:
    asked = {"asked_at": AT, "sent": 3, "answer": "level", "answered_at": later(5)}
    assert [moment.what for moment in of_requests("W1", [asked])] == [
        "a level was asked for, 3 times",
        "the level that was asked for came",
    ]
    refused = asked | {"sent": 1, "answer": "refused: no such SKU"}
    assert [moment.what for moment in of_requests("W1", [refused])][-1].endswith(
        "was not given: refused: no such SKU"
    )
    assert len(list(of_requests("W1", [asked | {"answered_at": None}]))) == 1


def test_gap_and_doubt_say_what_they_do_to_channels() -> None:
    stock = {
        "gap_since": AT, "held_movements": 2, "held_outflow": 5, "highest_seen": 14, "doubt_since": later(10),
        "doubt_reason": "gap",
    }  # fmt: skip
    gap, doubt = of_trouble("W1", stock)
    assert gap.what == "GAP: numbers are missing below 14; 2 movements wait, 5 eaches of them count as gone"
    assert (
        doubt.what == "IN DOUBT (a number is missing for longer than the grace): channels are told less, never more"
    )
    assert list(of_trouble("W1", stock | {"gap_since": None, "doubt_since": None})) == []


def test_an_alert_opens_and_closes() -> None:
    alert = {"raised_at": AT, "resolved_at": later(60), "kind": "never_live", "text": "it is not live"}
    opened, closed = of_alerts("shop", [alert])
    assert (opened.what, closed.what) == ("ALERT never_live: it is not live", "alert never_live closed by itself")
    assert (closed.at - opened.at).total_seconds() == 60


@pytest.mark.parametrize("turned", [list, reversed])
def test_moments_are_told_in_order_and_the_oldest_left_out(turned: Callable[[list[Moment]], list[Moment]]) -> None:
    moments = [Moment(later(second), "W1", str(second)) for second in range(5)]
    assert [moment.what for moment in in_order(turned(moments), 3)] == ["2", "3", "4"]


def test_stock_whose_stream_was_forgotten_has_no_moments() -> None:
    assert list(of_stream("W1", [])) == []
