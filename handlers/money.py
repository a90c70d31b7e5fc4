"""Money to the last minor unit: which amounts a currency can say, and the one place where tax is rounded."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_WHOLE: Final = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"})
_THOUSANDTHS: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def minor_unit(currency: str) -> Decimal:
    """The least amount of a currency (ISO 4217): 0.01 for most."""
    if currency in _WHOLE:
        return Decimal(1)
    return Decimal("0.001") if currency in _THOUSANDTHS else Decimal("0.01")


def is_payable(amount: Decimal, currency: str) -> bool:
    """Whether the currency can say the amount without rounding."""
    return amount == amount.quantize(minor_unit(currency), ROUND_HALF_UP)


def tax_on(taxable: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Tax at `rate` per cent, half a minor unit rounded up."""
    return (taxable * rate / 100).quantize(minor_unit(currency), ROUND_HALF_UP)
