"""Tenants of Clarus."""

from typing import Literal

from daemon.settings.section import GoodsOutWord, Section


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
    """Days that a goods out which has ended is remembered; more than `days_back` and `days_ahead` together."""
    at_once: int = 50
    """Goods outs of one read by name, at most: fewer after an answer that could not be used."""
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


class ClarusProductFile(Section, frozen=True, kw_only=True):
    """The file by which the tenant takes the size of a case, which its REST API does not. Its maker names one column
    of it in public; the others are the tenant's template's."""

    folder: str | None = None
    """Where one is put once a day with the case packs that differ; None: only by hand."""
    code_column: str = "Code"
    units_per_case_column: str = "Units Per Case"
    account_column: str | None = None
    """The stock owner; None: the template has no such column."""
    more_columns: dict[str, str] = {}
    """What else the template asks for: column to what stands in every row."""


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
    product_file: ClarusProductFile = ClarusProductFile()
