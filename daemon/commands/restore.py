"""`goodsout restore`: listings back to what they showed before something went wrong."""

from datetime import datetime, timedelta

import click

from daemon.commands.context import async_command
from daemon.commands.desk import Desk, Since, desk, moment_of
from daemon.commands.tables import harmless, print_rows
from daemon.restoring import Open, Piece, Restoring
from daemon.selling import accounts_of, rules_of
from daemon.store.database import query
from daemon.store.decisions import Choice, decide, list_decisions
from daemon.store.notes import write_notes
from handlers.restoring import Planned
from handlers.zero_questions import ALLOW, RESTORE_UNREAD, ask_about_unread
from schemas.terms import ChannelAccount

SHOWN = 20
"""Listings of a plan that are printed without --all."""
LOOK_EVERY = 1.0
"""Business seconds between two looks with --follow."""


@click.command(
    epilog="""\b
Examples:
  goodsout restore --to 2026-03-01T18:00 --account myshop-uk
  goodsout restore --to 14h --account myshop-uk --apply --by ann --note "the night's export was empty"
  goodsout restore --to 14h --account myshop-uk --apply --by ann --unread --note "counted by hand"
  goodsout restore --to 2026-03-01T18:00 --account myshop-uk --apply --by ann --follow

\b
Each listing goes to the lesser of what its channel was told at TIME, less what has gone out since, and what a fresh
reading allows. Levels are asked for; a listing whose level has not come keeps what it shows, unless --unread, or
`goodsout decisions decide ID allow`, lets it go back without one. That and the whole restore end after one hour.
Given again with the same time, it goes on where it was and shows how far it has come.
"""
)
@click.option(
    "--to", "to", type=Since(), required=True, metavar="TIME", help="ISO 8601 (UTC), or an age such as 14h."
)
@click.option("--account", metavar="CHANNEL_ACCOUNT", help="Only this channel account; without it, each of them.")
@click.option("--apply", "apply_", is_flag=True, help="Do it. Without this it is only shown.")
@click.option("--by", default="", help="Who asks for it: a name that others can ask. Needed with --apply.")
@click.option("--note", default="", help="Why.")
@click.option(
    "--unread", is_flag=True, help="Restore listings without a fresh reading too, for one hour. Needs --note."
)
@click.option("--follow", is_flag=True, help="Stay and show how far it has come, until it is done or over.")
@click.option("--all", "whole", is_flag=True, help="Print every listing of the plan.")
@async_command
async def restore(
    to: datetime | timedelta,
    account: str | None,
    apply_: bool,
    by: str,
    note: str,
    unread: bool,
    follow: bool,
    whole: bool,
) -> None:
    """Restore an account's listings to what they showed at a time; shows what it would do, unless --apply.

    Exit status: 0, or 1 when something else is being restored.
    """
    _check(apply_, by.strip(), note.strip(), unread)
    async with desk() as books:
        moment = moment_of(to, books.clock.now())
        assert moment is not None
        if moment >= books.clock.now():
            raise click.BadParameter("must lie in the past", param_hint="--to")
        for name in [account] if account else accounts_of(books.configured.settings):
            restoring = _restoring(books, name)
            running = await _running(restoring, moment, isinstance(to, timedelta))
            if not apply_:
                await _show_plan(restoring, running.to if running else moment, running, whole)
                continue
            running = running or await _begin(restoring, books, moment, by.strip(), note.strip())
            await _apply(restoring, running)
            if unread:
                await _allow(restoring, books, running, by.strip(), note.strip())
            await _progress(restoring, running, follow)


def _check(apply_: bool, by: str, note: str, unread: bool) -> None:
    if apply_ and not by:
        raise click.BadParameter("a name is needed to apply it", param_hint="--by")
    if unread and not (apply_ and note):
        raise click.BadParameter("needs --apply and a --note that says why", param_hint="--unread")


def _restoring(books: Desk, account: str) -> Restoring:
    settings = books.configured.settings
    if account not in accounts_of(settings):
        raise click.BadParameter(
            f"is none of {', '.join(accounts_of(settings)) or 'no accounts'}", param_hint="--account"
        )
    return Restoring(
        ChannelAccount(account), books.database, books.clock, rules_of(settings), settings.intake, books.owners
    )


async def _running(restoring: Restoring, moment: datetime, by_age: bool) -> Open | None:
    """The open restore. An age means the one that is open, whatever its time: it was given earlier."""
    async with restoring.database.connection() as connection:
        found = await restoring.running(connection)
    if found is not None and found.to != moment and not by_age:
        raise click.ClickException(
            f"{restoring.account} is being restored to {found.to:%F %T} UTC by {found.asked_by}, until"
            f" {found.until:%F %T}; give that time to see how far it has come"
        )
    return found


async def _show_plan(restoring: Restoring, to: datetime, running: Open | None, whole: bool) -> None:
    changing, same, unknown, after = list[Planned](), 0, 0, 0
    async with restoring.database.connection() as connection:
        while (piece := await restoring.plan(connection, to, after)).last:
            after = piece.last
            changing += [planned for planned in piece.planned if planned.changes]
            same += sum(not planned.changes for planned in piece.planned)
            unknown += len(piece.unknown)
    rows = changing if whole else changing[:SHOWN]
    print_rows(
        ("marketplace", "seller_sku", "shows", "showed", "goes to at most"),
        [(one.listing.marketplace, one.listing.seller_sku, one.shown, one.old, one.value) for one in rows],
    )
    more = f" ({len(changing) - len(rows)} more with --all)" if len(rows) < len(changing) else ""
    click.echo(
        f"dry run: {len(changing)} listings of {restoring.account} would go back to {to:%F %T} UTC{more}, {same} show"
        f" that already, of {unknown} nobody can tell; fresh levels would be asked for. Do it with --apply --by NAME"
    )
    if running is not None:
        await _counts(restoring, running)


async def _begin(restoring: Restoring, books: Desk, moment: datetime, by: str, note: str) -> Open:
    async with restoring.database.transaction() as connection:
        running = await restoring.begin(connection, moment, by, note)
        ask = ask_about_unread(restoring.account, running.id, running.to, running.until)
        await write_notes(connection, [ask], books.clock.now(), books.owners)
    return running


async def _apply(restoring: Restoring, running: Open) -> None:
    if running.complete:
        return
    after, changing = 0, 0
    piece = Piece(last=1)
    while piece.last:
        piece = await restoring.apply_piece(running, after)
        after = piece.last
        changing += sum(planned.changes for planned in piece.planned)
        for listing in piece.unknown:
            click.echo(
                harmless(f"warning: nobody can tell what has gone out of {listing.seller_sku}; left"), err=True
            )
    click.echo(f"{changing} listings are being restored to {running.to:%F %T} UTC; fresh levels are asked for")


async def _allow(restoring: Restoring, books: Desk, running: Open, by: str, note: str) -> None:
    async with restoring.database.transaction() as connection:
        open_ = await list_decisions(connection, kind=RESTORE_UNREAD)
        mine = [one for one in open_ if one.detail.get("restore_id") == running.id]
        if not mine:
            click.echo("it is decided already; see goodsout decisions list --kind restore_unread --closed")
            return
        at = books.clock.now()
        await decide(connection, mine[0].id, Choice(ALLOW, by, note), at, books.owners)
    click.echo(f"decision {mine[0].id}: for one hour, listings without a fresh reading are restored too, by {by}")


async def _progress(restoring: Restoring, running: Open, follow: bool) -> None:
    clock = restoring.clock
    while not await _counts(restoring, running) and follow and clock.now() < running.until:
        await clock.sleep(LOOK_EVERY)


async def _counts(restoring: Restoring, running: Open) -> bool:
    """Say how far it has come; True once every listing shows what it should."""
    async with restoring.database.connection() as connection:
        row = await connection.fetchrow(query("restore_progress"), running.id)
    assert row is not None
    click.echo(
        f"restore {running.id} of {restoring.account} to {running.to:%F %T} UTC, until {running.until:%F %T}:"
        f" {row['listings']} listings, {row['fresh']} read afresh, {row['by_decision']} by decision,"
        f" {row['told']} told"
    )
    return bool(row["listings"] > 0 and row["told"] == row["listings"])
