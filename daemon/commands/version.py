"""`goodsout version`"""

import platform

import click

from daemon.telemetry import program_version


@click.command(
    epilog="""\b
Example:
  goodsout version
"""
)
def version() -> None:
    """Print the version of goodsout, and of the Python that runs it."""
    click.echo(f"goodsout {program_version()} on Python {platform.python_version()}")
