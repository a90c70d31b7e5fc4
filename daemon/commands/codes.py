"""`goodsout codes`: other names of products than the seller SKUs of listings."""

import click

from daemon.commands.mapping_commands import KeptFile, add_commands
from daemon.settings import Settings
from daemon.store.mapping_tables import CODES
from handlers.code_file import read_codes, write_codes
from handlers.cross_reference import ProductCode
from handlers.sheets import Fault

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


def _read(content: bytes, settings: Settings) -> tuple[list[ProductCode], list[Fault]]:
    return read_codes(content, {*settings.sellers, *settings.vendors})


def _told(row: ProductCode) -> str:
    return f"{row.account} {row.sku} x{row.pack_size}"


add_commands(codes, KeptFile(CODES, _read, write_codes, _told, EXAMPLES))
