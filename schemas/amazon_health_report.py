"""The account health report (`GET_V2_SELLER_PERFORMANCE_REPORT`): what Amazon says of an account, by marketplace.

Amazon's schema and Amazon's own example do not agree on names, and the example's counts contradict its rates. So each
metric is read alone, under either name; one that cannot be read is named and hides none of the others. Only a
document that is no such report at all is refused.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

import msgspec

from schemas.terms import Marketplace

Measure: TypeAlias = Literal["late_shipment", "cancellation", "tracking", "on_time_delivery", "order_defects"]
Condition: TypeAlias = Literal["less_than", "greater_than", "equals"]

MEASURES: Final[Mapping[Measure, tuple[str, ...]]] = {
    "late_shipment": ("lateShipmentRate",),
    "cancellation": ("preFulfillmentCancellationRate", "prefulfillmentCancelRate", "preFulfillmentCancelRate"),
    "tracking": ("validTrackingRate",),
    "on_time_delivery": ("unitOnTimeDeliveryRate", "onTimeDeliveryRate"),
    "order_defects": ("orderDefectRate",),
}
"""Ours, and every name under which Amazon has been seen to tell it; the first that is there counts."""

COUNTS: Final[Mapping[str, tuple[str, str]]] = {
    "lateShipmentRate": ("orderCount", "lateShipmentCount"),
    "preFulfillmentCancellationRate": ("orderCount", "cancellationCount"),
    "prefulfillmentCancelRate": ("orderCount", "cancellationCount"),
    "preFulfillmentCancelRate": ("orderCount", "cancellationCount"),
    "validTrackingRate": ("shipmentCount", "validTrackingCount"),
    "unitOnTimeDeliveryRate": ("totalUnitCount", "unitOnTimeDeliveryCount"),
    "onTimeDeliveryRate": ("shipmentCountWithValidTracking", "onTimeDeliveryCount"),
    "orderDefectRate": ("orderCount", "orderWithDefects"),
}
CONDITIONS: Final[Mapping[str, Condition]] = {
    "LESS_THAN": "less_than", "GREATER_THAN": "greater_than", "EQUALS": "equals",
}  # fmt: skip
MOST: Final = 1_000_000_000
DEEPEST: Final = 64 * 1_048_576
"""Bytes of a report that anybody can believe."""

_anything = msgspec.json.Decoder(float_hook=Decimal)
_WORD: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_MINUTES: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)?")


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One metric as Amazon tells it. Rates and targets are shares, 0 to 1. None: not told, or nonsense."""

    measure: Measure
    status: str
    """GOOD, BAD or NONE, or a word that is new to us."""
    rate: Decimal | None = None
    target: Decimal | None = None
    condition: Condition | None = None
    of: int | None = None
    """Orders, shipments or units in the window."""
    counted: int | None = None
    """Of those, the ones that the rate counts: late ones, cancelled ones, validly tracked ones."""
    since: datetime | None = None
    until: datetime | None = None


class MarketHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One marketplace. `standing`: NORMAL, AT_RISK, DEACTIVATED, or another word; empty where Amazon says none."""

    marketplace: Marketplace
    standing: str = ""
    measures: tuple[Measured, ...] = ()


class HealthReport(msgspec.Struct, frozen=True):
    """`faults`: what of it could not be read, for people; names fields and never values."""

    markets: tuple[MarketHealth, ...]
    faults: tuple[str, ...] = ()


class NotAReport(ValueError):
    """The document is no account health report. The text names what is wrong, and repeats nothing of it."""


def read_health(body: bytes) -> HealthReport:
    """Raises NotAReport."""
    content = _content(body)
    metrics, standings = content.get("performanceMetrics"), content.get("accountStatuses")
    if not isinstance(metrics, list) and not isinstance(standings, list):
        raise NotAReport("it has neither performanceMetrics nor accountStatuses: these are its two parts")
    faults = list[str]()
    said = dict(_standings(standings, faults))
    measured = dict(_markets(metrics, faults))
    names = sorted(said.keys() | measured.keys())
    found = (MarketHealth(marketplace=n, standing=said.get(n, ""), measures=measured.get(n, ())) for n in names)
    return HealthReport(tuple(found), tuple(faults))


def _content(body: bytes) -> dict[str, Any]:
    if len(body) > DEEPEST:
        raise NotAReport(f"it has {len(body)} bytes")
    text = as_text(body)
    if not text.strip():
        raise NotAReport("it is empty")
    try:
        content = _anything.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise NotAReport(f"it is not JSON but {_kind(text)}") from None
    if not isinstance(content, dict):
        raise NotAReport("it is JSON, but not an object")
    return content


def as_text(body: bytes) -> str:
    """By its byte order mark, else UTF-8, else Latin-1: the fields we read are plain letters and digits in all."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if body.startswith(mark):
            return body.decode(name, errors="replace")
    if b"\x00" in body[:4]:
        return body.decode("utf-16-be" if body[:1] == b"\x00" else "utf-16-le", errors="replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _kind(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    if first.startswith("<"):
        return "XML or HTML"
    return "a table with tabs" if "\t" in first else "something else, or broken off"


def _standings(found: Any, faults: list[str]) -> Iterator[tuple[Marketplace, str]]:
    if not isinstance(found, list):
        faults.append("accountStatuses is missing")
        return
    for entry in found:
        if (market := _market(entry)) is None:
            faults.append("an entry of accountStatuses names no marketplace")
        elif (word := _word(entry.get("status"))) == "":
            faults.append(f"accountStatuses of {market} has no status")
        else:
            yield market, word


def _markets(found: Any, faults: list[str]) -> Iterator[tuple[Marketplace, tuple[Measured, ...]]]:
    if not isinstance(found, list):
        faults.append("performanceMetrics is missing")
        return
    for entry in found:
        if (market := _market(entry)) is None:
            faults.append("an entry of performanceMetrics names no marketplace")
        else:
            yield market, tuple(_measures(market, entry, faults))


def _measures(market: str, entry: Mapping[str, Any], faults: list[str]) -> Iterator[Measured]:
    for measure, names in MEASURES.items():
        name = next((name for name in names if entry.get(name) is not None), None)
        if name is None:
            faults.append(f"{names[0]} of {market} is missing")
            continue
        told = entry[name]
        told = told.get("mfn") if measure == "order_defects" and isinstance(told, dict) else told
        if not isinstance(told, dict):
            faults.append(f"{name} of {market} is not as Amazon describes it")
            continue
        yield _measured(measure, name, told)


def _measured(measure: Measure, name: str, told: Mapping[str, Any]) -> Measured:
    of, counted = COUNTS[name]
    window = told.get("reportingDateRange")
    window = window if isinstance(window, dict) else {}
    return Measured(
        measure=measure,
        status=_word(told.get("status")),
        rate=_share(told.get("rate")),
        target=_share(told.get("targetValue")),
        condition=CONDITIONS.get(str(told.get("targetCondition"))),
        of=_count(told.get(of)),
        counted=_count(_inner(told.get(counted))),
        since=_moment(window.get("reportingDateFrom")),
        until=_moment(window.get("reportingDateTo")),
    )


def _inner(told: Any) -> Any:
    """Defects are counted one level down."""
    return told.get("count") if isinstance(told, dict) else told


def _market(entry: Any) -> Marketplace | None:
    word = _word(entry.get("marketplaceId")) if isinstance(entry, dict) else ""
    return Marketplace(word) if word else None


def _word(told: Any) -> str:
    return told if isinstance(told, str) and _WORD.fullmatch(told) else ""


def _count(told: Any) -> int | None:
    """A whole number, also as text or as 12.0."""
    number = _number(told)
    return (
        int(number) if number is not None and 0 <= number <= MOST and number == number.to_integral_value() else None
    )


def _share(told: Any) -> Decimal | None:
    """Amazon's schema says "in percentage" and its examples are shares. Above 1 it can only be per cent."""
    number = _number(told)
    if number is None or not 0 <= number <= 100:
        return None
    return number / 100 if number > 1 else number


def _number(told: Any) -> Decimal | None:
    if isinstance(told, bool) or not isinstance(told, int | Decimal | str):
        return None
    try:
        number = Decimal(told.strip() if isinstance(told, str) else told)
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def _moment(told: Any) -> datetime | None:
    """Amazon leaves the seconds out: `2020-11-18T23:59Z`. Without a zone it is UTC."""
    if not isinstance(told, str) or not _MINUTES.match(told):
        return None
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
