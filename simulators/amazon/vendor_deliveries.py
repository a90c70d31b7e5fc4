"""What really comes to a simulated fulfilment centre, and by when it must have been told."""

from datetime import datetime, timedelta

import msgspec

DEPARTURE = timedelta(minutes=30)
APPOINTMENT = timedelta(hours=6)


class Arrived(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    purchase_order: str
    line: str
    amount: int


class Delivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What really came to a fulfilment centre, whatever was told of it."""

    shipment: str
    departed_at: datetime
    appointment_at: datetime | None = None
    slot_asked_at: datetime | None = None
    """Of palletised loads in Europe: by then the notice must be there."""
    parcel: bool = False
    contents: tuple[Arrived, ...]

    @property
    def notice_due(self) -> datetime:
        """By when the notice must have been told."""
        if self.parcel:
            return self.departed_at
        ends = [self.departed_at + DEPARTURE]
        ends += [self.appointment_at - APPOINTMENT] if self.appointment_at else []
        return min(ends + ([self.slot_asked_at] if self.slot_asked_at else []))
