"""A seller account at the simulated Amazon, and the link to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from daemon.clock import Clock
from daemon.links.amazon import AmazonLink, OnLeaving
from daemon.links.lwa import LoginWithAmazon
from daemon.settings import SellerAccount
from schemas.amazon_orders import ConfirmShipment, DespatchedLine, DespatchedParcel, to_amazon
from schemas.terms import ChannelOrderId, LineReference, Marketplace, PackageReference, SellerSku
from simulators.amazon import UK, AmazonSimulator, FaultPlan, SimulatedSeller

MARKETPLACE = Marketplace(UK)
SKU = SellerSku("KETTLE-1")
ORDER = ChannelOrderId("202-1234567-8901234")
LINE = LineReference("79039765272157")


@dataclass(slots=True)
class Rig:
    simulator: AmazonSimulator
    seller: SimulatedSeller
    account: SellerAccount
    login: LoginWithAmazon
    link: AmazonLink
    session: aiohttp.ClientSession
    folder: Path

    def write_secret(self, secret: str) -> None:
        (self.folder / "secret").write_text(secret + "\n")

    def link_to(
        self, endpoint: str, session: aiohttp.ClientSession | None = None, timeout: float = 2.0
    ) -> AmazonLink:
        """A link whose login works and whose endpoint is another."""
        account = SellerAccount(**{name: getattr(self.account, name) for name in self.account.__struct_fields__})
        account = account.__replace__(endpoint=endpoint)
        return AmazonLink(session or self.session, account, self.login, timeout, patience=0.0)


@asynccontextmanager
async def rig(
    folder: Path,
    *,
    faults: FaultPlan | None = None,
    token_life: float = 3600.0,
    timeout: float = 5.0,
    patience: float = 0.0,
    on_leaving: OnLeaving | None = None,
) -> AsyncIterator[Rig]:
    plan = faults or FaultPlan(rate_header_absent=0.0)
    async with AmazonSimulator(faults=plan, token_life=token_life) as simulator, aiohttp.ClientSession() as session:
        seller = simulator.add_seller("A1SELLER")
        seller.add_listing(SKU, 3, lead_time=2)
        seller.add_order(ORDER, [(LINE, SKU, 2)])
        account = _account(folder, simulator, seller)
        login = LoginWithAmazon(session, Clock())
        link = AmazonLink(session, account, login, timeout, on_leaving=on_leaving, patience=patience)
        yield Rig(simulator, seller, account, login, link, session, folder)


def _account(folder: Path, simulator: AmazonSimulator, seller: SimulatedSeller) -> SellerAccount:
    (folder / "secret").write_text(seller.client_secret + "\n")
    (folder / "refresh").write_text(seller.refresh_token)
    return SellerAccount(
        account="ACME",
        seller_id=seller.seller_id,
        endpoint=simulator.url,
        token_url=simulator.token_url,
        client_id=seller.client_id,
        client_secret_file=str(folder / "secret"),
        refresh_token_file=str(folder / "refresh"),
        marketplaces=(UK,),
        warehouses=("W1",),
    )


def parcel(reference: str = "1", quantity: int = 1, carrier: str = "DPD", tracking: str = "1550") -> ConfirmShipment:
    return to_amazon(
        DespatchedParcel(
            marketplace=MARKETPLACE,
            reference=PackageReference(reference),
            carrier=carrier,
            service="DPD Next Day",
            tracking_number=tracking,
            despatched_at=datetime(2026, 11, 20, 14, 5, tzinfo=UTC),
            lines=(DespatchedLine(LINE, quantity),),
        )
    )
