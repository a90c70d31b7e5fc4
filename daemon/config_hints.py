"""Near misses: what somebody who wrote an unknown key or variable most likely meant."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TypeAlias, get_args, get_origin

import msgspec

from daemon.settings import Section, Settings

PREFIX = "GOODSOUT_"

Key: TypeAlias = tuple[str, ...]


def fields_of(section: type[Section]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(section)}


def named_tables(kind: object) -> object | None:
    """What a field holds under names of our choosing (`dict[str, X]`), or None."""
    return get_args(kind)[1] if get_origin(kind) is dict else None


def as_section(kind: object) -> type[Section] | None:
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def setting_keys(kind: object = Settings, key: Key = ()) -> Iterator[Key]:
    """The key of every setting there is; `*` stands for a name of our choosing."""
    section, named = as_section(kind), named_tables(kind)
    if section is not None:
        for name, info in fields_of(section).items():
            yield from setting_keys(info.type, (*key, name))
    elif named is not None:
        yield from setting_keys(named, (*key, "*"))
    else:
        yield key


def variable(key: Key) -> str:
    """The environment variable that overrides a key."""
    return PREFIX + "__".join(name.replace("-", "_").upper() for name in key)


def nearest(name: str, known: Iterable[str]) -> str | None:
    near = get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return near[0] if near else None


def meant(name: str, key: Key, known: Iterable[str]) -> Key | None:
    """The key that an unknown `name` in the table `key` stands for: spelt so elsewhere, near here, near elsewhere."""
    elsewhere = {spelling: known_key for known_key in setting_keys() for spelling in _spellings(known_key)}
    if name.lower() in elsewhere:
        return elsewhere[name.lower()]
    near = nearest(name, known)
    if near:
        return (*key, near)
    near = nearest(name, elsewhere)
    return elsewhere[near] if near else None


def _spellings(key: Key) -> tuple[str, ...]:
    """`intake.batch` is also missed as `batch`, and as `intake_batch` by who forgot an underscore."""
    return () if "*" in key else (key[-1], "_".join(key))
