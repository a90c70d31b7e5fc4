"""`goodsout codes`: other names of products than the seller SKUs of listings."""

from pathlib import Path

import click

from daemon.commands.context import async_command
from daemon.commands.desk import desk
from daemon.commands.mapping_files import content_of, refuse_faults, show_changes, write_out
from daemon.store.product_codes import all_codes, import_codes
from handlers.code_file import key_of, read_codes, write_codes
from handlers.cross_reference import ProductCode
from handlers.row_changes import compare

EXAMPLES = """\b
Examples:
  goodsout codes export codes.csv
  goodsout codes import codes.csv --dry-run
  goodsout codes import codes.csv
  goodsout codes import codes.csv --remove-missing

\b
The file is CSV in UTF-8; its first line names the columns (codes are text: zeros and case are part of them):
  channel_account   an account of the configuration, or * for every account
  kind              asin, vendor_sku or barcode
  code              the code, letter by letter
  account, sku      the warehouse's product: its stock owner and its SKU
  pack_size         eaches in one of what the code stands for; empty: 1

A listing's seller SKU needs no row here. A code that leads elsewhere than the listing holds the order.
Orders that wait for a row go on by themselves once it is imported.
"""


@click.group(epilog=EXAMPLES)
def codes() -> None:
    """Import and export ASINs, vendor SKUs and barcodes."""


@codes.command("import", epilog=EXAMPLES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show the difference and change nothing.")
@click.option("--remove-missing", is_flag=True, help="Also remove the rows that the file does not have.")
@async_command
async def import_(file: Path, dry_run: bool, remove_missing: bool) -> None:
    """Import FILE (- is standard input): all of it, or nothing if any line is wrong."""
    content = content_of(file)
    async with desk() as books:
        rows, faults = read_codes(content, {**books.configured.settings.sellers, **books.configured.settings.vendors})
        refuse_faults(faults)
        async with books.database.transaction() as connection:
            if dry_run:
                changes = compare(await all_codes(connection), rows, key_of)
            else:
                now = books.clock.now()
                changes = await import_codes(connection, rows, now, remove_absent=remove_missing)
    show_changes(changes, _told, removed=remove_missing, dry_run=dry_run)


@codes.command("export", epilog=EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@async_command
async def export(file: Path) -> None:
    """Export all rows to FILE (- is standard output), in the form that import reads."""
    async with desk() as books, books.database.connection() as connection:
        rows = await all_codes(connection)
    write_out(file, write_codes(rows), len(rows))


def _told(row: ProductCode) -> str:
    return f"{row.account} {row.sku} x{row.pack_size}"
