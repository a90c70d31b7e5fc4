"""What an order is judged by: what its account allows, and what the books know of what it names."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from handlers.addresses import Contact, Courier
from handlers.connectors import Connector
from handlers.cross_reference import CodeName, ListingName, Target
from handlers.despatch_calendar import Calendar
from handlers.sellable_stock import Listing
from handlers.shipping_services import ServiceRow
from schemas.terms import ChannelAccount


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say about one selling account's orders."""

    account: ChannelAccount
    release: Literal["none", "clarus", "bus"] = "none"
    connector_active: bool = False
    looks_at_connectors: bool = False
    """The warehouse's own system is asked who else imports the account's orders."""
    hold_late: bool = False
    most_units: int = 1_000
    most_lines: int = 10_000
    most_value: Decimal | None = None
    contact: Contact = Contact()
    calendars: tuple[Calendar, ...] = ()
    couriers: Mapping[str, Courier] = {}
    regions_checked: frozenset[str] = frozenset()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What of the books an order is judged by."""

    listings: Mapping[ListingName, Listing] = {}
    codes: Mapping[CodeName, Target] = {}
    near: Sequence[ListingName] = ()
    """Listings of the account whose names look like those that are not mapped."""
    services: Sequence[ServiceRow] = ()
    twins: Sequence[str] = ()
    """Other accounts that have an order of this id."""
    importers: Sequence[Connector] = ()
    """Connectors of the warehouse's own system that may import the account's orders too."""
