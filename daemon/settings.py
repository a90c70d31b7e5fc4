"""Every setting of the daemon, with its unit and its default. `config.py` reads them; nothing else does.

Seconds are business seconds where the clock's factor applies (waits, grace, deadlines) and real seconds for
sockets and databases, as each line says.
"""

from typing import Literal

import msgspec

Owner = Literal["operations", "logistics", "ecommerce", "merchandising", "finance", "customer_service", "technical"]
ZeroRule = Literal["send", "hold", "alert"]
"""Tell a zero at once, hold it for a decision, tell it and raise an alert."""
ChannelKind = Literal["seller_central", "vendor_central", "storefront"]
GoodsOutWord = Literal["draft", "pending", "part_allocated", "allocated", "picking", "completed", "cancelled"]
"""Where a goods out of Clarus stands."""
Role = Literal["intake", "documents", "relay", "publish", "despatch", "release", "watch", "web"]
ROLES: tuple[Role, ...] = ("intake", "documents", "relay", "publish", "despatch", "release", "watch", "web")


CARRIER_NAMES = (
    "Amazon Shipping", "APC", "APC Overnight", "Arrow XL", "BJS", "DHL", "DHL Express", "DHL Parcel UK",
    "DHL eCommerce", "DPD", "DPD Local", "DX", "DX Freight", "FedEx", "GFS", "GLS", "Hermes", "Hermes UK",
    "Huxloe Logistics", "InPost", "Interlink", "ITD Global", "Landmark", "Panther", "Parcel2Go.com", "Parcelforce",
    "Parcelhub", "Royal Mail", "The Delivery Group", "TNT", "Tuffnells", "UK MAIL", "UPS", "Whistl", "XDP", "Yodel",
)  # fmt: skip
"""Names that Amazon is known to take in the UK. Whether it takes others, such as Evri, only an account can tell."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the configuration file: unknown keys are refused."""


class Bus(Section, frozen=True, kw_only=True):
    url: str
    """`amqp://user@host:5672/vhost`, or `embedded:`. A password belongs in `password_file`."""
    password_file: str | None = None
    heartbeat: int = 30
    """Real seconds."""
    prefetch: int = 1000
    publish_timeout: float = 10.0
    """Real seconds until a publish without an answer counts as unknown."""
    watchdog: float = 20.0
    """Real seconds without any sign of life, with work waiting, until the connection is built anew."""


class Database(Section, frozen=True, kw_only=True):
    url: str
    """`postgresql://user@host:5432/name`, or `embedded:`. A password belongs in `password_file`."""
    password_file: str | None = None
    folder: str = ".goodsout/postgres"
    """Where `embedded:` keeps its data."""
    statement_timeout: float = 30.0
    """Real seconds."""
    connections: int = 6
    """For everything but despatch, which has its own."""
    despatch_connections: int = 4


class Intake(Section, frozen=True, kw_only=True):
    batch: int = 500
    """Messages in one transaction at most."""
    linger: float = 0.005
    """Real seconds to wait for more once one message is there."""
    grace: float = 10.0
    """Seconds that a gap may last before the SKU is in doubt."""
    skew: float = 5.0
    """Seconds by which producers' clocks may be wrong."""
    level_request_again: float = 30.0
    """Seconds until an unanswered request for a level is sent again, with the same id."""
    max_body: int = 1_048_576
    """Bytes."""
    drain: float = 20.0
    """Real seconds that a graceful stop may take."""


class Publication(Section, frozen=True, kw_only=True):
    late_effect: float = 60.0
    """Seconds in which a request that we gave up on may still take effect at the partner."""
    request_timeout: float = 5.0
    """Real seconds for one request; less than a publisher's lease lasts."""
    near_zero: int = 5
    """Channel units; a lowering to this or less goes before everything else."""
    channel_lag: float = 10.0
    """Seconds that the channel takes, about, until it shows what it accepted."""
    patience: float = 30.0
    """Seconds further ahead that costs are weighed: about what a listing waits that is passed over."""
    longest_wait: float = 3600.0
    """Seconds after which a change has a turn of its own, however little it costs."""
    order_units: float = 1.0
    """Channel units in an average order of a listing that has not sold yet; of the others it is measured."""
    foresight: float = 0.0
    """The chance, 0 to 1, of others taking a unit within `channel_lag` above which it is not shown; 0: all are."""
    held_back_risk: float = 0.1
    """While dear lowerings wait for their turn: the chance, 0 to 1, of others taking a unit before the listing's next
    turn, above which it is not shown; 0: all are."""
    read_back_after: float = 5.0
    """Seconds after acceptance until the first read of what is live."""
    read_back_every: float = 30.0
    """Seconds until a second read while what is live is not what was accepted; pauses double from there..."""
    read_back_longest: float = 300.0
    """...up to this many seconds."""
    read_back_lowerings: float = 1.0
    """Share of accepted lowerings that are read back, 0 to 1. Near zero and in doubt, each is."""
    read_back_raises: float = 0.1
    """Share of accepted raises that are read back, 0 to 1."""
    read_back_repeats: float = 0.1
    """Share of values told again that are read back, 0 to 1."""
    read_back_audit_every: float = 86_400.0
    """Seconds in which each listing is read at least once, as far as the budget goes: people write there too."""
    untold_near_zero_after: float = 60.0
    """Seconds that a lowering to near zero may wait until it is told; then ecommerce hears of it."""
    untold_lowering_after: float = 300.0
    """The same for other lowerings."""
    untold_raise_after: float = 1_800.0
    """The same for raises."""
    untold_repeat_after: float = 7_200.0
    """The same for values that are told again."""
    never_live_after: float = 900.0
    """Seconds after which "accepted but never live" is raised."""
    denied_for: float = 60.0
    """Seconds without calls for a listing after the channel turned our credentials away."""
    refused_again_after: float = 21_600.0
    """Seconds after which a value that the channel refused is told once more; an import does not wait."""


class Demand(Section, frozen=True, kw_only=True):
    """What channels have sold: how it is heard of, and how fast listings sell."""

    every: float = 180.0
    """Seconds between two looks for orders at a channel, at least."""
    behind: float = 125.0
    """Seconds that a look stays behind the present. Amazon demands two minutes; the rest is for unlike clocks."""
    unread_after: float = 1800.0
    """Seconds without a finished look until an alert."""
    overlap: float = 300.0
    """Seconds of what was read before that are read again: orders appear late."""
    look_back: float = 1_209_600.0
    """Seconds of orders that are read when an account is read for the first time."""
    half_life: float = 604_800.0
    """Seconds until a sale counts half."""
    hysteresis: float = 0.2
    """Share below its threshold at which a listing leaves its velocity class."""
    stuck_after: float = 432_000.0
    """Seconds after which a line that nobody allocates or cancels is raised."""
    keep_days: int = 120
    """Days that order lines are kept once nothing is open; older orders are passed over."""


class VelocityClass(Section, frozen=True, kw_only=True):
    """Listings that sell at a certain speed, and what is kept back of them."""

    at_least: float
    """Channel units a day."""
    buffer_units: int = 0
    """Eaches."""
    buffer_percent: float = 0.0
    """Of the pool."""


class PeakClass(Section, frozen=True, kw_only=True):
    """What is kept back of a velocity class during a peak, in place of what stands in `classes`."""

    buffer_units: int = 0
    """Eaches."""
    buffer_percent: float = 0.0
    """Of the pool."""


class Peak(Section, frozen=True, kw_only=True):
    """A dated period with settings of its own; what is left out stays as it stands. See docs/peaks.md."""

    begins: str
    """ISO 8601 with a zone."""
    ends: str
    """ISO 8601 with a zone; the first moment after it."""
    patience: float | None = None
    """In place of `publication.patience`."""
    near_zero: int | None = None
    """In place of `publication.near_zero`."""
    foresight: float | None = None
    """In place of `publication.foresight`."""
    baseline_at: str | None = None
    """Time of day, UTC, or `never`: in place of that of every account."""
    classes: dict[str, PeakClass] = {}
    """By the names that stand in `classes`."""


class Feeds(Section, frozen=True, kw_only=True):
    """Bulk changes of stock by feed, beside the patches. Seconds of business time, where nothing else is said."""

    enabled: bool = True
    when_backlog_exceeds: float = 600.0
    """What the patches reach within so long is left to them; a feed carries the rest, where that is safe."""
    worth: int = 100
    """Listings; fewer are left to the patches."""
    every: float = 300.0
    """Between two feeds of one account, at least."""
    at_once: int = 3
    """Feeds of one account that may run at a time."""
    messages: int = 25_000
    """In one feed at most; Amazon takes no more."""
    size: int = 10_485_760
    """Bytes of one feed at most."""
    fresh_for: float = 300.0
    """Values older than this do not leave any more: the feed is given up, and they are computed anew."""
    stuck_after: float = 7200.0
    """From its submission until a feed that has not ended counts as stuck."""
    poll_first: float = 10.0
    """From the submission until the first look at what became of it; pauses grow by half from there..."""
    poll_longest: float = 120.0
    """...up to this much."""
    longest: float = 28_800.0
    """Until a feed that nobody has heard of again is no longer waited for."""
    transfer_timeout: float = 60.0
    """Real seconds for one upload or download."""


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


class Zeroes(Section, frozen=True, kw_only=True):
    """Zeroes that wait, and the brake on mass change. A SKU's own rule stands in the listings file."""

    classes: dict[str, ZeroRule] = {}
    """The rule by velocity class; without one, the account's."""
    hold_for: float = 14_400.0
    """Seconds for which the rule `hold` waits for merchandising."""
    brake_share: float = 10.0
    """Per cent of an account's listings that fall to zero or move by much, unexplained, until the brake goes on."""
    brake_move: float = 50.0
    """Per cent of what a listing showed; moving by more counts for the brake."""
    brake_window: float = 900.0
    """Seconds within which they are counted."""
    brake_minimum: int = 20
    """Listings that must move so, whatever the share."""
    brake_look: float = 5.0
    """Seconds that an unexplained zero waits, once the minimum is reached, to see if the share is too; 0: none."""
    brake_look_first: float = 2.0
    """Seconds that an unexplained zero waits before that: it may be the first of many; 0: none."""
    brake_decide_within: float = 3600.0
    """Seconds until what the brake holds is escalated, and levels are asked for anew; again after as many."""


class Watch(Section, frozen=True, kw_only=True):
    every: float = 1.0
    """Real seconds between two rounds."""
    inbox_days: int = 7
    stream_days: int = 90
    hook_days: int = 30
    """Webhooks are kept, sealed, for so long."""
    edi_days: int = 400
    """EDI files are kept, as they came and left, for so long."""


class Buyers(Section, frozen=True, kw_only=True):
    """What is held of buyers, and for how long. See docs/buyer-data.md."""

    erase_after_days: int = 30
    """Days after an order was despatched or ended; parked bodies that may hold buyer data: after they came or were
    settled. Webhooks go then too, or after `watch.hook_days` where that is sooner."""
    orders_days: int = 365
    """Days that an order which has ended is kept, without its buyer."""
    access_days: int = 400
    """Days that is kept who read which order's address."""
    backup_days: int = 35
    """Days that you keep a backup: `goodsout erase` names it. Nothing here makes any."""


class Web(Section, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    port: int = 8085
    """0 takes any free port."""


class ClockSection(Section, frozen=True, kw_only=True):
    factor: float = 1.0
    origin: str | None = None
    """ISO 8601 with a zone; the same for all processes that share a factor."""
    yields: bool = False
    """For rehearsals with a factor above 1: run slower while a process does not keep up. Simulators must follow."""
    host_error: float = 0.0
    """For rehearsals: seconds by which this host pretends that its clock is wrong."""


class Keys(Section, frozen=True, kw_only=True):
    """Keys that seal stored bodies. Newest first: the first seals, all open."""

    master_key_files: tuple[str, ...] = ()


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


class EdiServer(Section, frozen=True, kw_only=True):
    """A partner's SFTP server. Partners often give one user to fetch and another to put."""

    host: str = ""
    port: int = 22
    user: str = ""
    upload_user: str = ""
    """Without it the same one."""
    key_file: str = ""
    """Our private key."""
    known_hosts_file: str = ""
    """The server's key, as the partner gave it by another way: a host that is not in it is not talked to."""
    download: str = "."
    upload: str = "."
    """Folders at the server."""
    timeout: float = 30.0
    """Seconds for connecting, and for each answer."""


class EdiExchange(Section, frozen=True, kw_only=True):
    """One exchange of EDI with one partner: live and test are two. See docs/edi.md."""

    standard: Literal["x12", "edifact"]
    vendor: str
    """The vendor account whose purchase orders come here."""
    our_id: str
    our_qualifier: str = "ZZ"
    their_id: str = "AMAZON"
    their_qualifier: str = "ZZ"
    our_group_id: str = ""
    their_group_id: str = ""
    """X12 GS02 and GS03; without them as in the ISA."""
    test: bool = False
    currency: str
    """Where a document names none. ISO 4217."""
    zone: str = "UTC"
    """Whose days the documents' dates are, such as `Europe/London`."""
    transport: Literal["folder", "sftp"] = "folder"
    inbox: str = ""
    outbox: str = ""
    """`folder`: of this machine (an AS2 gateway fills one and empties the other)."""
    server: EdiServer = EdiServer()
    """`sftp`."""
    every: float = 60.0
    """Seconds between two looks for files."""
    most_bytes: int = 67_108_864
    """Of a file; a larger one stays where it is and is raised."""
    carries_documents: bool = True
    """Whether ship notices and invoices of the vendor account go this way rather than by its API."""
    acknowledges: bool = True
    """Whether what comes is answered with 997 or CONTRL."""
    asks_interchange_answer: bool = False
    """X12 ISA14, EDIFACT 0031."""
    acknowledged_within: float = 86_400.0
    """Seconds within which the partner should say that a document was read."""
    presumed_after: float = 3_600.0
    """Seconds after that in which no word against it counts as accepted."""
    numbers_kept_days: int = 400
    """For so long a control number of theirs names what came under it first."""
    isa_versions: dict[str, str] = {}
    """X12 ISA12 by document, over those of Amazon's vendor programme (855: 00400, 856: 00501, others: 00401)."""
    gs_versions: dict[str, str] = {}
    """X12 GS08 by document (856: 005010, others: 004010)."""
    associations: dict[str, str] = {}
    """EDIFACT: the association's code by message (ORDRSP and DESADV: EAN005, INVOIC and INVRPT: EAN008)."""
    backorder_codes: tuple[str, ...] = ()
    """X12 CSH01 that allow back-orders; none unless the partner says which."""
    vendor_pays_codes: tuple[str, ...] = ("PP",)
    retailer_pays_codes: tuple[str, ...] = ("CC",)
    """X12 FOB01."""
    retailer_reference_qualifier: str = "BX"
    ship_date_qualifier: Literal["067", "068"] = "068"
    line_break: bool = False
    """A line break after each segment that we write."""


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
    """Shares of a notice's time at which people hear that it has not gone out."""
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
    """After departure, until an invoice should be out."""
    request_timeout: float = 20.0
    """Real seconds."""


class ClarusHook(Section, frozen=True, kw_only=True):
    """One automation at Clarus that posts to `/clarus/hooks/<token>`: nothing in the request names its event."""

    token_file: str
    """The token in its URL: at least 32 characters that nobody can guess, another for each automation."""
    automation_id: str
    """What `X-ClarusWMS-Automation-ID` must say."""
    resource: str
    """Such as `stock` or `stock_balance`."""
    event: str


class ClarusChannel(Section, frozen=True, kw_only=True):
    """Goods outs that say themselves where they were sold: those with one of `values` at `path`."""

    account: str
    """The channel account, as listings and despatches name it."""
    kind: str = "amazon"
    marketplace: str | None = None
    """None: our books or the channel's order say."""
    path: str
    """A dotted path into a goods out, such as `order_type.code`; `goods_out_fields` must ask for it."""
    values: tuple[str, ...]


class ClarusContents(Section, frozen=True, kw_only=True):
    """Where the tenant keeps what is in which parcel: a list of GraphQL, filtered by `goods_out_id`."""

    list: str = ""
    """Such as `tasks`; empty: nowhere, and goods outs of several parcels are held."""
    filter_type: str = "TaskFilterType"
    filters: dict[str, str] = {}
    """Further filters, each by `eq`, such as `task_type_code = "PICK"`."""
    fields: str = ""
    parcel_path: str = ""
    """Where a row names the parcel, and `package_path` where a package has that name."""
    package_path: str = ""
    sku_path: str = "product.code"
    quantity_path: str = "confirmed_quantity"
    line_path: str | None = None
    """Where a row names the order line, by Clarus's id or by the line's own reference; None: by SKU alone."""


class ClarusGoodsOuts(Section, frozen=True, kw_only=True):
    """What leaves the warehouse, read out of Clarus: docs/clarus.md, "Orders and despatches from Clarus"."""

    read: bool = False
    """Whether goods outs become `order.*` and `despatch.*`; off where the warehouse sends these itself."""
    sweep_every: float = 900.0
    """Seconds from the end of a sweep of goods outs to the next."""
    sweep_least: float = 60.0
    """Seconds between two sweeps that webhooks ask for."""
    days_back: int = 30
    """Days around today within which a goods out is expected to leave, for the sweep to see it."""
    days_ahead: int = 30
    statuses: tuple[str, ...] = (
        "PENDING", "PICK", "PART", "ALLOCATED", "PART_ALLOCATED", "COMPLETED", "CANCELLED",
    )  # fmt: skip
    """Status codes that the sweep asks for."""
    sweep_by_warehouse: bool = True
    """Ask for our warehouses alone; off where goods outs name no warehouse until they are allocated."""
    status_words: dict[str, GoodsOutWord] = {}
    """A tenant's own status codes, and where an order in them stands."""
    completed_again: float = 172_800.0
    """Seconds during which a completed goods out is read in full by each sweep: it may have been taken back."""
    look_again: float = 300.0
    """Seconds until a goods out that is held is read again."""
    keep_days: int = 120
    """Days that a goods out which has ended is remembered; more than `days_back`."""
    at_once: int = 20
    """Goods outs of one read by name."""
    goods_out_fields: str = (
        "id reference external_system_reference1 goods_out_status { code } account { code } warehouse { id }"
    )
    line_fields: str = (
        "id order_quantity allocated_quantity pick_quantity dispatch_quantity alt_line_reference"
        " external_system_reference1 product { code } goods_out { id }"
    )
    shipment_fields: str = "id status packages_count carrier { code } carrier_service { code }"
    package_fields: str = "id tracking_number shipment { id }"
    order_id_paths: tuple[str, ...] = ("external_system_reference1",)
    """Where a goods out has the channel's order id; what is written there otherwise must not look like one."""
    line_reference_paths: tuple[str, ...] = ("alt_line_reference", "external_system_reference1")
    despatched_at_paths: tuple[str, ...] = ("actual_date_of_dispatch",)
    """Where a goods out says when it left, with a zone; where it does not: when it was first seen completed."""
    tracking_paths: tuple[str, ...] = ("tracking_number",)
    """Of a package."""
    carrier_paths: tuple[str, ...] = ("carrier.code",)
    """Of a shipment."""
    service_paths: tuple[str, ...] = ("carrier_service.code",)
    shipments_left: tuple[str, ...] = ("dispatched",)
    """Statuses of a shipment that has gone, for `part_despatch`."""
    shipments_void: tuple[str, ...] = ("cancelled",)
    """Statuses of a shipment that counts for nothing."""
    hook_paths: tuple[str, ...] = ("reference", "data.reference")
    """Where a webhook of `goods_out` names it."""
    stock_hook_paths: tuple[str, ...] = ("goods_out.reference", "data.goods_out.reference")
    """The same in a webhook of `stock`."""
    picked_leaves_allocated: bool = False
    """Whether Clarus's allocated_quantity falls as units are picked. What is picked is set aside either way."""
    over_despatch: Literal["cap", "hold"] = "cap"
    """More left than was ordered: tell the channel what it sold, or hold the despatch."""
    shorted: Literal["tell", "hold"] = "tell"
    """Less left and no more will: tell what left, or hold the despatch."""
    substituted: Literal["hold", "tell"] = "hold"
    """Another SKU left on a line of the channel's."""
    part_despatch: Literal["wait", "tell"] = "wait"
    """Some has left and more is to come: wait for the rest, or tell each parcel whose contents are certain."""
    vanished: Literal["ask", "cancelled"] = "ask"
    """Not started, no longer shown, and no cancellation is known: ask people, or take it as cancelled."""
    contents: ClarusContents = ClarusContents()
    channels: dict[str, ClarusChannel] = {}


class Clarus(Section, frozen=True, kw_only=True):
    """One ClarusWMS tenant. What its maker does not document is a setting, explained in docs/clarus.md."""

    subdomain: str
    client_id: str
    client_secret_file: str
    host: str = "https://clarus-api.com"
    graphql_path: str = "/graphql"
    rest_prefix: str = "/api"
    token_url: str = "https://clarus-api.com/oauth/token"  # noqa: S105
    credentials_in: Literal["form", "basic"] = "form"
    """Whether client id and secret travel in the form or as HTTP Basic."""
    scope: str | None = None
    token_life: float = 300.0
    """Seconds that a token is used for where the answer does not say."""
    refresh_early: float = 60.0
    """Seconds before its end at which a token is no longer used."""
    request_timeout: float = 20.0
    """Real seconds."""
    calls_per_second: float = 2.0
    concurrent_calls: int = 2
    """Of one process."""
    page_size: int = 100
    balance_fields: str = (
        "available allocated ordered received picked product { id code } account { id code } warehouse { id }"
    )
    order_fields: str = "id reference goods_out_status { code } account { id } warehouse { id }"
    order_line_fields: str = (
        "id order_quantity allocated_quantity pick_quantity dispatch_quantity product { id code }"
        " goods_out { id reference }"
    )
    """A tenant that shows `alt_line_reference` there may add it: lines of one product are then told apart."""
    integration_fields: str = "id name integration_provider integration_type enabled"
    check_connectors: bool = True
    """Look whether a connector of the tenant's own imports our orders too: then none is released."""
    connectors_every: float = 86_400.0
    """Seconds between two such looks."""
    other_connectors: tuple[str, ...] = ()
    """Ids of connectors that import the orders of other selling accounts alone."""
    line_delete_verb: Literal["DESTROY", "REMOVE"] = "DESTROY"
    """The vendor's schemas say the one, its guides the other."""
    product_fields: str = "id code barcode case_barcode units_per_case"
    """Of products, for the comparison with what channels list."""
    automation_fields: str = "id name resource_name event enabled"
    check_fields: bool = True
    """Ask the schema whether it has these fields before anything is read."""
    available_less: tuple[Literal["allocated", "ordered", "picked"], ...] = ()
    """Columns still to be taken off Clarus's `available` to get what can be sold."""
    absent_means: Literal["doubt", "zero"] = "doubt"
    """A balance that is no longer shown: a permission effect, or how this tenant shows nothing left."""
    replica_lag: float = 60.0
    """Seconds by which a read may be behind what has happened."""
    sweep_every: float = 3600.0
    """Seconds from the end of a sweep of all balances to the next."""
    sweep_least: float = 300.0
    """Seconds between two sweeps that hints ask for."""
    read_again: float = 300.0
    """Seconds until a balance that could not be believed, or was not shown, is read again."""
    unreadable_after: float = 300.0
    """Seconds without a usable answer until an alert."""
    hook_body: int = 262_144
    """Bytes of a webhook at most."""
    hook_timeout: float = 5.0
    """Real seconds for a webhook's body to arrive."""
    hook_age: float = 86_400.0
    """Seconds: a webhook whose own time is older is a replay."""
    sku_paths: tuple[str, ...] = ("product.code", "product_code", "data.product.code", "data.product_code")
    product_id_paths: tuple[str, ...] = ("product.id", "product_id", "data.product.id", "data.product_id")
    record_paths: tuple[str, ...] = ("id", "data.id")
    time_paths: tuple[str, ...] = ("updated_at", "created_at", "data.updated_at", "data.created_at")
    hooks: dict[str, ClarusHook] = {}
    goods_outs: ClarusGoodsOuts = ClarusGoodsOuts()


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
    looked_up_at_once: int = 50
    """Orders in one look-up, at most."""
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


class Settings(Section, frozen=True, kw_only=True):
    bus: Bus
    database: Database
    intake: Intake = Intake()
    publication: Publication = Publication()
    demand: Demand = Demand()
    zeroes: Zeroes = Zeroes()
    feeds: Feeds = Feeds()
    despatch: Despatch = Despatch()
    carriers: dict[str, CarrierSection] = {}
    health: Health = Health()
    catalogue: Catalogue = Catalogue()
    releases: Releases = Releases()
    watch: Watch = Watch()
    buyers: Buyers = Buyers()
    web: Web = Web()
    clock: ClockSection = ClockSection()
    keys: Keys = Keys()
    owners: dict[str, Owner] = {}
    """Which team owns an alert kind, where it is not the default."""
    classes: dict[str, VelocityClass] = {}
    """Velocity classes, by the name that listings are put in them with."""
    sellers: dict[str, SellerAccount] = {}
    direct_fulfilment: dict[str, DirectFulfilmentAccount] = {}
    vendors: dict[str, VendorAccount] = {}
    edi: dict[str, EdiExchange] = {}
    """Accounts whose purchase orders are answered."""
    notices: dict[str, NoticeAccount] = {}
    """Ship notices and invoices, by the name of the vendor account."""
    peaks: dict[str, Peak] = {}
    """Dated periods, such as the weeks before Christmas; where they overlap, the one that began last is in force."""
    orders: Orders = Orders()
    couriers: dict[str, CourierSection] = {}
    clarus: dict[str, Clarus] = {}
    warehouses: dict[str, WarehouseSection] = {}
    labels: dict[str, LabelAccount] = {}
    """By selling account; of one that is not named here no label is bought."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
