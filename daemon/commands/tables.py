"""How commands show rows: a table on a terminal, tab-separated text to a pipe, JSON where it is asked for."""

import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import click
import msgspec
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

MAX_CELL = 200
"""Characters of one cell: the rest is in `show`, and in --json."""


def print_rows(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows for a person, or for the next program in a pipe."""
    lines = [[cell(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        for line in [list(head), *lines]:
            click.echo("\t".join(line))
        return
    table = Table(*head, box=SIMPLE, pad_edge=False)
    for line in lines:
        table.add_row(*(Text(text) for text in line))
    Console(highlight=False).print(table)


def print_json(value: object) -> None:
    """Whatever msgspec can write, for programs."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_fields(fields: Mapping[str, object]) -> None:
    """One thing, a line for each of its fields; empty fields are left out."""
    width = max(len(name) for name in fields)
    for name, value in fields.items():
        if value not in (None, "", (), {}):
            click.echo(f"{name:<{width}}  {harmless(text_of(value))}")


def cell(value: object) -> str:
    text = harmless(" ".join(text_of(value).split()))
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


def text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    if isinstance(value, Mapping):
        return msgspec.json.encode(value).decode()
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def harmless(text: str) -> str:
    """Text from outside without the control characters that could drive a terminal."""
    return "".join(
        one if one == "\n" or unicodedata.category(one)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for one in text
    )
