"""`goodsout costs`: what was agreed with retailers that products cost them, which purchase orders are judged by."""

import click

from daemon.commands.mapping_commands import KeptFile, add_commands
from daemon.settings import Settings
from daemon.store.mapping_tables import COSTS
from handlers.agreed_costs import AgreedCost
from handlers.sheets import Fault
from handlers.vendor_files import read_costs, write_costs

EXAMPLES = """\b
Examples:
  goodsout costs export costs.csv
  goodsout costs import costs.csv --dry-run
  goodsout costs import costs.csv --remove-missing

\b
The file is CSV in UTF-8; its first line names the columns:
  channel_account   a vendor account of the configuration
  account, sku      the warehouse's product: its stock owner and its SKU
  begins, ends      the first and the last day, such as 2026-11-20; ends empty: until further notice
  deal              the promotion's number, for orders that name it; empty: for every order
  amount, currency  net cost of one each, such as 2.50 and GBP

Of the rows that hold on the day an order was placed, its own promotion's comes first, then the one that began last.
Purchase orders that wait for a cost go on by themselves.
"""


@click.group(epilog=EXAMPLES)
def costs() -> None:
    """Import and export what was agreed with retailers that products cost them."""


def _read(content: bytes, settings: Settings) -> tuple[list[AgreedCost], list[Fault]]:
    return read_costs(content, settings.vendors)


def _told(row: AgreedCost) -> str:
    return f"{row.amount} {row.currency}" + (f" until {row.ends}" if row.ends else "")


add_commands(costs, KeptFile(COSTS, _read, write_costs, _told, EXAMPLES))
