"""`goodsout compare`: the channel's catalogue, our mapping and the warehouse's products, in one list."""

from pathlib import Path

import click

from daemon.commands.context import async_command
from daemon.commands.desk import desk
from daemon.commands.mapping_files import content_of, refuse_faults
from daemon.commands.tables import print_json, print_rows
from daemon.store.catalogue import differences_of
from daemon.store.listings import all_listings
from handlers.catalogue_comparison import KINDS, Difference, differences, read_catalogue, read_products
from schemas.terms import ChannelAccount, Marketplace

EXAMPLES = """\b
Examples:
  goodsout compare uk-shop
  goodsout compare uk-shop --catalogue catalogue.csv --products products.csv
  goodsout compare uk-shop --catalogue catalogue.csv --products products.csv --kind no_product
  goodsout compare eu-shop --marketplace A1PA6795UKMFR9 --catalogue de.csv --products products.csv --json

\b
Both files are CSV in UTF-8; their first line names the columns:
  catalogue   seller_sku, and where they are known asin, barcode: what the channel says it sells
  products    sku, and where they are known barcode, case_barcode, case_pack: what the warehouse has

\b
What is listed:
  not_mapped, not_at_channel, no_product     a name that one side lacks, with names that look like it
  double_asin, double_sku, double_barcode    one thing under several names, or one name for several
  barcode_differs, case_pack_differs         the sides say different things of one product
"""


@click.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.option("--catalogue", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--products", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--marketplace", help="Only the listings of this marketplace.")
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this kind; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@async_command
async def compare(
    account: str,
    catalogue: Path | None,
    products: Path | None,
    marketplace: str | None,
    kinds: tuple[str, ...],
    as_json: bool,
) -> None:
    """List what does not agree between a channel's catalogue, the listings and the warehouse's products.

    Without files: what the daily comparison of the daemon found. Nothing is changed. Exit status: 0 when all agrees,
    1 when something does not.
    """
    if (catalogue is None) != (products is None):
        raise click.UsageError("--catalogue and --products go together; with neither, the daily comparison is shown")
    if catalogue is None or products is None:
        async with desk() as books, books.database.connection() as connection:
            listed = await differences_of(connection, account, marketplace)
    else:
        listed = await _of_files(account, catalogue, products, marketplace)
    found = [one for one in listed if not kinds or one.kind in kinds]
    if as_json:
        print_json(found)
    else:
        print_rows(("kind", "name", "what", "near"), ((one.kind, one.name, one.text, one.near) for one in found))
    raise SystemExit(1 if found else 0)


async def _of_files(account: str, catalogue: Path, products: Path, marketplace: str | None) -> list[Difference]:
    items, catalogue_faults = read_catalogue(content_of(catalogue))
    refuse_faults(catalogue_faults)
    stock, product_faults = read_products(content_of(products))
    refuse_faults(product_faults)
    async with desk() as books, books.database.connection() as connection:
        listings = await all_listings(connection, ChannelAccount(account))
    meant = [one for one in listings if marketplace is None or one.marketplace == Marketplace(marketplace)]
    return differences(items, meant, stock)
