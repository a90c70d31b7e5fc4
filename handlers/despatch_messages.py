"""A despatch event as the rest of the business reads it: checked, quantities as eaches."""

from datetime import datetime
from typing import Final, Literal

import msgspec

from handlers.despatch_preparation import order_to_look_up
from handlers.effects import ContentLine, ParcelContent
from handlers.ledger import named
from schemas.despatch import DespatchData, Parcel
from schemas.inventory import whole
from schemas.terms import ChannelAccount, ChannelOrderId, LineReference

AMAZON: Final = "amazon"
What = Literal["packed", "completed", "undone"]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A despatch event, checked. `happened_at` is the event's own time."""

    what: What
    data: DespatchData
    contents: tuple[ParcelContent, ...]
    """Of `data.parcels`, in the same order."""
    happened_at: datetime | None
    received_at: datetime


def read_message(what: What, data: DespatchData, happened_at: datetime | None, received_at: datetime) -> Message:
    """The event with its quantities as eaches. Raises Unreadable for a quantity that nobody can believe."""
    contents = tuple(_content(parcel) for parcel in data.parcels)
    return Message(what=what, data=data, contents=contents, happened_at=happened_at, received_at=received_at)


def _content(parcel: Parcel) -> ParcelContent:
    lines = [
        ContentLine(line.sku, whole(line.quantity), line.line_reference or LineReference("")) for line in parcel.lines
    ]
    there = sorted((line for line in lines if line.quantity), key=lambda line: (line.line_reference, line.sku))
    return ParcelContent(parcel.carrier, parcel.service, parcel.tracking_number, tuple(there))


def order_of(message: Message) -> tuple[ChannelAccount, ChannelOrderId] | None:
    """The channel's order that the books may know already."""
    channel = message.data.channel
    if channel is None or channel.kind != AMAZON:
        return None
    found = order_to_look_up(message.data.channel_order_id, message.data.order_reference)
    return (channel.account, found) if found else None


def key_of(message: Message) -> str:
    return named(message.data.account, message.data.despatch_id)
