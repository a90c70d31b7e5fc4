"""From a delivery that nobody could use to a row that can be parked, whatever its producer put into it."""

from daemon.bus.port import Delivery
from daemon.topology import BROKEN
from handlers.parking import Parking, bare_parking, parking
from handlers.stock_intake import named_by
from schemas.terms import Account, Sku


def parked_as_it_came(delivery: Delivery, origin: str, reason: str, detail: str, trace: str = "") -> Parking:
    """With all that says what it is. `origin` is the queue it was read from."""
    return parking(
        exchange=delivery.exchange,
        routing_key=delivery.routing_key,
        headers=delivery.headers,
        body=delivery.body,
        content_type=delivery.content_type,
        delivery_count=delivery.delivery_count,
        origin=origin,
        reason=reason,
        detail=detail,
        trace=trace,
        given_up=delivery.exchange == BROKEN,
    )


def parked_bare(delivery: Delivery, origin: str, reason: str, detail: str, trace: str = "") -> Parking:
    """Body and reason alone: when even parking it as it came breaks, this cannot."""
    return bare_parking(
        exchange=delivery.exchange,
        routing_key=delivery.routing_key,
        body=delivery.body,
        origin=origin,
        reason=reason,
        detail=f"{detail}; its attributes could not be kept: {trace[-500:]}",
    )


AS_IT_CAN_BE = (parked_as_it_came, parked_bare)
"""The ways to park a message that breaks the program, best first."""


def named_in(delivery: Delivery) -> list[tuple[Account, Sku]]:
    """The SKUs whose event this may have been."""
    return named_by(delivery.headers, delivery.body, delivery.content_type)
