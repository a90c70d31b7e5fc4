"""What only people can put right: it blocks, it says so, and it goes on by itself."""

from daemon.demo.look import Seen
from daemon.demo.offers import SELLERS
from daemon.demo.road import carry
from daemon.demo.sales import UNMAPPED
from daemon.demo.scenes_channel import AT_CHANNEL
from daemon.demo.stage import Stage

HELD = 3
REFUSAL = "90220"
"""Amazon's code for an attribute that is missing."""


async def ship_with_an_unmapped_carrier(stage: Stage) -> None:
    """Orders leave with a carrier that nobody has told us Amazon's name of; one will be taken back."""
    stage.held = [stage.house.sales.sell(carrier=UNMAPPED) for _ in range(HELD)]
    for sale in stage.held:
        await stage.despatch(sale)
    going = stage.held[1:]

    def gone(seen: Seen) -> str | None:
        states = [seen.states_of(sale.order.order_reference) for sale in going]
        if stage.mapped_at is None or not all(of and set(of) <= AT_CHANNEL for of in states):
            return None
        return f"alert; mapped; gone by itself, {seen.at - stage.mapped_at:.0f} s"

    stage.begin(f"{HELD} despatches, carrier unmapped", gone)


async def take_one_back(stage: Stage) -> None:
    """One of the held despatches is undone before anything was told."""
    sale = stage.held[0]
    sale.undone = True
    await carry(stage.house.bus, stage.house.warehouse.undo(sale.despatch_id, sale.order))

    def withdrawn(seen: Seen) -> str | None:
        states = set(seen.states_of(sale.order.order_reference))
        return "withdrawn, never told" if states == {"withdrawn"} else None

    stage.begin("one of those taken back", withdrawn)


async def map_the_carrier(stage: Stage) -> None:
    """Operations put the mapping right."""
    stage.mapped_at = stage.at
    await stage.house.map_carriers([UNMAPPED])


async def refuse_a_listing(stage: Stage) -> None:
    """Amazon refuses one listing, inside an HTTP 200."""
    house = stage.house
    fit = [offer for offer in house.offers if offer.pack == 1 and house.warehouse.available(offer.sku) > 20]
    offer = stage.refused = stage.draw.choice(fit or list(house.offers))
    house.amazon.faults.invalid[offer.seller_sku] = REFUSAL
    await carry(house.bus, [house.warehouse.move(offer.sku, "adjusted", available=-offer.pack)])

    def accepted(seen: Seen) -> str | None:
        told = house.amazon.journal.of("patchListingsItem", "accepted", SELLERS[offer.seller])
        if stage.corrected_at is None or not any(
            entry.number > corrected and entry.subject == offer.seller_sku for entry in told
        ):
            return None
        return f"alert; put right; told {seen.at - stage.corrected_at:.0f} s later"

    corrected = len(house.amazon.journal.entries)
    stage.begin(f"listing {offer.seller_sku} refused, in a 200", accepted)


async def correct_the_listing(stage: Stage) -> None:
    """Ecommerce puts the listing right at Amazon; the next change of stock goes through."""
    offer = stage.refused
    assert offer is not None
    stage.corrected_at = stage.at
    stage.house.amazon.faults.invalid.pop(offer.seller_sku, None)
    units = 3 * offer.pack
    await carry(stage.house.bus, [stage.house.warehouse.move(offer.sku, "received", available=units, received=units)])
