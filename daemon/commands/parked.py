"""`goodsout parked`: messages nobody could act on, and their way back."""

import asyncio
import getpass
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from daemon.bus import open_bus
from daemon.bus.port import BusError
from daemon.commands.context import async_command
from daemon.commands.desk import Desk, Since, desk, moment_of
from daemon.commands.parked_shown import print_parked, show_parked, show_plan
from daemon.commands.tables import print_json
from daemon.replay import Replay, Replayed, plan, replay
from daemon.store import buyer_access
from daemon.store.parked import Settlement, settle
from daemon.store.parked_search import Filter, ParkedMessage, find_parked, list_parked, read_body
from daemon.store.sealing import Erased, SealingFault
from handlers.parking import seal_subject

EXAMPLES = """\b
Examples:
  goodsout parked list --reason malformed --since 12h
  goodsout parked show 41
  goodsout parked replay 41 42 --dry-run
  goodsout parked replay --reason invalid_data --account ACME
  goodsout parked replay 41 --body-file fixed.json --by ann --note "carrier was misspelt"
  goodsout parked discard 43 --by ann --note "a test message"
"""
AT_ONCE = 1_000


@click.group(epilog=EXAMPLES)
def parked() -> None:
    """List, show, replay or discard messages that nobody could act on.

    Replaying publishes a message again as it came; what was done already is recognised and not done twice.
    """


def filtered(limit: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that choose among parked messages."""
    options = (
        click.option("--reason", help="Only this reason, such as malformed."),
        click.option("--origin", help="Only what came from this queue."),
        click.option("--since", type=Since(), help="Only what was parked since: 90m, 12h, 3d, or a time."),
        click.option("--account", metavar="ACCOUNT[/SKU|/ORDER]", help="Only this account, or this partition key."),
        click.option("--limit", type=click.IntRange(1, 100_000), default=limit, show_default=True),
    )

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def _filter(
    now: datetime,
    ids: Sequence[int],
    *,
    state: str | None = "parked",
    since: timedelta | datetime | None,
    **rest: Any,
) -> Filter:
    return Filter(state=state, since=moment_of(since, now), ids=tuple(ids) or None, **rest)


@parked.command("list", epilog=EXAMPLES)
@filtered(100)
@click.option("--state", type=click.Choice(["parked", "replayed", "discarded", "any"]), default="parked")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every field but the body.")
@async_command
async def list_(state: str, as_json: bool, **chosen: Any) -> None:
    """List parked messages, oldest first."""
    async with desk() as books, books.database.connection() as connection:
        wanted = _filter(books.clock.now(), (), state=None if state == "any" else state, **chosen)
        found = await list_parked(connection, wanted)
    if as_json:
        print_json(found)
    elif found:
        print_parked(found)
    else:
        click.echo("no such message is parked", err=True)


@parked.command(epilog=EXAMPLES)
@click.argument("parked_id", metavar="ID", type=int)
@click.option("--unseal", is_flag=True, help="Show a sealed body too: it may hold a buyer's name and address.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@async_command
async def show(parked_id: int, unseal: bool, as_json: bool) -> None:
    """Show one parked message: why it was parked, its headers, and its body where that holds no buyer data.

    Exit status: 0, or 1 when there is no such message.
    """
    async with desk() as books, books.database.connection() as connection:
        message = await find_parked(connection, parked_id)
        if message is None:
            raise click.ClickException(
                f"no message {parked_id} is parked; `goodsout parked list` shows those that are"
            )
        try:
            ring = books.keys() if message.body_sealed and unseal else None
            body = await read_body(connection, parked_id, ring) if ring or not message.body_sealed else None
            if ring:
                subject = seal_subject(message.partition_key, message.body_hash)
                await buyer_access.note(connection, [subject], "show_parked", books.clock.now())
        except (Erased, SealingFault) as fault:
            raise click.ClickException(str(fault)) from None
    show_parked(message, body, as_json=as_json)


@parked.command("replay", epilog=EXAMPLES)
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@filtered(AT_ONCE)
@click.option("--all", "everything", is_flag=True, help="All that are parked, where no ID and no filter is given.")
@click.option("--again", is_flag=True, help="Also what was replayed or discarded already; needs IDs.")
@click.option(
    "--body-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Replay this body in place of the one that came; needs one ID, --by and --note.",
)
@click.option("--by", help="Who does it. Default: the user of this machine.")
@click.option("--note", default="", help="Why.")
@click.option("--dry-run", is_flag=True, help="Show exactly what would be published, and publish nothing.")
@async_command
async def replay_(
    ids: tuple[int, ...],
    everything: bool,
    again: bool,
    body_file: Path | None,
    by: str | None,
    note: str,
    dry_run: bool,
    **chosen: Any,
) -> None:
    """Publish parked messages again, as they came, to where they were first published.

    Exit status: 0 when all were replayed, 1 when one was not (it stays parked) or none was found.
    """
    _check_selection(ids, everything, chosen)
    _check_care(ids, again, body_file, by, note)
    body = await asyncio.to_thread(body_file.read_bytes) if body_file else None
    async with desk() as books:
        wanted = _filter(books.clock.now(), ids, state=None if ids else "parked", **chosen)
        plans = await _plans(books, wanted, again, body)
        if dry_run:
            show_plan(plans)
            return
        settlement = Settlement("replayed", by or getpass.getuser(), note, body)
        done = await _publish(books, plans, settlement)
    _tell(done)


def _check_selection(ids: Sequence[int], everything: bool, chosen: dict[str, Any]) -> None:
    filters = [name for name, value in chosen.items() if name != "limit" and value is not None]
    if not ids and not filters and not everything:
        raise click.UsageError("name the messages: by ID, by a filter such as --reason, or --all")


def _check_care(ids: Sequence[int], again: bool, body_file: Path | None, by: str | None, note: str) -> None:
    if again and not ids:
        raise click.UsageError("--again needs the IDs of the messages: a filter would replay the whole past")
    if body_file and (len(ids) != 1 or not by or not note):
        raise click.UsageError("--body-file needs exactly one ID, --by NAME and --note WHY")


async def _plans(books: Desk, wanted: Filter, again: bool, body: bytes | None) -> list[Replay]:
    async with books.database.connection() as connection:
        found = await list_parked(connection, wanted)
        _check_found(found, wanted)
        sealed = any(message.body_sealed for message in found)
        try:
            plans = await plan(
                connection, found, again=again, corrected_body=body, ring=books.keys() if sealed else None
            )
        except SealingFault as fault:
            raise click.ClickException(str(fault)) from None
        opened = [one.message for one in plans if one.message.body_sealed and one.publication and body is None]
        subjects = [seal_subject(message.partition_key, message.body_hash) for message in opened]
        await buyer_access.note(connection, subjects, "replay_parked", books.clock.now())
    return plans


def _check_found(found: list[ParkedMessage], wanted: Filter) -> None:
    missing = sorted(set(wanted.ids or ()) - {message.id for message in found})
    if missing:
        raise click.ClickException(f"no such parked message: {', '.join(map(str, missing))}; nothing was changed")
    if not found:
        raise click.ClickException("no such message is parked; `goodsout parked list` shows those that are")
    if len(found) == wanted.limit and not wanted.ids:
        click.echo(f"only the oldest {wanted.limit} of them: run it again, or give a larger --limit", err=True)


async def _publish(books: Desk, plans: list[Replay], settlement: Settlement) -> Replayed:
    section = books.configured.settings.bus
    if section.url.startswith("embedded:"):
        raise click.ClickException(
            "the embedded bus lives inside the daemon's process and cannot be reached from here; "
            "replaying needs a real bus.url"
        )
    password = None if section.password_file is None else books.configured.secret(section.password_file).reveal()
    ring = books.keys() if any(one.message.body_sealed for one in plans) else None
    try:
        async with open_bus(section, password) as bus:
            return await replay(bus, books.database, plans, settlement, books.clock.now(), books.owners, ring)
    except (BusError, OSError) as trouble:
        raise click.ClickException(f"the bus does not open: {trouble}; see bus.url") from None


def _tell(done: Replayed) -> None:
    if done.replayed:
        click.echo(f"replayed {len(done.replayed)}: {', '.join(map(str, done.replayed))}")
    for parked_id, why in done.refused:
        click.echo(f"not replayed {parked_id}: {why}", err=True)
    if done.unconfirmed:
        ids = ", ".join(map(str, done.unconfirmed))
        click.echo(f"the bus did not confirm {ids}; still parked, replay again", err=True)
    if done.refused or done.unconfirmed:
        raise SystemExit(1)


@parked.command("discard", epilog=EXAMPLES)
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@filtered(AT_ONCE)
@click.option("--by", required=True, help="Who decides that it is not needed.")
@click.option("--note", required=True, help="Why it is not needed.")
@click.option("--dry-run", is_flag=True, help="Show what would be discarded, and change nothing.")
@async_command
async def discard(ids: tuple[int, ...], by: str, note: str, dry_run: bool, **chosen: Any) -> None:
    """Settle parked messages without replaying them. They can still be replayed with --again.

    Exit status: 0, or 1 when nothing was found.
    """
    _check_selection(ids, False, chosen)
    async with desk() as books, books.database.transaction() as connection:
        found = await list_parked(connection, _filter(books.clock.now(), ids, **chosen))
        _check_found(found, Filter(ids=ids or None, limit=chosen["limit"]))
        if dry_run:
            click.echo(f"would discard {len(found)}:")
            print_parked(found)
            return
        settlement = Settlement("discarded", by, note)
        gone = await settle(connection, found, settlement, books.clock.now(), books.owners)
    click.echo(f"discarded {len(gone)}: {', '.join(map(str, gone))}")
