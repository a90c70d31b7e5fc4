"""What Amazon's vendor APIs (orders, shipments, invoices) have in common: parties, quantities, money, answers.

Lenient to read: whole numbers may come as text, units in any case, as Amazon's own examples have them. What
contradicts is refused with a reason, for nobody may guess what was meant. Strict to write: ValueError says what is
missing or wrong before anything leaves. A cost is that of one ordered unit (a case, where cases are ordered): only so
do the totals of Amazon's own examples add up.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import msgspec

from schemas.purchase_order import Cost, CountedIn, Identifier, IdentifierKind, OrderUnit, Party

MAX_NAME: Final = 200
MOST: Final = 1_000_000
"""Units of a line that anybody can believe."""
DEAREST: Final = Decimal(10_000_000)
UNITS: Final[dict[str, OrderUnit]] = {"cases": "case", "eaches": "each"}
UNIT_WORDS: Final[dict[OrderUnit, str]] = {"case": "Cases", "each": "Eaches"}
ASIN: Final = "amazonProductIdentifier"
VENDORS: Final = "vendorProductIdentifier"
VAT: Final = "VAT"

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_WHOLE: Final = re.compile(r"-?[0-9]{1,9}")

Postcode: TypeAlias = Literal["postal_code", "postal_or_zip_code"]
"""What an API calls it: orders and shipments the first, invoices the second."""


class RefusedDocument(ValueError):
    """A document of Amazon's that cannot be read right. `number`: its own, empty where not even that can be told."""

    def __init__(self, number: str, reason: str) -> None:
        super().__init__(reason)
        self.number = number


class Refused(msgspec.Struct, frozen=True):
    """One document of a page that was refused, in Amazon's own words and with the reason."""

    number: str
    reason: str
    raw: bytes


class Quantity(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    amount: int | str
    unit_of_measure: str | None = None
    unit_size: int | str | None = None


class Money(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """`unit_of_measure`: only of what is priced by weight."""

    currency_code: str | None = None
    amount: Decimal | None = None
    unit_of_measure: str | None = None


class TaxRegistration(msgspec.Struct, frozen=True, rename="camel"):
    tax_registration_type: str
    tax_registration_number: str


class Address(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    name: str = ""
    address_line1: str | None = msgspec.field(default=None, name="addressLine1")
    address_line2: str | None = msgspec.field(default=None, name="addressLine2")
    address_line3: str | None = msgspec.field(default=None, name="addressLine3")
    city: str | None = None
    county: str | None = None
    district: str | None = None
    state_or_region: str | None = None
    postal_code: str | None = None
    postal_or_zip_code: str | None = None
    country_code: str = ""


class WireParty(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    party_id: str
    address: Address | None = None
    tax_info: TaxRegistration | None = None
    """In orders."""
    tax_registration_details: tuple[TaxRegistration, ...] = ()
    """In shipments and invoices."""


class Reference(msgspec.Struct, frozen=True, rename="camel"):
    transaction_id: str


class Submitted(msgspec.Struct, frozen=True):
    payload: Reference


_submitted = msgspec.json.Decoder(Submitted)


def read_submitted(body: bytes) -> str:
    """The id of the transaction that has begun. Raises msgspec.DecodeError or UnicodeDecodeError."""
    return _submitted.decode(body).payload.transaction_id


def named(text: str, what: str) -> str:
    """A name that can be kept and compared. Raises ValueError."""
    if not text or len(text) > MAX_NAME or _UNPRINTABLE.search(text):
        raise ValueError(f"{what} is empty, longer than {MAX_NAME} characters, or holds a control character")
    return text


def plain(text: str | None) -> str:
    return _UNPRINTABLE.sub("", text or "")[:MAX_NAME]


def zoned(at: datetime, what: str) -> datetime:
    """In UTC. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{what} has no zone")
    return at.astimezone(UTC)


def counted(quantity: Quantity | None, what: str) -> CountedIn:
    """Raises ValueError for a quantity that is absent, negative, without a unit that we know, or beyond belief."""
    if quantity is None:
        raise ValueError(f"{what} has no quantity")
    word = quantity.unit_of_measure or ""
    unit = UNITS.get(word.lower())
    if unit is None:
        raise ValueError(f"{what} is counted in {plain(word)[:40]!r}, which is neither Cases nor Eaches")
    amount = whole(quantity.amount, what)
    size = None if quantity.unit_size is None else whole(quantity.unit_size, f"the case size of {what}")
    if not 0 <= amount <= MOST:
        raise ValueError(f"{what} has the quantity {amount}, which nobody can believe")
    if size is not None and not 1 <= size <= MOST:
        raise ValueError(f"{what} has the case size {size}, which nobody can believe")
    return CountedIn(amount, unit, size)


def whole(number: int | str, what: str) -> int:
    """Raises ValueError for what is no whole number."""
    if isinstance(number, str) and not _WHOLE.fullmatch(number.strip()):
        raise ValueError(f"the quantity of {what} is no whole number")
    return int(number)


def cost(money: Money | None, what: str) -> Cost | None:
    """None where nothing is said. Raises ValueError for what is said by halves, below 0, or by weight."""
    if money is None or (money.amount is None and money.currency_code is None):
        return None
    if money.unit_of_measure is not None:
        raise ValueError(f"{what} is priced by weight, of which we have no cost of an ordered unit")
    if money.amount is None or not is_currency(money.currency_code or ""):
        raise ValueError(f"{what} has a price without its amount or its currency")
    if not money.amount.is_finite() or not 0 <= money.amount <= DEAREST:
        raise ValueError(f"{what} has a price that nobody can believe")
    return Cost(money.amount, money.currency_code or "")


def is_currency(word: str) -> bool:
    return len(word) == 3 and word.isascii() and word.isalpha() and word.isupper()


def identifiers(amazons: str | None, vendors: str | None, what: str) -> tuple[Identifier, ...]:
    """What names the item, as it came. Raises ValueError for names that cannot be kept."""
    said: tuple[tuple[IdentifierKind, str | None, str], ...] = (
        ("asin", amazons, ASIN), ("vendor_sku", vendors, VENDORS),
    )  # fmt: skip
    return tuple(Identifier(kind, named(text, what), field) for kind, text, field in said if text)


def party(told: WireParty | None) -> Party | None:
    """Raises ValueError for a party without a name that can be kept."""
    if told is None:
        return None
    where = told.address or Address()
    registrations = (told.tax_info, *told.tax_registration_details)
    return Party(
        party_id=named(told.party_id, "the id of a party"),
        name=plain(where.name),
        lines=tuple(plain(x) for x in (where.address_line1, where.address_line2, where.address_line3) if plain(x)),
        city=plain(where.city),
        region=plain(where.state_or_region or where.county or where.district),
        postcode=plain(where.postal_code or where.postal_or_zip_code),
        country=plain(where.country_code),
        tax_number=next((plain(one.tax_registration_number) for one in registrations if one), ""),
    )


def to_quantity(quantity: CountedIn, what: str) -> Quantity:
    """Raises ValueError for none, or for cases of no size."""
    if not 0 < quantity.amount <= MOST or (quantity.unit_size is not None and quantity.unit_size < 1):
        raise ValueError(f"{what}: a quantity is above 0, and so is a case size")
    return Quantity(quantity.amount, UNIT_WORDS[quantity.unit], quantity.unit_size)


def to_money(amount: Decimal, currency: str, what: str) -> Money:
    """Raises ValueError for what is no amount of a currency."""
    if not amount.is_finite() or not is_currency(currency):
        raise ValueError(f"{what} is no amount of a currency")
    return Money(currency, written(amount))


def to_cost(price: Cost | None, what: str) -> Money:
    """Raises ValueError for a cost that is missing or not above 0: Amazon refuses the whole file."""
    if price is None or not price.amount.is_finite() or not 0 < price.amount <= DEAREST:
        raise ValueError(f"{what} needs a net cost above 0")
    return to_money(price.amount, price.currency, what)


def written(number: Decimal) -> Decimal:
    """Without an exponent, and never as minus nothing."""
    return Decimal(f"{number if number else abs(number):f}")


def item_names(found: tuple[Identifier, ...], what: str) -> tuple[str | None, str | None]:
    """(Amazon's, the vendor's) name of the item. Raises ValueError where there is neither."""
    amazons = next((one.value for one in found if one.kind == "asin"), None)
    vendors = next((one.value for one in found if one.kind != "asin"), None)
    if not amazons and not vendors:
        raise ValueError(f"{what} has nothing that names the item")
    return amazons, vendors


def to_party(whose: Party, postcode: Postcode) -> WireParty:
    """With its address where the parts that Amazon demands are known, and its VAT number where there is one.

    Raises ValueError for a party without an id.
    """
    registrations = (TaxRegistration(VAT, whose.tax_number),) if whose.tax_number else ()
    party_id = named(whose.party_id, "the id of a party")
    return WireParty(party_id, _address(whose, postcode), tax_registration_details=registrations)


def to_order_party(whose: Party) -> WireParty:
    """The same with the words of the orders. Raises ValueError for a party without an id."""
    tax = TaxRegistration(VAT, whose.tax_number) if whose.tax_number else None
    return WireParty(named(whose.party_id, "the id of a party"), _address(whose, "postal_code"), tax)


def _address(whose: Party, postcode: Postcode) -> Address | None:
    if not (whose.name and whose.lines and whose.country):
        return None
    first, second, third = (*whose.lines, "", "")[:3]
    return Address(
        name=whose.name,
        address_line1=first,
        address_line2=second or None,
        address_line3=third or None,
        city=whose.city or None,
        state_or_region=whose.region or None,
        country_code=whose.country,
        **{postcode: whose.postcode or None},
    )
