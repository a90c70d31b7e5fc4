"""Did the promises hold? Judged from the simulators' side, by arithmetic of the demo's own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from daemon.demo.house import House
from daemon.demo.look import Seen, live, tracking_of
from daemon.demo.offers import SELLERS
from daemon.demo.sales import Sale
from daemon.demo.scenes_channel import AT_CHANNEL
from daemon.demo.timeline import Timeline

SHOWN = 3
"""Examples of what is wrong."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A promise, whether it held, and the figures. `wrong` names what does not hold."""

    promise: str
    held: bool
    figures: str
    wrong: tuple[str, ...] = ()


def judge(house: House, timeline: Timeline, seen: Seen, *, finished: bool) -> list[Proof]:
    """Every promise; when the demo was stopped early only those that hold at any moment."""
    always = [_once(house), _no_excess(seen), _nothing_withdrawn_told(house), _stream(house), _handling_time(house)]
    if not finished:
        return always
    return [_true(house), _all_told(house), *always, _parked(house, seen), _nothing_open(seen), _overcome(timeline)]


def _true(house: House) -> Proof:
    wrong = list[str]()
    for offer in house.offers:
        shown, wanted = live(house, offer), offer.shows(house.warehouse.available(offer.sku))
        if shown != wanted:
            wrong.append(f"{offer.seller}/{offer.seller_sku} shows {shown}, should show {wanted}")
    right = f"{len(house.offers) - len(wrong)} of {len(house.offers)} listings"
    return _proof("what Amazon shows equals the warehouse's true balance", wrong, right)


def _all_told(house: House) -> Proof:
    sales = [sale for sale in house.sales.made if not sale.undone and sale.told_at is not None]
    wrong = [f"{sale.amazon_order}: {fault}" for sale in sales if (fault := _mistold(house, sale))]
    parcels = sum(len(sale.parcels) for sale in sales)
    return _proof(
        "every parcel is at Amazon, with its own lines and quantities",
        wrong,
        f"{parcels} parcels, {len(sales)} orders",
    )


def _mistold(house: House, sale: Sale) -> str:
    """What is wrong with the parcels that Amazon has of an order; empty if nothing."""
    order = house.amazon.world.sellers[SELLERS[sale.seller]].orders[sale.amazon_order]
    told = {
        parcel.tracking_number: {item.order_item_id: item.quantity for item in parcel.order_items}
        for parcel in order.confirmed()
    }
    return "" if told == sale.parcels else f"Amazon has {told}, {sale.parcels} left the warehouse"


def _once(house: House) -> Proof:
    accepted = house.amazon.journal.accepted("confirmShipment")
    by_reference, by_parcel = house.amazon.journal.parcels(), Counter(map(tracking_of, accepted))
    wrong = [f"{order}, package {reference}: {count} times" for (order, reference), count in by_reference.items()
             if count > 1]  # fmt: skip
    wrong += [f"{tracking}: {count} times" for tracking, count in by_parcel.items() if count > 1]
    return _proof("no parcel was confirmed twice", wrong, f"{len(accepted)} accepted confirmations")


def _nothing_withdrawn_told(house: House) -> Proof:
    undone = [sale for sale in house.sales.made if sale.undone]
    told = set(map(tracking_of, house.amazon.journal.of("confirmShipment")))
    wrong = [tracking for sale in undone for tracking in sale.parcels if tracking in told]
    return _proof("what was taken back in time was never told", wrong, f"{len(undone)} despatches taken back")


def _no_excess(seen: Seen) -> Proof:
    wrong = [f"{seen.own_excess} calls above Amazon's limits"] if seen.own_excess else []
    return _proof("no call of ours was above Amazon's limits", wrong, f"{seen.injected_throttles} 429s, all injected")


def _stream(house: House) -> Proof:
    figures = f"{house.stream.entries} entries read from goodsout.stock"
    return _proof("the stock stream is in order and without gaps", house.stream.jumps, figures)


def _handling_time(house: House) -> Proof:
    wrong = list[str]()
    for offer in house.offers:
        kept = house.amazon.world.sellers[SELLERS[offer.seller]].listing(offer.seller_sku).submitted
        if kept.get("lead_time_to_ship_max_days") != offer.lead_time:
            wrong.append(f"{offer.seller_sku} lost its {offer.lead_time} days")
    return _proof("handling times survived every change of quantity", wrong, f"{len(house.offers)} listings")


def _parked(house: House, seen: Seen) -> Proof:
    corrupted = len(house.faults.corrupted)
    wrong = [] if seen.parked == corrupted else [f"{corrupted} were corrupted, {seen.parked} are parked"]
    return _proof("no message was lost in silence: what nobody can read is parked", wrong, f"{seen.parked} parked")


def _nothing_open(seen: Seen) -> Proof:
    wrong = [f"in doubt: {sku}" for sku in sorted(seen.troubled)]
    wrong += [f"{count} stock requests unknown, {name}" for name, count in seen.unknown.items() if count]
    settled = {"withdrawn", *AT_CHANNEL}
    wrong += [f"{row['order_reference']}: {row['state']} {row['reason']}" for row in seen.effects
              if row["state"] not in settled]  # fmt: skip
    return _proof(
        "nothing is left in doubt, unknown or blocked", wrong, f"{seen.alerts_resolved} alerts came and went"
    )


def _overcome(timeline: Timeline) -> Proof:
    wrong = [episode.title for episode in timeline.open]
    return _proof("every injected fault came to its end", wrong, f"{len(timeline.episodes)} faults")


def _proof(promise: str, wrong: Sequence[str], figures: str) -> Proof:
    more = (f"and {len(wrong) - SHOWN} more",) if len(wrong) > SHOWN else ()
    return Proof(promise, not wrong, figures, (*wrong[:SHOWN], *more))
