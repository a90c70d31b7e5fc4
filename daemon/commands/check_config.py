"""`goodsout check-config`"""

import json
from collections.abc import Iterator
from datetime import timedelta

import click

from daemon.clock import Clock
from daemon.commands.context import configuration
from daemon.commands.keys import check_master_keys
from daemon.config import Configuration
from daemon.config_hints import as_section, fields_of, named_tables
from daemon.config_peaks import peaks_of
from daemon.settings import Section, Settings
from handlers.peaks import in_words


@click.command(
    epilog="""\b
Examples:
  goodsout check-config
  goodsout --config /etc/goodsout/goodsout.toml check-config
  GOODSOUT_INTAKE__BATCH=200 goodsout check-config
"""
)
def check_config() -> None:
    """Print the settings in force, or everything that is wrong with them.

    Shows each setting as TOML: what the file and the GOODSOUT_* variables gave, and the defaults. Of a secret it
    shows where its file was found and how old it is, never what is in it. Warnings and faults go to stderr.

    Exit status: 0 when goodsout can start with this, 1 when not.
    """
    found = configuration(status=1)
    for line in effective(found):
        click.echo(line)
    check_master_keys(found)


def effective(found: Configuration) -> Iterator[str]:
    """The settings in force as lines of TOML, with where each came from in a comment."""
    yield f"# from {found.file or 'variables only'}"
    yield from (f"# {line}" for line in in_words(peaks_of(found.settings), Clock().now()))
    yield from _section(found, found.settings, Settings, ())


def _section(found: Configuration, values: Section, kind: type[Section], key: tuple[str, ...]) -> Iterator[str]:
    """Plain settings first: in TOML, what follows a table belongs to it."""
    fields = fields_of(kind)
    tables = [name for name, field in fields.items() if as_section(field.type) or named_tables(field.type)]
    for name in [name for name in fields if name not in tables]:
        yield _setting(found, (*key, name), getattr(values, name))
    for name in tables:
        yield from _table(found, getattr(values, name), (*key, name))


def _table(found: Configuration, value: object, key: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, Section):
        yield from ("", f"[{_dotted(key)}]")
        yield from _section(found, value, type(value), key)
    elif isinstance(value, dict):
        yield from _named(found, value, key)


def _named(found: Configuration, value: dict[str, object], key: tuple[str, ...]) -> Iterator[str]:
    plain = {name: inner for name, inner in value.items() if not isinstance(inner, Section)}
    if plain:
        yield from ("", f"[{_dotted(key)}]")
    for name, inner in plain.items():
        yield _setting(found, (*key, name), inner)
    for name, inner in value.items():
        if name not in plain:
            yield from _table(found, inner, (*key, name))


def _dotted(key: tuple[str, ...]) -> str:
    return ".".join(_bare(name) for name in key)


def _bare(name: str) -> str:
    return name if name and all(letter.isalnum() or letter in "_-" for letter in name) else json.dumps(name)


def _setting(found: Configuration, key: tuple[str, ...], value: object) -> str:
    notes = [*_origin(found, key), *_secrets(found, key, value)]
    comment = f"  # {'; '.join(notes)}" if notes else ""
    if value is None:
        return f"# {_bare(key[-1])} is not set{comment}"
    return f"{_bare(key[-1])} = {_toml(value)}{comment}"


def _toml(value: object) -> str:
    """JSON's texts, numbers and lists are TOML's too."""
    return json.dumps(value, ensure_ascii=False)


def _origin(found: Configuration, key: tuple[str, ...]) -> list[str]:
    place = found.places.get(".".join(key))
    if place is None:
        return ["default"]
    return [] if place == ".".join(key) else [place]


def _secrets(found: Configuration, key: tuple[str, ...], value: object) -> Iterator[str]:
    names = value if isinstance(value, tuple) else (value,)
    if key[-1].endswith(("_file", "_files")):
        yield from (_secret(found, name) for name in names if isinstance(name, str) and name)


def _secret(found: Configuration, name: str) -> str:
    path = found.secret_path(name)
    clock = Clock()
    changed = path.stat().st_mtime
    return f"**** from {path}, {_age(timedelta(seconds=clock.now().timestamp() - changed))} old"


def _age(age: timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "under a minute"
