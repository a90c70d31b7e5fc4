"""`goodsout invoices`: what retailers were asked for, what they have paid, and why they kept the rest."""

from typing import get_args

import click
import msgspec

from daemon.commands.context import async_command
from daemon.commands.desk import desk
from daemon.commands.tables import harmless, print_fields, print_json, print_rows
from daemon.store import remittances as store
from handlers.remittances import Account, State, shown, standing

EXAMPLES = """\b
Examples:
  goodsout invoices list
  goodsout invoices list --state short_paid
  goodsout invoices show OH000123
"""


@click.group(epilog=EXAMPLES)
def invoices() -> None:
    """List and show invoices to retailers, with what was paid for them."""


@invoices.command("list", epilog=EXAMPLES)
@click.option("--account", default="", metavar="CHANNEL_ACCOUNT", help="Only of this vendor account.")
@click.option("--state", default="", type=click.Choice(["", *get_args(State)]), help="Only those that stand so.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@async_command
async def list_(account: str, state: str, limit: int, as_json: bool) -> None:
    """List invoices, the newest first."""
    async with desk() as books, books.database.connection() as connection:
        found = await store.listed(connection, account, state, limit)
    if as_json:
        print_json([one._asdict() for one in found])
    elif found:
        print_rows(
            ("invoice", "account", "order", "issued", "total", "paid", "state"),
            (
                (one.number, one.channel_account, one.purchase_order, one.issued_at, f"{one.total} {one.currency}",
                 one.paid, "given up" if one.given_up else one.state)
                for one in found
            ),
        )  # fmt: skip
    else:
        click.echo("no such invoice", err=True)


@invoices.command(epilog=EXAMPLES)
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@async_command
async def show(number: str, as_json: bool) -> None:
    """Show one invoice with its credit notes: every payment, and what was kept back with the reasons given.

    Exit status: 0, or 1 when there is no such invoice.
    """
    async with desk() as books, books.database.connection() as connection:
        found = await store.find(connection, number)
    if found is None:
        raise click.ClickException(f"there is no invoice {number}; `goodsout invoices list` shows them")
    if as_json:
        print_json({**msgspec.to_builtins(found), "standing": msgspec.to_builtins(standing(found))})
        return
    print_fields(_fields(found))
    for one in found.credits:
        click.echo(harmless(f"  credit note {one.number}: {one.total} {one.currency}"))
    for paid in found.payments:
        day, item = f"{paid.paid_on:%F}" if paid.paid_on else "a day that is not told", paid.item
        click.echo(harmless(f"  {item.paid} {paid.currency} on {day} by {paid.reference} for {item.number}"))
        for adjustment in item.adjustments:
            click.echo(harmless(f"    {shown(adjustment)}"))


def _fields(found: Account) -> dict[str, object]:
    where, currency = standing(found), found.invoice.currency
    return {
        "invoice": found.invoice.number, "account": found.channel_account, "state": where.state,
        "asked for": f"{found.invoice.total} {currency}", "owed": f"{where.owed} {currency}",
        "paid": f"{where.paid} {currency}", "discount": f"{where.discount} {currency}",
        "lacks": f"{where.lacks} {currency}", "reasons": "; ".join(where.reasons),
    }  # fmt: skip
