"""Addresses that a courier can deliver to: cleaned, checked against their country's rules and the fields they go in.

Nothing is shortened and nothing made up: what does not fit is named. No text here repeats any of the address.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.country_rules import broken_rules, postcode_examples
from schemas.sales_order import ShipTo

FIELD: Final = 80
"""Characters of one of the warehouse's address fields."""
POSTCODE: Final = 10
EMAIL: Final = 254
PHONE: Final = 50
STREET_FIELDS: Final = 3
"""Fields for company, street and district; town and county have fields of their own."""

FaultKind: TypeAlias = Literal["address_missing", "address_faulty", "contact_missing", "country_not_served"]
Characters: TypeAlias = Literal["any", "latin"]

_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that turn or hide text on a label; letters of right-to-left scripts need none of them."""
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


class Courier(msgspec.Struct, frozen=True, kw_only=True):
    """What a courier's fields take, in characters, and what it needs; 0 and empty: no limit of its own."""

    name: int = FIELD
    line: int = FIELD
    lines: int = STREET_FIELDS
    city: int = FIELD
    postcode: int = POSTCODE
    needs_phone: bool = False
    needs_email: bool = False
    countries: frozenset[str] = frozenset()
    """Where it delivers; empty: everywhere."""
    characters: Characters = "any"
    """What it prints: `latin` refuses other scripts and emoji."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """An account's own phone and e-mail, for where a buyer's are not told, and whether one is needed at all."""

    phone: str = ""
    email: str = ""
    needs_phone: bool = False
    needs_email: bool = False


class Fault(msgspec.Struct, frozen=True):
    kind: FaultKind
    text: str


def prepared(ship_to: ShipTo, contact: Contact) -> ShipTo:
    """The address as it goes to the warehouse: clean, with the account's phone and e-mail where there are none."""
    clean = {
        name: cleaned(value) for name, value in msgspec.structs.asdict(ship_to).items() if isinstance(value, str)
    }
    lines = tuple(line for line in map(cleaned, ship_to.lines) if line)
    tidy = msgspec.structs.replace(ship_to, **clean, lines=lines)
    return msgspec.structs.replace(
        tidy,
        lines=_joined(tidy),
        country=tidy.country.upper(),
        postcode=tidy.postcode.upper(),
        phone=tidy.phone or contact.phone,
        email=tidy.email or contact.email,
    )


def cleaned(text: str) -> str:
    """One line of text, composed, without control characters and marks that turn text around."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", _TURNING.sub("", text))
    visible = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in composed)
    return " ".join(visible.split())


def _joined(ship_to: ShipTo) -> tuple[str, ...]:
    """The street's lines; the last ones are joined where there are more than fields for them."""
    room = STREET_FIELDS - bool(ship_to.company and ship_to.name) - bool(ship_to.district)
    lines = ship_to.lines
    return lines if len(lines) <= room else (*lines[: room - 1], ", ".join(lines[room - 1 :]))


def street_fields(ship_to: ShipTo) -> tuple[str, ...]:
    """What needs the fields of the street: the company, where a person is named too, the street and the district."""
    company = ship_to.company if ship_to.name else ""
    return tuple(part for part in (company, *ship_to.lines, ship_to.district) if part)


def address_faults(
    ship_to: ShipTo, contact: Contact, courier: Courier | None, regions_checked: frozenset[str]
) -> list[Fault]:
    """Everything that is wrong with a prepared address. Regions are checked only in the countries named."""
    limits = courier or Courier()
    faults = [*_incomplete(ship_to), *_against_country(ship_to, regions_checked), *_too_long(ship_to, limits)]
    return [*faults, *_unreachable(ship_to, contact, limits), *_unprintable(ship_to, limits)]


def _incomplete(ship_to: ShipTo) -> Iterator[Fault]:
    if not (ship_to.name or ship_to.company):
        yield Fault("address_faulty", "it names nobody")
    if not ship_to.lines:
        yield Fault("address_faulty", "it has no street")


def _against_country(ship_to: ShipTo, regions_checked: frozenset[str]) -> Iterator[Fault]:
    if not _COUNTRY.fullmatch(ship_to.country):
        yield Fault("address_faulty", "its country is no ISO code of two letters")
        return
    for field, fault in _broken_rules(ship_to).items():
        if field == "country_code":
            hint = "; the United Kingdom is GB" if ship_to.country == "UK" else ""
            yield Fault("address_faulty", f"the country {ship_to.country} does not exist{hint}")
        elif field == "postal_code":
            yield Fault("address_faulty", f"its postcode is {_told(fault)} for {ship_to.country}{_example(ship_to)}")
        elif field == "city" and not ship_to.city:
            yield Fault("address_faulty", "it has no town")
        elif field == "country_area" and ship_to.country in regions_checked:
            yield Fault("address_faulty", f"its state or region is {_told(fault)} for {ship_to.country}")


def _broken_rules(ship_to: ShipTo) -> dict[str, str]:
    given = {
        "country_code": ship_to.country, "country_area": ship_to.region, "city": ship_to.city,
        "city_area": ship_to.district, "postal_code": ship_to.postcode, "street_address": "\n".join(ship_to.lines),
    }  # fmt: skip
    return broken_rules(given)


def _told(fault: str) -> str:
    return "missing" if fault == "required" else "not valid"


def _example(ship_to: ShipTo) -> str:
    examples = postcode_examples(ship_to.country)
    return f" (there it looks like {examples[0]})" if examples else ""


def _too_long(ship_to: ShipTo, limits: Courier) -> Iterator[Fault]:
    lengths = {
        "name": (ship_to.name, min(limits.name, FIELD)), "town": (ship_to.city, min(limits.city, FIELD)),
        "region": (ship_to.region, FIELD), "postcode": (ship_to.postcode, min(limits.postcode, POSTCODE)),
        "phone number": (ship_to.phone, PHONE), "e-mail address": (ship_to.email, EMAIL),
    }  # fmt: skip
    for name, (value, longest) in lengths.items():
        if len(value) > longest:
            yield Fault("address_faulty", f"its {name} has {len(value)} characters, {longest} fit")
    fields, length = min(limits.lines, STREET_FIELDS), min(limits.line, FIELD)
    parts = street_fields(ship_to)
    if len(parts) > fields or any(len(part) > length for part in parts):
        yield Fault("address_faulty", f"company and street do not fit {fields} lines of {length} characters")


def _unreachable(ship_to: ShipTo, contact: Contact, limits: Courier) -> Iterator[Fault]:
    if not ship_to.phone and (contact.needs_phone or limits.needs_phone):
        yield Fault("contact_missing", "no phone number was told, and the account has none to fall back on")
    if not ship_to.email and (contact.needs_email or limits.needs_email):
        yield Fault("contact_missing", "no e-mail address was told, and the account has none to fall back on")
    if ship_to.email and not _EMAIL.fullmatch(ship_to.email):
        yield Fault("address_faulty", "its e-mail address is none")
    if limits.countries and ship_to.country not in limits.countries:
        yield Fault("country_not_served", f"the courier does not deliver to {ship_to.country}")


def _unprintable(ship_to: ShipTo, limits: Courier) -> Iterator[Fault]:
    text = "".join((ship_to.name, ship_to.company, *ship_to.lines, ship_to.city))
    if limits.characters == "latin" and not all(map(_is_latin, text)):
        yield Fault("address_faulty", "it has letters or signs that the courier's label cannot print")


def _is_latin(letter: str) -> bool:
    return ord(letter) < 0x250 or letter in "\u2018\u2019\u201c\u201d\u2013\u2014"
