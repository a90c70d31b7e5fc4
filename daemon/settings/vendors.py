"""Vendor accounts: purchase orders, ship notices, invoices."""

from typing import Literal

from daemon.settings.section import Owner, Section


class VendorDestination(Section, frozen=True, kw_only=True):
    """Where a retailer has its goods delivered, by its own code: the vendor account's address book."""

    name: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2."""


class VendorAccount(Section, frozen=True, kw_only=True):
    """One account at a retailer that orders from us, by the name that codes and costs use for it. See
    docs/purchase-orders.md."""

    account: str
    """The stock owner in the warehouse."""
    party: str
    """The selling party: the vendor code."""
    endpoint: str = ""
    """`https://sellingpartnerapi-eu.amazon.com`, or a simulator; without it by EDI alone (`[edi.NAME]`)."""
    token_url: str = "https://api.amazon.com/auth/o2/token"  # noqa: S105
    client_id: str = ""
    client_secret_file: str = ""
    refresh_token_file: str = ""
    marketplace: str
    """Where its products are listed: what stands in the listings' column `marketplace`."""
    warehouses: tuple[str, ...]
    """Whose stock its orders are secured from."""
    application: str = "goodsout"
    """Accounts of one application share its application-wide limits."""
    read: bool = True
    """Whether its purchase orders are read by this transport."""
    answer: Literal["none", "by_rule"] = "none"
    """`none`: people answer in the retailer's pages, and orders are read, judged and secured only."""
    account_manager: Owner = "merchandising"
    """Who is asked how an order is answered."""
    freight: Literal["vendor_pays", "retailer_pays", "unknown"] = "unknown"
    """Who pays the carrier, where an order does not say: it decides which window binds."""
    lead_time_hours: float = 24.0
    """From an answer until goods can leave."""
    transit_hours: float = 24.0
    """On the way to the retailer, where the delivery window binds."""
    backorder_days: float | None = None
    """Days until what is missing will be there; None: nobody can tell, and nothing is backordered."""
    secure_by: Literal["reserve", "process"] = "reserve"
    """`reserve`: what our books hold is accepted, and goes to the warehouse then. `process`: what our books hold goes
    there first, and what the warehouse allocates is accepted. `[releases.accounts.NAME]` says which warehouse."""
    process_picks: bool = True
    """Whether we have the picks of its goods outs processed at Clarus; else the warehouse starts them by itself."""
    process_before_hours: float = 24.0
    """Before goods leave, when picks are processed; with `process` it is done at once."""
    allocated_within: float = 1_800.0
    """Seconds in which an allocation is waited for before people are asked; with `process`."""
    cost_tolerance_percent: float = 0.0
    """By which an order's cost may differ from the agreed one."""
    most_units: int = 100_000
    """Eaches of a line; more are doubted."""
    answer_within_hours: float = 24.0
    correct_within_hours: float = 48.0
    escalate_at: tuple[float, ...] = (0.5, 0.75, 0.9)
    """Shares of `answer_within_hours`, in ascending order, at which people hear that an order is not answered."""
    safe_at: float = 0.95
    """The share of `answer_within_hours` at which the default policy sends the safe answer."""
    read_every: float = 900.0
    """Seconds between two looks for orders that were placed."""
    changed_every: float = 3_600.0
    """Seconds between two looks for orders that were changed."""
    look_back: float = 604_800.0
    """Seconds of orders that are read when an account is read for the first time."""
    overlap: float = 3_600.0
    """Seconds of what was read before that are read again: orders appear late."""
    unread_after: float = 7_200.0
    """Seconds without a finished look until an alert."""
    look_again: float = 900.0
    """Seconds until an order that waits is judged and secured again; an import does not wait."""
    status_lag: float = 1_800.0
    """Seconds by which the retailer shows what became of an order late."""
    unconfirmed_after: float = 3_600.0
    """Seconds after which an answer that was taken and is not shown is raised."""
    destinations: dict[str, VendorDestination] = {}
    """The address book, by the retailer's code of each place."""


class PartySection(Section, frozen=True, kw_only=True):
    """A business as ship notices and invoices name it."""

    party_id: str = ""
    """The code by which the retailer knows it; empty: nobody is named."""
    name: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2."""
    tax_number: str = ""


class NoticeAccount(Section, frozen=True, kw_only=True):
    """Ship notices and invoices of one vendor account, by its name. See docs/ship-notices.md and docs/invoices.md."""

    notices: bool = False
    """Whether ship notices are sent; until then they are composed, and what they lack is told."""
    invoices: bool = False
    ship_from: dict[str, PartySection] = {}
    """By our name of the warehouse."""
    market: Literal["eu", "na"] | None = None
    """Whose rules hold; None: those of the destination's country."""
    waived: tuple[str, ...] = ()
    """Mandatory fields that the retailer wants not to be sent, by the names in docs/ship-notices.md."""
    perishables: tuple[str, ...] = ()
    """SKUs whose lot and expiry have to be told."""
    ship_date_ahead_hours: float = 0.0
    """How far ahead of its notice a load's departure may be told: the newer of two texts allows none."""
    patience_hours: float = 4.0
    """After packing, until a notice is due where the warehouse names no departure and no appointment."""
    warn_at: tuple[float, ...] = (0.5, 0.75, 0.9)
    """Shares of a notice's and of an invoice's time at which people hear that it has not gone out."""
    look_again: float = 900.0
    """Seconds until a load or an order that lacks something is looked at again."""
    late_effect: float = 300.0
    """Seconds in which a request that we gave up on may still arrive; then it is repeated once."""
    presumed_after: float = 900.0
    """Seconds after which a document that is still under way at the retailer counts as accepted."""
    shipment_prefix: str = "S"
    gs1_prefix: str = ""
    """Seven to twelve digits, for cartons and pallets that the warehouse has not numbered; empty: none are given."""
    gs1_extension: int = 0
    """The extension digit, 0 to 9, that is set aside for us."""
    invoice_prefix: str = "INV"
    """Of the invoices' numbers; each prefix is a series of its own, shared by the accounts that name it."""
    remit_to: PartySection = PartySection()
    """Who is paid."""
    bill_to: PartySection = PartySection()
    """Who is billed where an order names nobody, or not in full."""
    tax_kind: str = "VAT"
    tax_percent: str | None = None
    """Such as `20`; None: no tax stands on the invoices."""
    tax_percents: dict[str, str] = {}
    """By SKU, where it is another."""
    net_days: int | None = None
    """Payment terms."""
    discount_percent: str = "0"
    discount_days: int = 0
    invoice_within_hours: float = 24.0
    """After departure, until an invoice should be with the retailer."""
    request_timeout: float = 20.0
    """Real seconds."""
