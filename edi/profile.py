"""What one trading partner wants in its documents. Defaults are those of Amazon's vendor programme."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from schemas.purchase_order import Identifier, IdentifierKind, Transport
from schemas.terms import ChannelAccount, Marketplace

X12_QUALIFIERS: Mapping[str, IdentifierKind] = {
    "UP": "gtin_12", "EN": "gtin_13", "UK": "gtin_14", "IB": "isbn", "VN": "vendor_sku", "VP": "vendor_sku",
    "BP": "asin",
}  # fmt: skip
EDIFACT_QUALIFIERS: Mapping[str, IdentifierKind] = {
    "EN": "gtin_13", "EAN": "gtin_13", "SRV": "gtin_13", "UP": "gtin_12", "SA": "vendor_sku", "VP": "vendor_sku",
    "IB": "isbn", "BP": "asin", "IN": "asin",
}  # fmt: skip
"""Qualifiers that name a kind of ours; any other identifier is kept as unknown and echoed as it came."""
LONGEST_QUALIFIER = 3
"""In both standards; a longer one is a field's name of an API."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One partner's ways, as the configuration tells them."""

    channel_account: ChannelAccount
    marketplace: Marketplace
    vendor_code: str
    """What the partner calls us; what a document says of it goes before."""
    currency: str
    """Where a document names none. ISO 4217."""
    zone: str = "UTC"
    """Whose days the documents' dates are."""
    vendor_pays: frozenset[str] = frozenset(("PP",))
    """Freight codes (X12 FOB01) for freight that the vendor pays..."""
    retailer_pays: frozenset[str] = frozenset(("CC",))
    """...and that the retailer pays. Any other stays unknown."""
    backorder_codes: frozenset[str] = frozenset()
    """Sales requirement codes (X12 CSH01) that allow back-orders: published nowhere, so none unless told."""
    backorders: bool = False
    """Agreed once and for all: every line may be back-ordered. EDIFACT's orders have no word for it."""
    changes_by: Literal["ordered", "difference"] = "ordered"
    """How X12 POC tells a quantity that goes up or down (QI, QD): POC03 is what is ordered now, or POC04 is by how
    much it changes."""
    changes_answered: Literal["change", "order"] = "change"
    """Whether an X12 860 is answered by an 865, or by an 855 like the order itself."""
    cost_basis: str = "NT"
    """X12 PO105 and IT105 in what we send."""
    ship_date_qualifier: str = "068"
    """X12 ACK04: `068` current schedule ship, `067` current schedule delivery."""
    retailer_reference_qualifier: str = "BX"
    """X12 REF01 of the retailer's own shipment number."""
    retailer_reference_rff: str = "ACD"
    """EDIFACT RFF 1153 of the same; undocumented for Amazon's programme."""
    answered_message_rff: str = "ACW"
    """EDIFACT RFF 1153 of the document that is answered: in our ORDRSP of the ORDCHG, in an APERAK of ours.
    Undocumented for Amazon's programme."""
    location_qualifier: str = "92"
    """X12 N103 and EDIFACT's agency of places that the retailer has a code for."""
    agency: str = "9"
    """EDIFACT 3055 of parties that have a GLN."""
    rejected_for_now: str = "185"
    """EDIFACT QTY of what is rejected for now, and..."""
    rejected_for_good: str = "182"
    """...of what is not to be ordered again."""

    @property
    def tz(self) -> tzinfo:
        return UTC if self.zone == "UTC" else ZoneInfo(self.zone)

    def begin_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.tz).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Its last second: windows include both ends."""
        return self.begin_of(day + timedelta(days=1)) - timedelta(seconds=1)

    def at(self, day: date, hour: time | None) -> datetime:
        """A moment of the partner's day; its begin where no hour is told."""
        return datetime.combine(day, hour or time(), self.tz).astimezone(UTC)

    def local(self, at: datetime) -> datetime:
        """As the partner's clocks show it."""
        return at.astimezone(self.tz)


def identifier(transport: Transport, qualifier: str, value: str) -> Identifier:
    """An identifier as it came."""
    known = X12_QUALIFIERS if transport == "x12" else EDIFACT_QUALIFIERS
    return Identifier(known.get(qualifier, "unknown"), value, qualifier)


def qualified(transport: Transport, one: Identifier) -> tuple[str, str] | None:
    """Qualifier and value as the partner gave them; one that came by another road is told by its kind, and None where
    that has no word here."""
    if 0 < len(one.qualifier) <= LONGEST_QUALIFIER:
        return one.qualifier, one.value
    known = X12_QUALIFIERS if transport == "x12" else EDIFACT_QUALIFIERS
    found = next((word for word, kind in known.items() if kind == one.kind), None)
    return None if found is None else (found, one.value)
