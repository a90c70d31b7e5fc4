"""What every command needs: the configuration, or all its faults on stderr; and a way to be async."""

import asyncio
import functools
import os
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from daemon.config import Configuration, ConfigurationFault, load
from daemon.config_environment import CONFIG, names_a_setting

DEFAULT_FILE = Path("goodsout.toml")
UNCONFIGURED = 2
"""The exit status of a command that cannot use its configuration."""

NOTHING_GIVEN = f"""goodsout: there is no configuration.

Looked for --config FILE, the variable {CONFIG}, ./{DEFAULT_FILE}, and GOODSOUT_* variables.
The least that works, for trying, in ./{DEFAULT_FILE}:

    [bus]
    url = "embedded:"

    [database]
    url = "embedded:"

Every setting, explained: deploy/goodsout.example.toml. To look around first: goodsout demo"""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What was given to `goodsout` itself, before the command."""

    config: Path | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def file(self) -> Path | None:
        """`--config`, else the file that GOODSOUT_CONFIG names, else ./goodsout.toml if it is there."""
        if self.config or self.environ.get(CONFIG):
            return self.config or Path(self.environ[CONFIG])
        return DEFAULT_FILE if DEFAULT_FILE.exists() else None

    def given(self) -> bool:
        return self.file() is not None or any(names_a_setting(*item) for item in self.environ.items())


def command_line(ctx: click.Context | None = None) -> CommandLine:
    """What was given to `goodsout`; the bare environment where a command runs without the group."""
    return (ctx or click.get_current_context()).find_object(CommandLine) or CommandLine()


def configuration(ctx: click.Context | None = None, *, status: int = UNCONFIGURED) -> Configuration:
    """The configuration of this run. Prints every fault and exits with `status` if there is none to be had."""
    given = command_line(ctx)
    if not given.given():
        click.echo(NOTHING_GIVEN, err=True)
        raise SystemExit(status)
    try:
        found = load(given.file(), given.environ)
    except ConfigurationFault as fault:
        _refuse(fault, given.file(), status)
    for warning in found.warnings:
        click.echo(f"warning: {warning}", err=True)
    return found


def _refuse(fault: ConfigurationFault, file: Path | None, status: int) -> NoReturn:
    many = "1 fault" if len(fault.faults) == 1 else f"{len(fault.faults)} faults"
    click.echo(f"goodsout: the configuration ({file or 'variables only'}) has {many}:", err=True)
    for line in fault.faults:
        click.echo(f"  {line}", err=True)
    click.echo("Put these right, then see what is in force with: goodsout check-config", err=True)
    raise SystemExit(status)


def async_command(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Let click run an `async def`: below `@click.command`, above nothing."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return asyncio.run(function(*args, **kwargs))

    return run
