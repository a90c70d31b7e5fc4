"""What a value must be beyond its type. A rule answers with what is wrong, in words that repeat no value."""

import math
import re
from collections.abc import Callable, Iterator, Mapping

from daemon.config_clarus import clarus_faults
from daemon.config_edi import edi_faults
from daemon.config_endpoints import partner, service
from daemon.config_hints import Key, nearest
from daemon.config_peaks import peak_faults
from daemon.config_releases import release_faults
from daemon.config_shape import Found
from daemon.config_values import (
    at_most,
    below_one,
    countries,
    dates,
    days_of_week,
    digits,
    fields,
    local_time,
    mandatory_fields,
    money,
    origin,
    path,
    patterns,
    per_cent,
    port,
    rate_as_text,
    shares,
    target,
    time_of_day,
    time_of_day_or_never,
    times_of_day,
    zone,
)
from handlers.alerts import AlertKind
from schemas.clarus import NEEDED
from schemas.clarus_goods_outs import NEEDED_OF

MAY_BE_ZERO = {
    "intake.linger",
    "intake.skew",
    "publication.near_zero",
    "publication.foresight",
    "publication.read_back_after",
    "publication.read_back_lowerings",
    "publication.read_back_raises",
    "publication.read_back_repeats",
    "despatch.read_lag",
    "clarus.*.refresh_early",
    "clarus.*.replica_lag",
    "demand.overlap",
    "demand.hysteresis",
    "peaks.*.near_zero",
    "peaks.*.foresight",
    "peaks.*.classes.*.buffer_units",
    "peaks.*.classes.*.buffer_percent",
    "classes.*.at_least",
    "classes.*.buffer_units",
    "classes.*.buffer_percent",
    "zeroes.brake_look",
    "zeroes.brake_look_first",
    "orders.kept_reads",
    "vendors.*.lead_time_hours",
    "vendors.*.transit_hours",
    "vendors.*.cost_tolerance_percent",
    "vendors.*.overlap",
    "vendors.*.status_lag",
    "health.least_orders",
    "notices.*.ship_date_ahead_hours",
    "notices.*.gs1_extension",
    "notices.*.net_days",
    "notices.*.discount_days",
}
ANY_NUMBER = {"clock.host_error", "web.port"}
MAY_BE_EMPTY = {
    "keys.master_key_files", "clarus.*.available_less", "clarus.*.product_id_paths", "clarus.*.record_paths",
    "clarus.*.time_paths", "direct_fulfilment.*.warehouses.*.replenished_at",
    "stock_reports.*.warehouses.*.replenished_at", "stock_reports.*.full_at",

    "notices.*.waived", "notices.*.perishables",
    "couriers.*.countries", "warehouses.*.closed", "orders.regions_checked", "clarus.*.other_connectors",
    "vendors.*.destinations.*.lines", "despatch.carrier_names", "despatch.method_in", "carriers.*.patterns",
    "edi.*.backorder_codes", "edi.*.vendor_pays_codes", "edi.*.retailer_pays_codes",
}  # fmt: skip

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def broken_rules(values: Mapping[Key, Found]) -> list[str]:
    """Each fault with its place, over every value that was given."""
    faults = [f"{found.place}: {fault}" for found in values.values() for fault in _faults(found)]
    for table, whose in _NAMED:
        names = {key[1]: found.place for key, found in values.items() if key[0] == table}
        bad = _BAD_NAME.format(whose=whose)
        faults += [f"{place}: {bad}" for name, place in names.items() if not _NAME.fullmatch(name)]
    sellers = {key[1] for key in values if key[0] == "sellers"}
    both = {key[1]: f.place for key, f in values.items() if key[0] == "direct_fulfilment" and key[1] in sellers}
    faults += [f"{place}: a seller has the same name: which of them would a listing mean?" for place in both.values()]
    others = {key[1] for key in values if key[0] in ("sellers", "direct_fulfilment")}
    taken = others | {key[1] for key in values if key[0] == "vendors"}
    again = {key[1]: f.place for key, f in values.items() if key[0] == "stock_reports" and key[1] in taken}
    faults += [f"{place}: another account has the same name: which would a listing mean?" for place in again.values()]
    twice = {key[1]: f.place for key, f in values.items() if key[0] == "vendors" and key[1] in others}
    faults += [f"{place}: another account has the same name: which would an order mean?" for place in twice.values()]
    kinds = {key[1]: found.place for key, found in values.items() if key[0] == "owners"}
    faults += [f"{place}: {_no_kind(name)}" for name, place in kinds.items() if name not in set(AlertKind)]
    more = (clarus_faults(values), peak_faults(values), release_faults(values), edi_faults(values))
    return [*faults, *(fault for found in more for fault in found)]


_NAMED = (
    ("sellers", "seller"), ("direct_fulfilment", "account"), ("clarus", "tenant"), ("classes", "class"),
    ("peaks", "peak"), ("vendors", "vendor account"), ("edi", "exchange"), ("notices", "vendor account"),
    ("stock_reports", "account"),
)  # fmt: skip


def _no_kind(name: str) -> str:
    near = nearest(name, AlertKind)
    return "no such alert kind; " + (f"did you mean {near}?" if near else f"there are {', '.join(AlertKind)}")


_BAD_NAME = "the {whose}'s name must be letters, digits, - and _: it is part of labels and routing keys"


def _faults(found: Found) -> Iterator[str]:
    rule = _RULES.get(found.field)
    for fault in (_general(found), rule(found.value) if rule else None):
        if fault:
            yield fault
            return


def _general(found: Found) -> str | None:
    match found.value:
        case bool():
            return None
        case int() | float() as number:
            return _number(found.field, number)
        case str() as text:
            return None if text.strip() else "must not be empty"
        case tuple() | list() as items:
            return _items(found.field, [str(item) for item in items])
        case _:
            return None


def _number(field: str, value: float) -> str | None:
    if not math.isfinite(value):
        return "must be a finite number"
    if field in ANY_NUMBER or value > 0 or (value == 0 and field in MAY_BE_ZERO):
        return None
    return "must not be negative" if field in MAY_BE_ZERO else "must be above 0"


def _items(field: str, items: list[str]) -> str | None:
    if not items and field not in MAY_BE_EMPTY:
        return "must name at least one"
    if not all(item.strip() for item in items):
        return "must not hold an empty text"
    return "names one of them twice" if len(set(items)) < len(items) else None


_RULES: dict[str, Callable[[object], str | None]] = {
    "bus.url": service("bus.password_file", "amqp", "amqps"),
    "bus.heartbeat": at_most(65_535),
    "bus.prefetch": at_most(65_535),
    "database.url": service("database.password_file", "postgresql"),
    "publication.foresight": below_one,
    "publication.read_back_lowerings": at_most(1),
    "publication.read_back_raises": at_most(1),
    "publication.read_back_repeats": at_most(1),
    "web.port": port,
    "clock.origin": origin,
    "demand.hysteresis": below_one,
    "classes.*.buffer_percent": per_cent,
    "feeds.messages": at_most(25_000),
    "health.late_target": target,
    "health.cancel_target": target,
    "health.tracking_target": target,
    "carriers.*.patterns": patterns,
    "catalogue.at": time_of_day_or_never,
    "catalogue.page_size": at_most(20),
    "sellers.*.baseline_at": time_of_day,
    "sellers.*.release_from": origin,
    "orders.most_value": money,
    "orders.regions_checked": countries,
    "couriers.*.countries": countries,
    "labels.*.insured": money,
    "labels.*.width": money,
    "labels.*.length": money,
    "couriers.*.lines": at_most(3),
    "couriers.*.line": at_most(80),
    "warehouses.*.time_zone": zone,
    "warehouses.*.cut_off": local_time,
    "warehouses.*.leaves_at": local_time,
    "warehouses.*.working_days": days_of_week,
    "warehouses.*.closed": dates,
    "sellers.*.endpoint": partner,
    "sellers.*.token_url": partner,
    "direct_fulfilment.*.baseline_at": time_of_day,
    "notices.*.gs1_prefix": digits(7, 12),
    "notices.*.gs1_extension": at_most(9),
    "notices.*.waived": mandatory_fields,
    "notices.*.warn_at": shares,
    "notices.*.tax_percent": rate_as_text,
    "notices.*.tax_percents.*": rate_as_text,
    "notices.*.discount_percent": rate_as_text,
    "direct_fulfilment.*.endpoint": partner,
    "direct_fulfilment.*.items": at_most(10_000),
    "direct_fulfilment.*.token_url": partner,
    "direct_fulfilment.*.warehouses.*.replenished_at": times_of_day,
    "direct_fulfilment.*.warehouses.*.zone": zone,
    "vendors.*.endpoint": partner,
    "vendors.*.token_url": partner,
    "vendors.*.escalate_at": shares,
    "vendors.*.safe_at": below_one,
    "vendors.*.cost_tolerance_percent": per_cent,
    "edi.*.zone": zone,
    "stock_reports.*.items": at_most(10_000),
    "stock_reports.*.full_at": times_of_day,
    "stock_reports.*.warehouses.*.replenished_at": times_of_day,
    "stock_reports.*.warehouses.*.zone": zone,
    "peaks.*.begins": origin,
    "peaks.*.ends": origin,
    "peaks.*.foresight": below_one,
    "peaks.*.baseline_at": time_of_day_or_never,
    "peaks.*.classes.*.buffer_percent": per_cent,
    "clarus.*.host": partner,
    "clarus.*.token_url": partner,
    "clarus.*.graphql_path": path,
    "clarus.*.rest_prefix": path,
    "releases.accounts.*.priority": at_most(99),
    "clarus.*.page_size": at_most(1_000),
    "clarus.*.hook_body": at_most(16_777_216),
    "clarus.*.balance_fields": fields(NEEDED),
    "clarus.*.automation_fields": fields(("id",)),
    "clarus.*.integration_fields": fields(("id", "name", "integration_provider", "enabled")),
    "clarus.*.order_fields": fields(("id", "reference", "goods_out_status.code")),
    "clarus.*.order_line_fields": fields(("id", "order_quantity", "product.id", "goods_out.id")),
    "clarus.*.goods_outs.at_once": at_most(100),
    "clarus.*.goods_outs.goods_out_fields": fields(NEEDED_OF["goods_outs"]),
    "clarus.*.goods_outs.line_fields": fields(NEEDED_OF["goods_out_lines"]),
    "clarus.*.goods_outs.shipment_fields": fields(NEEDED_OF["shipments"]),
    "clarus.*.goods_outs.package_fields": fields(NEEDED_OF["packages"]),
}
