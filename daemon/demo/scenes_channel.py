"""What goes wrong at Amazon: silence after the effect, throttling, breakdowns, a secret that is rotated."""

from collections.abc import Callable
from datetime import datetime, timedelta

from daemon.demo.house import REQUEST_TIMEOUT
from daemon.demo.look import Seen
from daemon.demo.offers import SELLERS
from daemon.demo.stage import Stage
from simulators.amazon import Fault
from simulators.amazon.faults import Kind
from simulators.amazon.journal import Entry

THROTTLED, BROKEN = 4.0, 3.0
"""Seconds that each spell lasts."""
AT_CHANNEL = {"accepted", "live"}
GIVEN_UP = REQUEST_TIMEOUT + 0.5

FIRST, SECOND, THIRD = SELLERS


async def lose_a_patch_answer(stage: Stage) -> None:
    """A stock value takes effect and the answer never comes."""
    _strike(stage, "lost_answer", "patchListingsItem", FIRST)

    def settled(seen: Seen) -> str | None:
        struck = _struck(stage, "lost_answer", "patchListingsItem", begun)
        over = struck is not None and stage.now - struck.at > timedelta(seconds=GIVEN_UP) and not seen.unknown[FIRST]
        return f"found live by reading, {seen.at - at:.0f} s" if over else None

    begun = stage.now
    at = stage.begin(f"patch took effect, no answer, {FIRST}", settled)


async def lose_a_confirmation_answer(stage: Stage) -> None:
    """A parcel is confirmed and the answer never comes."""
    await _confirmation(stage, "lost_answer", "parcel confirmed, no answer", SECOND)


async def break_after_a_confirmation(stage: Stage) -> None:
    """A parcel is confirmed and the answer is a 500."""
    await _confirmation(stage, "error_after", "parcel confirmed, then a 500", THIRD)


async def cut_a_confirmation(stage: Stage) -> None:
    """The connection is closed before the confirmation had any effect: we cannot know that."""
    await _confirmation(stage, "reset", "connection cut before parcel", FIRST)


async def _confirmation(stage: Stage, kind: Kind, what: str, seller: str) -> None:
    _strike(stage, kind, "confirmShipment", seller)

    def settled(seen: Seen) -> str | None:
        struck = _struck(stage, kind, "confirmShipment", begun)
        sale = next((sale for sale in stage.house.sales.made if struck and sale.amazon_order == struck.subject), None)
        if struck is None or sale is None or not set(seen.states_of(sale.order.order_reference)) <= AT_CHANNEL:
            return None
        return f"read back, {'told again' if kind == 'reset' else 'not repeated'}, {seen.at - at:.0f} s"

    begun = stage.now
    at = stage.begin(f"{what}, {seller}", settled)


def _strike(stage: Stage, kind: Kind, operation: str, seller: str) -> None:
    seconds = REQUEST_TIMEOUT + 1
    stage.house.amazon.faults.script(Fault(kind=kind, operation=operation, seller=SELLERS[seller], seconds=seconds))


def _struck(stage: Stage, kind: Kind, operation: str, since: datetime) -> Entry | None:
    entries = stage.house.amazon.journal.of(operation)
    return next((entry for entry in entries if entry.fault == kind and entry.at >= since), None)


async def throttle(stage: Stage) -> None:
    """Amazon throttles although no bucket is empty, as it does when its own house is on fire."""

    def said(hits: int, later: float) -> str:
        return f"{hits} got 429, backed off, on after {later:.0f} s"

    _spell(stage, "throttle", THIRD, THROTTLED, f"429 to every patch for {THROTTLED:.0f} s, {THIRD}", said)


async def break_down(stage: Stage) -> None:
    """Amazon answers 503 for a while: nobody knows what took effect."""

    def said(hits: int, later: float) -> str:
        return f"{hits} unknown, read back, on after {later:.0f} s"

    _spell(stage, "error_before", SECOND, BROKEN, f"503 to every patch for {BROKEN:.0f} s, {SECOND}", said)


def _spell(
    stage: Stage, kind: Kind, seller: str, seconds: float, what: str, said: Callable[[int, float], str]
) -> None:
    operation, begun = "patchListingsItem", stage.now
    stage.house.amazon.faults.spell(kind, seconds, begun, operation, SELLERS[seller])
    over = begun + timedelta(seconds=seconds)

    def ended(seen: Seen) -> str | None:
        heard = [e for e in stage.house.amazon.journal.of(operation, "", SELLERS[seller]) if e.at >= begun]
        hits = sum(entry.fault == kind for entry in heard)
        again = next((entry for entry in heard if entry.outcome == "accepted" and entry.at >= over), None)
        if stage.now < over or (hits and again is None) or seen.unknown[seller]:
            return None
        return said(hits, (again.at - begun).total_seconds()) if hits and again else "no call was made meanwhile"

    stage.begin(what, ended)


async def rotate_the_secret(stage: Stage) -> None:
    """The client secret is rotated and every token out there is turned away."""
    begun = stage.now
    stage.house.rotate_secret("the-second-client-secret")

    def renewed(seen: Seen) -> str | None:
        del seen
        fetched = {who for at, who, status in stage.house.amazon.login.fetches if at >= begun and status == 200}
        done = fetched >= set(SELLERS.values())
        return "file read again, no call lost" if done else None

    stage.begin("client secret rotated, tokens void", renewed)
