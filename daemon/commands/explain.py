"""`goodsout explain SKU`: what a channel was told, when, and why this SKU's turn comes when it does."""

from collections.abc import Iterator
from datetime import datetime

import click

from daemon.commands.books import open_for_command
from daemon.commands.context import async_command
from daemon.commands.status import cell
from daemon.selling import rules_of
from daemon.store import publication
from daemon.store.database import Connection
from daemon.store.status import ListingStory, Row, SkuStory, story
from daemon.store.supply import inputs_for
from handlers.publication import Send, next_for, urgency
from handlers.supply import Rules, sellable_of

HOLDS = {
    "look": "the brake looks how many fall at once",
    "rule": "by its rule, for a decision (`goodsout decisions list --kind zero_held`)",
    "brake": "by the brake on mass change, for a decision (`goodsout decisions list --kind mass_zero`)",
    "refused": "somebody refused it; stock that comes back or a movement ends it",
}


@click.command(
    epilog="""\b
Examples:
  goodsout explain ARMCHAIR-01
  goodsout explain 00123 --account acme --last 50
"""
)
@click.argument("sku")
@click.option("--account", help="Only the stock of this owner.")
@click.option("--last", default=10, show_default=True, type=click.IntRange(1, 1000), help="Entries of each history.")
@async_command
async def explain(sku: str, account: str | None, last: int) -> None:
    """Explain a SKU: the warehouse's word on it, what each listing should show, was told, and shows."""
    async with open_for_command() as books, books.database.connection() as connection:
        now = books.clock.now()
        found = await story(connection, sku, account, last)
        rules = rules_of(books.configuration.settings)
        near_zero = books.configuration.settings.publication.near_zero
        lines = [*stock_lines(found, now)]
        for listing in found.listings:
            lines += listing_lines(listing, now)
            lines += await reasons(connection, listing, rules, now, near_zero)
    if not lines:
        raise click.ClickException(f"nobody has ever told us of {sku!r}: no stock, and no listing names it")
    click.echo("\n".join(lines))


def stock_lines(found: SkuStory, now: datetime) -> Iterator[str]:
    for row, entries in found.stock:
        yield f"{row['account']} / {row['warehouse']} / {row['sku']}: {row['available']} available"
        yield (
            f"  allocated {row['allocated']}, ordered {row['ordered']}, received {row['received']},"
            f" picked {row['picked']}, held {row['held']}; sequence {cell(row['applied'], now)}"
            f" (epoch {row['epoch']}, from {row['source']}), last event {cell(row['last_time'], now)}"
        )
        yield from _trouble(row, now)
        for entry in entries:
            yield (
                f"  #{entry['number']} {entry['occurred_at']:%F %T} {entry['kind']}: {entry['available']} available"
                f" (sequence {entry['sequence']}, event {entry['event_id']})"
            )


def _trouble(row: Row, now: datetime) -> Iterator[str]:
    if row["gap_since"]:
        yield (
            f"  GAP since {cell(row['gap_since'], now)}: {row['held_movements']} movements wait,"
            f" {row['held_outflow']} eaches of outflow already count; highest number seen {row['highest_seen']}"
        )
    if row["doubt_since"]:
        yield f"  IN DOUBT since {cell(row['doubt_since'], now)} ({row['doubt_reason']}): nobody is told more"
        yield f"  a level was asked for {cell(row['asked_at'], now)} as {cell(row['command_id'], now)}"


def listing_lines(found: ListingStory, now: datetime) -> Iterator[str]:
    row = found.listing
    where = f"{row['channel_account']} / {row['marketplace']} / {row['seller_sku']}"
    yield f"{where}: should show {cell(row['desired'], now)}"
    yield (
        f"  told {cell(row['told'], now)} {cell(row['told_at'], now)}; accepted {cell(row['accepted'], now)}"
        f" {cell(row['accepted_at'], now)}; live {cell(row['live'], now)} when read {cell(row['live_at'], now)}"
    )
    if row["flight_id"]:
        yield f"  {row['flight_value']} is {row['flight_state']} since {cell(row['flight_since'], now)}"
    if row["refused_value"] is not None:
        yield f"  REFUSED {row['refused_value']}: {row['refused_reason']}"
    yield from _zero(row, now)
    for attempt in found.attempts:
        yield (
            f"  {attempt['sent_at']:%F %T} told {attempt['value']} (sellable {attempt['sellable']}"
            f"{', in doubt' if attempt['doubtful'] else ''}): {attempt['state']} {attempt['answer']}".rstrip()
        )


def _zero(row: Row, now: datetime) -> Iterator[str]:
    if row["zero_since"] is None:
        return
    cause = row["zero_cause"] or "nothing"
    yield f"  fell to zero {cell(row['zero_since'], now)}, explained by {cause}; its rule is {row['zero_ruled']}"
    if row["zero_hold"] and row["told"] != 0:
        until = f" until {row['zero_hold_until']:%F %T}" if row["zero_hold_until"] else ""
        yield f"  ZERO HELD{until}: {HOLDS[row['zero_hold']]}"
    if row["zero_asked_at"]:
        said = f"it said zero {cell(row['zero_confirmed_at'], now)}" if row["zero_confirmed_at"] else "no answer yet"
        yield f"  a fresh level was asked for {cell(row['zero_asked_at'], now)}; {said}"


async def reasons(
    connection: Connection, found: ListingStory, rules: Rules, now: datetime, near_zero: int
) -> list[str]:
    """The formula step by step, and what the listing waits for."""
    standings = await publication.lock(connection, [found.listing["id"]])
    if not standings:
        return ["  nothing was computed for it yet"]
    standing = standings[0]
    stock = await inputs_for(connection, [standing.listing])
    result = sellable_of(standing.listing, stock, rules)
    if result is None:
        return ["  none of the account's warehouses ever reported its SKU: nothing may be said"]
    lines = ["  " + ", ".join(f"{name} {value}" for name, value in result.steps)]
    move = next_for(standing.told, standing.desired, now, near_zero)
    if isinstance(move, Send):
        kind = urgency(standing.told.told, move.value, near_zero)
        turn = found.turn
        return [*lines, f"  its turn: {kind}; {turn['older']} of {turn['waiting']} waiting listings are older"]
    until = f" until {move.until:%F %T}" if move.until else ""
    return [*lines, f"  nothing to send: {move.why}{until}"]
