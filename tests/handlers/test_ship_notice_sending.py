"""When a notice leaves, and what a later revision of its load means."""

import msgspec
import pytest

from handlers.ship_loads import Load, Part, load_keys, load_of
from handlers.ship_notice_sending import Ask, Hold, Send, Told, Wait, judge, occasion, says_the_same
from handlers.ship_notices import compose
from handlers.vendor_goods import Lack, Market
from schemas.despatch import Shipment
from schemas.ship_notice import ShipNotice
from tests.handlers.vendor_loads import FREIGHT, HOUR, NOW, PARCELS, carton, held, known, part

LACK = (Lack("pro_number", "the load has no PRO number"),)


def load(*parts: Part) -> Load:
    return load_of(load_keys(parts[0].data)[0], parts)


def notice(*parts: Part) -> ShipNotice:
    made = compose(load(*parts), known(), "S1", NOW).notice
    assert made is not None
    return made


def judged(
    *parts: Part, told: Told | None = None, lacks: tuple[Lack, ...] = (), market: Market = "na", at: int = 0
) -> object:
    made = compose(load(*parts), known(), "S1", NOW)
    return judge(load(*parts), made.notice, lacks, told, market, NOW + at * HOUR)


def early(hours: int) -> Shipment:
    """With an appointment so many hours after departure."""
    return msgspec.structs.replace(FREIGHT, appointment=NOW + (1 + hours) * HOUR)


@pytest.mark.parametrize(
    ("parcel", "shipment", "market", "expected"),
    [
        (carton(1), PARCELS, "na", "packed"),
        (carton(1), PARCELS, "eu", "packed"),
        (carton(1, pallet=90), FREIGHT, "eu", "packed"),
        (carton(1, pallet=90), FREIGHT, "na", "completed"),
        (carton(1), FREIGHT, "eu", "completed"),
        (carton(1), early(5), "na", "packed"),
        (carton(1), early(6), "na", "completed"),
        (carton(1), early(30), "eu", "completed"),
    ],
)
def test_small_parcels_palletised_european_loads_and_near_appointments_go_out_on_packing(
    parcel: object, shipment: Shipment, market: Market, expected: str
) -> None:
    packed = part(parcel, stage="packed", shipment=shipment)  # type: ignore[arg-type]
    assert occasion(load(packed), market) == expected
    sent = isinstance(judged(packed, market=market), Send)
    assert sent == (expected == "packed")
    left = part(parcel, shipment=shipment)  # type: ignore[arg-type]
    assert isinstance(judged(left, market=market), Send)


def test_a_load_has_left_once_all_its_despatches_have() -> None:
    first, second = part(), part(carton(2), despatch="D2", stage="packed")
    assert judged(first, second) == Wait("not_left")
    assert isinstance(judged(first, part(carton(2), despatch="D2")), Send)


def test_a_lack_holds_the_notice_and_is_named() -> None:
    assert judged(part(), lacks=LACK) == Hold(LACK)
    assert judged(part(stage="packed"), lacks=LACK) == Wait("not_left")


def told(*parts: Part) -> Told:
    return Told(notice(*parts), NOW)


def test_the_same_load_again_is_not_told_again() -> None:
    again = part(carton(2), carton(1), at=NOW + HOUR)
    assert judged(again, told=told(part(carton(1), carton(2)))) == Wait("same")


def test_times_weight_and_seal_alone_are_no_reason_to_replace() -> None:
    sealed = msgspec.structs.replace(FREIGHT, seal="S-1", gross_weight_kg=312, departure=NOW + 2 * HOUR)
    assert judged(part(shipment=sealed), told=told(part())) == Wait("same")


def test_less_at_despatch_goes_out_as_a_replacement_of_the_same_shipment() -> None:
    before = told(part(carton(1), carton(2)))
    verdict = judged(part(carton(1)), told=before)
    assert isinstance(verdict, Send)
    assert (verdict.notice.kind, verdict.notice.shipment) == ("replace", before.notice.shipment)
    assert len(verdict.notice.cartons) == 1


def test_other_papers_go_out_as_a_replacement() -> None:
    corrected = msgspec.structs.replace(FREIGHT, pro_number="778-999999")
    verdict = judged(part(shipment=corrected), told=told(part()))
    assert isinstance(verdict, Send)
    assert verdict.notice.pro_number == "778-999999"
    moved = judged(part(carton(1, pallet=91)), told=told(part(carton(1, pallet=90))))
    assert isinstance(moved, Send)


def test_a_replacement_never_raises_a_quantity() -> None:
    verdict = judged(part(carton(1, held(quantity=11))), told=told(part()))
    assert isinstance(verdict, Ask)
    assert verdict.why == "more_than_told"
    assert "11 instead of 10" in verdict.text


def test_a_week_later_or_after_arrival_people_decide() -> None:
    before = told(part(carton(1), carton(2)))
    late = judged(part(carton(1)), told=before, at=7 * 24 + 1)
    assert isinstance(late, Ask)
    assert late.why == "too_late"
    arrived = judged(part(carton(1)), told=before, at=48)
    assert isinstance(arrived, Ask)
    assert arrived.why == "arrived"


def test_a_load_that_was_noticed_and_taken_back_is_a_question() -> None:
    verdict = judged(part(stage="undone"), told=told(part()))
    assert isinstance(verdict, Ask)
    assert verdict.why == "nothing_left"
    assert judged(part(stage="undone")) == Wait("nothing_packed")


def test_a_replacement_that_lacks_something_is_held() -> None:
    assert judged(part(carton(1)), told=told(part(carton(1), carton(2))), lacks=LACK) == Hold(LACK)


def test_what_stands_where_is_part_of_what_was_told() -> None:
    assert says_the_same(notice(part(carton(1, pallet=90))), notice(part(carton(1, pallet=90))))
    assert not says_the_same(notice(part(carton(1, pallet=90))), notice(part(carton(1))))
