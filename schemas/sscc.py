"""SSCC-18 (GS1): eighteen digits that name one pallet or carton, the last one a check digit."""

from typing import Final

LENGTH: Final = 18
APPLICATION_IDENTIFIER: Final = "00"
"""Printed in front of it in a GS1-128 barcode; no part of the number."""


def check_digit(digits: str) -> str:
    """The check digit for the seventeen digits before it. Raises ValueError for anything else."""
    if len(digits) != LENGTH - 1 or not (digits.isascii() and digits.isdigit()):
        raise ValueError("an SSCC is made of seventeen digits and their check digit")
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return str(-total % 10)


def is_sscc(text: str) -> bool:
    """Eighteen digits whose check digit is right."""
    return len(text) == LENGTH and text.isascii() and text.isdigit() and check_digit(text[:-1]) == text[-1]


def without_identifier(text: str) -> str:
    """The number of what a scanner of a GS1-128 barcode may have read with `00` in front."""
    if len(text) == LENGTH + len(APPLICATION_IDENTIFIER) and text.startswith(APPLICATION_IDENTIFIER):
        return text.removeprefix(APPLICATION_IDENTIFIER)
    return text
