"""`goodsout orders changed`: ORDER_CHANGE notifications out of a file or a pipe."""

import sys
from collections import Counter
from collections.abc import Iterable
from typing import BinaryIO

import click

from daemon.commands.context import async_command
from daemon.commands.desk import desk
from daemon.order_changes import orders_changed
from schemas.amazon_order_change import NotAnOrderChange, OrderChange, read_order_change

AT_ONCE = 500
"""Notifications of one transaction."""


@click.command(
    epilog="""\b
Examples:
  goodsout orders changed notifications.jsonl
  aws sqs receive-message --queue-url URL --max-number-of-messages 10 \\
      | jq -r '.Messages[].Body' | goodsout orders changed

\b
Exit status: 0, or 1 when a line is no ORDER_CHANGE; the others are taken all the same.
"""
)
@click.argument("file", type=click.File("rb"), default="-")
@async_command
async def changed(file: BinaryIO) -> None:
    """Have orders read that Amazon says have changed: one ORDER_CHANGE notification a line, as its queue has them."""
    counts, faults = Counter[str](), 0
    async with desk() as books:
        sellers = books.configured.settings.sellers
        for changes, wrong in _batches(file):
            async with books.database.transaction() as connection:
                decisions = await orders_changed(connection, changes, sellers, books.clock.now())
            counts.update(decision.word for decision in decisions)
            faults += wrong
    for word, count in sorted(counts.items()):
        click.echo(f"{word}: {count}")
    if faults:
        click.echo(f"no ORDER_CHANGE: {faults}")
        sys.exit(1)


def _batches(lines: Iterable[bytes]) -> Iterable[tuple[list[OrderChange], int]]:
    """What can be read of each few lines, and how many cannot; those are named on the error output."""
    changes, wrong = list[OrderChange](), 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            changes.append(read_order_change(line))
        except NotAnOrderChange as fault:
            wrong += 1
            click.echo(f"line {number}: {fault}", err=True)
        if len(changes) + wrong >= AT_ONCE:
            yield changes, wrong
            changes, wrong = [], 0
    yield changes, wrong
