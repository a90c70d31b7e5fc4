"""`goodsout edi`: documents that came and left by EDI, what became of each, and their files as they were."""

import sys
from typing import get_args

import click

from daemon.commands.context import async_command
from daemon.commands.desk import desk, unconfigured
from daemon.commands.tables import print_rows
from daemon.store import edi as store
from daemon.store.edi import Line
from handlers.edi_documents import State

EXAMPLES = """\b
Examples:
  goodsout edi list
  goodsout edi list --partner amazon-uk --state overdue
  goodsout edi list --key 4Z32PABC
  goodsout edi show 118 > 118.edi
  goodsout edi resend 118
"""
STATES = ("taken", "refused", "unhandled", "duplicate", "reused", "stranger", *get_args(State))
"""Of what came, and of what left."""
HEAD = ("file", "exchange", "way", "kind", "interchange", "number", "about", "state", "since", "why")


@click.group(epilog=EXAMPLES)
def edi() -> None:
    """List EDI documents, print their files, and put a file once more."""


@edi.command("list", epilog=EXAMPLES)
@click.option("--partner", default="", metavar="EXCHANGE", help="Only this exchange, by its name in the settings.")
@click.option("--key", default="", metavar="NUMBER", help="Only about this order, shipment or invoice.")
@click.option("--state", type=click.Choice(STATES), help="Only in this state; docs/edi.md explains each.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@async_command
async def list_(partner: str, key: str, state: str | None, limit: int) -> None:
    """List documents, and files of which nothing was taken (kind `all`), newest first."""
    async with desk() as books, books.database.connection() as connection:
        found = await store.listed(connection, partner, key, state or "", limit)
        known = books.configured.settings.edi
    if not found and partner and partner not in known:
        raise unconfigured("exchange", partner, known)
    if found:
        print_rows(HEAD, map(_row, found))
    else:
        click.echo("no such document", err=True)


def _row(line: Line) -> tuple[str, ...]:
    return (
        str(line.file), line.partner, line.direction, line.code, line.interchange, line.number, line.key, line.state,
        f"{line.at:%Y-%m-%d %H:%M}", line.text[:200],
    )  # fmt: skip


@edi.command(epilog=EXAMPLES)
@click.argument("file", type=int)
@async_command
async def show(file: int) -> None:
    """Print FILE byte for byte as it came or left."""
    async with desk() as books, books.database.connection() as connection:
        found = await store.file_of(connection, file)
    if found is None:
        raise click.ClickException(f"no file {file}; `goodsout edi list` names them in its first column")
    sys.stdout.buffer.write(found.content)
    sys.stdout.flush()
    click.echo(f"\n{found.name}: {found.direction}, {found.state} {found.detail}".rstrip(), err=True)


@edi.command(epilog=EXAMPLES)
@click.argument("file", type=int)
@async_command
async def resend(file: int) -> None:
    """Put FILE once more, byte for byte: under the same control numbers it is the same document.

    Exit status: 0, or 1 when there is no such file of ours that was put before.
    """
    async with desk() as books, books.database.transaction() as connection:
        name = await store.again(connection, file)
    if name is None:
        raise click.ClickException(f"file {file} is none of ours that was put; see `goodsout edi list`")
    click.echo(f"{name} is put once more with the next look")
