"""Direct fulfilment at the simulated Amazon: a warehouse's items, updates that take a while, their transactions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import msgspec

from schemas.amazon_direct_fulfilment import Item, Party
from simulators.amazon.reply import Reply, refusal


class Update(msgspec.Struct, frozen=True, rename="camel"):
    selling_party: Party
    is_full_update: bool
    items: tuple[Item, ...]


class Request(msgspec.Struct, frozen=True):
    inventory: Update


@dataclass(slots=True)
class SimulatedTransaction:
    """An update that was taken, and what will have become of it by `at`."""

    name: str
    at: datetime
    update: Update
    fault: str = ""


@dataclass(slots=True)
class SimulatedWarehouse:
    """What each item shows, and what is on its way."""

    code: str
    items: dict[str, int]
    transactions: list[SimulatedTransaction] = field(default_factory=list[SimulatedTransaction])
    applied: int = 0

    def settle(self, now: datetime) -> None:
        """Let updates take effect that are due, in the order in which they were taken."""
        while self.applied < len(self.transactions) and self.transactions[self.applied].at <= now:
            done = self.transactions[self.applied]
            if not done.fault:
                self._apply(done.update)
            self.applied += 1

    def _apply(self, update: Update) -> None:
        told = {item.vendor_product_identifier: item.available_quantity.amount for item in update.items}
        if update.is_full_update:
            self.items = dict.fromkeys(self.items, 0)
        self.items |= told


def submit(warehouse: SimulatedWarehouse | None, body: bytes, now: datetime, lag: timedelta) -> Reply:
    """`submitInventoryUpdate`: taken at once, in effect later, refused whole where an item is not known."""
    try:
        update = msgspec.json.decode(body, type=Request).inventory
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return refusal(400, "InvalidInput", f"The request cannot be parsed: {error}")
    if warehouse is None or not update.items:
        return refusal(400, "InvalidInput", "The warehouse is not known, or no item is named.")
    if min(item.available_quantity.amount for item in update.items) < 0:
        return refusal(400, "InvalidInput", "A quantity is below 0.")
    unknown = [
        i.vendor_product_identifier for i in update.items if i.vendor_product_identifier not in warehouse.items
    ]
    fault = f"Items are not known: {', '.join(unknown)}" if unknown else ""
    taken = SimulatedTransaction(str(uuid4()), now + lag, update, fault)
    warehouse.transactions.append(taken)
    return Reply(202, {"payload": {"transactionId": taken.name}}, "accepted")


def status(warehouses: Iterable[SimulatedWarehouse], name: str, now: datetime) -> Reply:
    """`getTransactionStatus`."""
    found = [taken for warehouse in warehouses for taken in warehouse.transactions if taken.name == name]
    if not found:
        return refusal(404, "NotFound", "The transaction is not known.")
    told: dict[str, object] = {"transactionId": name, "status": _word(found[0], now)}
    if told["status"] == "Failure":
        told["errors"] = {"errors": [{"code": "InvalidInput", "message": found[0].fault, "details": ""}]}
    return Reply(200, {"transactionStatus": told}, "answered")


def _word(taken: SimulatedTransaction, now: datetime) -> str:
    if now < taken.at:
        return "Processing"
    return "Failure" if taken.fault else "Success"
