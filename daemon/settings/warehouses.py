"""Warehouses, release to them, and labels bought before it."""

from typing import Literal

from daemon.settings.section import Section


class WarehouseSection(Section, frozen=True, kw_only=True):
    """Where a warehouse's readings come from; one that is not named here is under `bus`."""

    authority: Literal["bus", "clarus"] = "bus"
    clarus: str | None = None
    """The tenant that reads it; under `bus`, its sweep is a check."""
    warehouse_id: str | None = None
    """Its id at Clarus, whose balances name it by nothing else."""
    accounts: dict[str, str] = {}
    """The stock owner, as the rest of the house says it, and its account code at Clarus."""
    time_zone: str | None = None
    """`Europe/London`; without one, nobody asks when its orders leave."""
    cut_off: str = "14:00"
    """Local time of day: what is ordered by then leaves on the same working day..."""
    leaves_at: str = "18:00"
    """...at this time."""
    working_days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    closed: tuple[str, ...] = ()
    """Days, such as `2026-12-25`."""
    account_ids: dict[str, int] = {}
    """The stock owner and its account's id at Clarus: orders name an owner by nothing else."""
    carrier_ids: dict[str, int] = {}
    """A carrier, as cleared orders name it, and its id at Clarus."""
    service_ids: dict[str, int] = {}
    """`CARRIER/SERVICE` and the service's id at Clarus."""


class ReleaseAccount(Section, frozen=True, kw_only=True):
    """Where one channel account's orders go, and what its goods outs say; None is left to the tenant's defaults."""

    warehouse: str
    """One of `[warehouses]`: at Clarus if it names a tenant and is under `clarus`, else by commands over the bus."""
    customer_id: int | None = None
    order_type_id: int | None = None
    priority: int | None = None
    """1, the highest, to 99."""
    dispatch_strategy: Literal["manual", "auto", "load", "shipment", "auto_shipment"] | None = None
    pack_strategy: Literal["disabled", "pack_by_line", "pack_by_unit"] | None = None
    pick_type: Literal["standard", "tote"] | None = None


class Releases(Section, frozen=True, kw_only=True):
    """Orders from the channels to the warehouse. Seconds of business time."""

    late_effect: float = 60.0
    """In which a request that we gave up on may still take effect at the warehouse's system."""
    look_soon: float = 5.0
    """Until the first look at an order of which a request may or may not have taken effect; pauses double."""
    look_again: float = 300.0
    """Between two looks at an order that waits for a person, or for something that is missing."""
    look_over: float = 3_600.0
    """Between two looks at an order that is well, as long as the warehouse has it: people end orders there, too."""
    stop_within: float = 1_800.0
    """That a person at the warehouse has to stop an order that is being picked; then it counts as too late."""
    despatch_within: float = 86_400.0
    """Of its ordering, by when an order is to leave for which the channel names no time."""
    answer_within: float = 30.0
    """Until a command that the warehouse has not answered is sent again, with the same id."""
    looked_up_at_once: int = 100
    """Orders in one look-up, at most: a page of answers holds them."""
    accounts: dict[str, ReleaseAccount] = {}
    """By channel account; one that is not named here has its orders released by nobody."""


class LabelSize(Section, frozen=True, kw_only=True):
    """Of one each as it is packed, or of the box; whole millimetres, and grams. What is not given is not known."""

    length: int = 0
    width: int = 0
    height: int = 0
    weight: int = 0
    """Of the box: empty."""


class ShipFrom(Section, frozen=True, kw_only=True):
    """Where labelled parcels start: the seller's own address."""

    name: str
    line: str
    line_2: str = ""
    city: str
    region: str
    """State or region: the channel wants one everywhere."""
    postcode: str
    country: str
    """ISO 3166-1 alpha-2."""
    phone: str = ""
    email: str = ""


class LabelAccount(Section, frozen=True, kw_only=True):
    """Labels of one selling account, bought from Amazon. See docs/labels.md."""

    buy: Literal["no", "before_release"] = "no"
    """`before_release`: an order goes to the warehouse only once its label is there."""
    ship_from: ShipFrom
    services: dict[str, tuple[str, ...]] = {}
    """`CARRIER/SERVICE` of the warehouse, or `*`, and the channel's service ids that may be bought for it."""
    products: dict[str, LabelSize] = {}
    """By SKU; an order of one that is not here waits."""
    box: LabelSize = LabelSize()
    """For orders of more than one each; without it they wait."""
    currency: str = "GBP"
    insured: str | None = None
    """Value that each parcel is insured for, in that currency; None: for nothing."""
    business: str = "AmazonShipping_UK"
    """Amazon's name of the shipping business."""
    format: Literal["PNG", "PDF", "ZPL"] = "PNG"
    width: str = "4"
    length: str = "6"
    unit: Literal["INCH", "CENTIMETER"] = "INCH"
    dpi: int | None = None
    """Of the printer; None: as the channel sees fit."""
    again: float = 900.0
    """Seconds until a label that could not be bought is tried again."""
    soon: float = 10.0
    """Seconds until a purchase of which the answer was lost is asked for again; pauses double."""
