"""Vendor transaction status v1: what Amazon says became of a submission, which is less than what became of it.

An acknowledgement is never told to be a success: it stays under way, or fails. An invoice stays under way whatever
becomes of it. Only a shipment confirmation is told to have succeeded, and not everywhere.
"""

from typing import Final, Literal, TypeAlias

import msgspec

from schemas.amazon import AmazonError

Standing: TypeAlias = Literal["processing", "success", "failure"]
STANDINGS: Final[dict[str, Standing]] = {"Processing": "processing", "Success": "success", "Failure": "failure"}
UNTOLD: Final = "NotAvailable"
"""Amazon's code for a failure of which it tells no reason."""


class ErrorList(msgspec.Struct, frozen=True):
    errors: tuple[AmazonError, ...] = ()


class Transaction(msgspec.Struct, frozen=True, rename="camel"):
    transaction_id: str
    status: Literal["Failure", "Processing", "Success"]
    errors: tuple[AmazonError, ...] | ErrorList | None = None


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    transaction_status: Transaction


class _Answer(msgspec.Struct, frozen=True):
    payload: _Status


class VendorTransaction(msgspec.Struct, frozen=True):
    """`reasons`: Amazon's own, of a failure; there may be none, or one that says nothing. `left`: False where it is
    a file that could not be put yet."""

    transaction_id: str
    standing: Standing
    reasons: tuple[AmazonError, ...] = ()
    left: bool = True

    @property
    def is_explained(self) -> bool:
        """Whether a failure says what is wrong."""
        return any(reason.code != UNTOLD and (reason.message or reason.details) for reason in self.reasons)


_answer = msgspec.json.Decoder(_Answer)


def read_transaction(body: bytes) -> VendorTransaction:
    """An answer of `getTransaction`. Raises msgspec.DecodeError or UnicodeDecodeError."""
    told = _answer.decode(body).payload.transaction_status
    errors = told.errors.errors if isinstance(told.errors, ErrorList) else told.errors
    return VendorTransaction(told.transaction_id, STANDINGS[told.status], errors or ())
