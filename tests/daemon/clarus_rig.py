"""A tenant at the simulated Clarus, and the link to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec

from daemon.clock import Clock
from daemon.links.clarus import ClarusLink
from daemon.settings import Clarus
from schemas.clarus import BalanceFilter
from simulators.clarus import CLIENT, SECRET, ClarusSimulator, FaultPlan


@dataclass(slots=True)
class Rig:
    clarus: ClarusSimulator
    tenant: Clarus
    link: ClarusLink
    folder: Path

    def write_secret(self, secret: str) -> None:
        (self.folder / "secret").write_text(secret + "\n")

    @property
    def everything(self) -> BalanceFilter:
        return BalanceFilter((self.clarus.world.warehouse_id("WH1"),))


@asynccontextmanager
async def rig(
    folder: Path, *, faults: FaultPlan | None = None, token_life: float = 900.0, **settings: object
) -> AsyncIterator[Rig]:
    async with (
        ClarusSimulator(faults=faults, token_life=token_life) as clarus,
        aiohttp.ClientSession() as session,
    ):
        (folder / "secret").write_text(SECRET)
        tenant = Clarus(
            subdomain=clarus.world.subdomain,
            client_id=CLIENT,
            client_secret_file=str(folder / "secret"),
            host=clarus.url,
            token_url=clarus.token_url,
            request_timeout=2.0,
        )
        tenant = msgspec.structs.replace(tenant, **settings)
        yield Rig(clarus, tenant, ClarusLink(session, tenant, Clock()), folder)
