"""An account's outlook: counts to the end of the report, our books since then, and the order at which it tips."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from handlers.account_health import (
    ENDLESS,
    Base,
    Books,
    Counted,
    Forecast,
    Outlook,
    Target,
    Threat,
    base_of,
    first_to_tip,
    outlook,
    rate,
    room,
    settled,
    standings,
    target_of,
)
from schemas.amazon_health_report import HealthReport, MarketHealth, Measured
from schemas.terms import ChannelAccount, ChannelOrderId, Marketplace

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
UNTIL = NOW - timedelta(days=1)
START = NOW - timedelta(days=30)
LATE = Target(Decimal("0.04"), "less_than", "report")
TRACKED = Target(Decimal("0.95"), "greater_than", "report")
UK = Marketplace("A1F83G8C2ARO7P")
SEED = 20261121


def measured(**told: object) -> Measured:
    values: dict[str, object] = {
        "measure": "late_shipment", "status": "GOOD", "rate": Decimal("0.032"), "target": Decimal("0.04"),
        "condition": "less_than", "of": 1000, "counted": 32, "since": START, "until": UNTIL,
    }  # fmt: skip
    return Measured(**values | told)  # type: ignore[arg-type]


def crosses(counted: Counted, target: Target) -> bool:
    """Said another way than the code does."""
    good = Fraction(counted.of - counted.bad, counted.of)
    if target.condition == "greater_than":
        return good < Fraction(target.value)
    return not 1 - good < Fraction(target.value)


def seen(base: Base, books: Books, measure: Forecast = "late_shipment", target: Target = LATE) -> Outlook:
    return outlook(ChannelAccount("shop"), UK, measure, target, base, books)


@pytest.mark.parametrize(
    ("of", "bad", "target", "left"),
    [
        (1000, 32, LATE, 8),  # 40 of 1008 is 3.97 %, 41 of 1009 is 4.06 %
        (100, 4, LATE, -1),  # four per cent is not less than four per cent
        (100, 3, LATE, 1),  # 4 of 101 is 3.96 %
        (1, 0, LATE, 0),
        (0, 0, LATE, 0),  # the first order alone would make a hundred per cent
        (100, 5, TRACKED, 0),  # at least 95 % is kept at 95 %, and one more crosses it
        (100, 6, TRACKED, -1),
        (100, 0, TRACKED, 5),
        (1000, 0, Target(Decimal("1.0"), "less_than", "report"), ENDLESS),
    ],
)  # fmt: skip
def test_room_is_the_exact_number_that_may_still_go_wrong(of: int, bad: int, target: Target, left: int) -> None:
    assert room(Counted(of, bad), target) == left


def test_room_holds_against_counting_one_by_one() -> None:
    numbers = random.Random(SEED)
    print("seed", SEED)
    for _ in range(300):
        of = numbers.randrange(0, 3000)
        counted = Counted(of, numbers.randrange(0, of // 10 + 1))
        value = Decimal(numbers.choice(["0.01", "0.025", "0.04", "0.0333", "0.1"]))
        kind = numbers.choice(["less_than", "greater_than"])
        target = Target(1 - value if kind == "greater_than" else value, kind, "report")  # type: ignore[arg-type]
        k = -1
        while k < 10_000 and not (counted.of + k + 1 and crosses(counted + Counted(k + 1, k + 1), target)):
            k += 1
        assert room(counted, target) == k, (counted, target)


def test_what_happened_since_and_what_is_overdue_come_to_what_the_channel_counted() -> None:
    base = base_of(measured(), START, "late_shipment")
    found = seen(base, Books(since=Counted(50, 1), over=3))
    assert found.reported == Decimal("0.032") and found.expected == rate(Counted(1053, 36), "late_shipment")
    assert found.room == room(Counted(1053, 36), LATE) and not found.is_crossed


def test_the_order_that_tips_has_as_many_before_it_as_there_is_room() -> None:
    base, books = base_of(measured(counted=38), START, "late_shipment"), Books()
    left = room(settled(base, books), LATE)
    assert left == 2
    due = [NOW + timedelta(hours=hour) for hour in range(1, 6)]
    threats = [Threat(channel_order_id=ChannelOrderId(str(n)), due=at, why="") for n, at in enumerate(due)]
    one = outlook(ChannelAccount("shop"), UK, "late_shipment", LATE, base, Books(threats=threats), threats[left])
    assert (one.tips, one.tips_at) == ("2", due[2])
    assert one.is_at_risk(due[2]) and not one.is_at_risk(due[1])
    assert crosses(settled(base, books) + Counted(3, 3), LATE) and not crosses(
        settled(base, books) + Counted(2, 2), LATE
    )


def test_a_report_without_usable_counts_is_not_reckoned_from() -> None:
    nothing = base_of(None, START, "late_shipment")
    assert (nothing.counted, nothing.until, nothing.source) == (Counted(), START, "books")
    assert base_of(measured(of=None), START, "late_shipment").source == "books"
    assert base_of(measured(until=None), START, "late_shipment").source == "books"
    old = base_of(measured(until=START - timedelta(days=1)), START, "late_shipment")
    assert old.source == "books" and old.until == START and "older" in old.doubt


def test_counts_that_contradict_each_other_give_way_to_the_rate_rounded_against_us() -> None:
    odd = measured(measure="tracking", of=878443, counted=896462, rate=Decimal("0.9529"))
    base = base_of(odd, START, "tracking")
    assert "contradict" in base.doubt and base.counted == Counted(878443, 41375)  # 41374.67
    assert base_of(measured(counted=2000), START, "late_shipment").counted == Counted(1000, 32)
    assert base_of(measured(counted=2000, rate=None), START, "late_shipment").counted == Counted()


def test_tracking_counts_what_is_good_and_we_count_what_is_not() -> None:
    base = base_of(measured(measure="tracking", of=900, counted=880), START, "tracking")
    assert base.counted == Counted(900, 20)
    found = seen(base, Books(since=Counted(100, 2), over=1), "tracking", TRACKED)
    assert found.expected == round(Decimal(1001 - 23) / 1001, 6)


def test_targets_are_the_reports_own_where_they_can_be_reckoned_with() -> None:
    assert target_of(measured(target=Decimal("0.03")), Decimal("0.04"), "late_shipment").value == Decimal("0.03")
    fallback = target_of(measured(condition="equals"), Decimal("0.04"), "late_shipment")
    assert (fallback.value, fallback.source) == (Decimal("0.04"), "settings")
    assert target_of(None, Decimal("0.95"), "tracking").condition == "greater_than"
    assert target_of(measured(target=None), Decimal("0.04"), "late_shipment").source == "settings"


def test_an_account_without_orders_is_well_and_says_no_rate() -> None:
    found = seen(base_of(None, START, "late_shipment"), Books())
    assert (found.reported, found.expected, found.room, found.is_crossed) == (None, None, 0, False)
    assert not found.is_at_risk(NOW + timedelta(days=30))


def test_those_that_are_crossed_stand_first_then_the_soonest_to_tip() -> None:
    crossed = seen(Base(Counted(100, 9), UNTIL, "report"), Books())
    threat = Threat(channel_order_id=ChannelOrderId("1"), due=NOW + timedelta(hours=5), why="")
    sooner = Threat(channel_order_id=ChannelOrderId("2"), due=NOW + timedelta(hours=1), why="")
    base = Base(Counted(1000, 39), UNTIL, "report")
    later = outlook(ChannelAccount("b"), UK, "late_shipment", LATE, base, Books(), threat)
    soon = outlook(ChannelAccount("c"), UK, "late_shipment", LATE, base, Books(), sooner)
    well = seen(Base(Counted(1000, 0), UNTIL, "report"), Books())
    assert first_to_tip([well, later, crossed, soon]) == [crossed, soon, later, well]


def test_only_standings_that_are_not_normal_are_told() -> None:
    markets = tuple(
        MarketHealth(marketplace=Marketplace(name), standing=word)
        for name, word in (("A", "NORMAL"), ("B", "AT_RISK"), ("C", ""), ("D", "SUSPENDED"))
    )
    assert standings(HealthReport(markets)) == {"B": "AT_RISK", "D": "SUSPENDED"} and standings(None) == {}
