"""`goodsout listings`: which channel account sells what, out of which stock; a CSV file in and out."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import click

from daemon.commands.context import async_command
from daemon.commands.desk import Desk, desk
from daemon.commands.tables import harmless
from daemon.selling import accounts_of
from daemon.store import listings as store
from daemon.store.database import Connection
from handlers.listing_doubts import doubts
from handlers.listings import Changes, Read, as_cells, compare, differences, key_of, read_listings, write_listings
from handlers.sellable_stock import Listing
from schemas.terms import ChannelAccount, Marketplace

EXAMPLES = """\b
Examples:
  goodsout listings export listings.csv
  goodsout listings import listings.csv --dry-run
  goodsout listings import listings.csv
  goodsout listings import uk.csv --account uk-shop --remove-missing

\b
The columns, in any order (names are text: zeros, case and spaces are part of them):
  channel_account, marketplace, seller_sku   the listing; seller_sku is the channel's name for it
  account, sku, pack_size                    the stock it sells, and how many eaches make one of it
  buffer     eaches kept back (5), or per cent (10%), or both (5+10%); empty: none
  cap        at most so many eaches are shown; empty: no cap
  floor      fewer eaches than this are shown as none; empty: 0
  share      part of the stock that this listing may show (100%); empty: 100%
  lead_time_days, product_type               as the channel wants them; empty: left alone, PRODUCT
  stop       yes: shows none; empty: no

\b
Columns that may be left out; then what the books say stays:
  velocity_class   instead of the measured one; empty: measured
  priority   1 to 99; 1 is served first; empty: 1
  reserve    eaches that listings of lower priority do not see; empty: none
  components of a kit (2 x CHAIR-01; 1 x TABLE-07): it shows what the scarcest allows, `sku` is its name only
  zero_rule  send, hold or alert: what becomes of a zero; empty: as its class or its account has it

A cell that begins with =, +, - or @ is written with an apostrophe before it, because spreadsheets would run it
as a formula; reading takes the apostrophe away.
"""


@click.group(epilog=EXAMPLES)
def listings() -> None:
    """Import and export which listing sells which SKU."""


@listings.command("import", epilog=EXAMPLES)
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--account", metavar="CHANNEL_ACCOUNT", help="Only this channel account; other rows are faults.")
@click.option("--remove-missing", is_flag=True, help="Delete listings of the file's channel accounts not in it.")
@async_command
async def import_(file: IO[bytes], dry_run: bool, account: str | None, remove_missing: bool) -> None:
    """Take over a CSV file in UTF-8: all of it, or nothing if any row is wrong.

    What is missing from the file stays, unless --remove-missing says otherwise.
    """
    only = ChannelAccount(account) if account else None
    found = read_listings(file.read(), only)
    if found.faults:
        _refuse(found)
    again = 0
    async with desk() as books, books.database.transaction() as connection:
        await store.lock_listings(connection)
        changes = await _shown(connection, books, found, only, remove_missing)
        if not dry_run:
            removed = changes.missing if remove_missing else ()
            await store.apply(connection, changes, removed, books.clock.now())
            again = await store.try_refused_again(connection, found.listings)
    click.echo(_summary(changes, dry_run=dry_run, remove_missing=remove_missing))
    if again:
        click.echo(f"{_many(again, 'listing')} of these had been refused by the channel; told once more")


@listings.command("export", epilog=EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--account", metavar="CHANNEL_ACCOUNT", help="Only this channel account.")
@async_command
async def export(file: Path, account: str | None) -> None:
    """Write every listing to a CSV file that `import` reads back unchanged; - is standard output."""
    async with desk() as books, books.database.connection() as connection:
        found = await store.all_listings(connection, ChannelAccount(account) if account else None)
    if str(file) == "-":
        click.echo(write_listings(found).encode(), nl=False)
        return
    # With the mark that tells spreadsheets that this is UTF-8.
    _write(file, write_listings(found).encode("utf-8-sig"))
    click.echo(f"{_many(len(found), 'listing')} written to {file}")


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as trouble:
        raise click.ClickException(f"{file} cannot be written: {trouble.strerror}") from None


def _refuse(found: Read) -> None:
    for fault in found.faults:
        click.echo(harmless(str(fault)), err=True)
    click.echo(f"{_many(len(found.faults), 'fault')}; nothing was imported. Put these right and try again.", err=True)
    raise SystemExit(1)


async def _shown(
    connection: Connection, books: Desk, found: Read, only: ChannelAccount | None, remove_missing: bool
) -> Changes:
    """What an import changes, after showing it, and what looks like a mistake."""
    old = await store.all_listings(connection)
    changes = compare(old, found.listings, only, found.absent)
    for line in _difference(changes, remove_missing=remove_missing):
        click.echo(harmless(line))
    sellers = {
        ChannelAccount(name): (seller.account, tuple(Marketplace(name) for name in seller.marketplaces))
        for name, seller in accounts_of(books.configured.settings).items()
    }
    kept = _kept(old, found.listings, changes, remove_missing=remove_missing)
    for doubt in doubts(changes, kept, sellers, found.lines, books.configured.settings.classes):
        click.echo(harmless(f"warning: {doubt}"), err=True)
    return changes


def _kept(old: Sequence[Listing], new: Sequence[Listing], changes: Changes, *, remove_missing: bool) -> list[Listing]:
    """Everything that will be in the books."""
    gone = {key_of(listing) for listing in (*new, *(changes.missing if remove_missing else ()))}
    return [*new, *(listing for listing in old if key_of(listing) not in gone)]


def _difference(changes: Changes, *, remove_missing: bool) -> Iterator[str]:
    for listing in changes.added:
        cells = as_cells(listing)
        rest = ", ".join(f"{column} {cell}" for column, cell in list(cells.items())[3:] if cell)
        yield f"+ {_name(listing)}: {rest}"
    for before, after in changes.changed:
        told = differences(before, after).items()
        yield f"~ {_name(after)}: " + ", ".join(
            f"{column} {old or '-'} -> {new or '-'}" for column, (old, new) in told
        )
    for listing in changes.missing if remove_missing else ():
        yield f"- {_name(listing)}: sold {listing.account} {listing.sku}; the channel keeps what it was last told"


def _summary(changes: Changes, *, dry_run: bool, remove_missing: bool) -> str:
    missing = f"{len(changes.missing)} removed" if remove_missing else f"{len(changes.missing)} missing and kept"
    counts = f"{len(changes.added)} added, {len(changes.changed)} changed, {missing}, {changes.unchanged} unchanged"
    if dry_run:
        return f"dry run: {counts}; nothing was imported"
    if not (changes.added or changes.changed or (remove_missing and changes.missing)):
        return f"{counts}; there was nothing to change"
    return f"{counts}; the channels are told as soon as their turn comes"


def _name(listing: Listing) -> str:
    return " ".join((listing.channel_account, listing.marketplace, listing.seller_sku))


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
