"""A command group whose modules are imported only when their command is run: `goodsout --help` imports none."""

import sys
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module

import click


class LazyGroup(click.Group):
    """`lazy` maps a command's name to (`module:attribute`, one line for the list of commands)."""

    def __init__(self, *args: object, lazy: Mapping[str, tuple[str, str]], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # click's own keywords pass through
        self._lazy = dict(lazy)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self._lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self._lazy[cmd_name][0].partition(":")
        try:
            command = getattr(import_module(module), attribute)
        except ModuleNotFoundError as missing:
            raise _outdated(missing) from missing
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{attribute} is not a click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Click looks for near misses among what is imported; we look in the table."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (click's)
        """From the table, so that the list costs no import."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in self._lazy.items()])


def _outdated(missing: ModuleNotFoundError) -> click.ClickException:
    """After an update the environment may lack what the new version needs: a trace would help nobody."""
    return click.ClickException(
        f"this version needs {missing.name}, which {sys.prefix} lacks; in a checkout run `make .venv/installed`,"
        " elsewhere install requirements-runtime.lock anew"
    )
