"""What the settings say of ship notices and invoices, as the pure rules want it."""

from datetime import timedelta
from decimal import Decimal

from daemon.settings import NoticeAccount, PartySection
from handlers.invoicing import Agreed
from handlers.ship_desk import Limits
from handlers.sscc_pool import Pool
from handlers.vendor_documents import Rules
from schemas.invoice import Terms
from schemas.purchase_order import Party, Transport
from schemas.terms import Sku


def party_of(section: PartySection | None) -> Party | None:
    """None: nobody is named."""
    if section is None or not section.party_id:
        return None
    return Party(
        party_id=section.party_id, name=section.name, lines=section.lines, city=section.city, region=section.region,
        postcode=section.postcode, country=section.country, tax_number=section.tax_number,
    )  # fmt: skip


def limits_of(account: NoticeAccount) -> Limits:
    return Limits(
        patience=timedelta(hours=account.patience_hours),
        warn_at=account.warn_at,
        look_again=timedelta(seconds=account.look_again),
    )


def rules_of(account: NoticeAccount, transport: Transport) -> Rules:
    return Rules(
        timedelta(seconds=account.late_effect), timedelta(seconds=account.presumed_after),
        by_file=transport != "sp_api",
    )  # fmt: skip


def pool_of(account: NoticeAccount) -> Pool | None:
    return Pool(account.gs1_prefix, account.gs1_extension) if account.gs1_prefix else None


def agreed_of(account: NoticeAccount) -> Agreed | None:
    """None: nobody is named to be paid."""
    remit_to = party_of(account.remit_to)
    if remit_to is None:
        return None
    terms = None
    if account.net_days is not None:
        terms = Terms(
            net_days=account.net_days,
            discount=Decimal(account.discount_percent),
            discount_days=account.discount_days,
        )
    return Agreed(
        remit_to=remit_to,
        bill_to=party_of(account.bill_to),
        tax_kind=account.tax_kind,
        rate=None if account.tax_percent is None else Decimal(account.tax_percent),
        rates={Sku(sku): Decimal(rate) for sku, rate in account.tax_percents.items()},
        terms=terms,
    )
