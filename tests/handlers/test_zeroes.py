"""Which zeroes are told at once, which wait, and for whom."""

from datetime import timedelta

import msgspec
import pytest

from handlers.publication import Flight, Send, Told, Wait, next_for
from handlers.zeroes import DEFAULTS, Event, Hold, Rule, Rules, SendZero, Zero, decide, fallen, rule_of
from tests.controls.stock import AT, later

HOUR = 3600.0
RULES = Rules("send", {"a": "alert"}, timedelta(hours=4))
VENDOR = Rules(*DEFAULTS["vendor_central"][:1], sent_on_timeout=DEFAULTS["vendor_central"][1])


def zero(cause: str = "", rule: Rule = "send", rules: Rules = RULES) -> Zero:
    return fallen(AT, cause, rule, rules)


@pytest.mark.parametrize(
    ("own", "classes", "rule"), [("hold", ("a",), "hold"), ("", ("a",), "alert"), ("", (), "send")]
)
def test_the_sku_s_own_rule_comes_before_its_class_s_and_that_before_the_account_s(
    own: Rule, classes: tuple[str, ...], rule: Rule
) -> None:
    assert rule_of(own, classes, RULES) == rule


@pytest.mark.parametrize("kind", ["seller_central", "storefront"])
def test_at_sellers_and_storefronts_a_zero_is_told_at_once(kind: str) -> None:
    default, sent_on_timeout = DEFAULTS[kind]  # type: ignore[index]  # a text of the test's table
    assert (default, sent_on_timeout) == ("send", True)
    assert decide(zero(rule=default), None, AT) == SendZero()


def test_at_a_vendor_a_zero_is_held_and_no_time_tells_it() -> None:
    held = zero(rule=VENDOR.default, rules=VENDOR)
    assert decide(held, None, later(1_000 * HOUR)) == Hold("rule")


def test_a_zero_held_by_its_rule_is_told_once_its_time_has_passed() -> None:
    held = zero("movements", "hold")
    assert decide(held, None, later(4 * HOUR - 1)) == Hold("rule", later(4 * HOUR))
    assert decide(held, None, later(4 * HOUR)) == SendZero()


def test_the_rule_alert_tells_it_and_wants_it_known() -> None:
    assert decide(zero("movements", "alert"), None, AT) == SendZero(alert=True)


def test_a_person_s_answer_comes_before_the_rule_s_time() -> None:
    held = zero("movements", "hold")
    assert decide(_with(held, answer="send"), None, AT) == SendZero()
    assert decide(_with(held, answer="keep"), None, later(5 * HOUR)) == Hold("rule")


def _with(held: Zero, **changes: object) -> Zero:
    return msgspec.structs.replace(held, **changes)


@pytest.mark.parametrize("seconds", [0, HOUR, 1_000 * HOUR])
def test_the_brake_holds_what_nothing_explains_for_as_long_as_nobody_decides(seconds: float) -> None:
    assert decide(zero(), Event(1), later(seconds)) == Hold("brake")


def test_the_brake_holds_even_what_a_rule_s_time_would_tell() -> None:
    assert decide(_with(zero(rule="hold"), answer="send"), Event(1), later(9 * HOUR)) == Hold("brake")


@pytest.mark.parametrize("cause", ["movements", "despatches", "order_lines", "stopped", "first"])
def test_the_brake_lets_what_is_explained_through(cause: str) -> None:
    assert decide(zero(cause), Event(1), AT) == SendZero()


@pytest.mark.parametrize(
    ("event", "verdict"),
    [
        (Event(1, "release_all"), SendZero()),
        (Event(1, "over"), SendZero()),
        (Event(1, None, released=True), SendZero()),
        (Event(1, "refuse", released=True), SendZero()),
        (Event(1, "refuse"), Hold("refused")),
        (Event(1, "release_confirmed"), Hold("refused")),
    ],
)
def test_what_a_person_decides_about_the_brake_is_what_becomes_of_the_zero(
    event: Event, verdict: Hold | SendZero
) -> None:
    assert decide(zero(), event, AT) == verdict


def test_a_fresh_level_that_agrees_is_evidence_for_people_and_releases_nothing_by_itself() -> None:
    confirmed = _with(zero(), asked_at=AT, confirmed_at=later(5))
    assert decide(confirmed, Event(1), later(10)) == Hold("brake")
    assert decide(confirmed, Event(1, "release_confirmed"), later(10)) == SendZero()


def test_released_from_the_brake_the_rule_still_holds_it() -> None:
    assert decide(zero(rule="hold"), Event(1, "release_all"), AT) == Hold("rule", later(4 * HOUR))


def test_while_the_brake_counts_an_unexplained_zero_waits_a_moment() -> None:
    looked = _with(zero(), look_until=later(5))
    assert decide(looked, None, later(4)) == Hold("look", later(5))
    assert decide(looked, None, later(5)) == SendZero()


def asked(told: Told, wanted: int) -> Send | Wait:
    return next_for(told, wanted, AT, 5)


def test_a_held_zero_is_not_sent_and_says_why() -> None:
    assert asked(Told(told=50, hold=Hold("brake")), 0) == Wait("its zero is held (brake)")


def test_a_hold_holds_zeroes_only() -> None:
    told = Told(told=50, hold=Hold("brake"))
    assert [move.value for wanted in (3, 60) if isinstance(move := asked(told, wanted), Send)] == [3, 60]


def test_a_hold_that_has_timed_out_holds_nothing() -> None:
    move = asked(Told(told=50, hold=Hold("rule", AT)), 0)
    assert isinstance(move, Send) and move.value == 0


def test_what_is_explained_of_a_held_fall_is_told_meanwhile() -> None:
    move = asked(Told(told=50, hold=Hold("brake", None, 45)), 0)
    assert isinstance(move, Send) and move.value == 45


def test_a_held_zero_never_raises_what_is_told_meanwhile() -> None:
    assert isinstance(asked(Told(told=50, hold=Hold("brake", None, 80)), 0), Wait)


def test_what_was_overtaken_is_told_again_although_a_zero_is_held() -> None:
    move = asked(Told(told=50, hold=Hold("brake"), tell_again_at=AT), 0)
    assert isinstance(move, Send) and move.value == 50


def test_a_held_zero_does_not_overtake_what_is_in_flight() -> None:
    told = Told(told=50, hold=Hold("brake"), flight=Flight(1, 50, "sent", AT))
    assert asked(told, 0) == Wait("in flight")


def test_a_zero_of_a_listing_that_was_never_told_anything_can_be_held_by_its_rule() -> None:
    assert asked(Told(hold=Hold("rule")), 0) == Wait("its zero is held (rule)")
