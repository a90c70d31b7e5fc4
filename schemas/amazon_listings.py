"""Listings Items 2021-08-01: telling a quantity and reading back what is live, in Amazon's words."""

from typing import Annotated, Final, Literal

import msgspec

from schemas.amazon import MERCHANT_STOCK, Refusal
from schemas.terms import Eaches

AVAILABILITY: Final = "/attributes/fulfillment_availability"
MAX_LEAD_TIME: Final = 30
"""Days. Amazon refuses more."""


class Availability(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One value of `fulfillment_availability`. A lead time never goes without its quantity."""

    fulfillment_channel_code: str
    quantity: int
    lead_time_to_ship_max_days: int | None = None


class Patch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`merge` keeps what is not named (lead time, restock date); `replace` would drop it."""

    op: Literal["merge"]
    path: str
    value: tuple[Availability, ...]


class ListingPatch(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Body of `patchListingsItem`."""

    product_type: str
    patches: tuple[Patch, ...]


class Issue(msgspec.Struct, frozen=True, rename="camel"):
    code: str = ""
    message: str = ""
    severity: str = "ERROR"
    attribute_names: tuple[str, ...] | None = None


class Submission(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of `patchListingsItem`. HTTP 200 is not success: `status` is."""

    status: Literal["ACCEPTED", "INVALID", "VALID"]
    sku: str = ""
    submission_id: str = ""
    issues: tuple[Issue, ...] | None = None


MOST_LIVE: Final = 1_000_000_000
"""Units that a listing can show; what is beyond, or below nothing, is no quantity."""


class LiveAvailability(msgspec.Struct, frozen=True, rename="camel"):
    fulfillment_channel_code: str
    quantity: Annotated[int, msgspec.Meta(ge=0, le=MOST_LIVE)] | None = None


class Listing(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of `getListingsItem`, as far as we ask for it."""

    sku: str
    fulfillment_availability: tuple[LiveAvailability, ...] | None = None


_REFUSALS: Final[dict[str, Refusal]] = {
    "4000003": "product_type_refused",
    "90000900": "attribute_unknown",
    "90000901": "attribute_unknown",
}

_writer = msgspec.json.Encoder()
_submission = msgspec.json.Decoder(Submission)
_listing = msgspec.json.Decoder(Listing)


def to_amazon(
    product_type: str, quantity: Eaches, lead_time: int | None = None, stock_name: str = MERCHANT_STOCK
) -> ListingPatch:
    """The patch that tells `quantity`, in channel units, and the handling time in days where one is set."""
    value = Availability(stock_name, quantity, lead_time)
    return ListingPatch(product_type, (Patch("merge", AVAILABILITY, (value,)),))


def from_amazon(listing: Listing, stock_name: str = MERCHANT_STOCK) -> Eaches | None:
    """The live quantity in channel units; None where Amazon shows none for stock that we ship ourselves."""
    for row in listing.fulfillment_availability or ():
        if row.fulfillment_channel_code == stock_name:
            return row.quantity
    return None


def write_patch(patch: ListingPatch) -> bytes:
    return _writer.encode(patch)


def read_submission(body: bytes) -> Submission:
    """Raises msgspec.DecodeError or UnicodeDecodeError."""
    return _submission.decode(body)


def read_listing(body: bytes) -> Listing:
    """Raises msgspec.DecodeError or UnicodeDecodeError."""
    return _listing.decode(body)


def name_refusal(issues: tuple[Issue, ...]) -> Refusal:
    """Our word for the first error among the issues of an INVALID submission."""
    for issue in issues:
        if issue.severity == "ERROR" and issue.code in _REFUSALS:
            return _REFUSALS[issue.code]
    return "listing_invalid"


def told(issues: tuple[Issue, ...]) -> str:
    """Amazon's own text, for people: errors first."""
    ordered = sorted(issues, key=lambda issue: issue.severity != "ERROR")
    return "; ".join(_told(issue) for issue in ordered)


def _told(issue: Issue) -> str:
    where = f" ({', '.join(issue.attribute_names)})" if issue.attribute_names else ""
    return f"{issue.code}: {issue.message}{where}".replace("\x00", "")
