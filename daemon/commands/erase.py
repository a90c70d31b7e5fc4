"""`goodsout erase`: what is held of an order's buyer goes, before its time; what stays is said."""

import click

from daemon.commands.context import async_command
from daemon.commands.desk import Desk, desk
from daemon.commands.tables import harmless
from daemon.store.erasing import erase_order
from handlers.erasing import report
from schemas.terms import ChannelAccount, ChannelOrderId

EXAMPLES = """\b
Examples:
  goodsout erase --order uk-shop/202-1234567-8901234
  goodsout erase --order uk-shop/202-1234567-8901234 --yes
"""


@click.command(epilog=EXAMPLES)
@click.option("--order", "name", metavar="ACCOUNT/ORDER", required=True, help="The channel account and its order.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@async_command
async def erase(name: str, yes: bool) -> None:
    """Erase what is held of an order's buyer, for good, and say what is kept and how long backups hold it.

    Orders that are over are erased by themselves (buyers.erase_after_days). One that is not over keeps its address:
    the warehouse needs it. For messages parked about an order that is unknown here, ACCOUNT is the stock owner's.

    Exit status: 0, or 1 when the order is not over.
    """
    account, slash, order = name.partition("/")
    if not (account and slash and order):
        raise click.BadParameter(f"{name!r} is not ACCOUNT/ORDER, such as uk-shop/202-1234567-8901234")
    if not yes:
        click.confirm(f"Erase the buyer of order {harmless(name)}? Nobody can undo that.", abort=True)
    async with desk() as books:
        lines = await _erase(books, ChannelAccount(account), ChannelOrderId(order))
    for line in lines:
        click.echo(harmless(line))


async def _erase(books: Desk, account: ChannelAccount, order: ChannelOrderId) -> list[str]:
    async with books.database.transaction() as connection:
        done = await erase_order(connection, (account, order), books.clock.now())
    if done.is_open:
        raise click.ClickException(
            f"order {account}/{order} is not over ({done.state}, {done.status} at the channel), and the warehouse"
            " needs its address; have it cancelled at the channel first. Nothing was erased"
        )
    settings = books.configured.settings
    days = settings.buyers.erase_after_days
    return report(
        f"{account}/{order}", done, backup_days=settings.buyers.backup_days, erase_after_days=days,
        hook_days=min(settings.watch.hook_days, days),
    )  # fmt: skip
