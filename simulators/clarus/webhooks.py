"""Webhooks of the simulated Clarus: the full record, no signature, and a bad road: lost, doubled, out of order."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec

from simulators.clarus.world import Automation, World

TIMEOUT = 10.0
"""Real seconds that the receiver has."""


@dataclass(frozen=True, slots=True)
class Posted:
    """One delivery and the status it met; 0 where nobody answered."""

    automation: int
    body: bytes
    status: int


@dataclass(slots=True)
class Webhooks:
    """`fire` as things happen; deliveries go their own way."""

    world: World
    domain: str
    posted: list[Posted] = field(default_factory=list[Posted])
    lost: int = 0
    _session: aiohttp.ClientSession | None = None
    _under_way: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def fire(self, resource: str, event: str, body: dict[str, Any]) -> None:
        """To each automation that is enabled for it."""
        for automation in self.world.automations:
            if (automation.resource, automation.event) == (resource, event) and automation.enabled:
                self._send(automation, msgspec.json.encode(body))

    def headers(self, automation: Automation) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "X-ClarusWMS-Domain": f"https://{self.world.subdomain}.claruswms.example",
            "X-ClarusWMS-API-Domain": self.domain,
            "X-ClarusWMS-Subdomain": self.world.subdomain,
            "X-ClarusWMS-Automation-ID": str(automation.id),
        }

    def _send(self, automation: Automation, body: bytes) -> None:
        delays = self.world.faults.deliveries()
        self.lost += not delays
        for delay in delays:
            task = asyncio.create_task(self._deliver(automation, body, delay))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _deliver(self, automation: Automation, body: bytes, delay: float) -> None:
        await self.world.time.sleep(delay)
        self._session = self._session or aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        try:
            async with self._session.post(
                automation.url, data=body, headers=self.headers(automation), timeout=timeout
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        self.posted.append(Posted(automation.id, body, status))

    async def settle(self) -> None:
        """Until all that was fired has been delivered."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
