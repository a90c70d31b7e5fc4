"""Despatch events as a warehouse sends them, and what the books may know when they come."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from handlers.channel_orders import ChannelLine, ChannelOrder, ChannelPackage
from handlers.despatch_messages import Message, What, read_message
from handlers.despatches import Decision, decide
from handlers.effects import Effect
from handlers.mappings import CarrierRow, ListingRow, Mappings, carriers_by_name
from handlers.parcels import Known, ParcelRow, Rules
from handlers.sellable_stock import Component
from schemas.despatch import read_despatch
from schemas.envelope import read_envelope
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    LineReference,
    Marketplace,
    PackageReference,
    ParcelId,
    SellerSku,
    Sku,
)

AT = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
SHOP = ChannelAccount("shop")
UK = Marketplace("A1F83G8C2ARO7P")
DE = Marketplace("A1PA6795UKMFR9")
ORDER = ChannelOrderId("202-1234567-8901234")
LINE = LineReference("79039765272157")
TRACKING = "15501234567890"
RULES = Rules(timedelta(hours=1))


def line(sku: str = "KETTLE", quantity: object = 1, line_reference: str | None = LINE) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity} | ({"line_reference": line_reference} if line_reference else {})


def parcel(parcel_id: str = "P1", **changes: object) -> dict[str, Any]:
    return {
        "parcel_id": parcel_id,
        "tracking_number": TRACKING,
        "carrier": "DPD-UK",
        "service": "NEXT",
        "lines": [line()],
    } | changes


def data(parcels: Sequence[Mapping[str, Any]] = (), **changes: object) -> dict[str, Any]:
    """Data of a despatch event; a change to None leaves the field out."""
    whole: dict[str, Any] = {
        "account": "acme",
        "warehouse": "W1",
        "order_reference": "SO-1",
        "despatch_id": "D1",
        "revision": 1,
        "despatched_at": AT.isoformat(),
        "channel": {"kind": "amazon", "account": SHOP, "marketplace": UK},
        "channel_order_id": ORDER,
        "parcels": list(parcels) or [parcel()],
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def event(key: str, content: Mapping[str, Any], **attributes: object) -> bytes:
    """A CloudEvent in structured mode."""
    whole = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "/warehouse",
        "type": f"{key}.v1",
        "time": AT.isoformat(),
        "data": content,
    }
    return json.dumps(whole | attributes).encode()


def message(content: Mapping[str, Any] | None = None, what: What = "completed", at: datetime = AT) -> Message:
    """The event as a handler gets it; read the way the daemon reads it."""
    envelope = read_envelope(event(f"despatch.{what}", content or data()), {}, "application/cloudevents+json")
    return read_message(what, read_despatch(envelope), envelope.time, at)


CARRIER = CarrierRow(
    channel_account="shop", carrier="DPD-UK", service="NEXT", carrier_code="DPD", shipping_method="DPD Next Day"
)


def carriers(*rows: CarrierRow) -> dict[tuple[str, str, str], CarrierRow]:
    return carriers_by_name(rows)


def listing(
    sku: str = "KETTLE", seller_sku: str = "KETTLE-1", pack_size: int = 1, marketplace: str = UK, **components: int
) -> ListingRow:
    return ListingRow(
        channel_account=SHOP,
        marketplace=Marketplace(marketplace),
        seller_sku=SellerSku(seller_sku),
        account=Account("acme"),
        sku=Sku(sku),
        pack_size=pack_size,
        components=tuple(Component(Sku(name), quantity) for name, quantity in sorted(components.items())),
    )


def mappings(
    *listings: ListingRow, rows: Sequence[CarrierRow] = (CARRIER,), served: Sequence[str] = (UK,)
) -> Mappings:
    return Mappings({SHOP: tuple(Marketplace(one) for one in served)}, carriers(*rows), listings or (listing(),))


def order(
    lines: Sequence[tuple[str, str, int]] = ((LINE, "KETTLE-1", 5),),
    *,
    packages: Sequence[ChannelPackage] = (),
    programmes: Sequence[str] = (),
    ours: Sequence[str] = (),
    fresh: bool = True,
    marketplace: str = UK,
) -> ChannelOrder:
    """An order as the channel showed it: lines are (line reference, seller SKU, ordered), none fulfilled."""
    return ChannelOrder(
        order_id=ORDER,
        marketplace=Marketplace(marketplace),
        status="UNSHIPPED",
        programmes=tuple(programmes),
        lines=tuple(ChannelLine(LineReference(ref), SellerSku(sku), n, n) for ref, sku, n in lines),
        packages=tuple(packages),
        ours=frozenset(PackageReference(one) for one in ours),
        fresh=fresh,
    )


def references(first: int = 100_001, n: int = 20) -> list[PackageReference]:
    return [PackageReference(str(number)) for number in range(first, first + n)]


def decided(
    known: Known | None = None, content: Mapping[str, Any] | None = None, what: What = "completed"
) -> Decision:
    return decide(message(content, what), known or Known(mappings=mappings()), references(), RULES)


def after(
    decision: Decision, known: Known | None = None, *, states: Mapping[str, str] | None = None, **changes: object
) -> Known:
    """The books once a decision is written, its effects then in `states` by parcel id."""
    known = known or Known(mappings=mappings())
    assert decision.despatch is not None
    written = [effect for effects in known.effects.values() for effect in effects]
    written = [next((new for new in decision.changed if new.id == old.id), old) for old in written]
    written += [msgspec.structs.replace(new, id=len(written) + n) for n, new in enumerate(decision.new, start=1)]
    written = [
        effect.moved((states or {}).get(effect.payload.parcel_id, effect.state))  # type: ignore[arg-type]
        for effect in written
    ]
    by_subject: dict[str, list[Effect]] = {}
    for effect in written:
        by_subject.setdefault(effect.subject, []).append(effect)
    parcels: dict[ParcelId, ParcelRow] = {**known.parcels, **{row.parcel_id: row for row in decision.parcels}}
    return Known(
        mappings=known.mappings,
        revision=decision.despatch.revision,
        parcels=parcels,
        effects=by_subject,
        order=known.order,
    )
