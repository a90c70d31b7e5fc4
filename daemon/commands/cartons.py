"""`goodsout cartons`: loads to retailers, what holds their ship notices up, and their labels."""

from pathlib import Path
from typing import get_args

import click

from daemon.carton_labels import NotPrintable, PageSize, render
from daemon.commands.context import async_command
from daemon.commands.desk import Desk, desk
from daemon.commands.tables import print_rows
from daemon.ship_noticing import ShipNoticing
from daemon.store import ship_loads
from daemon.store.ship_loads import Listed
from daemon.vendor_books import VendorBooks
from daemon.vendor_documents_role import orders_of
from handlers.carton_labels import labels_of
from handlers.gs1 import InvalidNumber
from handlers.ship_desk import LoadRow
from schemas.ship_notice import ShipNotice

EXAMPLES = """\b
Examples:
  goodsout cartons list
  goodsout cartons show vendor-uk OAK/YORK/LOAD-1
  goodsout cartons labels vendor-uk OAK/YORK/LOAD-1 --to labels.pdf
"""
NEAR = 1_000
"""Loads among which one is looked for that was not named in full."""
HEAD = ("account", "load", "shipment", "standing", "lacks", "due", "late")


@click.group(epilog=EXAMPLES)
def cartons() -> None:
    """Show loads to retailers, and print their pallet and carton labels."""


@cartons.command("list", epilog=EXAMPLES)
@click.option("--account", metavar="CHANNEL_ACCOUNT", help="Only this vendor account.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@async_command
async def list_(account: str | None, limit: int) -> None:
    """List loads, those whose ship notice is not accepted first."""
    async with desk() as books, books.database.connection() as connection:
        found = await ship_loads.listed(connection, account, limit)
    if found:
        print_rows(HEAD, map(_row, found))
    else:
        click.echo("no load", err=True)


def _row(one: Listed) -> tuple[str, ...]:
    due = f"{one.due_at:%F %H:%M}" if one.due_at else ""
    late = "yes" if one.breached else ""
    return (one.channel_account, one.load_key, one.shipment, one.standing, ", ".join(one.lacks), due, late)


@cartons.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("load")
@async_command
async def show(account: str, load: str) -> None:
    """Show what is on LOAD and everything that its ship notice lacks."""
    async with desk() as books:
        row, notice, lacks = await _composed(books, account, load)
    click.echo(f"load {row.load_key}, shipment {row.shipment}")
    if row.due_at:
        click.echo(f"due {row.due_at:%F %H:%M} UTC{', late' if row.breached_at else ''}")
    if notice is not None:
        orders = {item.purchase_order for carton in notice.cartons for item in carton.items}
        click.echo(f"{len(notice.cartons)} cartons on {len(notice.pallets)} pallets for {', '.join(sorted(orders))}")
    click.echo("the notice has been accepted" if row.accepted else "the notice has not been accepted")
    for text in lacks:
        click.echo(f"  lacks: {text}")


@cartons.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("load")
@click.option("--to", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Written anew.")
@click.option("--size", type=click.Choice(get_args(PageSize)), default="a6", show_default=True)
@click.option("--font", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A TrueType file.")
@async_command
async def labels(account: str, load: str, file: Path, size: PageSize, font: Path | None) -> None:
    """Write the pallet and carton labels of LOAD, one a page. Cartons without a number get theirs."""
    async with desk() as books:
        _, notice, lacks = await _composed(books, account, load)
    if notice is None:
        raise click.ClickException(f"no labels yet: {'; '.join(lacks)}")
    try:
        pages = labels_of(notice)
        file.write_bytes(render(pages, size, font))  # noqa: ASYNC240  (one file, and nothing waits)
    except (InvalidNumber, NotPrintable) as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"{len(pages)} labels in {file}")


async def _composed(books: Desk, account: str, load: str) -> tuple[LoadRow, ShipNotice | None, list[str]]:
    """The load as it stands. Ends the command where there is no such load or account."""
    settings = books.configured.settings
    if account not in settings.notices:
        raise click.ClickException(f"the configuration has no [notices.{account}]")
    shared = VendorBooks(
        account, settings.notices[account], orders_of(settings, account), books.database, books.clock, books.owners,
        "goodsout cartons",
    )  # fmt: skip
    found = await ShipNoticing(shared).composed_now(load)
    if found is None:
        async with books.database.connection() as connection:
            listed = await ship_loads.listed(connection, account, NEAR)
        near = [one.load_key for one in listed if one.load_key.endswith(load) or one.shipment == load][:3]
        hint = f"is it {' or '.join(near)}?" if near else "`goodsout cartons list` shows them"
        raise click.ClickException(f"there is no load {load!r}; {hint}")
    row, composed, lacks = found
    return row, composed.notice, [lack.text for lack in lacks]
