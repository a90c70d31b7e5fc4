"""GS1 numbers: one check digit rule for GTIN, GLN and SSCC. Warn about what comes in, refuse what would go out.

Inside, an SSCC is 18 digits; the application identifier `00` belongs to barcodes and to some documents only.
"""

from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["gtin", "gln", "sscc"]

LENGTHS: Final[dict[Kind, tuple[int, ...]]] = {"gtin": (8, 12, 13, 14), "gln": (13,), "sscc": (18,)}
SSCC_IDENTIFIER: Final = "00"


class InvalidNumber(ValueError):
    """This number may not leave: the text says which and why."""


def check_digit(body: str) -> str:
    """The digit that follows `body`. From its right end the weights are 3, 1, 3, 1 and so on."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def fault(kind: Kind, number: str) -> str:
    """What is wrong with a number, for people; empty when nothing is."""
    if not (number.isascii() and number.isdigit()):
        return f"{kind.upper()} {number!r} has something other than digits"
    if len(number) not in LENGTHS[kind]:
        allowed = " or ".join(str(length) for length in LENGTHS[kind])
        return f"{kind.upper()} {number} has {len(number)} digits instead of {allowed}"
    if (right := check_digit(number[:-1])) != number[-1]:
        return f"{kind.upper()} {number} ends in {number[-1]}; its check digit should be {right}"
    return ""


def sure(kind: Kind, number: str) -> str:
    """The number, fit to leave. Raises InvalidNumber."""
    if wrong := fault(kind, number):
        raise InvalidNumber(wrong)
    return number


def bare_sscc(text: str) -> str:
    """18 digits out of a text that may carry the application identifier or brackets; other texts as they are."""
    digits = text.replace("(", "").replace(")", "").replace(" ", "")
    if len(digits) == 20 and digits.isdigit() and digits.startswith(SSCC_IDENTIFIER):
        return digits[2:]
    return digits if len(digits) == 18 and digits.isdigit() else text


def make_sscc(prefix: str, extension: int, serial: int) -> str:
    """Extension digit, GS1 company prefix, serial reference, check digit. Raises InvalidNumber."""
    if not (prefix.isascii() and prefix.isdigit() and 7 <= len(prefix) <= 12 and 0 <= extension <= 9):
        raise InvalidNumber(
            f"GS1 prefix {prefix!r} with extension {extension}: 7 to 12 digits and one digit are needed"
        )
    width = 16 - len(prefix)
    if not 0 <= serial < 10**width:
        raise InvalidNumber(f"serial {serial} does not fit into the {width} digits that prefix {prefix} leaves")
    body = f"{extension}{prefix}{serial:0{width}d}"
    return body + check_digit(body)


def same_gtin(one: str, other: str) -> bool:
    """A GTIN names the same item however many zeros lead it: a UPC equals the EAN that begins with 0."""
    return one.isdigit() and other.isdigit() and one.zfill(14) == other.zfill(14)
