"""A vendor account at the simulated Amazon and one that trades by EDI folders, with what a daemon needs for them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec

from daemon.demo.offers import OWNER, sku_names
from handlers.agreed_costs import AgreedCost
from handlers.code_file import write_codes
from handlers.cross_reference import ProductCode
from handlers.vendor_files import write_costs
from schemas.purchase_order import (
    Cost,
    CountedIn,
    Identifier,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderNumber,
    Window,
)
from schemas.terms import Account, ChannelAccount, Marketplace, Sku
from simulators.amazon import UK, AmazonSimulator

VENDOR, VENDOR_ID = "vendor1", "AVENDOR1"
EDI_VENDOR = "vendor2"
CODE, CENTRE = "SIMV1", "LTN4"
OURS, THEIRS = "4012345000009", "5450534000000"
"""In EDI envelopes."""
CASE = 12
AGREED = Decimal("2.50")
PAYER = Party(
    party_id="AMZUK", name="Amazon EU SARL", lines=("1 Principal Place",), city="London", postcode="EC2A 2FA",
    country="GB", tax_number="GB727255821",
)  # fmt: skip


def stock(amazon: AmazonSimulator, client: str, secret: str) -> None:
    """Its account, with three purchase orders: one in order, one at another cost, one of a product without a code."""
    amazon.add_seller(VENDOR_ID, client_id=client, client_secret=secret)
    for order in orders(amazon.world.time.now()):
        amazon.world.sellers[VENDOR_ID].vendor.add_order(order)


def orders(now: datetime) -> list[PurchaseOrder]:
    first, second, third = sku_names(3)
    right = (_line("1", first, CountedIn(10, "each", 1), AGREED), _line("2", second, CountedIn(2, "case", CASE), 30))
    return [
        order("SIMPO001", now, *right),
        order("SIMPO002", now, _line("1", first, CountedIn(5, "each", 1), Decimal("2.10"))),
        order("SIMPO003", now, _line("1", third, CountedIn(5, "each", 1), AGREED)),
    ]


def order(number: str, now: datetime, *lines: PurchaseOrderLine) -> PurchaseOrder:
    """Placed an hour ago, to be delivered from the third day on."""
    return PurchaseOrder(
        channel_account=ChannelAccount(VENDOR), number=PurchaseOrderNumber(number), marketplace=Marketplace(UK),
        transport="sp_api", state="new", state_word="New", ordered_at=now - timedelta(hours=1),
        vendor=Party(party_id=CODE), ship_to=Party(party_id=CENTRE), bill_to=PAYER,
        delivery_window=Window(now + timedelta(days=3), now + timedelta(days=9)), lines=lines,
    )  # fmt: skip


def _line(number: str, sku: str, ordered: CountedIn, cost: Decimal | int) -> PurchaseOrderLine:
    names = (
        Identifier("asin", f"B0SIM{sku[:5]}", "amazonProductIdentifier"),
        Identifier("vendor_sku", f"V-{sku}", "vendorProductIdentifier"),
    )
    return PurchaseOrderLine(
        number=PoLineNumber(number), identifiers=names, ordered=ordered, net_cost=Cost(Decimal(cost), "GBP"),
        backorder_allowed=True,
    )  # fmt: skip


def _line_by_edi(number: str, sku: str, ordered: CountedIn) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        number=PoLineNumber(number), identifiers=(Identifier("vendor_sku", f"V-{sku}"),), ordered=ordered,
        net_cost=Cost(AGREED, "GBP"),
    )  # fmt: skip


def edi_order(number: str, now: datetime, control: int = 1) -> str:
    """EDIFACT ORDERS of ten of the first product."""
    day, later, last = (f"{now + timedelta(days=days):%Y%m%d}" for days in (0, 3, 9))
    sets = (
        f"BGM+220+{number}+9", f"DTM+137:{day}:102", f"DTM+64:{later}:102", f"DTM+63:{last}:102", f"RFF+CR:{CODE}",
        f"NAD+SU+{OURS}::9", f"NAD+DP+{CENTRE}::92", "CUX+2:GBP:9", "LIN+1", f"PIA+5+V-{sku_names(1)[0]}:SA",
        "QTY+21:10", f"PRI+AAA:{AGREED}", "UNS+S", "CNT+2:1",
    )  # fmt: skip
    segments = (
        f"UNB+UNOC:3+{THEIRS}:14+{OURS}:14+{now:%y%m%d}:{now:%H%M}+{control}", "UNH+1+ORDERS:D:96A:UN:EAN008", *sets,
        f"UNT+{len(sets) + 2}+1", f"UNZ+1+{control}",
    )  # fmt: skip
    return "".join(f"{segment}'\n" for segment in segments)


def write(amazon: AmazonSimulator, client: str, folder: Path) -> None:
    """Into the folder of `goodsout simulate amazon`."""
    now = amazon.world.time.now()
    secret = folder / f"refresh-token-{VENDOR}"
    secret.touch(mode=0o600)
    secret.write_text(f"Atzr|{VENDOR_ID}")
    for way in ("in", "out", "partner"):
        (folder / "edi" / way).mkdir(parents=True, exist_ok=True)
    (folder / "vendor.toml").write_text(tables(amazon, client, folder.resolve()))
    first, second, third = sku_names(3)
    (folder / "codes.csv").write_text(write_codes(_codes(first, second)))
    (folder / "codes-more.csv").write_text(write_codes(_codes(third)))
    (folder / "packs.csv").write_text(f"account,sku,eaches\n{OWNER},{second},{CASE}\n")
    (folder / "costs.csv").write_text(write_costs(_costs((now - timedelta(days=30)).date(), first, second, third)))
    (folder / "edi-order.edi").write_text(edi_order("SIMPO009", now))
    by_edi = order("SIMPO010", now, _line_by_edi("1", first, CountedIn(10, "each", 1)))
    by_edi = msgspec.structs.replace(by_edi, channel_account=ChannelAccount(EDI_VENDOR), transport="edifact")
    (folder / "edi-order.json").write_bytes(_steps(by_edi))
    another = order("SIMPO004", now, _line("1", first, CountedIn(20, "each", 1), AGREED))
    (folder / "order.json").write_bytes(_steps(another))


def _steps(placed: PurchaseOrder) -> bytes:
    """As the simulated retailers take it."""
    return msgspec.json.format(msgspec.json.encode({"orders": [placed]}), indent=2)


def _codes(*skus: str) -> Iterator[ProductCode]:
    for account in (VENDOR, EDI_VENDOR):
        for sku in skus:
            yield ProductCode(
                channel_account=account, kind="vendor_sku", code=f"V-{sku}", account=Account(OWNER), sku=Sku(sku)
            )


def _costs(begins: date, *skus: str) -> Iterator[AgreedCost]:
    for account in (VENDOR, EDI_VENDOR):
        for sku in skus:
            yield AgreedCost(
                channel_account=ChannelAccount(account), account=Account(OWNER), sku=Sku(sku), begins=begins,
                amount=AGREED, currency="GBP",
            )  # fmt: skip


def tables(amazon: AmazonSimulator, client: str, folder: Path) -> str:
    """Of both accounts. The clocks of reading are faster than a real retailer's."""
    return f"""
# Written by `goodsout simulate amazon`: append it to goodsout.toml. docs/rehearsal-vendor.md plays an order through.
[vendors.{VENDOR}]
endpoint = "{amazon.url}"
token_url = "{amazon.token_url}"
client_id = "{client}"
client_secret_file = "client-secret"
refresh_token_file = "refresh-token-{VENDOR}"
{_terms(VENDOR)}
# By EDI alone: the partner's files come to edi/in, ours go to edi/out.
[vendors.{EDI_VENDOR}]
{_terms(EDI_VENDOR)}
[edi.simulated]
standard = "edifact"
vendor = "{EDI_VENDOR}"
our_id = "{OURS}"
our_qualifier = "14"
their_id = "{THEIRS}"
their_qualifier = "14"
currency = "GBP"
zone = "Europe/London"
transport = "folder"
inbox = "{folder}/edi/in"
outbox = "{folder}/edi/out"
every = 2.0
{_notices(VENDOR, "SIM")}{_notices(EDI_VENDOR, "SIMEDI")}"""


def _terms(name: str) -> str:
    return f"""account = "{OWNER}"
party = "{CODE}"
marketplace = "{UK}"
warehouses = ["W1"]
answer = "by_rule"
freight = "vendor_pays"
read_every = 10.0
changed_every = 20.0
overlap = 7200.0
look_again = 30.0
status_lag = 30.0
[vendors.{name}.destinations.{CENTRE}]
name = "Fulfilment centre LTN4"
lines = ["Boscombe Road"]
city = "Dunstable"
postcode = "LU5 4FE"
country = "GB"
"""


def _notices(name: str, prefix: str) -> str:
    party = """name = "Acme Ltd"
lines = ["2 Mill Lane"]
city = "Leeds"
postcode = "LS1 1AA"
country = "GB"
tax_number = "GB123456789"
"""
    return f"""[notices.{name}]
notices = true
invoices = true
invoice_prefix = "{prefix}"
gs1_prefix = "5012345"
tax_percent = "20"
net_days = 60
[notices.{name}.ship_from.W1]
party_id = "ACMEWH"
{party}[notices.{name}.remit_to]
party_id = "{CODE}"
{party}[notices.{name}.bill_to]
party_id = "AMZUK"
name = "Amazon EU SARL"
lines = ["1 Principal Place"]
city = "London"
postcode = "EC2A 2FA"
country = "GB"
tax_number = "GB727255821"
"""
