"""`goodsout simulate despatch`: what it tells is read as any warehouse's word, and its notice lacks nothing."""

from datetime import timedelta

import msgspec
import pytest

from daemon.demo.simulated_despatch import Load, steps_of
from handlers.despatch_messages import read_message
from handlers.ship_loads import Part, load_of
from handlers.ship_notice_rules import Terms, lacks
from handlers.ship_notices import Composed, compose
from handlers.vendor_goods import OrderToShip
from schemas.despatch import read_despatch
from schemas.envelope import read_envelope
from tests.handlers.vendor_loads import NOW, known, line, order

CASES = order(line("1", accepted=7), line("2", "TEA", unit="case", pack=6, accepted=3))


def composed(load: Load, of: OrderToShip = CASES) -> Composed:
    """As the daemon composes what was heard over the bus; cartons numbered as out of a pool."""
    numbers = ("350123450000000016", "350123450000000023", "350123450000000030", "350123450000000047")
    sent = load.message("completed", 1)
    heard = read_despatch(read_envelope(sent.body, sent.headers, sent.content_type))
    parcels = tuple(
        msgspec.structs.replace(one, sscc=number) for one, number in zip(heard.parcels, numbers, strict=True)
    )
    part = Part(stage="completed", data=msgspec.structs.replace(heard, parcels=parcels), at=NOW)
    return compose(load_of("L", [part]), known(of), "S1", NOW)


def test_all_that_was_acknowledged_is_packed_a_carton_for_each_case_and_one_for_the_eaches() -> None:
    load = Load(CASES, "OAK", "YORK", NOW)
    assert [[one.quantity for one in parcel.lines] for parcel in load.parcels] == [[7], [6], [6], [6]]
    assert load.eaches == 25


def test_its_notice_lacks_nothing_and_lacks_what_was_left_out() -> None:
    terms = Terms(transport="sp_api", freight="vendor_pays", market="eu")
    whole = composed(Load(CASES, "OAK", "YORK", NOW))
    assert whole.notice is not None and whole.lacks == () and lacks(whole.notice, terms) == ()
    bare = composed(Load(CASES, "OAK", "YORK", NOW, left_out=frozenset({"bill_of_lading"})))
    assert bare.notice is not None
    assert [one.word for one in lacks(bare.notice, terms)] == ["bill_of_lading"]


@pytest.mark.parametrize(("short", "first"), [(3, [4]), (7, [6]), (9, [6])])
def test_short_takes_from_the_first_line_alone(short: int, first: list[int]) -> None:
    load = Load(CASES, "OAK", "YORK", NOW, short)
    assert [one.quantity for one in load.parcels[0].lines] == first
    assert sum(parcel.lines[0].sku == "TEA" for parcel in load.parcels) == 3


def test_told_again_it_is_the_newer_truth_about_the_same_load() -> None:
    first, again = Load(CASES, "OAK", "YORK", NOW), Load(CASES, "OAK", "YORK", NOW + timedelta(seconds=5))
    packed, completed = (first.data(step) for step, _ in enumerate(steps_of("both")))
    assert packed.revision < completed.revision < again.data(0).revision
    assert (packed.despatch_id, first.shipment.bill_of_lading) == (
        again.data(0).despatch_id,
        again.shipment.bill_of_lading,
    )
    assert read_message("packed", packed, NOW, NOW).data.channel_order_id == "4Z32PABC"
