"""What a channel wants of a carrier's names and numbers, beyond their being there.

A carrier's name must be the channel's own, letter by letter; some marketplaces want the service too; and a number by
which the carrier itself does not know the parcel counts as no tracking at all. What is certain is refused. What only
looks wrong is told and counted as doubtful, because an order that is confirmed late does harm for certain. The lists
and patterns are settings: no channel publishes them whole.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from schemas.amazon_orders import UNLISTED_CARRIER

if TYPE_CHECKING:
    from handlers.mappings import CarrierRow

Strictness: TypeAlias = Literal["off", "warn", "hold"]

S10: Final = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")
"""An item number of the world's posts: service, eight digits, their check digit, country."""
WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
PRINTED: Final = re.compile(r"[\s\-]+")
"""How labels part a number for the eye."""


class CarrierRule(msgspec.Struct, frozen=True, kw_only=True):
    """One carrier, by the channel's name. `patterns`: what its numbers look like, without spaces and dashes."""

    patterns: tuple[str, ...] = ()
    check_s10: bool = False
    """A number of the posts' form must have the right check digit: a wrong one was mistyped for certain."""
    compact: bool = False
    """The channel takes its numbers only without the spaces and dashes that are printed on labels."""


class CarrierRules(msgspec.Struct, frozen=True, kw_only=True):
    carriers: Mapping[str, CarrierRule] = {}
    names: frozenset[str] = frozenset()
    """Names that the channel is known to take; none: not known."""
    method_in: frozenset[str] = frozenset()
    """Marketplaces that want the service named."""
    method: Strictness = "warn"
    doubtful: Strictness = "warn"
    """What becomes of a parcel whose number does not look like its carrier's."""


ROYAL_MAIL: Final = CarrierRule(
    patterns=(r"[A-Z]{2}[0-9]{9}GB", r"[0-9A-F]{16}", r"[0-9A-Z]{20,21}"), check_s10=True, compact=True
)
"""13 characters ending in GB, the 16 of a parcel id, or the 20 to 21 above a 2D barcode: 13 to 21 at Amazon."""


def bare(number: str) -> str:
    """The same for two ways to write one number."""
    return PRINTED.sub("", number).upper()


class Tracking(msgspec.Struct, frozen=True):
    """A tracking number as the channel is told it. `wrong`: it cannot be right. `doubt`: it does not look right."""

    number: str
    wrong: str = ""
    doubt: str = ""


def judge_tracking(carrier_code: str, number: str, rules: CarrierRules) -> Tracking:
    """By the channel's name of the carrier. Carriers without a rule have any number."""
    rule = rules.carriers.get(carrier_code)
    if rule is None or rules.doubtful == "off":
        return Tracking(number)
    plain = bare(number)
    if rule.check_s10 and (item := S10.fullmatch(plain)) and not _checks(item[2], item[3]):
        text = f"the check digit of {carrier_code} number {number!r} is wrong: it was mistyped"
        return Tracking(number, wrong=text)
    if not rule.patterns or any(re.fullmatch(pattern, plain) for pattern in rule.patterns):
        return Tracking(plain if rule.compact and rule.patterns else number)
    text = f"{number!r} does not look like a number of {carrier_code}"
    # Told as it came: what nobody recognises, nobody should rewrite.
    return Tracking(number, wrong=text) if rules.doubtful == "hold" else Tracking(number, doubt=text)


def _checks(digits: str, check: str) -> bool:
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11
    return int(check) == {10: 0, 11: 5}.get(rest, rest)


def wants_method(row: "CarrierRow", marketplace: str, rules: CarrierRules) -> bool:
    """The marketplace wants the service named, and the row names none."""
    return rules.method != "off" and row.confirm and not row.shipping_method and marketplace in rules.method_in


def row_faults(row: "CarrierRow", marketplaces: Iterable[str], rules: CarrierRules) -> list[str]:
    """What the channel may not take of a row of the carriers' file, for people."""
    if not row.confirm:
        return []
    faults = [_unlike(row.carrier_code, rules.names)] if row.carrier_code != UNLISTED_CARRIER else []
    wanting = [one for one in marketplaces if wants_method(row, one, rules)]
    if wanting:
        faults.append(f"shipping_method is empty, and {', '.join(sorted(wanting))} wants the service named")
    if row.carrier_code == UNLISTED_CARRIER and (name := _same(row.carrier_name, rules.names)):
        faults.append(f"carrier_name {row.carrier_name!r} is listed as {name!r}: name it as carrier_code instead")
    return [fault for fault in faults if fault]


def _unlike(name: str, names: frozenset[str]) -> str:
    if not names or name in names:
        return ""
    if near := _same(name, names):
        return f"carrier_code {name!r} is not exact: the channel writes {near!r}"
    return f"carrier_code {name!r} is not among the names that the channel is known to take"


def _same(name: str, names: Iterable[str]) -> str:
    """The known name that differs only in case, spaces and punctuation."""
    loose = _loosely(name)
    return next((known for known in sorted(names) if _loosely(known) == loose), "")


def _loosely(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
