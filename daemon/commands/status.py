"""`goodsout status`: what is behind, in doubt, blocked."""

import sys
from collections.abc import Sequence
from datetime import datetime

import click
from rich import box
from rich.console import Console
from rich.table import Table

from daemon.commands.books import open_for_command
from daemon.commands.context import async_command
from daemon.commands.status_vendors import clock_rows, document_rows, partner_rows
from daemon.config_peaks import peaks_of
from daemon.health import look
from daemon.replenishment_watch import next_replenishment
from daemon.selling import placed_of
from daemon.settings import Settings
from daemon.store.database import Connection
from daemon.store.status import Row, Status
from daemon.store.status import status as read_status
from daemon.store.vendor_figures import VendorFigures, vendor_figures
from handlers.direct_fulfilment import TAKES
from handlers.peaks import in_words as peak_lines

WIDE = 160
"""Columns of the widest table, and some more."""


@click.command(
    epilog="""\b
Examples:
  goodsout status
  watch -n 2 goodsout status

\b
Where to look next: `goodsout explain SKU`, `goodsout orders show ACCOUNT ORDER`,
`goodsout pos show ACCOUNT ORDER`, `goodsout edi list`,
`goodsout alerts`, `goodsout decisions list`, `goodsout parked list`.
Exit status 1 where something waits for a person.
"""
)
@async_command
async def status() -> None:
    """Show what is behind, in doubt, blocked, and waiting for people."""
    async with open_for_command() as books, books.database.connection() as connection:
        now = books.clock.now()
        found = await read_status(connection, now)
        settings = books.configuration.settings
        due = replenishments(settings, now)
        health = await standings(connection, settings, now)
        retailers = await vendor_figures(connection, settings.edi, now)
    for line in peak_lines(peaks_of(settings), now):
        click.echo(line)
    show(screen(), found, now)
    _retailers(screen(), retailers, now)
    _table(screen(), "account health (goodsout health lists the orders that tip)", health, now)
    _table(screen(), "replenishments: stock must be true by then", due, now)
    if found.people:
        raise SystemExit(1)


def screen() -> Console:
    """What is printed to a file or a pipe is not cut to a terminal's width."""
    return Console() if sys.stdout.isatty() else Console(width=WIDE)


def show(console: Console, found: Status, now: datetime) -> None:
    """Print the tables; empty ones are left out."""
    figures = found.figures
    console.print(
        f"waiting to be published {figures['outbox_waiting']}, to be computed {figures['marks']},"
        f" parked {figures['parked']}, in doubt {figures['doubts']}, in a gap {figures['gaps']}"
    )
    _table(console, "stock", found.stock, now)
    _table(console, "channels", found.channels, now)
    _table(console, "brakes that are on", found.brakes, now)
    _table(console, "untold or untrue for longest (goodsout explain SKU says why)", found.listings, now)
    _table(console, "feeds", found.feeds, now)
    _table(console, "updates of direct fulfilment and vendor stock", found.updates, now)
    _table(console, "orders that are not over (goodsout orders waiting ACCOUNT says why)", found.orders, now)
    _table(console, "goods outs of the warehouse system", found.goods_outs, now)
    _table(console, "requests not done", found.effects, now)
    _table(console, "labels of orders that have not left", found.labels, now)
    _table(console, "budgets", found.budgets, now)
    _table(console, "waiting for people", found.people, now)


def _retailers(console: Console, found: VendorFigures, now: datetime) -> None:
    clocks = clock_rows(found.clocks, found.breaches)
    _table(console, "what retailers wait for (goodsout pos list, goodsout cartons list)", clocks, now)
    title = "EDI documents of the last day, and all that nobody has said were read (goodsout edi list)"
    _table(console, title, document_rows(found.documents), now)
    _table(console, "EDI partners", partner_rows(found.partners), now)


def replenishments(settings: Settings, now: datetime) -> list[Row]:
    """The next one of each of the channels' warehouses that has any."""
    return [
        {"account": name, "warehouse": code, "at": f"{at:%F %T} UTC", "tell_before": f"{at - TAKES:%T} UTC"}
        for name, account in placed_of(settings).items()
        for code, place in account.warehouses.items()
        if (at := next_replenishment(place, now)) is not None
    ]


async def standings(connection: Connection, settings: Settings, now: datetime) -> list[Row]:
    """One line for each account and marketplace, by the measure that is crossed, or will be first."""
    rows = list[Row]()
    for name, seller in settings.sellers.items():
        found = await look(connection, name, seller, settings.health, now)
        for market, opened in found.open.items():
            worst = next(one for one in found.outlooks if one.marketplace == market)
            rows.append(
                {
                    "account": name, "marketplace": market, "past_ship_by": opened.over, "due_soon": opened.soon,
                    "left_not_confirmed": opened.gone, "told_not_shown": opened.unshown,
                    "tightest": worst.measure, "room": "crossed" if worst.is_crossed else worst.room,
                    "tips_at": f"{worst.tips_at:%F %T} UTC" if worst.tips_at else "", "report": found.report_of,
                }
            )  # fmt: skip
    return rows


def _table(console: Console, title: str, rows: Sequence[Row], now: datetime) -> None:
    if not rows:
        return
    table = Table(title=title, box=box.SIMPLE, title_justify="left", pad_edge=False)
    for name in rows[0]:
        head = name.replace("_", " ")
        table.add_column(head, min_width=max(map(len, head.split())), overflow="fold")
    for row in rows:
        table.add_row(*(cell(value, now) for value in row.values()))
    console.print(table)


def cell(value: object, now: datetime) -> str:
    """A value as a person reads it: times as ages, fractions short, nothing as a dash."""
    if value is None or value == "":
        return "-"
    if isinstance(value, datetime):
        return f"{(now - value).total_seconds():.0f} s ago"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
