"""What the settings say of orders, as the pure rules want it."""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from daemon.config_values import WEEK
from daemon.settings import CourierSection, SellerAccount, Settings, WarehouseSection
from handlers.addresses import Contact, Courier
from handlers.despatch_calendar import Calendar
from handlers.order_terms import Terms
from schemas.terms import ChannelAccount


def terms_of(settings: Settings) -> dict[ChannelAccount, Terms]:
    """Of each selling account, whether its orders are released or not."""
    return {ChannelAccount(name): _terms(name, seller, settings) for name, seller in settings.sellers.items()}


def released_from(seller: SellerAccount) -> datetime | None:
    """Orders placed before it are left alone."""
    return None if seller.release_from is None else datetime.fromisoformat(seller.release_from)


def _terms(name: str, seller: SellerAccount, settings: Settings) -> Terms:
    orders = settings.orders
    return Terms(
        account=ChannelAccount(name),
        release=seller.release,
        connector_active=seller.connector_active,
        looks_at_connectors=_looks_at_connectors(name, settings),
        hold_late=seller.hold_late,
        most_units=orders.most_units,
        most_lines=orders.most_lines,
        most_value=None if orders.most_value is None else Decimal(orders.most_value),
        contact=contact_of(seller),
        calendars=_calendars(seller, settings),
        couriers={name: _courier(one) for name, one in settings.couriers.items()},
        regions_checked=frozenset(orders.regions_checked),
    )


def _looks_at_connectors(name: str, settings: Settings) -> bool:
    to = settings.releases.accounts.get(name)
    section = settings.warehouses.get(to.warehouse) if to else None
    if section is None or section.authority != "clarus":
        return False
    tenant = settings.clarus.get(section.clarus or "")
    return tenant is not None and tenant.check_connectors


def contact_of(seller: SellerAccount) -> Contact:
    """The account's own phone and e-mail; `handlers.addresses.prepared` puts them where a buyer's are missing."""
    return Contact(
        phone=seller.phone_fallback or "",
        email=seller.email_fallback or "",
        needs_phone=seller.needs_phone,
        needs_email=seller.needs_email,
    )


def _courier(section: CourierSection) -> Courier:
    return Courier(
        name=section.name, line=section.line, lines=section.lines, city=section.city, postcode=section.postcode,
        needs_phone=section.needs_phone, needs_email=section.needs_email, countries=frozenset(section.countries),
        characters=section.characters,
    )  # fmt: skip


def _calendars(seller: SellerAccount, settings: Settings) -> tuple[Calendar, ...]:
    """None at all as soon as one of its warehouses has none: nobody knows when that one sends."""
    found = [_calendar(settings.warehouses.get(name)) for name in seller.warehouses]
    known = tuple(calendar for calendar in found if calendar is not None)
    return known if len(known) == len(found) else ()


def _calendar(section: WarehouseSection | None) -> Calendar | None:
    if section is None or section.time_zone is None:
        return None
    return Calendar(
        ZoneInfo(section.time_zone),
        time.fromisoformat(section.cut_off),
        time.fromisoformat(section.leaves_at),
        frozenset(WEEK.index(day) for day in section.working_days),
        frozenset(date.fromisoformat(day) for day in section.closed),
    )
