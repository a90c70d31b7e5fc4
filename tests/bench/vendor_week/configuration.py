"""The daemon's settings for the week: two vendor accounts by Amazon's API, with ship notices and invoices."""

from datetime import datetime
from pathlib import Path

from simulators.amazon import AmazonSimulator
from tests.bench.vendor_week.calendar import Calendar
from tests.bench.vendor_week.orders import ACCOUNTS, Account
from tests.live.configuration import write_configuration

LATE = 900.0
"""Business seconds that an event loop may be late; around departures, where half hours count, the pace is low."""
TIMEOUT = 3.0
"""Real seconds."""
WORKS = """
party_id = "ACMEWH"
name = "Acme Pots"
lines = ["2 Mill Lane"]
city = "Leeds"
postcode = "LS1 1AA"
country = "GB"
tax_number = "GB123456789"
"""


def write_settings(
    folder: Path, database: str, amqp: str, amazon: AmazonSimulator, calendar: Calendar, clock: tuple[float, datetime]
) -> Path:
    for name in ACCOUNTS:
        _secret(folder, f"{name.name}-client-secret", amazon.world.sellers[name.party].client_secret)
        _secret(folder, f"{name.name}-refresh-token", amazon.world.sellers[name.party].refresh_token)
    tables = "".join(_vendor(one, amazon, calendar) + _notices(one, calendar) for one in ACCOUNTS)
    return write_configuration(
        folder, database=database, amqp=amqp, amazon=amazon, sellers={}, clock=clock, settings=f"""
[despatch]
request_timeout = {TIMEOUT}
[intake]
grace = 600.0
level_request_again = 3600.0
{tables}""",
    ).resolve()  # fmt: skip


def _vendor(account: Account, amazon: AmazonSimulator, calendar: Calendar) -> str:
    part = calendar.part
    places = "".join(
        f"""
[vendors.{account.name}.destinations.{place}]
name = "{place}"
lines = ["1 Dock Road"]
city = "{place}"
postcode = "{place} 1"
country = "{account.country}"
"""
        for place in account.places
    )
    return f"""
[vendors.{account.name}]
account = "acme"
party = "{account.party}"
endpoint = "{amazon.url}"
token_url = "{amazon.token_url}"
client_id = "{amazon.world.sellers[account.party].client_id}"
client_secret_file = "{account.name}-client-secret"
refresh_token_file = "{account.name}-refresh-token"
marketplace = "{account.marketplace}"
warehouses = ["W1"]
application = "{account.name}"
answer = "by_rule"
freight = "{account.freight}"
lead_time_hours = {16.0 * part}
transit_hours = {20.0 * part}
read_every = {900.0 * part}
changed_every = {1800.0 * part}
overlap = 3600.0
look_again = {LOOK_AGAIN * part}
status_lag = {1800.0 * part}
unconfirmed_after = {3600.0 * part}
{places}"""


LOOK_AGAIN = 10_800.0
"""Seconds; a clock this fast leaves no time for the usual quarter of an hour."""


def _notices(account: Account, calendar: Calendar) -> str:
    part = calendar.part
    tax = 'tax_percent = "20"' if account.region == "EU" else "net_days = 60"
    return f"""
[notices.{account.name}]
notices = true
invoices = true
invoice_prefix = "{account.party}"
shipment_prefix = "{account.party}"
late_effect = 300.0
presumed_after = {900.0 * part}
request_timeout = {TIMEOUT}
{tax}
[notices.{account.name}.ship_from.W1]
{WORKS}
[notices.{account.name}.remit_to]
{WORKS}
"""


def _secret(folder: Path, name: str, value: str) -> None:
    (folder / name).write_text(value)
    (folder / name).chmod(0o600)
