"""`goodsout run`: the daemon."""

import asyncio

import click

from daemon.commands.context import async_command, configuration
from daemon.commands.keys import master_keys
from daemon.log import setup_logging
from daemon.running import run as run_daemon
from daemon.settings import ROLES, Role
from daemon.store.reach import reachable
from daemon.store.sealing import use_keys
from daemon.web import AddressRefused


def _roles(ctx: click.Context, parameter: click.Parameter, value: str | None) -> tuple[Role, ...]:
    del ctx, parameter
    if value is None:
        return ROLES
    asked = [name.strip() for name in value.split(",") if name.strip()]
    chosen = tuple[Role, ...](role for role in ROLES if asked.count(role))
    if unknown := sorted(set(asked) - set(ROLES)):
        raise click.BadParameter(f"{', '.join(unknown)}: the roles are {', '.join(ROLES)}")
    if not chosen:
        raise click.BadParameter(f"name at least one of {', '.join(ROLES)}")
    return chosen


@click.command(
    epilog="""\b
Examples:
  goodsout run
  goodsout run --only intake,documents,relay,watch,web
  goodsout run --only publish,web

\b
Roles: intake (stock events), documents (despatches, orders, answers), relay (what we publish), publish (stock
to channels), despatch (confirmations to channels), watch (what should have happened), web (probes, metrics).
Any number of processes may have the same role. Stop it with SIGTERM: it drains, commits and lets go.
"""
)
@click.option("--only", "roles", callback=_roles, metavar="ROLE,ROLE", help="Run only these roles. Default: all.")
@async_command
async def run(roles: tuple[Role, ...]) -> None:
    """Run the daemon until it is told to stop."""
    found = configuration()
    setup_logging(found.settings.log_level)
    use_keys(master_keys(found))
    async with reachable(found) as ready:
        try:
            await run_daemon(ready, roles, asyncio.Event())
        except AddressRefused as refused:
            raise click.ClickException(str(refused)) from refused
