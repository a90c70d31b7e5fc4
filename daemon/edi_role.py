"""What an EDI exchange is made of: from the settings to one loop, by lease, for each."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.edi_documents import EdiDocuments
from daemon.edi_order_answers import OrderAnswers
from daemon.edi_orders import EdiOrders
from daemon.edi_post import EdiPost
from daemon.edi_reading import EdiReading
from daemon.edi_taking import EdiTaking
from daemon.links.edi_sftp import SftpAccount, SftpSpool
from daemon.links.edi_spool import FolderSpool, Spool
from daemon.remittances import Remittances
from daemon.settings import EdiExchange, EdiServer, VendorAccount
from daemon.supervisor import Loop, leased
from daemon.vendor_edi import VendorEdi
from daemon.vendor_role import vendor_books
from edi.partner import ASSOCIATIONS, GS_VERSIONS, ISA_VERSIONS, Partner
from edi.profile import Profile
from handlers.edi_documents import Rules
from schemas.terms import ChannelAccount, Marketplace

if TYPE_CHECKING:
    from daemon.app import App


def edi_loops(app: "App") -> dict[str, Loop]:
    """One loop, by lease, for each exchange."""
    return {
        f"edi-{name}": leased(app.leases(), f"edi/{name}", vendor_edi(app, name, exchange).round, needs=1.0)
        for name, exchange in app.settings.edi.items()
    }


def edi_document_links(app: "App") -> dict[str, EdiDocuments]:
    """By vendor account: what carries its ship notices and invoices, where an exchange does."""
    return {
        exchange.vendor: EdiDocuments(
            post_of(app, name, exchange), profile_of(exchange, app.settings.vendors[exchange.vendor])
        )
        for name, exchange in app.settings.edi.items()
        if exchange.carries_documents
    }


def post_of(app: "App", name: str, exchange: EdiExchange) -> EdiPost:
    spool, partner = spool_of(exchange, app.configuration.secret_path), partner_of(name, exchange)
    rules = rules_of(exchange)
    return EdiPost(partner, spool, app.database, app.clock, app.settings.owners, rules, exchange.most_bytes)


def vendor_edi(app: "App", name: str, exchange: EdiExchange) -> VendorEdi:
    rules, post = rules_of(exchange), post_of(app, name, exchange)
    books = vendor_books(app, exchange.vendor)
    profile = profile_of(exchange, app.settings.vendors[exchange.vendor])
    kept = timedelta(days=exchange.numbers_kept_days)
    taking = EdiTaking(EdiOrders(books), Remittances(app.database, app.clock, app.settings.owners))
    reading = EdiReading(post, profile, rules, taking.take, kept, exchange.acknowledges)
    return VendorEdi(post, reading, taking, OrderAnswers(post, books, profile), exchange.every)


def rules_of(exchange: EdiExchange) -> Rules:
    return Rules(
        acknowledged_within=timedelta(seconds=exchange.acknowledged_within),
        presumed_after=timedelta(seconds=exchange.presumed_after),
    )


def partner_of(name: str, exchange: EdiExchange) -> Partner:
    """Whom an exchange trades with, and how their envelopes are addressed."""
    return Partner(
        name=name,
        standard=exchange.standard,
        our_id=exchange.our_id,
        our_qualifier=exchange.our_qualifier,
        their_id=exchange.their_id,
        their_qualifier=exchange.their_qualifier,
        our_group_id=exchange.our_group_id,
        their_group_id=exchange.their_group_id,
        test=exchange.test,
        isa_versions=_over(ISA_VERSIONS, exchange.isa_versions),
        gs_versions=_over(GS_VERSIONS, exchange.gs_versions),
        associations=_over(ASSOCIATIONS, exchange.associations),
        asks_interchange_answer=exchange.asks_interchange_answer,
        line_break="\r\n" if exchange.line_break else "",
    )


def _over(defaults: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    return {**defaults, **own}


def profile_of(exchange: EdiExchange, vendor: VendorAccount) -> Profile:
    """How the partner's documents are read and written: what standards leave open and the settings say."""
    return Profile(
        channel_account=ChannelAccount(exchange.vendor),
        marketplace=Marketplace(vendor.marketplace),
        vendor_code=vendor.party,
        currency=exchange.currency,
        zone=exchange.zone,
        vendor_pays=frozenset(exchange.vendor_pays_codes),
        retailer_pays=frozenset(exchange.retailer_pays_codes),
        backorder_codes=frozenset(exchange.backorder_codes),
        backorders=exchange.backorders,
        changes_by=exchange.changes_by,
        changes_answered=exchange.changes_answered,
        ship_date_qualifier=exchange.ship_date_qualifier,
        retailer_reference_qualifier=exchange.retailer_reference_qualifier,
        retailer_reference_rff=exchange.retailer_reference_rff,
        answered_message_rff=exchange.answered_message_rff,
    )


def spool_of(exchange: EdiExchange, secret_path: Callable[[str], Path]) -> Spool:
    """Two folders, or a server."""
    if exchange.transport == "folder":
        return FolderSpool(Path(exchange.inbox), Path(exchange.outbox))
    server = exchange.server
    fetches = _account(server, server.user, server.download, secret_path)
    return SftpSpool(fetches, _account(server, server.upload_user or server.user, server.upload, secret_path))


def _account(server: EdiServer, user: str, folder: str, secret_path: Callable[[str], Path]) -> SftpAccount:
    key, hosts = secret_path(server.key_file), secret_path(server.known_hosts_file)
    return SftpAccount(server.host, server.port, user, key, hosts, folder, server.timeout)
