"""A simulated warehouse whose time each look moves on, as tests trade in it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.envelope import read_envelope
from schemas.inventory import StockMessage, read_stock_message
from simulators.warehouse import LineToShip, OrderToShip, Warehouse, WireMessage

SEED = 7
SKUS = ("0042", "a/b c", "Ünïcode", "plain")
ORDER = OrderToShip("SO-1", "uk", "026-1", "A1F", ((LineToShip("L-1", "0042", 2),), (LineToShip("L-1", "0042", 1),)))


class Ticking:
    """Time that moves a second whenever somebody looks."""

    factor = 1.0

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


def warehouse(seed: int = SEED, **options: Any) -> Warehouse:
    print(f"seed {seed}")
    return Warehouse(seed, SKUS, time=Ticking(), **options)


def read(message: WireMessage) -> StockMessage:
    return read_stock_message(read_envelope(message.body, message.headers, message.content_type))


def request(sku: str = "0042", command_id: str = "ask-1", building: str = "W1") -> bytes:
    data = {"command_id": command_id, "account": "acme", "warehouse": building, "sku": sku, "reason": "gap"}
    return json.dumps({"type": "inventory.level_request.v1", "data": data}).encode()
