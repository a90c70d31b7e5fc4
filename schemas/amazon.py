"""What every Amazon answer shares: errors, the login's token, and the words we have for refusals.

Lenient to read (what we do not know is passed over), strict to write.
"""

from typing import Final, Literal

import msgspec

MERCHANT_STOCK: Final = "DEFAULT"
"""Amazon's code for stock that the merchant ships itself: all of ours."""

Refusal = Literal[
    "package_not_found",
    "invalid_package_reference",
    "invalid_date",
    "invalid_carrier",
    "ship_plus",
    "order_not_found",
    "listing_not_found",
    "product_type_refused",
    "attribute_unknown",
    "listing_invalid",
    "not_applied",
    "invalid_input",
    "document_expired",
    "feed_not_found",
    "report_not_found",
    "token_expired",
    "shipment_not_found",
    "transaction_not_found",
    "redirected",
    "too_large",
    "refused",
]
"""Why Amazon will not take a request however often it is repeated, in our words."""


class AmazonError(msgspec.Struct, frozen=True):
    """One entry of Amazon's error list."""

    code: str = ""
    message: str = ""
    details: str | None = None


class ErrorList(msgspec.Struct, frozen=True):
    errors: tuple[AmazonError, ...] = ()


class Token(msgspec.Struct, frozen=True):
    """The login's answer. Its repr hides the token, so that no log can hold it."""

    access_token: str
    expires_in: float
    """Seconds from the answer until the token is worthless."""
    token_type: str = "bearer"  # noqa: S105

    def __repr__(self) -> str:
        return f"Token(expires_in={self.expires_in})"


class LoginRefusal(msgspec.Struct, frozen=True):
    error: str = ""
    error_description: str = ""


_errors = msgspec.json.Decoder(ErrorList)
_token = msgspec.json.Decoder(Token)
_login_refusal = msgspec.json.Decoder(LoginRefusal)


def read_errors(body: bytes) -> tuple[AmazonError, ...]:
    """The errors of a refusal; none when the body is not Amazon's (a proxy's page, nothing at all)."""
    try:
        return _errors.decode(body).errors
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()


def read_token(body: bytes) -> Token | None:
    try:
        return _token.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def read_login_refusal(body: bytes) -> LoginRefusal:
    try:
        return _login_refusal.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return LoginRefusal()


def told(errors: tuple[AmazonError, ...]) -> str:
    """Amazon's own text, for people."""
    text = "; ".join(": ".join(part for part in (e.code, e.message, e.details) if part) for e in errors)
    return text.replace("\x00", "")  # what no book can hold
