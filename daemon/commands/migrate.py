"""`goodsout migrate`: bring the database to this version's tables."""

import click

from daemon.commands.context import async_command, configuration
from daemon.store.database import migrate as bring_up
from daemon.store.reach import EMBEDDED, reachable


@click.command(
    epilog="""\b
Examples:
  goodsout migrate
  GOODSOUT_CONFIG=/etc/goodsout/goodsout.toml goodsout migrate
"""
)
@async_command
async def migrate() -> None:
    """Bring the database to this version's tables. Run it before the new version starts; twice does no harm."""
    found = configuration()
    section = found.settings.database
    if section.url == EMBEDDED:
        async with reachable(found):
            click.echo("the private database is at this version; it migrates itself at each start")
        return
    password = None if section.password_file is None else found.secret(section.password_file).reveal()
    applied = await bring_up(section.url, password=password)
    click.echo("\n".join(f"applied {name}" for name in applied) or "nothing to do: the database is at this version")
