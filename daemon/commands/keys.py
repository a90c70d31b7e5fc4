"""The master keys for a command; without them it ends with one line of advice."""

import os

import click

from daemon.config import Configuration
from daemon.store.sealing import KeyRing, SealingFault, check_keys, load_keys


def master_keys(found: Configuration) -> KeyRing:
    """As they were configured: `embedded:` must still be called so, for it has a key of its own."""
    try:
        return load_keys(found.settings, os.environ, found.folder)
    except SealingFault as fault:
        raise click.ClickException(str(fault)) from None


def check_master_keys(found: Configuration) -> None:
    """Ends the command when the daemon would find no key; makes none."""
    try:
        check_keys(found.settings, os.environ, found.folder)
    except SealingFault as fault:
        raise click.ClickException(str(fault)) from None
