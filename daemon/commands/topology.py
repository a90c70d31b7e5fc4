"""`goodsout topology`"""

import sys
from collections.abc import Iterable, Sequence

import click
import msgspec
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from daemon.topology import ALERTS, CHANNELS, CLARUS, DEAD_LETTERS, ROUTES, TOPOLOGY, Exchange, Queue, Topology

Rows = tuple[Sequence[str], list[Sequence[str]]]


@click.command(
    epilog="""\b
Examples:
  goodsout topology
  goodsout topology --format markdown
  goodsout topology --format json | jq '.queues[].name'
"""
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    show_default=True,
    help="How to print it; markdown is the routes alone, as in the README.",
)
def topology(form: str) -> None:
    """Print which message goes to which queue, handler and dead letter.

    This is the one table that the daemon declares on the bus. It needs no configuration and connects to nothing.
    """
    if form == "table":
        _print_tables()
    else:
        click.echo(topology_table() if form == "markdown" else topology_json())


def topology_table() -> str:
    """The routes as a table in markdown."""
    head, rows = _routes()
    lines = [head, ["---"] * len(head), *([*map(_code, row[:-1]), row[-1]] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def topology_json(topology: Topology = TOPOLOGY) -> str:
    """Everything that the daemon declares, and the routes."""
    parts = msgspec.to_builtins(topology) | {"routes": msgspec.to_builtins(ROUTES)}
    return msgspec.json.format(msgspec.json.encode(parts), indent=2).decode()


IN = {CLARUS: "in: producers publish here", CHANNELS: "in: carriers of channels' notices publish here"}


def _routes() -> Rows:
    head = ("message", "queue", "handler", "dead letter", "what it is")
    return head, [
        (route.key, route.queue, f"handlers/{route.handler}.py", DEAD_LETTERS, route.says) for route in ROUTES
    ]


def _exchanges(exchanges: Iterable[Exchange] = TOPOLOGY.exchanges) -> Rows:
    rows = [(one.name, one.kind, _direction(one), _arguments(one.arguments)) for one in exchanges]
    return ("exchange", "kind", "who", "arguments"), list(rows)


def _direction(exchange: Exchange) -> str:
    if exchange.hidden:
        return "the daemon's own"
    return IN.get(exchange.name) or "out: others may read"


def _queues(queues: Iterable[Queue] = TOPOLOGY.queues) -> Rows:
    rows = [(one.name, _reader(one), _fate(one), _arguments(one.arguments)) for one in queues]
    return ("queue", "read by", "after too many deliveries", "arguments"), list(rows)


def _reader(queue: Queue) -> str:
    return "people and tools" if queue.name in (ALERTS, DEAD_LETTERS) else "the daemon"


def _fate(queue: Queue) -> str:
    return str(queue.arguments.get("x-dead-letter-exchange", "stays"))


def _arguments(arguments: object) -> str:
    named = msgspec.to_builtins(arguments)
    shown = {name: value for name, value in named.items() if not name.startswith("x-dead-letter")}
    return " ".join(f"{name.removeprefix('x-')}={value}" for name, value in shown.items())


def _code(text: str) -> str:
    return f"`{text}`"


def _print_tables() -> None:
    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else 200, highlight=False, no_color=not terminal)
    for head, rows in (_routes(), _exchanges(), _queues()):
        table = Table(*head, box=SIMPLE, pad_edge=False)
        for row in rows:
            table.add_row(*row)
        console.print(table)
