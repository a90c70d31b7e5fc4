"""Seller accounts, their orders and catalogue, direct fulfilment."""

from typing import Literal

from daemon.settings.section import ChannelKind, Section, ZeroRule


class SellerAccount(Section, frozen=True, kw_only=True):
    """One Amazon Seller Central account, by the name that listings and despatches use for it."""

    account: str
    """The stock owner in the warehouse."""
    seller_id: str
    """Amazon's merchant token."""
    endpoint: str
    """`https://sellingpartnerapi-eu.amazon.com`, or a simulator."""
    token_url: str = "https://api.amazon.com/auth/o2/token"  # noqa: S105
    client_id: str
    client_secret_file: str
    refresh_token_file: str
    marketplaces: tuple[str, ...]
    warehouses: tuple[str, ...]
    """Whose stock this account sells."""
    nets_own_orders: bool = False
    """The channel takes its own open orders off whatever quantity it is told."""
    stock_name: str = "DEFAULT"
    """Which of the channel's stocks is written: Amazon's fulfilment channel code."""
    application: str = "goodsout"
    """Accounts of one application share its application-wide limits."""
    issue_locale: str = "en_GB"
    kind: ChannelKind = "seller_central"
    """What the account is: a zero is told at once, but held at vendor_central, where it can suppress a listing."""
    zero_rule: ZeroRule | None = None
    """For zeroes that neither their SKU nor their class has a rule for; None: as the kind of account wants it."""
    confirm_at: Literal["despatch", "manifest"] = "despatch"
    """When a parcel is confirmed: once it has left, or already once packing is final (`despatch.packed`)."""
    baseline_at: str | None = None
    """Time of day, UTC, `02:30`: from then on every listing is told once more, whatever was told before."""
    release: Literal["none", "clarus", "bus"] = "none"
    """Where this account's orders are released to; `none`: people do that by hand, as before."""
    release_from: str | None = None
    """ISO 8601 with a zone: orders placed before it were made by hand and are left alone."""
    connector_active: bool = False
    """The warehouse's own connector imports this account's orders: all are held, or each would be made twice."""
    hold_late: bool = False
    """Hold orders that cannot leave by their ship-by time, instead of releasing them with an alert."""
    read_buyer: bool = False
    """Ask for the buyer's e-mail too, which needs a role of its own at the channel."""
    needs_phone: bool = False
    """Hold orders for which there is neither the buyer's phone number nor a fallback."""
    needs_email: bool = False
    """The same for the e-mail address."""
    phone_fallback: str | None = None
    """The account's own number, for orders whose buyer's is not told."""
    email_fallback: str | None = None
    """The account's own address, for the same."""


class Catalogue(Section, frozen=True, kw_only=True):
    """The comparison of what channels list, the listings and the warehouse's products. Seconds of business time."""

    at: str = "03:00"
    """The time of day, UTC, at which it is begun; `never`: it is not."""
    again: float = 3_600.0
    """After which one that could not be made is tried again."""
    page_size: int = 10
    """Items of a page of the channel's catalogue, 20 at most: each comes with all its attributes."""


class Orders(Section, frozen=True, kw_only=True):
    """Orders before they are released to a warehouse."""

    check_again: float = 900.0
    """Seconds until a blocked order is judged again; an import of a mapping does not wait."""
    most_units: int = 1_000
    """Channel units of a line; more are doubted."""
    most_lines: int = 10_000
    """Lines of an order; more are doubted."""
    most_value: str | None = None
    """In the order's own currency, such as `5000`; what is worth more is doubted."""
    regions_checked: tuple[str, ...] = ("US", "CA", "AU")
    """Countries whose states or regions must be right; elsewhere a wrong one does no harm."""
    kept_reads: float = 8.0
    """Reads of orders that are left to despatches, which need them to settle what is unknown."""
    read_again: float = 60.0
    """Seconds until an order that could not be read is asked for again."""
    unknown_for: float = 3_600.0
    """Seconds in which an order is asked for that neither the channel nor the books know: a notice may be early."""


class CourierSection(Section, frozen=True, kw_only=True):
    """What a courier's labels take, in characters; by the carrier as the warehouse writes it."""

    name: int = 80
    line: int = 80
    lines: int = 3
    """For company and street."""
    city: int = 80
    postcode: int = 10
    needs_phone: bool = False
    needs_email: bool = False
    countries: tuple[str, ...] = ()
    """Where it delivers; none: everywhere."""
    characters: Literal["any", "latin"] = "any"
    """What it prints: `latin` refuses other scripts and emoji."""


class FulfilmentWarehouse(Section, frozen=True, kw_only=True):
    """One warehouse of a direct fulfilment account, under the channel's name for it."""

    stock: tuple[str, ...]
    """Our warehouses whose stock it sells."""
    replenished_at: tuple[str, ...] = ()
    """Times of day, `06:00`, at which the channel takes over what there is: levels must be true by then."""
    zone: str = "UTC"
    """The zone of those times, such as `Europe/London`."""


class DirectFulfilmentAccount(Section, frozen=True, kw_only=True):
    """One Amazon direct fulfilment account, by the name that listings use for it. See docs/direct-fulfilment.md."""

    account: str
    """The stock owner in the warehouse."""
    party: str
    """The selling party: the vendor code."""
    endpoint: str
    """`https://sellingpartnerapi-eu.amazon.com`, or a simulator."""
    token_url: str = "https://api.amazon.com/auth/o2/token"  # noqa: S105
    client_id: str
    client_secret_file: str
    refresh_token_file: str
    warehouses: dict[str, FulfilmentWarehouse] = {}
    """By the channel's name of each: what stands in the listings' column `marketplace`."""
    nets_own_orders: bool = False
    """The channel takes its own open orders off whatever quantity it is told."""
    application: str = "goodsout"
    """Accounts of one application share its application-wide limits."""
    zero_rule: ZeroRule | None = None
    """For zeroes that neither their SKU nor their class has a rule for; None: held, and an alert."""
    baseline_at: str | None = None
    """Time of day, UTC, `02:30`: from then on every item is told once more, by partial updates."""
    items: int = 500
    """In one update at most."""
    look_every: float = 60.0
    """Seconds between two looks at what became of an update."""
    warn_before: float = 2700.0
    """Seconds before the last moment to tell, in which whoever waits for long is raised."""
    usual: float = 300.0
    """Seconds that telling takes when all is well."""
