"""Numbers and dates as EDI writes them: exact, or refused with what is wrong. Never a float, never rounded."""

import re
from collections.abc import Collection
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Final

MAX_DIGITS: Final = 18
"""Of a number; longer ones are refused before anything reckons with them."""

_INTEGER: Final = re.compile(r"-?[0-9]+").fullmatch
_REAL: Final = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)").fullmatch
_DATE: Final = re.compile(r"[0-9]{8}").fullmatch
_TIME: Final = re.compile(r"[0-9]{4}(?:[0-9]{2}(?:[0-9]{1,2})?)?").fullmatch


class Wrong(Enum):
    """What is wrong with a value, in words; the standards have a code for each."""

    MISSING = "it is missing"
    LONG = "it is too long"
    CHARACTER = "it is no number"
    DATE = "it is no date"
    TIME = "it is no time"
    CODE = "it is a code that is not known here"


def is_short_digits(value: str) -> bool:
    """What almost every number is, and what needs no closer look."""
    return len(value) <= MAX_DIGITS and value.isascii() and value.isdigit()


def digits(value: str) -> int:
    """Of a number's text: neither sign nor point counts."""
    return len(value) - value.count("-") - value.count(".")


def integer(value: str) -> int | Wrong:
    """A whole number, a leading minus allowed."""
    if is_short_digits(value):
        return int(value)
    if not _INTEGER(value):
        return Wrong.CHARACTER
    return Wrong.LONG if len(value) > MAX_DIGITS and digits(value) > MAX_DIGITS else int(value)


def real(value: str) -> Decimal | Wrong:
    """A number with an explicit point or without one; no thousands separators, no exponents, no plus."""
    if is_short_digits(value.replace(".", "", 1)):
        return Decimal(value)
    if not _REAL(value):
        return Wrong.CHARACTER
    return Wrong.LONG if len(value) > MAX_DIGITS and digits(value) > MAX_DIGITS else Decimal(value)


def implied(value: str, places: int) -> Decimal | Wrong:
    """Digits whose last `places` are decimals: `1250` is 12.50 with two."""
    whole = integer(value)
    return whole if isinstance(whole, Wrong) else Decimal(whole).scaleb(-places)


def hundredths(value: str) -> Decimal | Wrong:
    """`1250` is 12.50."""
    return implied(value, 2)


def limited(value: str, longest: int) -> str | Wrong:
    """A text of at most so many characters."""
    return value if len(value) <= longest else Wrong.LONG


def one_of(value: str, known: Collection[str]) -> str | Wrong:
    """A code that is known."""
    return value if value in known else Wrong.CODE


def day(value: str) -> date | Wrong:
    """CCYYMMDD."""
    if not _DATE(value):
        return Wrong.DATE
    try:
        return date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return Wrong.DATE


def hour(value: str) -> time | Wrong:
    """HHMM, HHMMSS, or with tenths or hundredths of a second; without a zone, because the text has none."""
    if not _TIME(value):
        return Wrong.TIME
    seconds, fraction = value[4:6] or "0", value[6:].ljust(2, "0") or "0"
    try:
        return time(int(value[:2]), int(value[2:4]), int(seconds), int(fraction) * 10_000)
    except ValueError:
        return Wrong.TIME


def plain(number: Decimal | int) -> str:
    """As it is written with an explicit point: no exponent, no zeroes after the last decimal."""
    text = format(Decimal(number), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0", "-") else text


def implied_text(number: Decimal, places: int) -> str | None:
    """As it is written with implied decimals; None where it has more decimals than that."""
    scaled = number.scaleb(places)
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        return None
    return str(int(scaled))
