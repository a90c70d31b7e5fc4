"""What the settings say of labels, as the pure rules want it."""

from datetime import timedelta
from decimal import Decimal

from daemon.settings import LabelAccount, LabelSize, Settings
from handlers.label_choice import LabelTerms, Size
from handlers.labels import Rules
from schemas.amazon_shipping import Address, DocumentSize
from schemas.terms import ChannelAccount, Sku


def labelled_of(settings: Settings) -> frozenset[ChannelAccount]:
    """Accounts whose orders go to the warehouse only once their label is there."""
    return frozenset(
        ChannelAccount(name) for name, account in settings.labels.items() if account.buy == "before_release"
    )


def rules_of(account: LabelAccount) -> Rules:
    return Rules(again=timedelta(seconds=account.again), soon=timedelta(seconds=account.soon))


def terms_of(account: LabelAccount) -> LabelTerms:
    """What an account's labels are bought by: from where, which services, what sizes, printed how."""
    start = account.ship_from
    return LabelTerms(
        ship_from=Address(
            start.name, start.line, start.city, start.region, start.postcode, start.country,
            address_line2=start.line_2 or None, email=start.email or None, phone_number=start.phone or None,
        ),
        services=account.services,
        currency=account.currency,
        products={Sku(sku): known for sku, size in account.products.items() if (known := _size(size)) is not None},
        box=_size(account.box),
        insured=Decimal(account.insured or 0),
        format=account.format,
        size=DocumentSize(Decimal(account.width), Decimal(account.length), account.unit),
        dpi=account.dpi,
    )  # fmt: skip


def _size(size: LabelSize) -> Size | None:
    """None where a part of it is not known."""
    if 0 in (size.length, size.width, size.height, size.weight):
        return None
    return Size(length_mm=size.length, width_mm=size.width, height_mm=size.height, weight_g=size.weight)
