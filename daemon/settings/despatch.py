"""Despatches told to channels, carriers, and the accounts' health."""

from typing import Literal

from daemon.settings.section import Section

CARRIER_NAMES = (
    "Amazon Shipping", "APC", "APC Overnight", "Arrow XL", "BJS", "DHL", "DHL Express", "DHL Parcel UK",
    "DHL eCommerce", "DPD", "DPD Local", "DX", "DX Freight", "FedEx", "GFS", "GLS", "Hermes", "Hermes UK",
    "Huxloe Logistics", "InPost", "Interlink", "ITD Global", "Landmark", "Panther", "Parcel2Go.com", "Parcelforce",
    "Parcelhub", "Royal Mail", "The Delivery Group", "TNT", "Tuffnells", "UK MAIL", "UPS", "Whistl", "XDP", "Yodel",
)  # fmt: skip
"""Names that Amazon is known to take in the UK. Whether it takes others, such as Evri, only an account can tell."""


class Despatch(Section, frozen=True, kw_only=True):
    late_effect: float = 60.0
    read_lag: float = 30.0
    """Seconds by which an order read at the channel may be behind."""
    told_within: float = 3600.0
    """Seconds from despatch until the channel must know: the promise."""
    workers: int = 32
    """Confirmations under way at once, over all accounts."""
    request_timeout: float = 20.0
    """Real seconds for one request to the channel."""
    unknown_reads: int = 10
    """Reads that settle nothing before a person is asked."""
    carrier_names: tuple[str, ...] = CARRIER_NAMES
    """Carriers by the channel's exact names; others are doubted. Amazon publishes no list: see Seller Central's."""
    method_in: tuple[str, ...] = ("A1F83G8C2ARO7P", "A1PA6795UKMFR9", "A13V1IB3VIYZZH", "A1RKKUPIHCS9HS")
    """Marketplaces that want the service named (`shipping_method`): the UK, and DE, FR, ES for tracking."""
    method: Literal["off", "warn", "hold"] = "warn"
    """What becomes of a carrier row without the service there: an alert, or its despatches are held too."""
    doubtful_tracking: Literal["off", "warn", "hold"] = "warn"
    """A number that does not look like its carrier's: told and counted as doubtful, or held."""


class CarrierSection(Section, frozen=True, kw_only=True):
    """What a carrier's tracking numbers look like; by the channel's name of it. Royal Mail's are built in."""

    patterns: tuple[str, ...] = ()
    """Regular expressions, each for a whole number in capitals without spaces and dashes; none: any number."""
    check_s10: bool = False
    """Numbers such as AB123456785GB must have the right check digit."""
    compact: bool = False
    """The channel takes its numbers only without the spaces and dashes that labels print."""


class Health(Section, frozen=True, kw_only=True):
    """The orders' clocks, and how accounts stand. Seconds of business time. See docs/account-health.md."""

    report: bool = True
    """Whether the channel's own report is fetched; without it forecasts are reckoned from our books alone."""
    report_every: float = 86_400.0
    """Seconds between two reports of an account."""
    report_again: float = 21_600.0
    """Seconds after which one that came to nothing is asked for again."""
    report_old_after: float = 216_000.0
    """Seconds after which the newest report is too old, and technical hears of it."""
    poll_first: float = 30.0
    """Seconds until the first look whether a report is done; pauses grow from there..."""
    poll_longest: float = 600.0
    """...up to this much."""
    give_up_after: float = 10_800.0
    """Seconds after which a report that is not done is given up."""
    transfer_timeout: float = 60.0
    """Real seconds for one download."""
    look_every: float = 60.0
    """Seconds between two looks at how accounts stand."""
    look_ahead: float = 172_800.0
    """Seconds ahead in which open orders are looked at for the one that tips an account."""
    warn_before: float = 14_400.0
    """Seconds before an account tips at which operations hears of it."""
    least_orders: int = 10
    """Orders in a window, open ones past their time among them, below which a rate raises no alert."""
    shown_within: float = 3_600.0
    """Seconds from telling a despatch until the channel must show it, and from leaving until it must be confirmed."""
    auto_cancel_after: float = 604_800.0
    """Seconds past its ship-by time at which the channel cancels an order that nobody confirmed."""
    late_target: str = "0.04"
    """Share of orders confirmed late, where the report has no target: less than this."""
    cancel_target: str = "0.025"
    """Share of orders that we cancelled, where the report has no target: less than this."""
    tracking_target: str = "0.95"
    """Share of parcels with valid tracking, where the report has no target: at least this."""
    late_window: int = 30
    """Days that are looked at where there is no report to begin with."""
    cancel_window: int = 7
    tracking_window: int = 30
    listed: int = 20
    """Orders that are listed for each measure."""
