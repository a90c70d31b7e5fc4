"""`goodsout services`: which carrier and service of the warehouse a buyer's choice is."""

from pathlib import Path

import click

from daemon.commands.context import async_command
from daemon.commands.desk import desk
from daemon.commands.mapping_files import content_of, refuse_faults, show_changes, write_out
from daemon.store.shipping_services import all_services, import_services
from handlers.row_changes import compare
from handlers.service_file import key_of, read_services, write_services
from handlers.shipping_services import ServiceRow

EXAMPLES = """\b
Examples:
  goodsout services export services.csv
  goodsout services import services.csv --dry-run
  goodsout services import services.csv
  goodsout services import services.csv --remove-missing

\b
The file is CSV in UTF-8; its first line names the columns:
  channel_account   an account of the configuration, or * for every account
  service           what the buyer chose, in the channel's words, letter by letter; * for every other one
  programme         only orders of this programme: prime, premium, ship_plus, business; empty or * for all
  country           only deliveries to this country, such as GB; empty or * for all
  carrier           the carrier as the warehouse writes it
  carrier_service   its service as the warehouse writes it; empty for the carrier's default

The most specific row counts: the account before *, then the service, the programme, the country.
Orders that wait for a row go on by themselves once it is imported.
"""


@click.group(epilog=EXAMPLES)
def services() -> None:
    """Import and export what the channels' services are in the warehouse."""


@services.command("import", epilog=EXAMPLES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show the difference and change nothing.")
@click.option("--remove-missing", is_flag=True, help="Also remove the rows that the file does not have.")
@async_command
async def import_(file: Path, dry_run: bool, remove_missing: bool) -> None:
    """Import FILE (- is standard input): all of it, or nothing if any line is wrong."""
    content = content_of(file)
    async with desk() as books:
        rows, faults = read_services(content, books.configured.settings.sellers)
        refuse_faults(faults)
        async with books.database.transaction() as connection:
            if dry_run:
                changes = compare(await all_services(connection), rows, key_of)
            else:
                now = books.clock.now()
                changes = await import_services(connection, rows, now, remove_absent=remove_missing)
    show_changes(changes, _told, removed=remove_missing, dry_run=dry_run)


@services.command("export", epilog=EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@async_command
async def export(file: Path) -> None:
    """Export all rows to FILE (- is standard output), in the form that import reads."""
    async with desk() as books, books.database.connection() as connection:
        rows = await all_services(connection)
    write_out(file, write_services(rows), len(rows))


def _told(row: ServiceRow) -> str:
    return " ".join(name for name in (row.carrier, row.carrier_service) if name)
