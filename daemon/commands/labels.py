"""`goodsout labels`: labels bought for orders. Only `get` shows a buyer, and only into a file."""

import os
from pathlib import Path
from typing import get_args

import click

from daemon.commands.context import async_command
from daemon.commands.desk import desk
from daemon.commands.tables import print_rows
from daemon.store import labels as store
from daemon.store.sealing import Erased, SealingFault
from handlers.labels import Label, LabelState
from schemas.terms import ChannelAccount, ChannelOrderId

EXAMPLES = """\b
Examples:
  goodsout labels list
  goodsout labels list --account uk-shop --state ready
  goodsout labels get uk-shop 202-1234567-8901234 --to label.png
  goodsout labels again uk-shop 202-1234567-8901234
"""
HEAD = ("account", "order", "state", "why", "carrier", "service", "tracking", "charge", "format")


@click.group(epilog=EXAMPLES)
def labels() -> None:
    """List labels bought for orders, and get their files to print."""


@labels.command("list", epilog=EXAMPLES)
@click.option("--account", metavar="CHANNEL_ACCOUNT", help="Only this channel account.")
@click.option(
    "--state", "states", type=click.Choice(get_args(LabelState)), multiple=True, default=("blocked", "held")
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@async_command
async def list_(account: str | None, states: tuple[LabelState, ...], limit: int) -> None:
    """List labels, newest first; without --state, orders that wait for theirs."""
    async with desk() as books, books.database.connection() as connection:
        found = await store.listed(connection, account, states, limit)
    if found:
        print_rows(HEAD, map(_row, found))
    else:
        click.echo("no such label", err=True)


@labels.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("order")
@click.option("--to", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Written anew.")
@async_command
async def get(account: str, order: str, file: Path) -> None:
    """Write the label of ORDER to a file that only you can read: a name and an address are on it.

    Exit status: 0, or 1 when there is no label that is ready, its buyer was erased, or the file is there already.
    """
    async with desk() as books, books.database.transaction() as connection:
        key = ChannelAccount(account), ChannelOrderId(order)
        try:
            found = await store.file_of(connection, key, books.clock.now(), books.keys())
        except Erased:
            raise click.ClickException(f"the buyer of order {order!r} was erased, and the label with them") from None
        except SealingFault as fault:
            raise click.ClickException(str(fault)) from None
    if found is None:
        raise click.ClickException(f"no label of order {order!r} of {account!r} is ready; see `goodsout labels list`")
    _write(file, found[1])
    click.echo(f"{found[0]} written to {file}", err=True)


@labels.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("order")
@async_command
async def again(account: str, order: str) -> None:
    """Have a label bought for ORDER: you have seen at the channel that there is none, or what blocked it is right."""
    async with desk() as books, books.database.transaction() as connection:
        key = ChannelAccount(account), ChannelOrderId(order)
        if not await store.again(connection, key, books.clock.now(), books.owners):
            raise click.ClickException(f"order {order!r} of {account!r} waits for no label")
    click.echo(f"a label of order {order} will be bought")


def _write(file: Path, content: bytes) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)


def _row(label: Label) -> tuple[object, ...]:
    charge = "" if label.charge is None else f"{label.charge} {label.currency}"
    return (
        label.channel_account, label.channel_order_id, label.state, label.why, label.carrier, label.service,
        label.tracking_number, charge, label.format,
    )  # fmt: skip
