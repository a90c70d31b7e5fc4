"""What goes wrong between the warehouse and us."""

from daemon.demo.look import Seen
from daemon.demo.road import carry
from daemon.demo.stage import Stage
from simulators.warehouse import spoilt

REORDER_WINDOW = 8
DUPLICATE, LOSE, CORRUPT = 0.06, 0.02, 0.02
BURST = 120
"""Movements that come all at once."""


async def spoil_the_road(stage: Stage) -> None:
    """From here on events are lost, spoilt, doubled and out of order; one lost and one spoilt at once."""
    house, road = stage.house, stage.house.faults
    road.reorder_window, road.duplicate, road.lose, road.corrupt = REORDER_WINDOW, DUPLICATE, LOSE, CORRUPT
    lost, broken = house.warehouse.trade(2)
    road.lost.append(lost)
    road.corrupted.append(broken)
    await carry(house.bus, [spoilt(broken, stage.draw)])

    def in_order(seen: Seen) -> str | None:
        del seen
        told = "each applied once, in order"
        return told if stage.road_is_clear and not house.stream.jumps else None

    def settled(seen: Seen) -> str | None:
        sound = stage.road_is_clear and not {message.key[2] for message in road.lost} & seen.troubled
        return f"noticed by number; {house.answered} levels asked" if sound else None

    def parked(seen: Seen) -> str | None:
        gone = seen.parked == len(road.corrupted) and not {m.key[2] for m in road.corrupted} & seen.troubled
        return "parked; SKU doubted, level asked" if stage.road_is_clear and gone else None

    stage.begin("events out of order, {} twice", in_order, lambda: str(len(road.duplicated)))
    stage.begin("{} events lost", settled, lambda: str(len(road.lost)))
    stage.begin("{} events corrupted", parked, lambda: str(len(road.corrupted)))


async def clear_the_road(stage: Stage) -> None:
    """From here on everything arrives as it was sent."""
    road = stage.house.faults
    road.reorder_window, road.duplicate, road.lose, road.corrupt = 0, 0.0, 0.0, 0.0
    stage.road_is_clear = True


async def burst(stage: Stage) -> None:
    """A sale begins: many movements at once, more than the channel's limits let through."""
    before = stage.house.stream.entries
    await stage.tell(stage.house.warehouse.trade(BURST))

    def told(seen: Seen) -> str | None:
        caught_up = seen.true >= 0.95 * len(stage.house.offers) and stage.house.stream.entries > before
        return f"newest values only, told in {seen.at - begun:.0f} s" if caught_up else None

    begun = stage.begin(f"{BURST} movements at once", told)
