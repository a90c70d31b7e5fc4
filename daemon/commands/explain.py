"""`goodsout explain SKU`: what channels were told, when, what they show, and why its turn comes when it does."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime

import click
import msgspec

from daemon.commands.books import Books, open_for_command
from daemon.commands.context import async_command
from daemon.commands.tables import harmless, print_json
from daemon.commands.turn import Standing, standing_of
from daemon.season import Season
from daemon.selling import placed_of
from daemon.store.database import Connection
from daemon.store.story import ListingStory, Row, SkuStory, StockStory, story

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
  goodsout explain ARMCHAIR-01 --json

\b
docs/explain.md reads one such story line by line.
"""
)
@click.argument("sku")
@click.option("--account", help="Only the stock of this owner.")
@click.option("--last", default=20, show_default=True, type=click.IntRange(1, 1000), help="Moments of the history.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every column of the books.")
@async_command
async def explain(sku: str, account: str | None, last: int, as_json: bool) -> None:
    """Explain a SKU: the warehouse's word, what each listing should show, was told and shows, and its story."""
    async with open_for_command() as books, books.database.connection() as connection:
        now = books.clock.now()
        found = await story(connection, sku, account, last)
        standings = await _standings(connection, found, books, now)
    if not found.stock and not found.listings:
        raise click.ClickException(f"nobody has ever told us of {sku!r}: no stock, and no listing names it")
    if as_json:
        print_json(as_values(found, standings, last, now))
        return
    for line in told(found, standings, last, now):
        click.echo(harmless(line))


async def _standings(connection: Connection, found: SkuStory, books: Books, now: datetime) -> list[Standing]:
    in_force = Season(books.configuration.settings).at(now)
    settings = in_force.settings
    publication, half_life = settings.publication, settings.demand.half_life
    return [
        await standing_of(
            connection, one, in_force.rules, publication, half_life, now,
            by_update=one.listing["channel_account"] in placed_of(settings),
        )
        for one in found.listings
    ]  # fmt: skip


def as_values(found: SkuStory, standings: list[Standing], last: int, now: datetime) -> dict[str, object]:
    """For programs: the rows as they stand, and the same conclusions as for people."""
    listings = [
        {**asdict(one), "formula": standing.steps, "next": standing.next}
        for one, standing in zip(found.listings, standings, strict=True)
    ]
    timeline = [msgspec.to_builtins(moment) for moment in found.timeline(last)]
    stock = [asdict(one) for one in found.stock]
    return {"at": now, "stock": stock, "listings": listings, "open_lines": found.lines, "timeline": timeline}


def told(found: SkuStory, standings: list[Standing], last: int, now: datetime) -> Iterator[str]:
    """For people."""
    yield f"At {_stamp(now)} UTC"
    yield ""
    for stock in found.stock:
        yield from _stock(stock, now)
    for one, standing in zip(found.listings, standings, strict=True):
        yield from _listing(one, standing, now)
    yield from _lines(found, now)
    moments = found.timeline(last)
    if moments:
        width = max(len(moment.where) for moment in moments)
        yield ""
        yield "What happened, the newest last (UTC)"
        for moment in moments:
            yield f"  {_stamp(moment.at)}  {moment.where:<{width}}  {moment.what}"


def _stock(found: StockStory, now: datetime) -> Iterator[str]:
    row = found.stock
    yield f"{row['account']} / {row['warehouse']} / {row['sku']}: {row['available']} available"
    rest = ", ".join(f"{name} {row[name]}" for name in ("allocated", "ordered", "received", "picked", "held"))
    yield f"  {rest}"
    number = "no number yet" if row["applied"] is None else f"number {row['applied']} of {row['source']}"
    yield f"  {number}, last event {_ago(row['last_time'], now)}"
    for moment in found.moments():
        if moment.what.startswith(("GAP", "IN DOUBT")):
            yield f"  {moment.what}, since {_ago(moment.at, now)}"


def _listing(found: ListingStory, standing: Standing, now: datetime) -> Iterator[str]:
    row = found.listing
    yield f"{row['channel_account']} / {row['marketplace']} / {row['seller_sku']}: {standing.should}"
    if standing.steps:
        yield "  reckoned  " + ", ".join(f"{name} {value}" for name, value in standing.steps)
    if row["told"] is not None:
        yield f"  told      {row['told']}, {_ago(row['told_at'], now)}{_flight(row)}"
    if row["accepted"] is not None:
        yield f"  accepted  {row['accepted']}, {_ago(row['accepted_at'], now)}"
    yield f"  shows     {_shows(row, now)}"
    if row["refused_value"] is not None:
        yield f"  REFUSED   {row['refused_value']}: {row['refused_reason']}"
    yield from _zero(row, now)
    for line in standing.next:
        yield f"  next      {line}"


def _zero(row: Row, now: datetime) -> Iterator[str]:
    if row["zero_since"] is None:
        return
    cause = row["zero_cause"] or "nothing"
    yield f"  zero      since {_ago(row['zero_since'], now)}, explained by {cause}; its rule is {row['zero_ruled']}"
    if row["zero_hold"] and row["told"] != 0:
        until = f" until {_stamp(row['zero_hold_until'])}" if row["zero_hold_until"] else ""
        yield f"  ZERO HELD{until}: {HOLDS[row['zero_hold']]}"
    if row["zero_asked_at"]:
        said = f"it said zero {_ago(row['zero_confirmed_at'], now)}" if row["zero_confirmed_at"] else "no answer yet"
        yield f"  a fresh level was asked for {_ago(row['zero_asked_at'], now)}; {said}"


def _flight(row: Row) -> str:
    if row["flight_id"] is None:
        return ""
    return "; no answer yet" if row["flight_state"] == "sent" else "; nobody saw the end of it"


def _shows(row: Row, now: datetime) -> str:
    if row["live_at"] is None:
        return "never read" + (f"; to be read {_in(row['read_back_at'], now)}" if row["read_back_at"] else "")
    value = "no stock of ours" if row["live"] is None else str(row["live"])
    foreign = ", which was not told from here" if row["foreign_value"] is not None else ""
    proven = ", seen live" if row["proven_at"] is not None and row["live"] == row["accepted"] else ""
    again = f"; read again {_in(row['read_back_at'], now)}" if row["read_back_at"] else ""
    return f"{value}{foreign}{proven} when read {_ago(row['live_at'], now)}{again}"


def _lines(found: SkuStory, now: datetime) -> Iterator[str]:
    for line in found.lines:
        yield (
            f"open order {line['channel_order_id']} of {line['channel_account']} takes {line['eaches']} eaches,"
            f" ordered {_ago(line['ordered_at'], now)}"
        )


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _ago(at: datetime | None, now: datetime) -> str:
    return "never" if at is None else f"{_span((now - at).total_seconds())} ago"


def _in(at: datetime, now: datetime) -> str:
    seconds = (at - now).total_seconds()
    return f"in {_span(seconds)}" if seconds > 0 else "as soon as the budget allows"


def _span(seconds: float) -> str:
    """As short as a person wants it."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"
