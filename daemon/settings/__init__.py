"""Every setting of the daemon, with its unit and its default. `config.py` reads them; nothing else does.

Seconds are business seconds where the clock's factor applies (waits, grace, deadlines) and real seconds for
sockets and databases, as each line says.
"""

from typing import Literal

from daemon.settings.clarus import Clarus, ClarusChannel, ClarusContents, ClarusGoodsOuts, ClarusHook
from daemon.settings.despatch import CARRIER_NAMES, CarrierSection, Despatch, Health
from daemon.settings.edi import EdiExchange, EdiServer
from daemon.settings.house import Bus, Buyers, ClockSection, Database, Intake, Keys, Watch, Web
from daemon.settings.section import ROLES, ChannelKind, GoodsOutWord, Owner, Role, Section, ZeroRule
from daemon.settings.sellers import (
    Catalogue,
    CourierSection,
    DirectFulfilmentAccount,
    FulfilmentWarehouse,
    Orders,
    SellerAccount,
)
from daemon.settings.stock import Demand, Feeds, Peak, PeakClass, Publication, VelocityClass, Zeroes
from daemon.settings.stock_reports import StockReportAccount
from daemon.settings.vendors import NoticeAccount, PartySection, VendorAccount, VendorDestination
from daemon.settings.warehouses import LabelAccount, LabelSize, ReleaseAccount, Releases, ShipFrom, WarehouseSection

__all__ = [
    "CARRIER_NAMES",
    "ROLES",
    "Bus",
    "Buyers",
    "CarrierSection",
    "Catalogue",
    "ChannelKind",
    "Clarus",
    "ClarusChannel",
    "ClarusContents",
    "ClarusGoodsOuts",
    "ClarusHook",
    "ClockSection",
    "CourierSection",
    "Database",
    "Demand",
    "Despatch",
    "DirectFulfilmentAccount",
    "EdiExchange",
    "EdiServer",
    "Feeds",
    "FulfilmentWarehouse",
    "GoodsOutWord",
    "Health",
    "Intake",
    "Keys",
    "LabelAccount",
    "LabelSize",
    "NoticeAccount",
    "Orders",
    "Owner",
    "PartySection",
    "Peak",
    "PeakClass",
    "Publication",
    "ReleaseAccount",
    "Releases",
    "Role",
    "Section",
    "SellerAccount",
    "Settings",
    "ShipFrom",
    "StockReportAccount",
    "VelocityClass",
    "VendorAccount",
    "VendorDestination",
    "WarehouseSection",
    "Watch",
    "Web",
    "ZeroRule",
    "Zeroes",
]


class Settings(Section, frozen=True, kw_only=True):
    bus: Bus
    database: Database
    intake: Intake = Intake()
    publication: Publication = Publication()
    demand: Demand = Demand()
    zeroes: Zeroes = Zeroes()
    feeds: Feeds = Feeds()
    despatch: Despatch = Despatch()
    carriers: dict[str, CarrierSection] = {}
    health: Health = Health()
    catalogue: Catalogue = Catalogue()
    releases: Releases = Releases()
    watch: Watch = Watch()
    buyers: Buyers = Buyers()
    web: Web = Web()
    clock: ClockSection = ClockSection()
    keys: Keys = Keys()
    owners: dict[str, Owner] = {}
    """Which team owns an alert kind, where it is not the default."""
    classes: dict[str, VelocityClass] = {}
    """Velocity classes, by the name that listings are put in them with."""
    sellers: dict[str, SellerAccount] = {}
    direct_fulfilment: dict[str, DirectFulfilmentAccount] = {}
    vendors: dict[str, VendorAccount] = {}
    """Accounts whose purchase orders are answered."""
    edi: dict[str, EdiExchange] = {}
    """Partners whose documents come and go by EDI."""
    stock_reports: dict[str, StockReportAccount] = {}
    """Stock told to retailers as documents, by the name that listings use."""
    notices: dict[str, NoticeAccount] = {}
    """Ship notices and invoices, by the name of the vendor account."""
    peaks: dict[str, Peak] = {}
    """Dated periods, such as the weeks before Christmas; where they overlap, the one that began last is in force."""
    orders: Orders = Orders()
    couriers: dict[str, CourierSection] = {}
    clarus: dict[str, Clarus] = {}
    warehouses: dict[str, WarehouseSection] = {}
    labels: dict[str, LabelAccount] = {}
    """By selling account; of one that is not named here no label is bought."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
