"""What the imports of mappings share: reading a file, telling its faults, showing what changes."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from daemon.commands.tables import harmless
from handlers.row_changes import Change
from handlers.sheets import Fault

MARKS = {"new": "+", "changed": "~", "absent": "-"}

Row = TypeVar("Row")


def content_of(file: Path) -> bytes:
    """- is standard input."""
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def refuse_faults(faults: Sequence[Fault]) -> None:
    """Ends the command where there are any."""
    if not faults:
        return
    for fault in sorted(faults):
        click.echo(harmless(str(fault)), err=True)
    many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    raise click.ClickException(f"{many} in the file; nothing was imported")


def show_changes(changes: Sequence[Change[Row]], told: Callable[[Row], str], *, removed: bool, dry_run: bool) -> None:
    """Each change on a line, and how many there are of each kind."""
    for change in changes:
        if change.what in ("new", "changed") or (change.what == "absent" and removed):
            click.echo(harmless(f"{MARKS[change.what]} {_line(change, told)}"))
    counts = {what: sum(change.what == what for change in changes) for what in ("new", "changed", "absent", "same")}
    absent = f"{counts['absent']} removed" if removed else f"{counts['absent']} kept that the file lacks"
    said = f"{counts['new']} new, {counts['changed']} changed, {counts['same']} the same, {absent}"
    click.echo(f"{said}{'; dry run, nothing was changed' if dry_run else ''}", err=True)


def _line(change: Change[Row], told: Callable[[Row], str]) -> str:
    shown = [told(row) for row in (change.before, change.after) if row is not None]
    return f"{'/'.join(change.key)}: {' -> '.join(shown)}"


def write_out(file: Path, text: str, rows: int) -> None:
    """- is standard output."""
    if str(file) == "-":
        click.echo(text, nl=False)
        return
    file.write_bytes(text.encode("utf-8-sig"))  # with the mark that tells spreadsheets that this is UTF-8
    click.echo(f"{rows} rows written to {file}", err=True)
