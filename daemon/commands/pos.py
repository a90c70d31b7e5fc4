"""`goodsout pos`: retailers' purchase orders, what they wait for, and what was answered."""

import getpass
from typing import get_args

import click
import msgspec

from daemon import answered_anew, answered_by_hand
from daemon.commands.context import async_command
from daemon.commands.desk import desk, unconfigured
from daemon.commands.tables import harmless, print_fields, print_json, print_rows
from daemon.store import purchase_order_decisions
from daemon.store import purchase_orders as store
from daemon.store.purchase_order_changes import of_order
from daemon.store.purchase_orders import Row
from handlers.acknowledging import parts_of
from handlers.purchase_order_change_notes import named
from handlers.purchase_order_judgement import OVERRULABLE, Overruled, ReasonKind
from handlers.purchase_orders import Key, State, shown, shown_cost
from schemas.purchase_order import PoLineNumber, PurchaseOrderLine, PurchaseOrderNumber, RejectionReason
from schemas.terms import ChannelAccount

EXAMPLES = """\b
Examples:
  goodsout pos list
  goodsout pos list --account acme-vendor --state answered
  goodsout pos show acme-vendor 4Z32PABC
  goodsout pos accept acme-vendor 4Z32PABC cost_below_agreed --note "the buyer's promotion"
  goodsout pos reject acme-vendor 4Z32PABC 3 obsolete
  goodsout pos believe acme-vendor 4Z32PABC
  goodsout pos again acme-vendor 4Z32PABC
  goodsout pos told acme-vendor 4Z32PABC 1=10 2=0

\b
How an order is answered that waits is a question: goodsout decisions list --kind po_answer
"""
HEAD = ("account", "order", "state", "answer", "by", "at_retailer", "due", "lines", "why")


@click.group(epilog=EXAMPLES)
def pos() -> None:
    """List and show purchase orders, and say what only people can."""


@pos.command("list", epilog=EXAMPLES)
@click.option("--account", metavar="CHANNEL_ACCOUNT", help="Only this vendor account.")
@click.option(
    "--state", "states", type=click.Choice(get_args(State)), multiple=True, default=("received", "held"),
)  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every reason in full.")
@async_command
async def list_(account: str | None, states: tuple[State, ...], limit: int, as_json: bool) -> None:
    """List orders, those that must be answered first, first; without --state, those that are not answered."""
    async with desk() as books, books.database.connection() as connection:
        found = await store.listed(connection, ChannelAccount(account) if account else None, states, limit)
        known = books.configured.settings.vendors
    if not found and account and account not in known:
        raise unconfigured("vendor account", account, known)
    if as_json:
        print_json(msgspec.to_builtins(found))
    elif found:
        print_rows(
            HEAD,
            (
                (one.channel_account, one.number, one.state, one.said, one.decided_by, one.at_retailer, one.due_at,
                 one.lines, ", ".join(dict.fromkeys(reason.kind for reason in one.reasons)))
                for one in found
            ),
        )  # fmt: skip
    else:
        click.echo("no such purchase order", err=True)


@pos.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("order")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@async_command
async def show(account: str, order: str, as_json: bool) -> None:
    """Show one order: its lines, what it waits for, and every answer with what became of it.

    Exit status: 0, or 1 when there is no such order.
    """
    async with desk() as books, books.database.connection() as connection:
        found = await store.load(connection, _key(account, order))
        changes = await of_order(connection, _key(account, order))
    if found is None:
        raise _unknown(account, order)
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    print_fields(_fields(found))
    for reason in found.reasons:
        click.echo(harmless(f"  {reason.kind} ({reason.owner}): {reason.text}"))
        for hint in reason.hints:
            click.echo(harmless(f"    near: {hint}"))
        click.echo(harmless(f"    to put it right: {reason.fix}"))
    print_rows(
        ("line", "item", "ordered", "cost", "said"), (_line(found, one) for one in found.file.stored.order.lines)
    )
    for one in changes:
        click.echo(harmless(f"{named(one.change)}, came {one.heard_at:%F %T} UTC: {one.state} {one.why}".rstrip()))
    for said in found.file.said:
        told = f"answer {said.sequence} to version {said.version} by {said.decided_by}: {said.state} {said.text}"
        click.echo(harmless(told.rstrip()))
        for why in said.explained:
            click.echo(harmless(f"  line {why.line}: {why.units} {why.code}, because {why.why}"))


def _fields(found: Row) -> dict[str, object]:
    stored = found.file.stored
    order = stored.order
    return {
        "order": order.number, "account": order.channel_account, "state": stored.state, "version": stored.version,
        "at the retailer": order.state, "ordered at": order.ordered_at, "changed at": order.changed_at,
        "to be answered by": found.due_at, "answered by policy at": found.safe_at,
        "destination": order.ship_to.party_id if order.ship_to else "",
        "overdrawn lines": ", ".join(found.overdrawn),
    }  # fmt: skip


def _line(found: Row, line: PurchaseOrderLine) -> tuple[object, ...]:
    names = ", ".join(one.value for one in line.identifiers)
    return line.number, names, shown(line.ordered), shown_cost(line.net_cost), _said(found, line.number)


def _said(found: Row, number: PoLineNumber) -> str:
    for said in reversed(found.file.said):
        for line in said.acknowledgement.lines:
            if line.number == number:
                parts = parts_of(line)
                return f"{parts.accepted} accepted, {parts.backordered} backordered, {parts.rejected} rejected"
    return ""


@pos.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("order")
@click.argument("reason", type=click.Choice(sorted(OVERRULABLE)))
@click.option("--note", required=True, help="Why it is right as it is; kept with the order.")
@click.option("--by", default=getpass.getuser, help="Who says so; without it, the user who runs this.")
@async_command
async def accept(account: str, order: str, reason: ReasonKind, note: str, by: str) -> None:
    """Accept what is doubted about an order, as it is now: once the retailer changes it, it is doubted anew."""
    async with desk() as books:
        now = books.clock.now()
        async with books.database.transaction() as connection:
            found = await store.load(connection, _key(account, order))
            if found is None:
                raise _unknown(account, order)
            if reason not in {one.kind for one in found.reasons}:
                raise click.ClickException(f"order {order} does not wait because of {reason}")
            said = Overruled(kind=reason, version=found.file.stored.version, by=by, note=note, at=now)
            done = await purchase_order_decisions.overrule(connection, _key(account, order), said)
    _say(done, order, f"{reason} accepted; the order is looked at again")


@pos.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("order")
@click.argument("line")
@click.argument("reason", type=click.Choice(get_args(RejectionReason)))
@async_command
async def reject(account: str, order: str, line: str, reason: RejectionReason) -> None:
    """Reject one line of an order that is not answered yet. What was rejected once stays rejected."""
    async with desk() as books, books.database.transaction() as connection:
        key, now = _key(account, order), books.clock.now()
        done = await purchase_order_decisions.reject_line(connection, key, PoLineNumber(line), reason, now)
    _say(done, f"{order}, line {line},", "rejected in its answer")


@pos.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("order")
@async_command
async def believe(account: str, order: str) -> None:
    """Take the next reading of an order, or a change of it, as it comes, though it contradicts what is held."""
    async with desk() as books, books.database.transaction() as connection:
        done = await purchase_order_decisions.believe(connection, _key(account, order))
    _say(done, order, "its next reading will be taken as it comes")


@pos.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("order")
@async_command
async def again(account: str, order: str) -> None:
    """Answer an order anew, as things are now: after a refusal, or to cut what is not there any more.

    After the retailer's time for corrections only dates change. What was rejected stays rejected. An order that is
    closed, or whose window is over, is not answered any more.
    """
    async with desk() as books, books.database.transaction() as connection:
        why = await answered_anew.again(connection, _key(account, order), books.clock.now())
    if why is None:
        raise _unknown(account, order)
    if why:
        raise click.ClickException(f"order {order} is not answered anew: {why}")
    click.echo("it is looked at again, and answered anew where that says something else")


@pos.command(epilog=EXAMPLES)
@click.argument("account", metavar="CHANNEL_ACCOUNT")
@click.argument("order")
@click.argument("lines", nargs=-1, required=True, metavar="LINE=ACCEPTED...")
@click.option("--by", default=getpass.getuser, help="Who answered; without it, the user who runs this.")
@async_command
async def told(account: str, order: str, lines: tuple[str, ...], by: str) -> None:
    """Tell what somebody answered in the retailer's own pages, in the order's units; the rest counts as rejected.

    For orders by EDI: by an API such an answer is found by reading. Every line is told of, also with 0.
    """
    async with desk() as books, books.database.transaction() as connection:
        try:
            accepted = dict(_accepted(one) for one in lines)
            done = await answered_by_hand.told(
                connection, _key(account, order), accepted, by, books.clock.now(), books.owners
            )
        except ValueError as why:
            raise click.ClickException(str(why)) from None
    _say(done, order, "it is answered so, and nothing is sent over it")


def _accepted(text: str) -> tuple[PoLineNumber, int]:
    line, _, units = text.rpartition("=")
    if not line or not units.isdecimal():
        raise ValueError(f"{text!r} is not LINE=ACCEPTED, such as 1=24")
    return PoLineNumber(line), int(units)


def _say(done: bool, what: str, text: str) -> None:
    if not done:
        raise click.ClickException(f"{what} is not there, or is answered or over already")
    click.echo(text)


def _key(account: str, order: str) -> Key:
    return ChannelAccount(account), PurchaseOrderNumber(order)


def _unknown(account: str, order: str) -> click.ClickException:
    return click.ClickException(f"account {account} has no purchase order {order}; `goodsout pos list` shows them")
