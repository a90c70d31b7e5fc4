"""The clocks of an order: what starts and stops each, what runs out once, and what moves none of them."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import msgspec
import pytest

from handlers.order_clocks import Clock, Facts, Rules, clocks, judge
from schemas.terms import ChannelAccount, ChannelOrderId

RULES = Rules()
ORDERED = datetime(2026, 11, 20, 9, tzinfo=UTC)
SHIP_BY = ORDERED + timedelta(hours=38)
LEFT = ORDERED + timedelta(hours=8)
TOLD = LEFT + timedelta(minutes=1)
SHOWN = TOLD + timedelta(minutes=3)
OPEN = Facts(
    channel_account=ChannelAccount("shop"), channel_order_id=ChannelOrderId("202-1"), standing="open",
    ordered_at=ORDERED, updated_at=ORDERED, ship_by=SHIP_BY,
)  # fmt: skip
HOUR = timedelta(hours=1)


def known(**facts: object) -> Facts:
    return msgspec.structs.replace(OPEN, **facts)


def by_kind(facts: Facts) -> dict[str, Clock]:
    return {clock.kind: clock for clock in clocks(facts, RULES)}


def out(facts: Facts, now: datetime) -> set[str]:
    return {breach.kind for breach in judge(facts, RULES, now).breaches}


def test_an_open_order_has_until_its_ship_by_time_and_then_until_the_channel_cancels_it() -> None:
    found = by_kind(OPEN)
    assert set(found) == {"ship_by", "auto_cancel"}
    assert (found["ship_by"].started_at, found["ship_by"].deadline) == (ORDERED, SHIP_BY)
    assert found["auto_cancel"].deadline == SHIP_BY + timedelta(days=7)
    half = ORDERED + (SHIP_BY - ORDERED) / 2
    assert found["ship_by"].fraction(half) == pytest.approx(0.5) and found["ship_by"].left(half) == timedelta(
        hours=19
    )


def test_what_left_must_be_told_and_what_was_told_must_be_shown() -> None:
    gone = known(left_at=LEFT)
    assert by_kind(gone)["told"].deadline == LEFT + HOUR and by_kind(gone)["told"].is_running
    told = known(left_at=LEFT, told_at=TOLD)
    assert not by_kind(told)["told"].is_running and by_kind(told)["shown"].is_running
    shown = known(left_at=LEFT, told_at=TOLD, standing="despatched", updated_at=SHOWN, shipped_at=SHOWN)
    assert not any(clock.is_running for clock in clocks(shown, RULES))
    assert judge(shown, RULES, SHIP_BY + timedelta(days=30)).breaches == ()


def test_an_order_is_late_by_when_it_was_told_whenever_it_left() -> None:
    late = known(left_at=LEFT, told_at=SHIP_BY + timedelta(seconds=1))
    assert "ship_by" in out(late, SHIP_BY + HOUR)
    assert "ship_by" not in out(known(left_at=LEFT, told_at=SHIP_BY), SHIP_BY + HOUR), "at the very time is in time"


def test_what_the_channel_shows_counts_where_somebody_else_told_it() -> None:
    by_hand = known(standing="despatched", shipped_at=SHOWN, updated_at=SHOWN)
    assert out(by_hand, SHIP_BY + timedelta(days=10)) == set()


def test_a_parcel_told_at_manifest_has_nothing_to_wait_for_once_it_leaves() -> None:
    packed = known(told_at=LEFT - HOUR, left_at=LEFT, standing="despatched", shipped_at=LEFT - HOUR)
    assert out(packed, SHIP_BY + timedelta(days=9)) == set()


def test_a_part_of_an_order_that_was_told_does_not_confirm_the_rest() -> None:
    part = known(standing="part_despatched", told_at=TOLD, left_at=LEFT, updated_at=SHOWN)
    assert out(part, SHIP_BY + HOUR) >= {"ship_by"}
    rest = msgspec.structs.replace(part, told_at=SHOWN + HOUR)
    assert "ship_by" not in out(rest, SHIP_BY + HOUR), "what was told since the channel spoke is the rest"


@pytest.mark.parametrize("standing", ["cancelled", "unfulfillable", "refunded"])
def test_an_order_that_is_over_unsent_has_no_clock_that_runs_out(standing: str) -> None:
    judged = judge(known(standing=standing), RULES, SHIP_BY + timedelta(days=30))
    assert judged.breaches == () and judged.due_at is None


def test_a_pending_order_and_one_without_a_ship_by_time_have_none() -> None:
    assert clocks(known(standing="pending"), RULES) == ()
    assert clocks(known(ship_by=None), RULES) == ()


def test_an_order_that_left_before_the_channel_told_of_it_is_clocked_from_its_leaving() -> None:
    early = Facts(channel_account=ChannelAccount("shop"), channel_order_id=ChannelOrderId("1"), left_at=LEFT)
    assert judge(early, RULES, LEFT).due_at == LEFT + HOUR + timedelta(microseconds=1)
    assert out(early, LEFT + 2 * HOUR) == {"told"}


def test_each_look_says_the_same_of_what_ran_out_and_when_to_look_again() -> None:
    first = judge(OPEN, RULES, SHIP_BY + HOUR)
    assert [breach.kind for breach in first.breaches] == ["ship_by"]
    assert first.breaches == judge(OPEN, RULES, SHIP_BY + 2 * HOUR).breaches
    assert first.due_at == SHIP_BY + timedelta(days=7, microseconds=1)
    assert judge(OPEN, RULES, SHIP_BY + timedelta(days=8)).due_at is None
    looked = judge(OPEN, RULES, ORDERED)
    assert looked.due_at is not None and judge(OPEN, RULES, looked.due_at).breaches != (), (
        "a look at that time finds it"
    )


def test_a_late_end_is_written_to_the_breach_that_stands() -> None:
    [breach] = judge(known(told_at=SHIP_BY + HOUR, shipped_at=SHIP_BY + HOUR), RULES, SHIP_BY + 2 * HOUR).breaches
    assert (breach.kind, breach.ended_at) == ("ship_by", SHIP_BY + HOUR)


@pytest.mark.parametrize("day", [datetime(2026, 3, 28), datetime(2026, 10, 24), datetime(2026, 6, 1)])  # noqa: DTZ001
def test_a_night_in_which_the_clocks_change_moves_no_deadline(day: datetime) -> None:
    """Ship-by at the end of the next day in London: 22, 23 or 24 hours and 59 minutes after it begins."""
    london = ZoneInfo("Europe/London")
    ends = (day + timedelta(days=1)).replace(hour=23, minute=59, tzinfo=london)
    facts = known(ordered_at=day.replace(tzinfo=london), ship_by=ends.astimezone(UTC))
    before, after = ends.astimezone(UTC) - timedelta(seconds=1), ends.astimezone(UTC) + timedelta(seconds=1)
    assert out(facts, before) == set() and out(facts, after) == {"ship_by"}
    assert out(facts, before.astimezone(ZoneInfo("America/New_York"))) == set(), "whatever zone now is told in"


def test_a_ship_by_time_before_the_order_is_no_time_that_runs_backwards() -> None:
    odd = known(ship_by=ORDERED - HOUR)
    [clock] = [one for one in clocks(odd, RULES) if one.kind == "ship_by"]
    assert clock.started_at == clock.deadline and clock.fraction(ORDERED) == 1.0 and clock.has_run_out(ORDERED)


def test_facts_come_in_any_order_and_say_the_same_in_the_end() -> None:
    told = {"left_at": LEFT, "told_at": TOLD, "shipped_at": SHOWN}
    ends = set()
    for order in permutations(told):
        facts = OPEN
        for name in order:
            facts = msgspec.structs.replace(facts, **{name: told[name]})
        done = msgspec.structs.replace(facts, standing="despatched")
        ends.add(msgspec.json.encode(judge(done, RULES, SHIP_BY)))
    assert len(ends) == 1
