"""What a value must be beyond its type. A rule answers with what is wrong, in words that repeat no value."""

import ipaddress
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from urllib.parse import SplitResult, parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from daemon.config_clarus import clarus_faults
from daemon.config_edi import edi_faults
from daemon.config_hints import Key, nearest
from daemon.config_peaks import doubtful_peaks, peak_faults
from daemon.config_releases import release_faults
from daemon.config_shape import Found
from daemon.settings import Settings
from handlers.alerts import AlertKind
from handlers.ship_notice_rules import WORDS
from schemas.clarus import NEEDED
from schemas.clarus_goods_outs import NEEDED_OF
from schemas.clarus_graph import lacks, read_selection

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
    "notices.*.waived", "notices.*.perishables",
    "couriers.*.countries", "warehouses.*.closed", "orders.regions_checked", "clarus.*.other_connectors",
    "vendors.*.destinations.*.lines", "despatch.carrier_names", "despatch.method_in", "carriers.*.patterns",
    "edi.*.backorder_codes", "edi.*.vendor_pays_codes", "edi.*.retailer_pays_codes",
}  # fmt: skip
EMBEDDED = "embedded:"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SECRET_PARAMETER = re.compile(r"pass|secret|token", re.IGNORECASE)
_EMBEDDED_BUS = re.compile(r"embedded:[\w.-]*")
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
    twice = {key[1]: f.place for key, f in values.items() if key[0] == "vendors" and key[1] in others}
    faults += [f"{place}: another account has the same name: which would an order mean?" for place in twice.values()]
    kinds = {key[1]: found.place for key, found in values.items() if key[0] == "owners"}
    faults += [f"{place}: {_no_kind(name)}" for name, place in kinds.items() if name not in set(AlertKind)]
    more = (clarus_faults(values), peak_faults(values), release_faults(values), edi_faults(values))
    return [*faults, *(fault for found in more for fault in found)]


_NAMED = (
    ("sellers", "seller"), ("direct_fulfilment", "account"), ("clarus", "tenant"), ("classes", "class"),
    ("peaks", "peak"), ("vendors", "vendor account"), ("edi", "exchange"), ("notices", "vendor account"),
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


def _digits(least: int, most: int) -> Callable[[object], str | None]:
    def rule(value: object) -> str | None:
        good = isinstance(value, str) and value.isascii() and value.isdigit() and least <= len(value) <= most
        return None if good else f"must be {least} to {most} digits"

    return rule


def _mandatory_fields(value: object) -> str | None:
    unknown = sorted(set(value) - WORDS) if isinstance(value, tuple | list) else []
    return (
        f"no such mandatory field as {', '.join(unknown)}; there are {', '.join(sorted(WORDS))}" if unknown else None
    )


def _rate_as_text(value: object) -> str | None:
    good = re.fullmatch(r"\d{1,2}(\.\d{1,4})?|100", str(value))
    return None if good else "must be per cent as text, such as 20 or 5.5"


def _at_most(limit: int) -> Callable[[object], str | None]:
    def rule(value: object) -> str | None:
        return f"must be at most {limit}" if isinstance(value, int | float) and value > limit else None

    return rule


def _port(value: object) -> str | None:
    return (
        None if isinstance(value, int) and 0 <= value <= 65_535 else "must be a port from 0 (any free one) to 65535"
    )


def _service(password_file: str, *schemes: str) -> Callable[[object], str | None]:
    """The URL of a service of ours: a scheme with a host, or `embedded:` (for the bus, with a name if need be)."""
    wanted = f"must be {' or '.join(f'{scheme}://user@host' for scheme in schemes)}, or {EMBEDDED}"
    hint = f"holds a password: move it into a file, name that file in {password_file}, and leave user@host here"

    def rule(value: object) -> str | None:
        parts = _split(str(value))
        if value == EMBEDDED or ("amqp" in schemes and _EMBEDDED_BUS.fullmatch(str(value))):
            return None
        if parts is None or parts.scheme not in schemes:
            return wanted
        return hint if _has_password(parts) else _address(parts, socket_allowed="postgresql" in schemes)

    return rule


def _partner(value: object) -> str | None:
    """A partner's endpoint: https, or http to this machine only, for a simulator."""
    parts = _split(str(value))
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
        return "must be https://host (http only for a simulator on this machine)"
    if parts.username is not None or _has_password(parts):
        return "must hold no user or password: secrets have files of their own"
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return "must be https: tokens would travel in clear (http is for a simulator on this machine)"
    return _address(parts)


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _has_password(parts: SplitResult) -> bool:
    names = (name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return parts.password is not None or any(map(_SECRET_PARAMETER.search, names))


def _address(parts: SplitResult, *, socket_allowed: bool = False) -> str | None:
    try:
        port = parts.port
    except ValueError:
        return "has a port that is no number up to 65535 (a password with / or # in it looks so too: use its file)"
    if port == 0:
        return "has port 0"
    named = parts.hostname or (socket_allowed and "host" in dict(parse_qsl(parts.query)))
    return None if named else "names no host"


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its name or number alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _path(value: object) -> str | None:
    return None if str(value).startswith("/") and not str(value).endswith("/") else "must be a path such as /graphql"


def _fields(needed: tuple[str, ...]) -> Callable[[object], str | None]:
    """A selection set of GraphQL that asks at least for what we cannot do without."""

    def rule(value: object) -> str | None:
        try:
            missing = lacks(read_selection(str(value)), needed)
        except ValueError as error:
            return f"is no GraphQL selection set: {error}"
        return f"must ask for {', '.join(missing)} too" if missing else None

    return rule


def _time_of_day(value: object) -> str | None:
    if value is None:
        return None
    try:
        at = time.fromisoformat(str(value))
    except ValueError:
        return "must be a time of day, such as 02:30"
    return "is UTC, and takes no offset" if at.tzinfo else None


def _time_of_day_or_never(value: object) -> str | None:
    return None if value == "never" else _time_of_day(value)


def _times_of_day(value: object) -> str | None:
    faults = (_time_of_day(one) for one in value) if isinstance(value, tuple | list) else ()
    bad = next(filter(None, faults), None)
    return f"{bad} (in `zone`)" if bad else None


def _origin(value: object) -> str | None:
    if value is None:
        return None
    try:
        origin = datetime.fromisoformat(str(value))
    except ValueError:
        return "must be an ISO 8601 time, such as 2026-01-05T06:00:00Z"
    return None if origin.tzinfo else "has no zone: add Z or an offset, such as 2026-01-05T06:00:00Z"


def _zone(value: object) -> str | None:
    if value is None:
        return None
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "must be a zone, such as Europe/London"
    return None


def _local_time(value: object) -> str | None:
    try:
        at = time.fromisoformat(str(value))
    except ValueError:
        return "must be a time of day, such as 14:00"
    return "is local to the warehouse, and takes no offset" if at.tzinfo else None


def _days_of_week(value: object) -> str | None:
    unknown = [day for day in value if day not in WEEK] if isinstance(value, tuple | list) else []
    return f"must be of {', '.join(WEEK)}" if unknown else None


def _dates(value: object) -> str | None:
    try:
        [date.fromisoformat(str(day)) for day in value] if isinstance(value, tuple | list) else []
    except ValueError:
        return "must be dates, such as 2026-12-25"
    return None


def _money(value: object) -> str | None:
    try:
        amount = None if value is None else Decimal(str(value))
    except InvalidOperation:
        return "must be an amount, such as 5000"
    return None if amount is None or (amount.is_finite() and amount > 0) else "must be above 0"


def _countries(value: object) -> str | None:
    wrong = (
        [one for one in value if not re.fullmatch("[A-Z]{2}", str(one))] if isinstance(value, tuple | list) else []
    )
    return "must be ISO codes of two capitals, such as GB" if wrong else None


def _below_one(value: object) -> str | None:
    return "must be a share below 1" if isinstance(value, float | int) and value >= 1 else None


def _shares(value: object) -> str | None:
    """Shares of a time, one after the other."""
    found = [float(str(one)) for one in value] if isinstance(value, tuple | list) else []
    good = all(0 < one < 1 for one in found) and found == sorted(found)
    return None if good else "must be shares between 0 and 1, in ascending order"


def _target(value: object) -> str | None:
    """A share as text, so that it stays exact."""
    try:
        share = Decimal(str(value))
    except InvalidOperation:
        return "must be a share between 0 and 1, such as 0.04"
    return None if share.is_finite() and 0 < share < 1 else "must be a share between 0 and 1, such as 0.04"


def _patterns(value: object) -> str | None:
    for one in value if isinstance(value, tuple | list) else ():
        try:
            re.compile(str(one))
        except re.error as error:
            return f"is no regular expression: {error}"
    return None


def _per_cent(value: object) -> str | None:
    return "must be at most 100" if isinstance(value, float | int) and value > 100 else None


_RULES: dict[str, Callable[[object], str | None]] = {
    "bus.url": _service("bus.password_file", "amqp", "amqps"),
    "bus.heartbeat": _at_most(65_535),
    "bus.prefetch": _at_most(65_535),
    "database.url": _service("database.password_file", "postgresql"),
    "publication.foresight": _below_one,
    "publication.read_back_lowerings": _at_most(1),
    "publication.read_back_raises": _at_most(1),
    "publication.read_back_repeats": _at_most(1),
    "web.port": _port,
    "clock.origin": _origin,
    "demand.hysteresis": _below_one,
    "classes.*.buffer_percent": _per_cent,
    "feeds.messages": _at_most(25_000),
    "health.late_target": _target,
    "health.cancel_target": _target,
    "health.tracking_target": _target,
    "carriers.*.patterns": _patterns,
    "catalogue.at": _time_of_day_or_never,
    "catalogue.page_size": _at_most(20),
    "sellers.*.baseline_at": _time_of_day,
    "sellers.*.release_from": _origin,
    "orders.most_value": _money,
    "orders.regions_checked": _countries,
    "couriers.*.countries": _countries,
    "labels.*.insured": _money,
    "labels.*.width": _money,
    "labels.*.length": _money,
    "couriers.*.lines": _at_most(3),
    "couriers.*.line": _at_most(80),
    "warehouses.*.time_zone": _zone,
    "warehouses.*.cut_off": _local_time,
    "warehouses.*.leaves_at": _local_time,
    "warehouses.*.working_days": _days_of_week,
    "warehouses.*.closed": _dates,
    "sellers.*.endpoint": _partner,
    "sellers.*.token_url": _partner,
    "direct_fulfilment.*.baseline_at": _time_of_day,
    "notices.*.gs1_prefix": _digits(7, 12),
    "notices.*.gs1_extension": _at_most(9),
    "notices.*.waived": _mandatory_fields,
    "notices.*.warn_at": _shares,
    "notices.*.tax_percent": _rate_as_text,
    "notices.*.tax_percents.*": _rate_as_text,
    "notices.*.discount_percent": _rate_as_text,
    "direct_fulfilment.*.endpoint": _partner,
    "direct_fulfilment.*.items": _at_most(10_000),
    "direct_fulfilment.*.token_url": _partner,
    "direct_fulfilment.*.warehouses.*.replenished_at": _times_of_day,
    "direct_fulfilment.*.warehouses.*.zone": _zone,
    "vendors.*.endpoint": _partner,
    "vendors.*.token_url": _partner,
    "vendors.*.escalate_at": _shares,
    "vendors.*.safe_at": _below_one,
    "vendors.*.cost_tolerance_percent": _per_cent,
    "edi.*.zone": _zone,
    "peaks.*.begins": _origin,
    "peaks.*.ends": _origin,
    "peaks.*.foresight": _below_one,
    "peaks.*.baseline_at": _time_of_day_or_never,
    "peaks.*.classes.*.buffer_percent": _per_cent,
    "clarus.*.host": _partner,
    "clarus.*.token_url": _partner,
    "clarus.*.graphql_path": _path,
    "clarus.*.rest_prefix": _path,
    "releases.accounts.*.priority": _at_most(99),
    "clarus.*.page_size": _at_most(1_000),
    "clarus.*.hook_body": _at_most(16_777_216),
    "clarus.*.balance_fields": _fields(NEEDED),
    "clarus.*.automation_fields": _fields(("id",)),
    "clarus.*.integration_fields": _fields(("id", "name", "integration_provider", "enabled")),
    "clarus.*.order_fields": _fields(("id", "reference", "goods_out_status.code")),
    "clarus.*.order_line_fields": _fields(("id", "order_quantity", "product.id", "goods_out.id")),
    "clarus.*.goods_outs.at_once": _at_most(100),
    "clarus.*.goods_outs.goods_out_fields": _fields(NEEDED_OF["goods_outs"]),
    "clarus.*.goods_outs.line_fields": _fields(NEEDED_OF["goods_out_lines"]),
    "clarus.*.goods_outs.shipment_fields": _fields(NEEDED_OF["shipments"]),
    "clarus.*.goods_outs.package_fields": _fields(NEEDED_OF["packages"]),
}


def doubtful(settings: Settings) -> list[str]:
    """What is allowed but seldom meant."""
    said: list[str] = []
    if settings.clock.factor != 1 and settings.clock.origin is None:
        said.append("clock.factor: without clock.origin each process counts from its own start; give all the same")
    if settings.bus.prefetch < settings.intake.batch:
        said.append("bus.prefetch: below intake.batch, so that no batch can ever be full")
    for name, seller in settings.sellers.items():
        if seller.connector_active and seller.release != "none":
            said.append(f"sellers.{name}: connector_active, so that every order is held: one of the two has to go")
        if seller.release != "none" and name not in settings.releases.accounts:
            said.append(
                f"sellers.{name}: releases orders, but [releases.accounts.{name}] does not say to which warehouse"
            )
    return [*said, *_without_warehouses(settings), *doubtful_peaks(settings), *_sold_twice(settings)]


def _without_warehouses(settings: Settings) -> list[str]:
    empty = [name for name, one in settings.direct_fulfilment.items() if not one.warehouses]
    return [f"direct_fulfilment.{name}: names no warehouses, so nothing is told to it" for name in empty]


def _sold_twice(settings: Settings) -> list[str]:
    first: dict[tuple[str, str], str] = {}
    said: list[str] = []
    for name, seller in settings.sellers.items():
        for marketplace in seller.marketplaces:
            other = first.setdefault((seller.seller_id, marketplace), name)
            if other != name:
                said.append(f"sellers.{name}: sells as the same seller_id in {marketplace} as sellers.{other}")
    return said
