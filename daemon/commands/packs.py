"""`goodsout packs`: how many eaches are in a case, which purchase orders are judged by."""

from pathlib import Path

import click

from daemon.commands.context import async_command
from daemon.commands.desk import desk
from daemon.commands.mapping_files import content_of, refuse_faults, write_out
from daemon.pack_role import account_code, columns_of
from daemon.store import vendor_files as store
from handlers.case_packs import CasePack
from handlers.pack_comparison import product_file
from handlers.vendor_files import read_packs, write_packs

EXAMPLES = """\b
Examples:
  goodsout packs export packs.csv
  goodsout packs import packs.csv --dry-run
  goodsout packs write-product-file products.csv --tenant main --account ACME
  goodsout packs import packs.csv

\b
The file is CSV in UTF-8; its first line names the columns:
  account, sku   the warehouse's product: its stock owner and its SKU
  eaches         eaches in one case

A size that differs from the newest one becomes a new version; the old ones are kept, and nothing is ever removed.
Purchase orders that wait for a case pack go on by themselves.
"""


@click.group(epilog=EXAMPLES)
def packs() -> None:
    """Import and export case packs: how many eaches are in a case."""


@packs.command("import", epilog=EXAMPLES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show the difference and change nothing.")
@async_command
async def import_(file: Path, dry_run: bool) -> None:
    """Import FILE (- is standard input): all of it, or nothing if any line is wrong."""
    rows, faults = read_packs(content_of(file))
    refuse_faults(faults)
    async with desk() as books, books.database.transaction() as connection:
        added = await store.import_packs(connection, rows, books.clock.now(), dry_run=dry_run)
    for pack in added:
        click.echo(_told(pack))
    verb = "would be added" if dry_run else "added"
    click.echo(f"{len(added)} versions {verb}, {len(rows) - len(added)} rows are as they were")


@packs.command("export", epilog=EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@async_command
async def export(file: Path) -> None:
    """Export the newest version of each to FILE (- is standard output), in the form that import reads."""
    async with desk() as books, books.database.connection() as connection:
        rows = await store.all_packs(connection)
    write_out(file, write_packs(rows), len(rows))


@packs.command("write-product-file", epilog=EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--tenant", required=True, help="Whose columns it has: [clarus.NAME] of the configuration.")
@click.option("--account", required=True, help="The stock owner.")
@async_command
async def write_product_file(file: Path, tenant: str, account: str) -> None:
    """Write the newest case packs of a stock owner to FILE (- is standard output), for Clarus's product import."""
    async with desk() as books, books.database.connection() as connection:
        settings = books.configured.settings
        if tenant not in settings.clarus:
            raise click.ClickException(f"there is no [clarus.{tenant}] in the configuration")
        rows = [pack for pack in await store.all_packs(connection) if pack.account == account]
    text = product_file(rows, columns_of(settings, tenant), account_code(settings, tenant, account))
    _write_plain(file, text, len(rows))


def _write_plain(file: Path, text: str, rows: int) -> None:
    """Without the mark that spreadsheets like: a machine reads it."""
    if str(file) == "-":
        click.echo(text, nl=False)
        return
    file.write_bytes(text.encode())
    click.echo(f"{rows} rows written to {file}", err=True)


def _told(pack: CasePack) -> str:
    return f"{pack.account} {pack.sku}: version {pack.version}, {pack.eaches} eaches"
