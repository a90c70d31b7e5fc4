"""By when a notice has to be there: the earliest bound that is known."""

from datetime import timedelta

import msgspec
import pytest

from handlers.notice_clocks import Clock, invoice_clock, notice_clock, warned_at
from handlers.ship_loads import Load, Part, load_keys, load_of
from schemas.despatch import Shipment
from tests.handlers.vendor_loads import FREIGHT, HOUR, NOW, PARCELS, carton, part

PATIENCE = 4 * HOUR


def load(*parts: Part) -> Load:
    return load_of(load_keys(parts[0].data)[0], parts)


def changed(**changes: object) -> Shipment:
    return msgspec.structs.replace(FREIGHT, **changes)


@pytest.mark.parametrize(
    ("shipment", "due", "bound"),
    [
        (FREIGHT, NOW + 1.5 * HOUR, "departure"),
        (changed(appointment=NOW + 40 * HOUR), NOW + 1.5 * HOUR, "departure"),
        (changed(appointment=NOW + 7 * HOUR), NOW + HOUR, "appointment"),
        (changed(slot_request=NOW + HOUR / 2), NOW + HOUR / 2, "before_slot"),
        (changed(departure=None), NOW + PATIENCE, "packing"),
        (PARCELS, NOW + HOUR, "before_shipping"),
    ],
)
def test_the_earliest_known_bound_counts(shipment: Shipment, due: object, bound: str) -> None:
    clock = notice_clock(load(part(carton(1, pallet=90), shipment=shipment, stage="packed")), "eu", PATIENCE)
    assert clock == Clock(NOW, due, bound)  # type: ignore[arg-type]


def test_the_slot_bounds_only_palletised_loads_in_europe() -> None:
    asked = changed(slot_request=NOW)
    loose = notice_clock(load(part(carton(1), shipment=asked)), "eu", PATIENCE)
    american = notice_clock(load(part(carton(1, pallet=90), shipment=asked)), "na", PATIENCE)
    assert loose is not None and american is not None
    assert (loose.bound, american.bound) == ("departure", "departure")


def test_the_clock_runs_from_the_first_packing() -> None:
    clock = notice_clock(load(part(), part(carton(2), despatch="D2", at=NOW - HOUR)), "eu", PATIENCE)
    assert clock is not None
    assert clock.started_at == NOW - HOUR


def test_nothing_packed_starts_no_clock() -> None:
    assert notice_clock(load(part(stage="undone")), "eu", PATIENCE) is None


def test_people_are_warned_at_fractions_and_a_breach_is_one() -> None:
    clock = Clock(NOW, NOW + 2 * HOUR, "departure")
    steps = (0.5, 0.75, 0.9, 1.0)
    found = [warned_at(clock, steps, NOW + minutes * timedelta(minutes=1)) for minutes in (59, 60, 90, 108, 120, 300)]
    assert found == [None, 0.5, 0.75, 0.9, 1.0, 1.0]
    assert warned_at(Clock(NOW, NOW - HOUR, "appointment"), steps, NOW - 2 * HOUR) is None


def test_an_invoice_is_due_after_departure() -> None:
    assert invoice_clock(NOW, 24 * HOUR) == Clock(NOW, NOW + 24 * HOUR, "departure")
