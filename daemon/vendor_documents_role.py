"""What ship notices and invoices are made of: from the settings to one loop for each vendor account."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from daemon.abreast import Abreast
from daemon.edi_documents import EdiDocuments
from daemon.notice_terms import party_of
from daemon.settings import Settings, VendorDestination
from daemon.ship_noticing import ShipNoticing
from daemon.store.acknowledged_orders import AcknowledgedOrders
from daemon.supervisor import Loop, leased
from daemon.vendor_books import VendorBooks
from daemon.vendor_invoicing import VendorInvoicing
from daemon.vendor_sending import AT_ONCE, WAIT, DocumentLink, VendorSending
from handlers.acknowledged_orders import Agreed
from schemas.purchase_order import Party, Transport

if TYPE_CHECKING:
    from daemon.app import App

IDLE, IDLE_AT_MOST = 1.0, 600.0
"""Real seconds until the next look when nothing was due; business seconds of it at most, on a fast clock."""


def vendor_document_loops(app: "App", links: Mapping[str, DocumentLink]) -> dict[str, Loop]:
    """One loop, by lease, for each account with a table of notices and a link."""
    names = sorted(set(app.settings.notices) & set(links))
    return {f"notices-{name}": _loop(app, name, links[name]) for name in names}


def _loop(app: "App", name: str, link: DocumentLink) -> Loop:
    books = VendorBooks(
        name, app.settings.notices[name], orders_of(app.settings, name), app.database, app.clock, app.settings.owners,
        app.holder, transport_of(link),
    )  # fmt: skip
    application = app.settings.vendors[name].application
    noticing, invoicing = ShipNoticing(books), VendorInvoicing(books)
    sending = VendorSending(books, link, app.budget, app.telemetry, application, Abreast(AT_ONCE, WAIT))

    async def round_() -> float:
        busy = await noticing.look_at_due() + await invoicing.look_at_due()
        if busy + await sending.send_all_due():
            return 0.02
        return 0.1 if sending.abreast.names else app.clock.pause(IDLE, IDLE_AT_MOST)

    return leased(app.leases(), f"notices/{name}", round_, needs=1.0, finish=sending.finish)


def transport_of(link: DocumentLink) -> Transport:
    """How documents go by this link: some rules differ."""
    return link.post.partner.standard if isinstance(link, EdiDocuments) else "sp_api"


def orders_of(settings: Settings, name: str) -> AcknowledgedOrders:
    """The account's purchase orders, with what the configuration adds to them."""
    account, vendor = settings.notices[name], settings.vendors.get(name)
    return AcknowledgedOrders(
        Agreed(
            places={code: _place(code, one) for code, one in vendor.destinations.items()} if vendor else {},
            bill_to=party_of(account.bill_to),
            freight=vendor.freight if vendor else "unknown",
            dated=frozenset(account.perishables),
        )
    )


def _place(code: str, one: VendorDestination) -> Party:
    return Party(
        party_id=code, name=one.name, lines=one.lines, city=one.city, region=one.region, postcode=one.postcode,
        country=one.country,
    )  # fmt: skip
