"""Vendor stock told by EDI."""

from daemon.settings.section import Section, ZeroRule
from daemon.settings.sellers import FulfilmentWarehouse


class StockReportAccount(Section, frozen=True, kw_only=True):
    """Stock told to a retailer as documents, by the name that listings use for it. See docs/stock-reports.md."""

    exchange: str
    """The exchange of EDI that carries them; its vendor account says whose stock it is."""
    warehouses: dict[str, FulfilmentWarehouse] = {}
    """By the retailer's name of each: what stands in the listings' column `marketplace`."""
    every: float = 900.0
    """Seconds between two reports of changes; what must be true for a replenishment does not wait for it."""
    full_at: tuple[str, ...] = ()
    """Times of day, UTC, `02:30`, at which everything is reported; never, without any."""
    items: int = 1_000
    """In one report of changes at most."""
    item_qualifier: str = "own"
    """What the listings' seller SKUs are in the documents, such as `EN`; `own`: VN (X12) or SA (EDIFACT)."""
    with_cost: bool = False
    """Whether the agreed cost stands beside each quantity."""
    answered_within: float = 3_600.0
    """Seconds within which the partner should say that a report was read; then its levels are said again."""
    nets_own_orders: bool = False
    """The retailer takes its own open orders off whatever quantity it is told."""
    zero_rule: ZeroRule | None = None
    """For zeroes that neither their SKU nor their class has a rule for; None: held, and an alert."""
    look_every: float = 60.0
    """Seconds between two looks at what became of a report."""
    warn_before: float = 2_700.0
    """Seconds before the last moment to tell, in which whoever waits for long is raised."""
    usual: float = 1_800.0
    """Seconds that telling takes when all is well."""
