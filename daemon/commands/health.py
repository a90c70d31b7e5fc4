"""`goodsout health`: how accounts stand at their channels, and which open orders would tip them."""

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import click

from daemon.commands.context import async_command
from daemon.commands.desk import desk
from daemon.commands.tables import print_json, print_rows, text_of
from daemon.health import Look, look, plain
from daemon.settings import SellerAccount
from daemon.store import channel_reports
from daemon.store.database import Connection, query
from daemon.store.sealing import Erased, use_keys
from handlers.account_health import ENDLESS, Outlook, Threat
from schemas.amazon_reports import SELLER_PERFORMANCE

EXAMPLES = """\b
Examples:
  goodsout health
  goodsout health uk-shop --orders
  goodsout health uk-shop --late 7
  goodsout health uk-shop --document > report.json
  goodsout health --json

\b
What the columns say:
  reported   the rate by the channel's newest report
  expected   the same with what happened since, each open order whose time is over counting as gone wrong
  target     the report's own; in brackets where it stands in the settings
  room       how many more may go wrong before the target is crossed; `crossed` where it is
  tips       how long until it is crossed if nothing leaves any more, and the order at which it is

\b
Accounts that are crossed stand first, then the one that will be soonest. Exit status 1 where one is crossed.
"""
HEAD = ("account", "marketplace", "measure", "reported", "expected", "target", "room", "over", "tips")
ORDERS = ("account", "marketplace", "measure", "order", "left", "why")


@click.command(epilog=EXAMPLES)
@click.argument("account", metavar="[CHANNEL_ACCOUNT]", required=False)
@click.option("--orders", is_flag=True, help="List the open orders that count, or will, the first ones first.")
@click.option("--late", type=click.IntRange(1, 90), metavar="DAYS", help="List the clocks that ran out since.")
@click.option("--document", is_flag=True, help="Write the newest report that could not be read, as it came.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, orders included.")
@async_command
async def health(account: str | None, orders: bool, late: int | None, document: bool, as_json: bool) -> None:
    """Show how accounts stand at their channels, and which open orders would tip them."""
    async with desk() as books, books.database.connection() as connection:
        settings, now = books.configured.settings, books.clock.now()
        sellers = _meant(settings.sellers, account)
        if document:
            use_keys(books.keys())
            found = [await _document(connection, name) for name in sellers]
            sys.stdout.buffer.write(b"".join(body for body in found if body))
            return
        if late is not None:
            since = now - timedelta(days=late)
            rows = [
                row for name in sellers for row in await connection.fetch(query("health_breaches"), name, since, 1000)
            ]
            _show_late([dict(row) for row in rows], as_json)
            return
        looks = [await look(connection, name, seller, settings.health, now) for name, seller in sellers.items()]
    _show(looks, now, orders=orders, as_json=as_json)
    raise SystemExit(1 if any(one.is_crossed for found in looks for one in found.outlooks) else 0)


def _meant(sellers: dict[str, SellerAccount], account: str | None) -> dict[str, SellerAccount]:
    if account is None:
        return sellers
    if account not in sellers:
        raise click.ClickException(f"no account is called {account!r}; there are: {', '.join(sellers) or 'none'}")
    return {account: sellers[account]}


async def _document(connection: Connection, name: str) -> bytes | None:
    try:
        return await channel_reports.kept_body(connection, name, SELLER_PERFORMANCE)
    except Erased:
        raise click.ClickException(f"the document of {name} was kept, and its key is gone by now") from None


def _show(looks: Sequence[Look], now: datetime, *, orders: bool, as_json: bool) -> None:
    if as_json:
        print_json([plain(one) for one in looks])
        return
    found = sorted(
        (one for look_ in looks for one in look_.outlooks), key=lambda one: (not one.is_crossed, _soonest(one, now))
    )
    if orders:
        print_rows(ORDERS, [_order(one, threat, now) for one in found for threat in one.threats])
        return
    print_rows(HEAD, [_row(one, now) for one in found])
    for look_ in looks:
        _about(look_)


def _soonest(one: Outlook, now: datetime) -> float:
    return (one.tips_at - now).total_seconds() if one.tips_at is not None else float("inf")


def _about(found: Look) -> None:
    """What no column says; on the other stream, so that a pipe gets rows alone."""
    said = [f"{market}: {word}" for market, word in found.standings.items()]
    of = text_of(found.report_of) if found.report_of else "none yet: reckoned from our books"
    click.echo(f"{found.account}: report of {of}{'; the channel says ' + ', '.join(said) if said else ''}", err=True)
    for fault in found.faults[:5]:
        click.echo(f"  the report: {fault}", err=True)
    for market, opened in found.open.items():
        if opened.gone or opened.unshown:
            click.echo(
                f"  {market}: {opened.gone} have left and the channel has not accepted it,"
                f" {opened.unshown} were told and it does not show it",
                err=True,
            )


def _row(one: Outlook, now: datetime) -> tuple[object, ...]:
    target = _share(one.target.value)
    return (
        one.channel_account, one.marketplace, one.measure, _share(one.reported), _share(one.expected),
        target if one.target.source == "report" else f"({target})", _room(one), one.over,
        f"in {left_in_words(one.tips_at - now)}, {one.tips}" if one.tips_at else "",
    )  # fmt: skip


def _room(one: Outlook) -> str:
    if one.is_crossed:
        return "crossed"
    return "any" if one.room >= ENDLESS else str(one.room)


def _order(one: Outlook, threat: Threat, now: datetime) -> tuple[object, ...]:
    left = left_in_words(threat.due - now) if threat.due is not None else "over"
    why = threat.why + (" (it has left the warehouse)" if threat.left_at else "")
    mark = ", tips the account" if threat.channel_order_id == one.tips else ""
    return one.channel_account, one.marketplace, one.measure, threat.channel_order_id, left, why + mark


def left_in_words(left: timedelta) -> str:
    """`2 h 05 min`: no more is worth knowing."""
    minutes = int(abs(left.total_seconds()) // 60)
    words = (
        f"{minutes // 1440} d {minutes // 60 % 24} h"
        if minutes >= 1440
        else f"{minutes // 60} h {minutes % 60:02} min"
    )
    return words if left >= timedelta(0) else f"{words} ago"


def _share(share: Decimal | None) -> str:
    return "" if share is None else f"{share * 100:.2f} %"


def _show_late(rows: Sequence[dict[str, object]], as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    print_rows(("order", "marketplace", "clock", "deadline", "ended"), [tuple(row.values()) for row in rows])
