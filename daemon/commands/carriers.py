"""`goodsout carriers`: what the warehouse's carriers and services are called at the channels."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from daemon.carrier_terms import carrier_rules
from daemon.commands.context import async_command
from daemon.commands.desk import Desk, desk
from daemon.commands.mapping_files import show_changes
from daemon.commands.tables import harmless
from daemon.settings import Settings
from daemon.store.mapping_tables import CARRIERS
from handlers.carrier_file import key_of, read_carriers, write_carriers
from handlers.carrier_rules import row_faults
from handlers.mappings import ANY, CarrierRow

EXAMPLES = """\b
Examples:
  goodsout carriers export carriers.csv
  goodsout carriers import carriers.csv --dry-run
  goodsout carriers import carriers.csv
  goodsout carriers import carriers.csv --remove-missing

\b
The file is CSV in UTF-8; its first line names the columns:
  channel_account   an account of the configuration, or * for every account
  carrier           the carrier as the warehouse writes it, letter by letter
  service           the service as the warehouse writes it; empty for none, * for every other one
  carrier_code      the channel's exact name, as in Seller Central's list; Other for an unlisted one
  carrier_name      only with Other: the carrier's name
  shipping_method   the channel's exact name of the service, where it wants one
  confirm           yes (default), or no where the channel sold the label and knows already

An account's own row comes before *, a service's own row before *. What is held for want of a row
goes on by itself once it is imported.
"""


@click.group(epilog=EXAMPLES)
def carriers() -> None:
    """Import and export carriers and services by channel."""


@carriers.command("import", epilog=EXAMPLES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show the difference and change nothing.")
@click.option(
    "--remove-missing", "remove_absent", is_flag=True, help="Also remove the rows that the file does not have."
)
@async_command
async def import_(file: Path, dry_run: bool, remove_absent: bool) -> None:
    """Import FILE (- is standard input): all of it, or nothing if any line is wrong."""
    text = _text_of(file)
    async with desk() as books:
        rows, settings = _checked(text, books), books.configured.settings
        async with books.database.transaction() as connection:
            changes = (
                await CARRIERS.compared(connection, rows)
                if dry_run
                else await CARRIERS.take_over(connection, rows, books.clock.now(), remove_absent=remove_absent)
            )
    show_changes(changes, _told, removed=remove_absent, dry_run=dry_run)
    _warn(rows, settings)


@carriers.command("export", epilog=EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@async_command
async def export(file: Path) -> None:
    """Export all rows to FILE (- is standard output), in the form that import reads."""
    async with desk() as books, books.database.connection() as connection:
        rows = await CARRIERS.rows(connection)
    text = write_carriers(rows)
    if str(file) == "-":
        click.echo(text, nl=False)
        return
    file.write_text(text, encoding="utf-8")  # noqa: ASYNC240  (a command does nothing else meanwhile)
    click.echo(f"{len(rows)} rows written to {file}", err=True)


def _text_of(file: Path) -> str:
    try:
        body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8 (byte {error.start}): save it as CSV UTF-8") from None


def _checked(text: str, books: Desk) -> list[CarrierRow]:
    rows, faults = read_carriers(text, books.configured.settings.sellers)
    if not faults:
        return rows
    for fault in faults:
        click.echo(f"line {fault.line}: {harmless(fault.text)}", err=True)
    many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    raise click.ClickException(f"{many} in the file; nothing was imported")


def _warn(rows: Sequence[CarrierRow], settings: Settings) -> None:
    """What the channel may not take: allowed all the same, because no channel publishes all its names."""
    rules = carrier_rules(settings)
    for row in rows:
        names = list(settings.sellers) if row.channel_account == ANY else [row.channel_account]
        markets = {one for name in names if name in settings.sellers for one in settings.sellers[name].marketplaces}
        for fault in row_faults(row, sorted(markets), rules):
            click.echo(harmless(f"warning: {'/'.join(key_of(row))}: {fault}"), err=True)


def _told(row: CarrierRow) -> str:
    if not row.confirm:
        return "not told"
    return ", ".join(name for name in (row.carrier_code, row.carrier_name, row.shipping_method) if name)
