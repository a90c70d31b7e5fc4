"""Who the two sides of an exchange are, and how badly the simulated one behaves."""

from typing import Literal

import msgspec

Standard = Literal["x12", "edifact"]


class Parties(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides in envelopes, and what the retailer's documents say of the vendor."""

    standard: Standard
    retailer: str
    vendor: str
    retailer_qualifier: str = "ZZ"
    vendor_qualifier: str = "ZZ"
    vendor_code: str
    """X12 REF*CR, EDIFACT RFF+CR: what the retailer calls the vendor."""
    currency: str = "GBP"
    backorder_code: str = "Y"
    """X12 CSH01 of an order whose lines may be back-ordered."""
    test: bool = False


Share = float
"""From 0 to 1."""
Lag = tuple[float, float]
"""Simulated seconds, drawn between both."""


class EdiPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the partner behaves. Without anything set it answers at once, in order, and says only what is wrong."""

    syntax_lag: Lag = (0.0, 0.0)
    """Until the 997 or CONTRL for a document is laid down."""
    verdict_lag: Lag = (0.0, 0.0)
    """From reading a document until the 824 or APERAK about it."""
    unread: Share = 0.0
    """Documents of the vendor's that nobody ever says to have read, though they count."""
    untold: Share = 0.0
    """Refusals that no 824 or APERAK tells of."""
    agrees: Share = 0.0
    """Documents that an 824 or APERAK says yes to."""
    short_answers: Share = 0.0
    """X12: 997 without AK2 and AK5, as some partners send them."""
    delayed: Share = 0.0
    """Files that come `delay` later, so that younger ones overtake them."""
    delay: Lag = (60.0, 1_800.0)
    twice: Share = 0.0
    """Files that come a second time, byte for byte, after `delay`."""
    truncated: Share = 0.0
    """Files that end in the middle; whole ones under new numbers follow after `again_after`."""
    miscounted: Share = 0.0
    """Files whose trailer counts wrong; right ones follow in the same way."""
    again_after: float = 3_600.0
    joined: Share = 0.0
    """Files that wait for the next one, and come as two interchanges in one file."""
    changes_as: Literal["order", "change"] = "order"
    """A changed order comes again whole (850, ORDERS), or as an 860 or ORDCHG of the lines that changed."""
