"""`goodsout services`: which carrier and service of the warehouse a buyer's choice is."""

import click

from daemon.commands.mapping_commands import KeptFile, add_commands
from daemon.settings import Settings
from daemon.store.mapping_tables import SERVICES
from handlers.service_file import read_services, write_services
from handlers.sheets import Fault
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


def _read(content: bytes, settings: Settings) -> tuple[list[ServiceRow], list[Fault]]:
    return read_services(content, settings.sellers)


def _told(row: ServiceRow) -> str:
    return " ".join(name for name in (row.carrier, row.carrier_service) if name)


add_commands(services, KeptFile(SERVICES, _read, write_services, _told, EXAMPLES))
