"""`goodsout simulate`: the simulators, for trying a daemon of your own."""

from pathlib import Path

import click

from daemon.commands.context import async_command, configuration
from daemon.commands.simulate_edi_partner import edi_partner
from daemon.settings import Bus

SHARE = click.FloatRange(0, 1)


@click.group(
    epilog="""\b
A whole rehearsal, on your own RabbitMQ and PostgreSQL:
  goodsout simulate amazon --folder rehearsal --bus amqp://USER:PASSWORD@HOST:5672/ &
  edit database.url in rehearsal/goodsout.toml, which that has written, or leave it: a private PostgreSQL is made
  export GOODSOUT_CONFIG=rehearsal/goodsout.toml
  goodsout migrate && goodsout listings import rehearsal/listings.csv
  goodsout run &
  goodsout simulate warehouse --rate 20 --lose 0.01 --corrupt 0.01
  goodsout status

\b
The same without RabbitMQ or PostgreSQL, with stock that is read from a simulated Clarus:
  goodsout simulate amazon --folder rehearsal --bus embedded: &
  goodsout simulate clarus --folder rehearsal &
  cat rehearsal/clarus.toml >> rehearsal/goodsout.toml
  export GOODSOUT_CONFIG=rehearsal/goodsout.toml
  goodsout listings import rehearsal/listings.csv
  goodsout run &
  goodsout status; goodsout explain 00001-R

\b
Orders too, from Amazon into Clarus and back: docs/rehearsal.md.
Purchase orders of Vendor Central, from the order to the invoice: docs/rehearsal-vendor.md.

\b
To see it all at once, without any of that: goodsout demo
"""
)
def simulate() -> None:
    """Run a simulator: the warehouse, Clarus, Amazon, or a partner by EDI; or have a retailer's goods despatched."""


@simulate.command(
    epilog="""\b
Examples:
  goodsout simulate amazon
  goodsout simulate amazon --port 8090 --sellers 3 --listings 200 --orders 50 --seed 7
  goodsout simulate amazon --throttle 0.01 --lose-answers 0.02 --errors 0.01

\b
It has Amazon's token buckets, answers 429 above them, says INVALID inside a 200, and shows what it accepted a little
later. Everything is in memory and gone when it ends. http://HOST:PORT/_simulator/state tells what it heard.
Orders are placed, edited and cancelled there from this machine: docs/rehearsal.md has the commands.
"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The daemon speaks plain HTTP to loopback only.")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="0 takes any free one.")
@click.option("--sellers", type=click.IntRange(1, 50), default=1, show_default=True, help="Seller accounts.")
@click.option(
    "--listings", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Listings of each seller."
)
@click.option(
    "--orders", type=click.IntRange(0, 100_000), default=20, show_default=True, help="Orders of each seller."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same faults.")
@click.option(
    "--live-lag",
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    help="Seconds at most until what was accepted shows.",
)
@click.option(
    "--feed-lag", type=click.FloatRange(0), default=60.0, show_default=True, help="Seconds at most of work on a feed."
)
@click.option("--refuse-messages", type=SHARE, default=0.0, help="Share of a feed's messages that are refused.")
@click.option("--throttle", type=SHARE, default=0.0, help="Share of calls that meet a 429 for no reason.")
@click.option(
    "--lose-answers", type=SHARE, default=0.0, help="Share of calls whose answer is lost after they took effect."
)
@click.option(
    "--errors", type=SHARE, default=0.0, help="Share of calls that meet a 500, half of them after they took effect."
)
@click.option("--seconds", type=click.FloatRange(0), help="Ends after so long. Default: with Ctrl-C.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("simulated-amazon"),
    show_default=True,
    help="Gets configuration, credentials and listings for the daemon.",
)
@click.option(
    "--bus",
    default="amqp://guest@localhost:5672/",
    show_default=True,
    help="Goes into the configuration; a password in it goes into a file. embedded: needs no RabbitMQ.",
)
@async_command
async def amazon(host: str, port: int, folder: Path, seconds: float | None, bus: str, **options: float) -> None:
    """Serve a simulated Amazon, and write what a daemon needs to speak to it."""
    from daemon.demo.simulated_amazon import Market, serve
    from daemon.demo.until import until_told

    market = Market(**options)  # type: ignore[arg-type]  # click has converted each as the option says
    async with serve(market, host, port, folder, click.echo, bus), until_told(seconds) as told:
        await told.wait()


@simulate.command(
    epilog="""\b
Examples:
  goodsout simulate warehouse --rate 20
  goodsout simulate warehouse --amqp-url amqp://goodsout@localhost/goodsout --seconds 60 --seed 7
  goodsout simulate warehouse --lose 0.01 --corrupt 0.01 --duplicate 0.05 --reorder 20

\b
It publishes inventory.level and inventory.moved to the exchange `clarus`, and answers inventory.level_request from
`goodsout.commands`. Each run starts its counters anew, as a warehouse restored from nothing would: a daemon that knew
the SKUs before notices, doubts them, asks for levels and goes on.
"""
)
@click.option("--amqp-url", help="The RabbitMQ. Default: the one of the configuration, with its password file.")
@click.option("--account", default="acme", show_default=True, help="The stock owner.")
@click.option("--warehouse", "name", default="W1", show_default=True, help="Its code.")
@click.option("--skus", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="SKUs that it holds.")
@click.option(
    "--rate", type=click.FloatRange(0, 100_000), default=10.0, show_default=True, help="Movements a second."
)
@click.option("--seconds", type=click.FloatRange(0), help="Ends after so long. Default: with Ctrl-C.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same day.")
@click.option("--reorder", type=click.IntRange(0), default=0, help="Places by which an event may be out of order.")
@click.option("--duplicate", type=SHARE, default=0.0, help="Share of events that come twice.")
@click.option("--lose", type=SHARE, default=0.0, help="Share of events that never come.")
@click.option("--corrupt", type=SHARE, default=0.0, help="Share of events that nobody can read.")
@click.option(
    "--level-every",
    type=click.FloatRange(1),
    default=300.0,
    show_default=True,
    help="Seconds between two rounds of levels.",
)
@async_command
async def warehouse(amqp_url: str | None, seconds: float | None, **options: object) -> None:
    """Publish a warehouse's events to a real bus, and answer what it is asked."""
    from daemon.demo.simulated_warehouse import Day, trade
    from daemon.demo.until import until_told

    settings, password = _bus(amqp_url)
    day = Day(**options)  # type: ignore[arg-type]  # click has converted each as the option says
    async with until_told(seconds) as told:
        await trade(day, settings, password, told, click.echo)


@simulate.command(
    epilog="""\b
Examples:
  goodsout simulate clarus --folder rehearsal
  goodsout simulate clarus --rate 20 --lag 10 --lose 0.2 --errors 0.05 --seed 7

\b
It has Clarus's login, stock_balances over GraphQL from a replica that lags, and webhooks of stock_balance updated.
Append the clarus.toml that it writes to your goodsout.toml: warehouse W1 is then under authority clarus.

\b
Orders are made, changed and taken back over REST, and work on them is done from this machine:
  curl http://127.0.0.1:8091/_simulator/goods_outs
  curl -X POST http://127.0.0.1:8091/_simulator/goods_outs/REFERENCE/despatch
or step by step: allocate, pick, pack, complete, take-back, cancel. docs/rehearsal.md plays an order through.
"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The daemon speaks plain HTTP to loopback only.")
@click.option("--port", type=click.IntRange(0, 65535), default=8091, show_default=True, help="0 takes any free one.")
@click.option(
    "--daemon", default="http://127.0.0.1:8085", show_default=True, help="The daemon's web server, for the webhooks."
)
@click.option("--skus", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Products.")
@click.option("--rate", type=click.FloatRange(0, 1_000), default=5.0, show_default=True, help="Movements a second.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same day.")
@click.option(
    "--lag", type=click.FloatRange(0), default=2.0, show_default=True, help="Seconds at most that a read is behind."
)
@click.option("--lose", type=SHARE, default=0.05, show_default=True, help="Share of webhooks that never come.")
@click.option("--duplicate", type=SHARE, default=0.05, show_default=True, help="Share of webhooks that come twice.")
@click.option(
    "--delay", type=click.FloatRange(0), default=1.0, show_default=True, help="Seconds at most on a webhook's way."
)
@click.option("--errors", type=SHARE, default=0.01, show_default=True, help="Share of reads that go wrong somehow.")
@click.option("--seconds", type=click.FloatRange(0), help="Ends after so long. Default: with Ctrl-C.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("simulated-clarus"),
    show_default=True,
    help="Gets clarus.toml and its secrets.",
)
@async_command
async def clarus(host: str, port: int, daemon: str, folder: Path, seconds: float | None, **options: float) -> None:
    """Serve a simulated Clarus that trades, and write what a daemon needs to read it."""
    from daemon.demo.simulated_clarus import Tenant, serve, trade
    from daemon.demo.until import until_told

    tenant = Tenant(**options)  # type: ignore[arg-type]  # click has converted each as the option says
    async with serve(tenant, host, port, daemon, folder, click.echo) as trading, until_told(seconds) as told:
        await trade(trading, tenant, told, click.echo)


@simulate.command(
    epilog="""\b
Examples:
  goodsout simulate despatch vendor1 SIMPO001
  goodsout simulate despatch vendor1 SIMPO001 --stage packed
  goodsout simulate despatch vendor1 SIMPO001 --without bill_of_lading
  goodsout simulate despatch vendor1 SIMPO001 --short 3

\b
It packs what was acknowledged of a retailer's order, a carton for each case and one for the eaches of a line, and
tells it to the bus as a warehouse would: despatch.packed, then despatch.completed. Told again, it is the newer truth
about the same load: so is put right what was left out. It moves no stock. docs/rehearsal-vendor.md has it all.
"""
)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("order")
@click.option(
    "--stage", type=click.Choice(["packed", "completed", "both", "undone"]), default="both", show_default=True
)
@click.option("--short", type=click.IntRange(0), default=0, help="So many eaches less of the first line.")
@click.option(
    "--without", "left_out", multiple=True, metavar="FIELD", help="Leave out a field of the load, such as departure."
)
@click.option("--amqp-url", help="The RabbitMQ. Default: the one of the configuration, with its password file.")
@async_command
async def despatch(
    account: str, order: str, stage: str, short: int, left_out: tuple[str, ...], amqp_url: str | None
) -> None:
    """Have the goods of a retailer's ORDER packed and sent, out of the books of the configuration."""
    from daemon.commands.desk import desk
    from daemon.demo.simulated_despatch import Load, publish, steps_of
    from daemon.vendor_documents_role import orders_of
    from schemas.purchase_order import PurchaseOrderNumber

    settings, password = _bus(amqp_url)
    async with desk() as books, books.database.connection() as connection:
        if account not in (known := books.configured.settings.notices):
            names = ", ".join(sorted(known)) or "none"
            raise click.ClickException(f"there is no table [notices.{account}]; there are: {names}")
        number = PurchaseOrderNumber(order)
        found = (await orders_of(books.configured.settings, account).of(connection, account, [number])).get(number)
        vendor, now = books.configured.settings.vendors[account], books.clock.now()
    if found is None:
        raise click.ClickException(f"{account} has no purchase order {order}; `goodsout pos list` shows them")
    if unknown := set(left_out) - set(Load.FIELDS):
        raise click.ClickException(f"a load has no field {', '.join(sorted(unknown))}: {', '.join(Load.FIELDS)}")
    load = Load(found, vendor.account, vendor.warehouses[0], now, short, frozenset(left_out))
    if not load.parcels:
        raise click.ClickException(f"nothing of {order} is acknowledged; see `goodsout pos show {account} {order}`")
    await publish(settings, password, load, steps_of(stage))
    click.echo(f"{order}: {stage}, {len(load.parcels)} cartons, {load.eaches} eaches from {vendor.warehouses[0]}")


simulate.add_command(edi_partner)


def _bus(amqp_url: str | None) -> tuple[Bus, str | None]:
    found = None if amqp_url else configuration()
    settings = found.settings.bus if found else Bus(url=amqp_url or "")
    if settings.url.startswith("embedded:"):
        raise click.ClickException(
            "bus.url is embedded: that bus lives inside one process. Give --amqp-url, or see goodsout demo."
        )
    file = settings.password_file
    return settings, None if found is None or file is None else found.secret(file).reveal()
