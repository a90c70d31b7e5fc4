"""What the simulated Amazon does with the document of a feed: reads it, applies its messages, writes the report."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec

from simulators.amazon.listings import PatchRequest, SimulatedListing, Unfit, patched

MAX_MESSAGES: Final = 25_000

MessageId = Annotated[int, msgspec.Meta(ge=1, le=2_147_483_647)]
Name = Annotated[str, msgspec.Meta(min_length=1)]


class Step(msgspec.Struct, frozen=True):
    op: Literal["add", "replace", "merge", "delete"]
    path: str
    value: list[dict[str, Any]] = []


class Header(msgspec.Struct, frozen=True, rename="camel"):
    seller_id: str
    version: Literal["2.0"]


class FeedMessage(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Only what tells stock: patches and partial updates. Full updates and deletions are refused one by one."""

    message_id: MessageId
    sku: Name
    operation_type: Literal["UPDATE", "PARTIAL_UPDATE", "PATCH", "DELETE"]
    product_type: Name | None = None
    requirements: str | None = None
    attributes: dict[str, Any] | None = None
    patches: Annotated[list[Step], msgspec.Meta(min_length=1)] | None = None


class FeedBody(msgspec.Struct, frozen=True):
    header: Header
    messages: Annotated[list[FeedMessage], msgspec.Meta(min_length=1, max_length=MAX_MESSAGES)]


class Unreadable(Exception):
    """The file as a whole cannot be taken."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one message; `code` is empty where it was accepted."""

    message_id: int
    sku: str
    quantity: int | None
    code: str = ""
    text: str = ""


@dataclass(slots=True)
class Outcome:
    """Of a whole feed."""

    seller: str
    feed_id: str
    whole_file: str = ""
    applied: list[Applied] = field(default_factory=list[Applied])

    @property
    def refused(self) -> list[Applied]:
        return [one for one in self.applied if one.code]


def read_body(body: bytes | None, seller: str) -> FeedBody:
    """Raises Unreadable."""
    if body is None:
        raise Unreadable("The feed document was never uploaded.")
    try:
        read = msgspec.json.decode(body, type=FeedBody)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(f"The file is not valid against the schema: {error}") from None
    if read.header.seller_id != seller:
        raise Unreadable(f"The sellerId {read.header.seller_id} of the header is not the one that submits.")
    if len({message.message_id for message in read.messages}) != len(read.messages):
        raise Unreadable("Some messageId appears more than once.")
    return read


def apply(message: FeedMessage, listing: SimulatedListing | None, at: datetime, live_at: datetime) -> Applied:
    """Take one message over into its listing, or say why not."""
    try:
        request = _request(message)
        if listing is None:
            raise Unfit("8560", f"SKU {message.sku} does not match any listing.", "sku")
        quantity = listing.submit(patched(listing, request), at, live_at - at)
    except Unfit as unfit:
        return Applied(message.message_id, message.sku, None, unfit.code, str(unfit))
    return Applied(message.message_id, message.sku, quantity)


def _request(message: FeedMessage) -> PatchRequest:
    product_type, kind = message.product_type, message.operation_type
    if kind == "PATCH" and product_type and message.patches and message.attributes is None:
        steps = [{"op": step.op, "path": step.path, "value": step.value} for step in message.patches]
    elif kind == "PARTIAL_UPDATE" and product_type and message.attributes and message.patches is None:
        names = message.attributes.items()
        steps = [{"op": "replace", "path": f"/attributes/{name}", "value": value} for name, value in names]
    else:
        raise Unfit("90000", f"The operation {kind} is not possible with what the message holds.", "operationType")
    return msgspec.convert({"productType": product_type, "patches": steps}, PatchRequest)


def report(outcome: Outcome) -> dict[str, Any]:
    """The processing report, as Amazon's schema has it."""
    refused = outcome.refused
    issues = [_issue(one.text, one.code, one.message_id, one.sku) for one in refused]
    if outcome.whole_file:
        issues = [_issue(outcome.whole_file, "4000001")]
    return {
        "header": {"sellerId": outcome.seller, "version": "2.0", "feedId": outcome.feed_id},
        "issues": issues,
        "summary": {
            "errors": len(issues),
            "warnings": 0,
            "messagesProcessed": len(outcome.applied),
            "messagesAccepted": len(outcome.applied) - len(refused),
            "messagesInvalid": len(refused),
        },
    }


def _issue(text: str, code: str, message_id: int | None = None, sku: str = "") -> dict[str, object]:
    about: dict[str, object] = {} if message_id is None else {"messageId": message_id, "sku": sku}
    return {**about, "code": code, "severity": "ERROR", "message": text}


def table(applied: Iterable[Applied]) -> bytes:
    """The same in the tab-separated format of older feed types."""
    rows = [f"{one.message_id}\t{one.sku}\t{one.code}\tError\t{one.text}" for one in applied if one.code]
    head = "original-record-number\tsku\terror-code\terror-type\terror-message"
    return "\n".join(["Feed Processing Summary:", "", head, *rows, ""]).encode("iso-8859-1", "replace")
