"""`goodsout orders`: channels' orders on their way to the warehouse, and what they wait for. No buyer is shown."""

import getpass
from dataclasses import asdict
from datetime import UTC, datetime
from typing import get_args

import click
import msgspec

from daemon.commands.context import async_command
from daemon.commands.desk import desk, unconfigured
from daemon.commands.order_changes import changed
from daemon.commands.tables import harmless, print_fields, print_json, print_rows
from daemon.store import buyer_access, orders_to_read, orders_waiting
from daemon.store import sales_orders as store
from daemon.store.order_story import order_story
from handlers.order_doubts import OVERRULABLE
from handlers.sales_orders import Accepted, ReasonKind, State, StoredOrder, subject_of
from schemas.terms import ChannelAccount, ChannelOrderId

EXAMPLES = """\b
Examples:
  goodsout orders list
  goodsout orders list --account uk-shop --state ready --state released
  goodsout orders waiting uk-shop
  goodsout orders show uk-shop 202-1234567-8901234
  goodsout orders read uk-shop 202-1234567-8901234
  goodsout orders changed notifications.jsonl
  goodsout orders access uk-shop 202-1234567-8901234
  goodsout orders accept uk-shop 202-1234567-8901234 quantity_doubtful --note "a hotel; rang them"
"""
HEAD = ("account", "order", "state", "status", "ship_by", "service", "lines", "why")


@click.group(epilog=EXAMPLES)
def orders() -> None:
    """List and show orders that wait to be released, and why; names and addresses are never shown."""


@orders.command("list", epilog=EXAMPLES)
@click.option("--account", metavar="CHANNEL_ACCOUNT", help="Only this channel account.")
@click.option("--state", "states", type=click.Choice(get_args(State)), multiple=True, default=("blocked",))
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every reason in full.")
@async_command
async def list_(account: str | None, states: tuple[State, ...], limit: int, as_json: bool) -> None:
    """List orders, those that must leave first, first; without --state, those that are blocked."""
    async with desk() as books, books.database.connection() as connection:
        only = ChannelAccount(account) if account else None
        found = await store.listed(connection, only, states, limit)
    if as_json:
        print_json([shown(one) for one in found])
    elif found:
        print_rows(HEAD, map(_row, found))
    else:
        click.echo("no such order", err=True)


@orders.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@async_command
async def waiting(account: str) -> None:
    """What orders of an account wait for, each with how many do and what to do about it."""
    async with desk() as books, books.database.connection() as connection:
        found = await orders_waiting.waiting(connection, ChannelAccount(account))
    if not found and account not in books.configured.settings.sellers:
        raise unconfigured("selling account", account, books.configured.settings.sellers)
    if not found:
        click.echo(f"no order of {account} waits for anything", err=True)
        return
    head = ("orders", "earliest_ship_by", "kind", "text", "fix", "hints")
    print_rows(head, ((one.orders, one.earliest, one.kind, one.text, one.fix, one.hints) for one in found))


@orders.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("order")
@click.option("--last", default=30, show_default=True, type=click.IntRange(1, 1000), help="Moments of its story.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with the rows that the story is made of.")
@async_command
async def show(account: str, order: str, last: int, as_json: bool) -> None:
    """Show one order: its lines, what stands in its way, what the warehouse is to be told, and its whole story.

    Exit status: 0, or 1 when there is no such order.
    """
    key = ChannelAccount(account), ChannelOrderId(order)
    async with desk() as books, books.database.connection() as connection:
        found = await store.load(connection, *key)
        story = await order_story(connection, *key, last)
    if found is None or story is None:
        raise _unknown(account, order)
    if as_json:
        timeline = [msgspec.to_builtins(moment) for moment in story.timeline(last)]
        print_json(shown(found) | {"story": asdict(story), "timeline": timeline})
        return
    print_fields(_fields(found))
    for reason in found.blocked_by:
        click.echo(harmless(f"  {reason.kind}: {reason.text}"))
        for hint in reason.hints:
            click.echo(harmless(f"    near: {hint}"))
        click.echo(harmless(f"    to put it right: {reason.fix}"))
    print_rows(
        ("line", "seller_sku", "ordered", "cancelled", "sent", "warehouse"),
        ((ln.line_reference, ln.seller_sku, ln.ordered, ln.cancelled, ln.fulfilled, _sent(found, ln.line_reference))
         for ln in found.order.lines),
    )  # fmt: skip
    click.echo("\nWhat happened, the newest last (UTC)")
    for moment in story.timeline(last):
        click.echo(harmless(f"  {moment.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}  {moment.where}  {moment.what}"))


@orders.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("names", metavar="ORDER...", nargs=-1, required=True)
@async_command
async def read(account: str, names: tuple[str, ...]) -> None:
    """Have orders read at the channel again, as soon as its rate limit allows."""
    async with desk() as books:
        if account not in books.configured.settings.sellers:
            raise unconfigured("selling account", account, books.configured.settings.sellers)
        async with books.database.transaction() as connection:
            wanted = [ChannelOrderId(name) for name in names]
            await orders_to_read.ask_for(connection, ChannelAccount(account), wanted, books.clock.now())
    click.echo(f"{len(names)} to be read")


@orders.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT", required=False)
@click.argument("order", required=False)
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@async_command
async def access(account: str | None, order: str | None, limit: int, as_json: bool) -> None:
    """Who read a buyer's address, when and why, and who erased it; without an order, the newest of all.

    Reads are counted by day, reader and purpose. What is read of parked messages stands under ACCOUNT/ORDER too.
    """
    if (account is None) != (order is None):
        raise click.UsageError("name the account and the order, or neither")
    subjects = [subject_of(account, order), f"{account}/{order}"] if account and order else None
    async with desk() as books, books.database.connection() as connection:
        found = await buyer_access.of(connection, subjects, limit)
    if as_json:
        print_json(found)
    elif found:
        print_rows(tuple(buyer_access.Access.__struct_fields__), map(msgspec.structs.astuple, found))
    else:
        click.echo("nobody has read it", err=True)


@orders.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("order")
@click.argument("reason", type=click.Choice(sorted(OVERRULABLE)))
@click.option("--note", required=True, help="Why it is right as it is; kept with the order.")
@click.option("--by", default=getpass.getuser, help="Who says so; without it, the user who runs this.")
@async_command
async def accept(account: str, order: str, reason: ReasonKind, note: str, by: str) -> None:
    """Release an order in spite of a doubt. It holds for the order as it is now: once it changes it is doubted anew.

    Mappings, addresses and contradictions cannot be accepted: they have to be put right.
    """
    async with desk() as books:
        now = books.clock.now()
        async with books.database.transaction() as connection:
            found = await store.load(connection, ChannelAccount(account), ChannelOrderId(order))
            if found is None:
                raise _unknown(account, order)
            if reason not in {one.kind for one in found.blocked_by}:
                raise click.ClickException(f"order {order} does not wait for {reason}; see `goodsout orders show`")
            yes = Accepted(kind=reason, version=found.version, by=by, note=note, at=now)
            if not await store.accept(connection, found.key, yes):
                raise click.ClickException(f"order {order} has just changed; look at it again")
    click.echo(f"{reason} of order {order} accepted by {by}")


orders.add_command(changed)


def _unknown(account: str, order: str) -> click.ClickException:
    return click.ClickException(f"no order {order!r} of {account!r} is here; `goodsout orders read` asks the channel")


def shown(found: StoredOrder) -> dict[str, object]:
    """Everything about an order but its buyer."""
    order = found.order
    return {
        "channel_account": order.channel_account, "channel_order_id": order.channel_order_id, "state": found.state,
        "status": order.status, "status_word": order.status_word, "marketplace": order.marketplace,
        "programmes": sorted(order.programmes), "service": order.service, "ordered_at": order.ordered_at,
        "updated_at": order.updated_at, "ship_by": order.ship_by, "deliver_by": order.deliver_by,
        "version": found.version, "released_version": found.released_version, "blocked_by": found.blocked_by,
        "accepted": found.accepted, "cleared": found.cleared, "lines": order.lines,
    }  # fmt: skip


def _row(found: StoredOrder) -> tuple[object, ...]:
    order = found.order
    why = "; ".join(reason.text for reason in found.blocked_by)
    return (
        order.channel_account, order.channel_order_id, found.state, order.status, order.ship_by, order.service,
        len(order.lines), why,
    )  # fmt: skip


def _fields(found: StoredOrder) -> dict[str, object]:
    order, cleared = found.order, found.cleared
    service = f"{cleared.carrier} {cleared.carrier_service}".strip() if cleared else ""
    return {
        "order": f"{order.channel_account} {order.channel_order_id}",
        "state": found.state,
        "status": f"{order.status} ({order.status_word})" if order.status_word else order.status,
        "programmes": sorted(order.programmes),
        "service": f"{order.service} -> {service}" if service else order.service,
        "ordered": order.ordered_at,
        "ship by": order.ship_by,
        "version": f"{found.version}, the warehouse has {found.released_version or 'none'}",
        "accepted": tuple(_accepted(one) for one in found.accepted),
    }


def _accepted(one: Accepted) -> str:
    return f"{one.kind} of version {one.version} by {one.by} at {_time(one.at)}: {one.note}"


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def _sent(found: StoredOrder, line: str) -> str:
    lines = found.cleared.lines if found.cleared else ()
    return ", ".join(f"{one.quantity} x {one.account} {one.sku}" for one in lines if one.line_reference == line)
