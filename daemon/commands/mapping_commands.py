"""`import` and `export` of a table that people keep as a file: the same two commands for each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import click

from daemon.commands.context import async_command
from daemon.commands.desk import desk
from daemon.commands.mapping_files import content_of, refuse_faults, show_changes, write_out
from daemon.settings import Settings
from daemon.store.mapping_tables import OfAccount, Table
from handlers.sheets import Fault

Row = TypeVar("Row", bound=OfAccount)


@dataclass(frozen=True, slots=True)
class KeptFile(Generic[Row]):
    """A table and the form of its file. `told`: a row's values in a few words; `examples`: behind each help."""

    table: Table[Row]
    read: Callable[[bytes, Settings], tuple[list[Row], list[Fault]]]
    write: Callable[[Sequence[Row]], str]
    told: Callable[[Row], str]
    examples: str


def add_commands(group: click.Group, kept: KeptFile[Row]) -> None:
    """`import` and `export` for the group."""
    group.add_command(_import_of(kept))
    group.add_command(_export_of(kept))


def _import_of(kept: KeptFile[Row]) -> click.Command:
    @click.command("import", epilog=kept.examples)
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Show the difference and change nothing.")
    @click.option("--remove-missing", is_flag=True, help="Also remove the rows that the file does not have.")
    @async_command
    async def import_(file: Path, dry_run: bool, remove_missing: bool) -> None:
        """Import FILE (- is standard input): all of it, or nothing if any line is wrong."""
        content = content_of(file)
        async with desk() as books:
            rows, faults = kept.read(content, books.configured.settings)
            refuse_faults(faults)
            async with books.database.transaction() as connection:
                changes = (
                    await kept.table.compared(connection, rows)
                    if dry_run
                    else await kept.table.take_over(connection, rows, books.clock.now(), remove_absent=remove_missing)
                )
        show_changes(changes, kept.told, removed=remove_missing, dry_run=dry_run)

    return import_


def _export_of(kept: KeptFile[Row]) -> click.Command:
    @click.command("export", epilog=kept.examples)
    @click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
    @async_command
    async def export(file: Path) -> None:
        """Export all rows to FILE (- is standard output), in the form that import reads."""
        async with desk() as books, books.database.connection() as connection:
            rows = await kept.table.rows(connection)
        write_out(file, kept.write(rows), len(rows))

    return export
